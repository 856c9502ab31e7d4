"""Models that embed, answer, rerank and find names, one file a backend."""

import os

# From 1.29 on, onnxruntime sends figures of its sessions to Microsoft unless this is set before it is imported, and
# waits for the thread that does it at the end of a process: one that was forked has none, and hangs or aborts.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from fourfold.models.load import Models, load_embedder, load_llm, load_models, load_recognizer, load_reranker

__all__ = ["Models", "load_embedder", "load_llm", "load_models", "load_recognizer", "load_reranker"]
