"""A static embedder: one vector a token, from a packaged table, averaged. NumPy only, some 20,000 texts a second.

The table is distilled from MiniLM by scripts/distill.py (after model2vec, Minish 2024): each token alone through
the model, principal components, a weight that grows with rarity.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from fourfold.models.packaged.centroids import load_centroids
from fourfold.models.packaged.wordpiece import load_tokenizer, wordy_rows
from fourfold.ports import Embedding, Floats

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MAX_TOKENS = 512
"""Tokens of a text; the rest is cut off. A guess, not measured: the table itself has no limit."""


class StaticEmbedder:
    """256 dimensions, up to 512 tokens a text. Its token vectors are the table's rows, first 128 components."""

    name = "fourfold-static-256/128/2048"
    dimension = 256
    token_dimension = 128

    def __init__(self) -> None:
        # Around loading alone: two loads would take twice the memory.
        self._lock = threading.Lock()
        self._loaded: tuple[Tokenizer, Floats, Floats] | None = None

    @property
    def centroids(self) -> Floats:
        """What token vectors are rounded to, (2048, 128)."""
        return load_centroids("static")

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        if not texts:
            return []
        tokenizer, table, weights = self._load()
        embeddings = []
        for text, encoding in zip(texts, tokenizer.encode_batch(list(texts)), strict=True):
            rows = wordy_rows(text, encoding)
            ids = np.array([encoding.ids[i] for i in rows], dtype=np.intp)
            mean = weights[ids] @ table[ids] if len(ids) else np.zeros(self.dimension, np.float32)
            tokens = table[ids, : self.token_dimension]
            tokens = tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-9)
            embeddings.append(
                Embedding(
                    vector=(mean / (np.linalg.norm(mean) or 1.0)).astype(np.float32),
                    tokens=tokens.astype(np.float32),
                    offsets=tuple(encoding.offsets[i] for i in rows),
                )
            )
        return embeddings

    def _load(self) -> tuple[Tokenizer, Floats, Floats]:
        with self._lock:
            if self._loaded is None:
                with (files("fourfold.models") / "data" / "static.npz").open("rb") as file:
                    packed = np.load(file)
                    table = packed["rows"].astype(np.float32) * packed["scales"][:, None]
                    self._loaded = load_tokenizer(_MAX_TOKENS), table, packed["weights"].astype(np.float32)
            return self._loaded
