"""Embedding, language and reranking models, one file a backend."""

from fourfold.models.load import Models, load_embedder, load_llm, load_models, load_reranker

__all__ = ["Models", "load_embedder", "load_llm", "load_models", "load_reranker"]
