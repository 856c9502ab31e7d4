"""A large bank's graph is kept beside the store: what a process opens with is what it would build, whatever became of
the file meanwhile."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import Memory, Message, StoreError
from fourfold.index import registry
from fourfold.index.bank_index import BankIndex
from fourfold.index.registry import IndexRegistry, _snapshot_of
from fourfold.index.snapshot import Snapshot
from fourfold.storage.cache import DirectoryCache
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

pytestmark = pytest.mark.slow

TOLD = [
    "Ana Silva moved to Porto in April 2023.",
    "I think the Saturday market is the best place to sell bowls.",
    "Ben works at Harbour Clinic because Ana told him of it.",
    "Ana Silva lives in Porto.",
    "The kiln broke last week, and Ben repaired it.",
    "Dr. Okafor met Ana and Ben in Lisbon.",
]


@pytest.fixture(autouse=True)
def every_graph_is_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_SNAPSHOT_UNITS", 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "memory"


CLOCK = FrozenClock()


def opened(home: Path) -> Memory:
    return Memory.open(str(home), embedder=HashEmbedder(), clock=CLOCK)


def tell(memory: Memory, rounds: int = 3, first: int = 0) -> None:
    for number in range(first, first + rounds):
        CLOCK.advance(timedelta(hours=1))
        said = [Message(f"{text} ({number})", "Ana", id=f"{number}-{i}") for i, text in enumerate(TOLD)]
        memory.bank("a").retain(said, document=f"day {number}", tags=[f"tag {number % 2}"])


def kept(home: Path) -> Path:
    (file,) = (home / "store" / "cache").iterdir()
    return file


def graph_of(memory: Memory) -> BankIndex:
    return memory._async.services.indexes.get("a")


def built(memory: Memory) -> BankIndex:
    """The same graph from payloads alone."""
    store = memory._async.services.store
    cache, store.cache = store.cache, None
    try:
        return IndexRegistry(store, 10_000).get("a")
    finally:
        store.cache = cache


def everything(index: BankIndex) -> dict[str, object]:
    """All that a graph knows, in an order that does not hang on how it came about."""
    names = {row: index.unit_ids[row] for row in range(len(index))}
    edges = {
        (str(names.get(a, a)), str(names.get(b, b)), tuple(sorted(kinds.items())))
        for a, near in index.graph.adj.items()
        for b, kinds in near.items()
    }
    snapshot = Snapshot.from_bytes(_snapshot_of(index, wait=True) or b"")
    assert snapshot is not None
    plain = dict(snapshot.values)
    numbered = {"labels", "edges"}
    labels = plain["labels"]
    rows = [
        tuple(
            labels[value] if field in ("session", "speaker", "network") else value
            for field, value in zip(index.columns.dtype.names or (), row, strict=True)
        )
        for row in index.columns.tolist()
    ]
    similar = np.random.default_rng(1).normal(size=(3, 2048)).astype(np.float32)
    return {
        "ids": index.unit_ids,
        "rows": rows,
        "edges": edges,
        "best": index.postings.best(similar, len(index)).tolist(),
        "terms": dict(index._term_counts),
        "alike": {name: index.names.alike(name) for name in index.names},
        "entities": index.entities(),
        **{key: value for key, value in plain.items() if key not in {*numbered, "names"}},
    }


def test_a_bank_opens_from_its_snapshot(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOURFOLD_DECAY", "none")  # what was recalled would rank a little higher
    with opened(home) as memory:
        tell(memory)
        memory.bank("a").consolidate()
        before = memory.bank("a").recall("Where does Ana live?").hits
    with opened(home) as memory:
        index = graph_of(memory)
        assert index.changes == 0, "nothing was added to it one by one"
        assert everything(index) == everything(built(memory))
        assert memory.bank("a").recall("Where does Ana live?").hits == before


def test_a_snapshot_catches_up_with_later_writes(home: Path) -> None:
    with opened(home) as memory:
        tell(memory)
    old = kept(home).read_bytes()
    with opened(home) as memory:
        bank = memory.bank("a")
        tell(memory, rounds=2, first=3)
        CLOCK.advance(timedelta(hours=1))
        bank.retain("Ana Silva lives in Lisbon.", document="later")
        bank.forget(document="day 1")
        bank.consolidate()
    kept(home).write_bytes(old)  # as after kill -9
    with opened(home) as memory:
        index = graph_of(memory)
        assert 0 < index.changes < len(index)
        assert everything(index) == everything(built(memory))


def test_a_merge_after_the_snapshot_rebuilds_the_index(home: Path) -> None:
    with opened(home) as memory:
        tell(memory)
    file, old = kept(home), kept(home).read_bytes()
    with opened(home) as memory:
        memory.bank("a").merge_entities("Ben", into="Ana Silva")
    file.write_bytes(old)
    with opened(home) as memory:
        index = graph_of(memory)
        assert index.changes == len(index)
        assert memory.bank("a").entity("Ben").name == "Ana Silva"


def test_a_snapshot_ahead_of_its_store_is_rejected(home: Path, tmp_path: Path) -> None:
    with opened(home) as memory:
        tell(memory, rounds=1)
    shutil.copytree(home / "store" / "shard", tmp_path / "older")
    with opened(home) as memory:
        tell(memory, rounds=2, first=1)
    shutil.rmtree(home / "store" / "shard")
    shutil.copytree(tmp_path / "older", home / "store" / "shard")
    with pytest.raises(StoreError, match="records are missing"):
        opened(home)
    (home / "store" / "contents.json").unlink()  # what was lost is done without
    with opened(home) as memory:
        assert len(graph_of(memory)) == len(TOLD)
        assert everything(graph_of(memory)) == everything(built(memory))


def test_a_snapshot_of_another_version_is_rebuilt(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(home) as memory:
        tell(memory)
    monkeypatch.setattr("fourfold.index.snapshot.FORMAT", 0)
    with opened(home) as memory:
        assert graph_of(memory).changes == len(TOLD) * 3
    kept(home).unlink()
    with opened(home) as memory:
        assert graph_of(memory).changes == len(TOLD) * 3


@pytest.fixture(scope="module")
def frozen() -> Iterator[bytes]:
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock()) as memory:
        tell(memory)
        yield _snapshot_of(graph_of(memory), wait=True) or b""


@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_snapshot_is_rejected_or_equal(frozen: bytes, at: float, bit: int, cut: bool) -> None:
    data, whole = bytearray(frozen), Snapshot.from_bytes(frozen)
    assert whole is not None
    place = int(at * len(data))
    if cut:
        del data[place:]
    else:
        data[place] ^= 1 << bit
    found = Snapshot.from_bytes(bytes(data))
    if found is not None:
        assert found.values == whole.values
        for name, array in whole.arrays.items():
            assert (found.arrays[name] == array).all()


def test_a_cache_file_that_is_no_snapshot_is_rebuilt(home: Path) -> None:
    with opened(home) as memory:
        tell(memory)
    kept(home).write_bytes(Snapshot({"ids": np.zeros(16, np.uint8)}, {}).to_bytes())
    with opened(home) as memory:
        assert graph_of(memory).changes == len(TOLD) * 3


def test_a_snapshot_is_abandoned_if_the_bank_is_written_to(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(home) as memory:
        tell(memory)
        index, slices = graph_of(memory), BankIndex.to_snapshot

        def to_snapshot(frozen: BankIndex) -> Generator[None, None, Snapshot]:
            frozen.revisions["elsewhere"] = 1  # what a write leaves, as if it came between two slices
            yield
            return (yield from slices(frozen))

        monkeypatch.setattr(BankIndex, "to_snapshot", to_snapshot)
        assert _snapshot_of(index, wait=True) is None
        assert _snapshot_of(index, wait=True) is not None, "nobody writes this time"


def test_a_graph_that_somebody_holds_is_not_waited_for_unless_asked(home: Path) -> None:
    with opened(home) as memory:
        tell(memory)
        index, held, leave = graph_of(memory), threading.Event(), threading.Event()

        def hold() -> None:
            with index.lock:
                held.set()
                leave.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        assert _snapshot_of(index, wait=False) is None
        leave.set()
        assert _snapshot_of(index, wait=True) is not None
        thread.join()


def test_an_evicted_index_leaves_a_snapshot(home: Path) -> None:
    with opened(home) as memory:
        memory._async.services.indexes._most_units = 10
        tell(memory)
        memory.bank("b").retain("Carla sings.")
        assert "a" not in memory._async.services.indexes._indexes
        assert kept(home).stat().st_size > 0
        assert everything(graph_of(memory)) == everything(built(memory))


def test_a_snapshot_taken_during_writes_is_consistent(home: Path) -> None:
    with opened(home) as memory:
        tell(memory)
        services, done = memory._async.services, threading.Event()

        def keep() -> None:
            while not done.is_set():
                services.indexes.get("a").changes = 1000
                services.indexes.save_snapshot("a")
                snapshot = Snapshot.from_bytes(kept(home).read_bytes())
                assert snapshot is not None
                index = BankIndex.from_snapshot(snapshot, "a", threading.RLock())
                with services.indexes.locked("a"):
                    services.indexes._catch_up(index)
                    assert everything(index) == everything(built(memory))

        with ThreadPoolExecutor(1) as threads:
            keeping = threads.submit(keep)
            for first in range(3, 18):
                if keeping.done():
                    break
                tell(memory, rounds=1, first=first)
            done.set()
            keeping.result()


def test_a_small_bank_has_no_snapshot(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_SNAPSHOT_UNITS", 500)
    with opened(home) as memory:
        tell(memory)
    assert not (home / "store" / "cache").exists()


def test_a_cache_leaves_the_reserve_of_the_disk_alone_and_never_raises(tmp_path: Path) -> None:
    cache = DirectoryCache(tmp_path / "cache", reserve=2**62)
    cache.put("a", b"x")
    assert cache.get("a") is None
    (tmp_path / "file").write_text("in the way")
    cache = DirectoryCache(tmp_path / "file")
    cache.put("a", b"x")
    cache.drop("a")
    assert cache.get("a") is None
    cache = DirectoryCache(tmp_path / "cache")
    cache.put("../a", b"x")
    cache.put("../a", b"y")
    assert cache.get("../a") == b"y"
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file() and path.name != "file"] == [
        tmp_path / "cache"
    ]
    cache.drop("../a")
    assert cache.get("../a") is None
