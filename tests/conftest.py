"""What the tests share: memories on the fast double of an embedder, and one on the real model."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from fourfold import Bank, Memory
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Clock, Embedding
from fourfold.testing import STRICT_ENRICHMENT, FrozenClock, HashEmbedder, MemoryStore

os.environ.setdefault("FOURFOLD_CONSOLIDATE", "asked")  # tests consolidate banks when they want it
os.environ.setdefault(STRICT_ENRICHMENT, "1")  # a text that cannot be read fails a test

# How fast examples are made and tried says something about the machine alone.
_ANY_SPEED = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# `make test` takes few examples; `make check` asks for the other profile with --hypothesis-profile.
hypothesis_settings.register_profile("quick", _ANY_SPEED, max_examples=15, derandomize=True)
hypothesis_settings.register_profile("thorough", _ANY_SPEED, max_examples=40, derandomize=True)
# By hand, after a change of what reads texts: tests/test_fuzz.py then tries some 50,000 of them, new ones each time.
hypothesis_settings.register_profile("by_hand", _ANY_SPEED, max_examples=3000)
# By hand as well, after a change of what takes files and calls in: 100,000 of each.
hypothesis_settings.register_profile("borders", _ANY_SPEED, max_examples=100_000)
hypothesis_settings.load_profile("quick")

MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "shared" / "data" / "locomo-dev.json"


def pytest_collection_finish() -> None:
    """Has the garbage collector look at what tests make alone: what pytest and all modules hold took it a sixth of a
    run to go through, over and over."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still until a test advances it."""
    return FrozenClock(MAY)


@pytest.fixture
def memory(clock: Clock) -> Iterator[Memory]:
    """An empty memory on `HashEmbedder`."""
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as opened:
        yield opened


@pytest.fixture
def bank(memory: Memory) -> Bank:
    """An empty bank of `memory`."""
    return memory.bank("ana")


class CachedReader:
    """The packaged model as it reads for the heads what `HashEmbedder` embeds, each text once: tests say the same few
    sentences over and over, and each reading takes some milliseconds."""

    def __init__(self) -> None:
        self._model = MiniLM()
        self._read: dict[str, Embedding] = {}

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        if len(self._read) + len(new) > 50_000:
            self._read.clear()
            new = list(dict.fromkeys(texts))
        self._read |= dict(zip(new, self._model.embed(new), strict=True))
        return [self._read[text] for text in texts]


@pytest.fixture(scope="session", autouse=True)
def cached_reader() -> Iterator[None]:
    """Has the tests of a process share a `CachedReader`."""
    with pytest.MonkeyPatch.context() as patch:
        reader = CachedReader()
        patch.setattr("fourfold.ingest.embed.packaged_reader", lambda: reader)
        yield


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    """The real model, loaded once."""
    return MiniLM()


@pytest.fixture
def minilm_memory(minilm: MiniLM, clock: FrozenClock) -> Iterator[Memory]:
    """An empty memory on the real model."""
    with Memory(MemoryStore(), minilm, clock=clock) as opened:
        yield opened
