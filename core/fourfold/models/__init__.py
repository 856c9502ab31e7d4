"""Models that embed, answer, rerank and find names, one file a backend."""

from fourfold.models.load import Models, load_embedder, load_llm, load_models, load_recognizer, load_reranker

__all__ = ["Models", "load_embedder", "load_llm", "load_models", "load_recognizer", "load_reranker"]
