"""Another embedding model for a memory: online, resumable, and nothing is extracted anew."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from killing import killed_after
from qdrant_client import QdrantClient
from qdrant_edge import EdgeShard
from qdrant_servers import new_client, new_collection, opened

from fourfold import Bank, Entry, Memory, Message, StoreError, StoreVersionError
from fourfold.ports import Embedding, Fields, Point, Where
from fourfold.storage.manifest import Manifest
from fourfold.storage.shard import load_shard
from fourfold.testing import HashEmbedder

pytestmark = pytest.mark.slow


class Longer(HashEmbedder):
    """Other vectors, of other dimensions; `texts` counts what it embedded."""

    name, dimension, token_dimension = "longer", 96, 48

    def __init__(self) -> None:
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.texts += len(texts)
        return super().embed(texts)


def said(first: int, last: int) -> list[Message]:
    return [
        Message(f"Note {n} is about the harbour and its crane.", "Ana", id=str(n)) for n in range(first, last)
    ]


def texts(bank: Bank, question: str = "Note 17 is about the harbour and its crane.") -> list[str]:
    return [hit.unit.text for hit in bank.recall(question, limit=1).hits]


def test_recall_goes_on_while_vectors_are_made_and_then_uses_the_new_ones(tmp_path: Path) -> None:
    new = Longer()
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        one, two = memory.bank("one"), memory.bank("two")
        one.retain(said(0, 150), document="d")
        two.retain(said(0, 20), document="d")
        one.consolidate()
        before, history = texts(one), len(one.history())
        seen: list[tuple[int, int]] = []

        def progress(done: int, total: int) -> None:
            if not seen:
                assert texts(one) == before
                one.retain(said(150, 160), document="d")
                two.edit(two.units()[0], "The garden has a well.")
            seen.append((done, total))

        made = memory.reembed(new, progress=progress)
        assert seen[-1] == (made, made)
        assert made >= 181
        assert memory.reembed(new) == 0
        assert texts(one) == before
        assert texts(two, "The garden has a well.")[0] == "The garden has a well."
        assert len(one.history()) == history + 1
        store = memory._async.services.store
        points = list(store.scan(Where(bank="one", kind="unit"), Fields(vectors=True)))
        assert {
            (len(p.vector), p.tokens.shape[1])
            for p in points
            if p.vector is not None and p.tokens is not None
        } == {(96, 48)}
        assert not {name for p in points for name in p.payload if name[-1].isdigit()}
        one.retain(said(160, 161), document="d")
        one.forget(unit=one.units()[0], erase=True)
        kept = [unit.text for unit in one.units()]
    with pytest.raises(StoreVersionError, match="longer"):
        Memory.open(str(tmp_path), embedder=HashEmbedder())
    with Memory.open(str(tmp_path), embedder=Longer()) as memory:
        assert [unit.text for unit in memory.bank("one").units()] == kept
        assert texts(memory.bank("one"))
        assert memory.reembed(HashEmbedder()) > 0
        assert texts(memory.bank("one"))


def test_reembedding_works_on_a_server() -> None:
    with opened(new_client(), new_collection()) as memory:
        bank = memory.bank("one")
        bank.retain(said(0, 40), document="d")
        before = texts(bank)
        assert memory.reembed(Longer()) == 40
        assert texts(bank) == before
        bank.retain(said(40, 41), document="d")
        assert texts(bank, "Note 40 is about the harbour and its crane.")[0].startswith("Note 40")


CHANGER = """
import sys
sys.path.append(sys.argv[2])
from fourfold import Memory
from fourfold.testing import HashEmbedder
from test_reembed import Longer
with Memory.open(sys.argv[1], embedder=HashEmbedder()) as memory:
    print("open", flush=True)
    memory.reembed(Longer(), progress=lambda done, of: print(done, flush=True))
    print("done", flush=True)
"""


@pytest.mark.parametrize("delay", [0.5])
def test_a_killed_reembedding_is_resumed(tmp_path: Path, delay: float) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("one").retain(said(0, 400), document="d")
        kept = [unit.text for unit in memory.bank("one").units()]
        before = texts(memory.bank("one"))
    told = killed_after(delay, CHANGER, tmp_path, Path(__file__).parent).split()
    done = max([int(line) for line in told if line.isdigit()], default=0)
    new = Longer()
    if "done" not in told:
        try:
            with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
                assert texts(memory.bank("one")) == before
                assert memory.reembed(new) <= 400 - done
        except StoreVersionError:
            assert done == 400  # it was killed between the switch and its last word
    with Memory.open(str(tmp_path), embedder=new) as memory:
        assert [unit.text for unit in memory.bank("one").units()] == kept
        assert texts(memory.bank("one")) == before


def records(memory: Memory) -> dict[str, object]:
    """All that the store holds, but for what is made of the embedder's vectors."""
    points: list[Point] = list(memory._async.services.store.scan(Where()))
    return {p.id: {**p.payload, "own": None, "codes": None} for p in points}


