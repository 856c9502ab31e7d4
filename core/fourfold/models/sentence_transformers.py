"""Embedders and cross-encoders of the library sentence-transformers, on torch:
`pip install "fourfold[sentence-transformers]"`. `device` is "cpu" or "cuda"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from sentence_transformers import CrossEncoder, SentenceTransformer

from fourfold.models.vectors import embeddings, loading, model_errors
from fourfold.ports import Embedding


class SentenceEmbedder:
    """A sentence-transformers model: a name on the hub, or a directory."""

    token_dimension = 0
    centroids = None

    def __init__(self, model: str = "sentence-transformers/all-MiniLM-L6-v2", *, device: str = "cpu") -> None:
        self.model, self._device = model, device

    @property
    def name(self) -> str:
        """ "sentence-transformers:" and the model's name."""
        return f"sentence-transformers:{self.model}"

    @property
    def dimension(self) -> int:
        """The length of a vector, as the model says; it is loaded for it."""
        return int(self._loaded.get_embedding_dimension() or 0)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        with model_errors(self.name, RuntimeError, ValueError):
            rows = self._loaded.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
            return embeddings(rows, len(texts), self.name)

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        with loading(self.name):
            return SentenceTransformer(self.model, device=self._device)


class SentenceReranker:
    """A cross-encoder of sentence-transformers: a name on the hub, or a directory."""

    def __init__(self, model: str = "cross-encoder/ms-marco-MiniLM-L6-v2", *, device: str = "cpu") -> None:
        self.model, self._device = model, device

    @property
    def name(self) -> str:
        """ "sentence-transformers:" and the model's name."""
        return f"sentence-transformers:{self.model}"

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Returns one score a text, in order."""
        with model_errors(self.name, RuntimeError, ValueError):
            pairs = [(question, text) for text in texts]
            return [float(score) for score in self._loaded.predict(pairs, show_progress_bar=False)]

    @cached_property
    def _loaded(self) -> CrossEncoder:
        with loading(self.name):
            return CrossEncoder(self.model, device=self._device)
