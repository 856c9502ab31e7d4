"""Embedding models, one file each; `load_embedder` picks one by name without loading the others."""

from fourfold.models.load import check_embedder, load_embedder

__all__ = ["check_embedder", "load_embedder"]
