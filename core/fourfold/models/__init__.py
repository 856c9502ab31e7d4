"""Embedding models, one file each; `load_embedder` picks one by name without loading the others."""

from fourfold.models.load import load_embedder

__all__ = ["load_embedder"]
