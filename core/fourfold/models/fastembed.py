"""Embedders and cross-encoders of the library fastembed, on onnxruntime: `pip install "fourfold[fastembed]"`.

The library downloads a model at its first use, unless `path` names a directory that has its files. `device="cuda"`
runs it on a GPU (with the package fastembed-gpu in place of fastembed).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypedDict

from fastembed import TextEmbedding
from fastembed.rerank.cross_encoder import TextCrossEncoder

from fourfold.forks import abandon_in_children, never_free
from fourfold.models.vectors import embeddings, loading, model_errors, onnxruntime_errors
from fourfold.ports import Embedding

_PROVIDERS = {"cpu": ["CPUExecutionProvider"], "cuda": ["CUDAExecutionProvider"]}
_FAILURES = (RuntimeError, ValueError)
"""What fastembed itself raises for a text or a device that it cannot work with."""


class _Options(TypedDict, total=False):
    """The options of fastembed's classes that are used here."""

    providers: list[str]
    threads: int | None
    specific_model_path: str


class _FastModel:
    """A model of fastembed by its name there. `threads` 0 leaves their number to onnxruntime."""

    _default: str

    def __init__(
        self, model: str | None = None, *, device: str = "cpu", threads: int = 0, path: str | None = None
    ) -> None:
        self.model = model or self._default
        self._options: _Options = {"providers": _PROVIDERS[device], "threads": threads or None}
        if path is not None:
            self._options["specific_model_path"] = path
        abandon_in_children(self)

    def abandon(self) -> None:
        """Has a forked child load the model anew: the session's threads are not there."""
        never_free(self.__dict__.pop("_loaded", None))

    @property
    def name(self) -> str:
        """ "fastembed:" and the model's name."""
        return f"fastembed:{self.model}"


class FastEmbedder(_FastModel):
    """An embedding model."""

    token_dimension = 0
    centroids = None
    _default = "BAAI/bge-small-en-v1.5"

    @property
    def dimension(self) -> int:
        """The length of a vector, as fastembed says; the model is loaded for it."""
        return int(self._loaded.embedding_size)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        with model_errors(self.name, *_FAILURES, *onnxruntime_errors()):
            return embeddings(self._loaded.embed(list(texts)), len(texts), self.name)

    @cached_property
    def _loaded(self) -> TextEmbedding:
        with loading(self.name):
            return TextEmbedding(self.model, **self._options)


class FastReranker(_FastModel):
    """A cross-encoder."""

    _default = "Xenova/ms-marco-MiniLM-L-6-v2"

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Returns one score a text, in order."""
        with model_errors(self.name, *_FAILURES, *onnxruntime_errors()):
            return [float(score) for score in self._loaded.rerank(question, list(texts))]

    @cached_property
    def _loaded(self) -> TextCrossEncoder:
        with loading(self.name):
            return TextCrossEncoder(self.model, **self._options)
