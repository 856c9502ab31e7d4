"""The packaged embedders, run for real."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from fourfold import ConfigurationError, Memory, ModelError
from fourfold.models import load_embedder
from fourfold.models.packaged import minilm as minilm_module
from fourfold.models.packaged.centroids import nearest_centroids
from fourfold.models.packaged.minilm import MiniLM
from fourfold.models.packaged.projection import rotation
from fourfold.models.products import product
from fourfold.models.vectors import loading
from fourfold.ports import Embedding
from fourfold.testing import MemoryStore

TEXTS = [
    "Ana moved to Lisbon last month.",
    "Small, but I can see the river from the kitchen.",
    "The band plays on Friday and nobody has told the neighbours, who go to bed at nine and will complain.",
    "Rex ate a cake",
    "ok",
]


def _likeness(a: Sequence[Embedding], b: Sequence[Embedding]) -> float:
    """The lowest cosine between vectors of the same text, or of the same token."""
    pairs = [(x.vector, y.vector) for x, y in zip(a, b, strict=True)]
    pairs += [pair for x, y in zip(a, b, strict=True) for pair in zip(x.tokens, y.tokens, strict=True)]
    return min(float(x @ y / np.linalg.norm(x) / np.linalg.norm(y)) for x, y in pairs)


def test_the_model_in_8_bits_says_what_the_packaged_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = MiniLM().embed(TEXTS)
    monkeypatch.setattr(minilm_module, "_shared", minilm_module._SharedModels())  # one that loads anew
    monkeypatch.setattr(minilm_module, "_quantized_weights", minilm_module._packaged_weights)
    assert _likeness(ours, MiniLM().embed(TEXTS)) > 0.99


def test_embedders_that_are_alike_share_the_model_in_memory_until_the_last_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = minilm_module._SharedModels()
    monkeypatch.setattr(minilm_module, "_shared", shared)
    one, alike, other = MiniLM(threads=1), MiniLM(threads=1), MiniLM(threads=2)
    for embedder in (one, alike, other):
        embedder.embed(TEXTS[:1])
    assert one._loaded is alike._loaded is not other._loaded
    del one, other, embedder
    assert list(shared._models) == [(1, "cpu")]
    del alike
    assert not shared._models


def test_token_vectors_are_projected_by_the_first_columns_of_the_whole_rotation() -> None:
    whole = rotation(384, 384)
    assert np.allclose(whole.T @ whole, np.eye(384), atol=1e-6)
    assert np.allclose(rotation(384, 128), whole[:, :128], atol=1e-7)


@pytest.mark.parametrize("name", ["minilm", "static"])
def test_a_text_has_the_same_vectors_alone_and_among_others(name: str) -> None:
    embedder = load_embedder(name)
    alone = [embedder.embed([text])[0] for text in TEXTS]
    assert _likeness(alone, embedder.embed(TEXTS)) > 0.998


def test_what_is_said_again_and_again_is_read_once(minilm: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(session: Any, places: Sequence[int], encodings: Sequence[Any]) -> Any:
        read.append(len(encodings))
        return run(session, places, encodings)

    run = minilm_module._run
    monkeypatch.setattr(minilm_module, "_run", counted)
    embeddings = minilm.embed(["a red boat", "a blue boat", "a red boat", "a red boat"])
    assert sum(read) == 2
    assert [each.vector @ embeddings[0].vector > 0.999 for each in embeddings] == [True, False, True, True]


@pytest.mark.parametrize("name", ["minilm", "static"])
def test_tokens_are_near_their_centroids(name: str) -> None:
    embedder = load_embedder(name)
    centroids = embedder.centroids
    assert centroids is not None
    tokens = np.concatenate([embedding.tokens for embedding in embedder.embed(TEXTS)])
    near = centroids[nearest_centroids(tokens, centroids)]
    cosines = (tokens * near).sum(axis=1) / np.linalg.norm(tokens, axis=1)
    assert np.median(cosines) > 0.5
    assert np.median(tokens @ centroids.T) < 0.2


def test_empty_and_overlong_texts_have_their_vectors_and_offsets(minilm: MiniLM) -> None:
    texts = ["a red boat", "the weather in Porto is mild today", "", "boat " * 400]
    for text, embedding in zip(texts, minilm.embed(texts), strict=True):
        (alone,) = minilm.embed([text])
        assert embedding.vector @ alone.vector > 0.97
        assert embedding.tokens.shape == (len(embedding.offsets), minilm.token_dimension)
        assert all(text[a:b].strip() for a, b in embedding.offsets)


def test_an_onnxruntime_error_is_a_model_error(minilm: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    minilm.embed(["a word"])
    assert minilm._loaded is not None
    session = minilm._loaded.session

    class Broken:
        """A tokenizer that gives a token which the model's table of embeddings does not have."""

        def encode(self, text: str) -> SimpleNamespace:
            return SimpleNamespace(ids=[10**7], offsets=[(0, len(text))])

    monkeypatch.setattr(minilm, "_loaded", SimpleNamespace(tokenizer=Broken(), session=session))
    with Memory(MemoryStore(), minilm) as memory, pytest.raises(ModelError, match="failed on 1 texts"):
        memory.bank("ana").retain("Ana moved.")


def test_a_damaged_model_file_of_fastembed_is_a_setting_to_mend() -> None:
    import onnxruntime

    with pytest.raises(ConfigurationError, match='"acme" cannot be loaded'), loading("acme"):
        onnxruntime.InferenceSession(b"no model")


@pytest.mark.parametrize(
    "shape", [(0, 384, 128), (1, 384, 128), (700, 384, 128), (50, 128, 2048), (3, 5, 7), (9, 0, 4)]
)
def test_a_product_in_pieces_is_the_product(shape: tuple[int, int, int]) -> None:
    drawn = np.random.default_rng(0)
    a, b = (drawn.standard_normal(size).astype(np.float32) for size in (shape[:2], shape[1:]))
    np.testing.assert_allclose(product(a, b), a @ b, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(product(a, b[:, 0]), a @ b[:, 0], rtol=1e-4, atol=1e-4)