def test_the_copy_has_every_record_of_every_bank(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        one = memory.bank("one", mission="Knows the harbour.")
        one.retain(said(0, 30), document="d")
        one.edit(one.units()[3], "The crane was painted.")
        one.forget(unit=one.units()[5])
        one.consolidate()
        memory.bank("two").entries.put([Entry("note", "a", {"text": "An entry."})], document="e")
        one.fork("three")
        before = records(memory)
        assert memory.reembed(Longer()) > 30
        assert records(memory) == before
    with Memory.open(str(tmp_path), embedder=Longer()) as memory:
        assert records(memory) == before
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["store"]


def test_concurrent_writes_and_recalls_survive_the_switch(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("one").retain(said(0, 100), document="d")
        changed = threading.Event()
        written: list[tuple[str, str]] = []

        def write(name: str) -> None:
            number = 1000
            while not changed.is_set() or number < 1010:
                memory.bank(name).retain(said(number, number + 1), document="d")
                written.append((name, f"Note {number} is about the harbour and its crane."))
                assert texts(memory.bank("one"))
                number += 1

        with ThreadPoolExecutor() as pool:
            writers = [pool.submit(write, name) for name in ("one", "new")]
            assert memory.reembed(Longer()) >= 100
            changed.set()
            for writer in writers:
                writer.result()
        for name, text in written:
            assert texts(memory.bank(name), text) == [text]


def test_erasing_drops_the_copy_and_reembedding_starts_over(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        bank = memory.bank("one")
        bank.retain(said(0, 300), document="d")
        bank.retain([Message("Marzipan is in the third drawer.", "Ana", id="x")], document="e")
        seen: list[int] = []

        def progress(done: int, total: int) -> None:
            if not seen:
                bank.forget(document="e", erase=True)
                assert memory.find_text("Marzipan") == []
            seen.append(done)

        memory.reembed(Longer(), progress=progress)
        assert memory.find_text("Marzipan") == []
        assert len(bank.units()) == 300
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["store"]


def test_a_copy_that_was_begun_is_dropped_by_an_erasure_after_the_next_opening(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise StoppedError

    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("one").retain(said(0, 10), document="d")
        with pytest.raises(StoppedError):
            memory.reembed(Longer(), progress=stop)
    assert (tmp_path / "store.next").exists()
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        memory.bank("one").forget(document="d", erase=True)
        assert memory.find_text("harbour") == []
        assert not (tmp_path / "store.next").exists()


def test_a_swap_that_was_cut_off_between_its_renames_is_completed(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path / "a"), embedder=HashEmbedder()) as memory:
        memory.bank("one").retain(said(0, 10), document="d")
    with Memory.open(str(tmp_path / "b"), embedder=Longer()) as memory:
        memory.bank("one").retain(said(0, 10), document="d")
    (tmp_path / "a" / "store").rename(tmp_path / "a" / "store.old")
    (tmp_path / "b" / "store").rename(tmp_path / "a" / "store.next")
    with Memory.open(str(tmp_path / "a"), embedder=Longer()) as memory:
        assert len(memory.bank("one").units()) == 10
    assert not (tmp_path / "a" / "store.old").exists()


def test_a_memory_whose_new_store_cannot_be_opened_at_once_is_used_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(home: Path, directory: Path, manifest: Manifest, reserve: int = 0) -> EdgeShard:
        if home.name == "store":
            raise StoreError("The disk does not answer.")
        return load_shard(home, directory, manifest, reserve)

    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        bank = memory.bank("one")
        bank.retain(said(0, 3))
        with monkeypatch.context() as patch:
            patch.setattr("fourfold.storage.embedded.load_shard", unreadable)
            memory.reembed(Longer())
            for use in (lambda: bank.recall("harbour"), lambda: bank.retain(said(3, 4))):
                with pytest.raises(StoreError, match="does not answer"):
                    use()
        assert texts(bank, "Note 2") == ["Note 2 is about the harbour and its crane."]
        bank.retain(said(3, 4))
    with Memory.open(str(tmp_path), embedder=Longer()) as memory:
        assert len(memory.bank("one").units()) == 4


def test_a_server_s_memory_is_opened_by_its_alias_from_then_on() -> None:
    client, name = new_client(), new_collection()
    memory = opened(client, name)
    memory.bank("one").retain(said(0, 10), document="d")
    assert memory.reembed(Longer()) == 10
    assert collections(client, name) == [f"{name}.2"]
    with pytest.raises(StoreVersionError, match="longer"):
        opened(client, name)
    again = opened(client, name, Longer())
    assert len(again.bank("one").units()) == 10
    assert again.reembed(HashEmbedder()) == 10
    assert collections(client, name) == [f"{name}.3"]
    last = opened(client, name)
    assert len(last.bank("one").units()) == 10
    for each in (memory, again):
        each._portal.stop()
    last.close()


def collections(client: QdrantClient, name: str) -> list[str]:
    """The memory's collections on a server."""
    return [each.name for each in client.get_collections().collections if each.name.startswith(name)]
