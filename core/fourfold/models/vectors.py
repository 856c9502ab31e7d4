"""Checks what embedders give, makes embeddings of the vectors of other libraries' models, which have no token
vectors, and maps these libraries' errors to ours."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from fourfold.errors import ConfigurationError, ModelError, ModelOutputError
from fourfold.ports import Embedder, Embedding, Floats


def embeddings(rows: Iterable[object], count: int, name: str) -> list[Embedding]:
    """Returns one embedding of length 1 a row, none with token vectors; raises `ModelOutputError` unless there are
    `count` rows of finite numbers."""
    # Checked here, once: a NaN in the store would be found by no search, and would poison each mean that it enters.
    vectors = [np.asarray(row, dtype=np.float32).reshape(-1) for row in rows]
    if len(vectors) != count or not all(len(v) and np.isfinite(v).all() for v in vectors):
        raise ModelOutputError(f"{name} gave {len(vectors)} usable vectors for {count} texts.")
    return [Embedding(_scaled(vector), _NO_TOKENS) for vector in vectors]


def embed_checked(embedder: Embedder, texts: Sequence[str]) -> list[Embedding]:
    """Returns the embeddings of `texts`; raises `ModelOutputError` that names the embedder where they are not what
    its attributes say, which would otherwise surface as an error of NumPy's or of the store's, somewhere else."""
    embeddings = embedder.embed(texts)
    if len(embeddings) != len(texts):
        raise ModelOutputError(f"{embedder.name} gave {len(embeddings)} embeddings for {len(texts)} texts.")
    for embedding in embeddings:
        if not isinstance(embedding, Embedding):
            kind = type(embedding).__name__
            raise ModelOutputError(f"{embedder.name} gave a {kind} in place of a fourfold.ports.Embedding.")
        vector, tokens = embedding.vector, embedding.tokens
        if np.shape(vector) != (embedder.dimension,) or not np.isfinite(vector).all():
            raise ModelOutputError(
                f"{embedder.name} gave a vector of the shape {np.shape(vector)} for its dimension "
                f"{embedder.dimension}, or one with numbers that are not finite."
            )
        if embedder.token_dimension and np.shape(tokens) != (
            len(embedding.offsets),
            embedder.token_dimension,
        ):
            raise ModelOutputError(
                f"{embedder.name} gave token vectors of the shape {np.shape(tokens)} for {len(embedding.offsets)} "
                f"offsets and its token_dimension {embedder.token_dimension}."
            )
    return embeddings


@contextmanager
def model_errors(name: str, *kinds: type[Exception]) -> Iterator[None]:
    """Raises errors of these `kinds` as `ModelError`. Others are bugs, and pass."""
    try:
        yield
    except kinds as error:
        raise ModelError(f"{name} failed: {type(error).__name__}: {error}") from error


def onnxruntime_errors() -> tuple[type[Exception], ...]:
    """Returns what onnxruntime raises, where it is loaded. Its extension module has a class a status ("Fail",
    "InvalidArgument"), each of which derives from `Exception` itself and from nothing that could be named instead."""
    state = sys.modules.get("onnxruntime.capi.onnxruntime_pybind11_state")
    kinds = vars(state).values() if state is not None else ()
    return tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception))


@contextmanager
def loading(name: str) -> Iterator[None]:
    """Raises what goes wrong while a model is loaded as `ConfigurationError`."""
    # No `ModelError`: another attempt would not help. The libraries raise these three for a name that they do not
    # know, a file that is missing, and a download that failed.
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise ConfigurationError(f'"{name}" cannot be loaded: {error}') from error
    except onnxruntime_errors() as error:
        raise ConfigurationError(f'"{name}" cannot be loaded: {error}') from error


def _scaled(vector: Floats) -> Floats:
    scaled: Floats = (vector / (np.linalg.norm(vector) or 1.0)).astype(np.float32)
    return scaled


_NO_TOKENS = np.zeros((0, 0), np.float32)
