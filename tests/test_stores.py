"""The contract of a store over both engines, their congruence, and what a store owes when things go wrong."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient
from qdrant_servers import SERVER, new_collection

from fourfold import ConfigurationError, Memory, Message, StoreError, StoreLockedError, StoreVersionError
from fourfold.language.languages import ENGLISH
from fourfold.language.text import query_vector, terms
from fourfold.ports import Embedding, Query, Store, Where
from fourfold.settings import load_settings
from fourfold.storage.embedded import EmbeddedStore, optimise
from fourfold.storage.manifest import SCHEMA, Manifest
from fourfold.storage.server import ServerStore
from fourfold.storage.translation import Translation
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, check_store, sample_point

MANIFEST = Manifest(HashEmbedder.name, HashEmbedder.dimension, HashEmbedder.token_dimension)


def make_edge() -> Store:
    return EmbeddedStore.temporary(MANIFEST)


def make_server() -> Store:
    if SERVER:
        return ServerStore.connect(SERVER, MANIFEST, load_settings(collection=new_collection()))
    with warnings.catch_warnings():  # the client's own engine has no payload indexes, and says so
        warnings.simplefilter("ignore")
        return ServerStore(QdrantClient(":memory:"), "test", MANIFEST, "memory")


@pytest.fixture(params=[make_server, MemoryStore])
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Store, Store]]:
    """The embedded store, and another that has to answer alike."""
    stores = make_edge(), request.param()
    yield stores
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    "make",
    [
        MemoryStore,
        pytest.param(make_edge, marks=pytest.mark.slow),
        pytest.param(make_server, marks=pytest.mark.slow),
    ],
)
def test_a_store_keeps_the_contract(make: Callable[[], Store]) -> None:
    check_store(make)


def test_both_engines_give_the_same_answers(pair: tuple[Store, Store]) -> None:
    rng = np.random.default_rng(7)
    vocabulary = [f"word{i}" for i in range(60)]
    points = [
        sample_point("ab"[i % 2], str(i), " ".join(rng.choice(vocabulary, 8)), tags=[str(i % 3)])
        for i in range(80)
    ]
    for store in pair:
        store.write(points)
    for _ in range(20):
        text = " ".join(rng.choice(vocabulary, 4))
        embedding = HashEmbedder().embed([text])[0]
        where = Where(bank=str(rng.choice(["a", "b"])), live=True, tags=(str(rng.integers(3)), "9"))
        queries = [
            Query(where, 50, vector=embedding.vector),
            Query(where, 50, terms=query_vector(terms(text, ENGLISH))),
            Query(where, 50, tokens=embedding.tokens),
        ]
        for ours, theirs in zip(*(store.search(queries) for store in pair), strict=True):
            assert {u for u, _ in ours} == {u for u, _ in theirs}
            scores = dict(theirs)
            assert all(abs(score - scores[unit]) < 0.05 for unit, score in ours)


def test_both_engines_come_to_the_same_beliefs_and_summaries(pair: tuple[Store, Store]) -> None:
    told = [
        Message("I ride the night bus with Ben.", "Ana", id="0"),
        Message("I think the night bus is reliable.", "Ana", id="1"),
        Message("The night bus was late again.", "Ana", id="2"),
        Message("The night bus was excellent in spring.", "Ana", id="3"),
    ]
    answers = []
    for store in pair:
        memory = Memory(store, HashEmbedder(), clock=FrozenClock())
        bank = memory.bank("a")
        bank.retain(told[:1], document="one")
        bank.retain(told[1:], document="two")
        assert bank.status().pending == 4
        assert bank.consolidate().pending == 0
        (belief,) = bank.beliefs("Ana")
        before = (
            belief.history,
            bank.summary("Ana"),
            bank.core().text,
            {citation.unit.id for citation in bank.reflect("How is the night bus?").citations},
        )
        bank.forget(document="one")
        after = (bank.summary("Ana"), bank.core().text, bank.consolidate())
        bank.forget(document="two")
        answers.append((before, after, bank.beliefs()))
        memory._portal.stop()
    ours, theirs = answers
    assert ours == theirs
    assert [change.after for change in ours[0][0]] == [0.7, 0.5091, 0.6087]
    assert ours[2] == []


def test_a_second_process_is_told_who_owns_the_directory(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from fourfold.storage.embedded import EmbeddedStore\n"
        "from fourfold.storage.manifest import SCHEMA, Manifest\n"
        "try: EmbeddedStore.open(Path(sys.argv[1]), Manifest('hash-64/32', 64, 32))\n"
        "except Exception as e: print(type(e).__name__, e)"
    )
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("StoreLockedError")
    assert f"pid {os.getpid()}" in told.stdout
    with pytest.raises(StoreLockedError):
        EmbeddedStore.open(tmp_path, MANIFEST)
    store.close()
    EmbeddedStore.open(tmp_path, MANIFEST).close()


def test_of_those_who_open_a_directory_at_once_one_gets_it_though_a_swap_is_to_be_finished(
    tmp_path: Path,
) -> None:
    EmbeddedStore.open(tmp_path, MANIFEST).close()
    (tmp_path / "store").rename(tmp_path / "store.old")
    begin = threading.Barrier(4)

    def opened(_: int) -> EmbeddedStore | None:
        begin.wait()
        with contextlib.suppress(StoreLockedError):
            return EmbeddedStore.open(tmp_path, MANIFEST)
        return None

    with ThreadPoolExecutor(4) as threads:
        (store,) = filter(None, threads.map(opened, range(4)))
    store.close()


def _files(directory: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(directory)): p.read_bytes()
        for p in (directory / "store").rglob("*")
        if p.is_file() and "wal" not in p.parts
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Manifest("another", 64, 32), "embedder"),
        (Manifest(HashEmbedder.name, 32, 32), "embedder"),
        (Manifest(HashEmbedder.name, 64, 32, schema=0), "pip install -U fourfold"),
    ],
)
def test_a_store_of_another_make_is_refused_and_left_alone(
    tmp_path: Path, wanted: Manifest, says: str
) -> None:
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    store.write([sample_point("a", "1", "hello")])
    store.close()
    before = _files(tmp_path)
    with pytest.raises(StoreVersionError, match=says):
        EmbeddedStore.open(tmp_path, wanted)
    assert _files(tmp_path) == before


def test_a_server_collection_of_another_make_is_refused() -> None:
    client = QdrantClient(":memory:")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ServerStore(client, "test", MANIFEST, "memory")
    with pytest.raises(StoreVersionError, match="another"):
        ServerStore(client, "test", Manifest("another", 64, 32), "memory")


def test_an_unreachable_server_is_named(unused_port: int) -> None:
    with pytest.raises(StoreError, match=str(unused_port)):
        Memory.open(
            f"http://127.0.0.1:{unused_port}", embedder=HashEmbedder(), settings=load_settings(timeout=1)
        )


@pytest.mark.parametrize("damage", ["manifest", "no manifest", "config", "segments"])
def test_a_damaged_directory_gets_an_error_that_says_what_to_do(tmp_path: Path, damage: str) -> None:
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    store.write([sample_point("a", "1", "hello")])
    store.close()
    home = tmp_path / "store"
    match damage:
        case "manifest":
            (home / "manifest.json").write_text('{"schema": ')
        case "no manifest":
            (home / "manifest.json").unlink()
        case "config":
            (home / "shard" / "edge_config.json").write_text("{")
        case _:
            for file in (home / "shard" / "segments").rglob("segment.json"):
                file.write_text("{")
    with pytest.raises(StoreError, match="backup"):
        EmbeddedStore.open(tmp_path, MANIFEST)


@pytest.mark.slow
def test_a_truncated_log_leaves_the_rest_readable(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    store.write([sample_point("a", "1", "flushed")])
    store.close()
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    store.write([sample_point("a", "2", "in the log alone")])
    crashed = tmp_path.parent / f"{tmp_path.name}-crashed"
    shutil.copytree(tmp_path / "store", crashed / "store")
    store.close()
    for log in (crashed / "store" / "shard" / "wal").glob("open-*"):
        os.truncate(log, log.stat().st_size // 2)
    reopened = EmbeddedStore.open(crashed, MANIFEST)
    assert "flushed" in {p.payload["text"] for p in reopened.scan(Where(bank="a"))}
    reopened.write([sample_point("a", "3", "written after")])
    reopened.close()


def test_a_foreign_directory_is_left_unchanged(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="not empty"):
        EmbeddedStore.open(tmp_path, MANIFEST)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_path_that_cannot_be_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        EmbeddedStore.open(tmp_path / "file", MANIFEST)


def test_a_directory_that_cannot_be_written_is_an_error() -> None:
    with pytest.raises(StoreError, match="proc"):
        EmbeddedStore.open(Path("/proc/fourfold"), MANIFEST)


def test_nothing_is_written_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, MANIFEST, reserve_bytes=shutil.disk_usage(tmp_path).total)
    with pytest.raises(StoreError, match="Nothing was written"):
        store.write([sample_point("a", "1", "hello")])
    assert list(store.scan(Where())) == []
    store.close()


@pytest.mark.parametrize("text", ["[1]", "[" * 100_000, "\\xff"])
def test_a_manifest_that_says_nothing_is_refused_and_a_note_of_the_contents_passed_over(
    tmp_path: Path, text: str
) -> None:
    EmbeddedStore.open(tmp_path, MANIFEST).close()
    (tmp_path / "store" / "contents.json").write_text(text)
    EmbeddedStore.open(tmp_path, MANIFEST).close()
    (tmp_path / "store" / "manifest.json").write_text(text)
    with pytest.raises(StoreError, match="cannot be read"):
        EmbeddedStore.open(tmp_path, MANIFEST)


def test_an_interrupted_creation_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "store.new" / "shard").mkdir(parents=True)
    (tmp_path / "store.new" / "shard" / "half").write_text("")
    EmbeddedStore.open(tmp_path, MANIFEST).close()
    assert json.loads((tmp_path / "store" / "manifest.json").read_text())["schema"] == SCHEMA


def test_optimising_keeps_every_point(tmp_path: Path) -> None:
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    store.write([sample_point("a", str(i), f"note {i}") for i in range(50)])
    store.close()
    optimise(tmp_path)
    store = EmbeddedStore.open(tmp_path, MANIFEST)
    assert len(list(store.scan(Where(bank="a")))) == 50
    store.close()


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("make", [make_edge, make_server])
def test_a_bug_of_ours_is_not_reported_as_damage(
    make: Callable[[], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, *values: object) -> None:
        raise AttributeError("a bug in the translation")

    store = make()
    memory = Memory(store, HashEmbedder())
    bank = memory.bank("a")
    bank.retain("The harbour has a crane.")
    monkeypatch.setattr(Translation, "filter", broken)
    with pytest.raises(AttributeError, match="a bug in the translation"):
        bank.recall("crane")
    monkeypatch.undo()
    monkeypatch.setattr(Translation, "point", broken)
    with pytest.raises(AttributeError, match="a bug in the translation"):
        bank.retain("The crane is red.")
    monkeypatch.undo()
    assert [unit.text for unit in bank.units()] == ["The harbour has a crane."]
    memory.close()


def test_a_failure_of_the_engine_says_what_to_do(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("a").retain("The harbour has a crane.")
        store = memory._async.services.store
        with pytest.raises(StoreError, match="restore the directory from a backup"):
            store.search([Query(Where(bank="a"), 1, vector=np.ones(3, np.float32))])
    for file in (tmp_path / "store" / "shard" / "segments").rglob("segment.json"):
        file.write_text("{")
    with pytest.raises(StoreError, match="restore the directory from a backup"):
        Memory.open(str(tmp_path), embedder=HashEmbedder())


class WithoutTokens(HashEmbedder):
    """An embedder without token vectors, as most are."""

    token_dimension = 0
    centroids = None

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        nothing = np.zeros((0, 0), np.float32)
        return [Embedding(e.vector, nothing) for e in super().embed(texts)]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["embedded", "client"])
def test_an_embedder_without_token_vectors_serves_every_operation(engine: str, tmp_path: Path) -> None:
    embedder = WithoutTokens()
    manifest = Manifest(embedder.name, embedder.dimension, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if engine == "client":
            memory = Memory(ServerStore(QdrantClient(":memory:"), "test", manifest, "memory"), embedder)
        else:
            memory = Memory.open(str(tmp_path / "memory"), embedder=embedder)
        with memory:
            bank = memory.bank("ana")
            bank.retain("Ana moved to Lisbon.", document="d")
            bank.retain(
                [Message("Ana likes Lisbon.", "Ana"), Message("Rui lives in Faro.", "Rui")], document="d"
            )
            bank.consolidate()
            assert bank.recall("Who moved to Lisbon?").hits
            bank.forget(unit=bank.units()[0], erase=True)
            exported = bank.export(tmp_path / "bank.jsonl")
            assert len(memory.load(exported, bank="copy").units()) == 2
