"""Stores that earlier code wrote are opened, and nothing of them is lost. `data/store-2.tar.xz` was written by
schema 2 before there was a log (commit f67f60f): a bank "a" with a move, a belief, a merge, an entry that was
forgotten."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fourfold import Memory, Message, NotFoundError, Verdict
from fourfold.testing import HashEmbedder, MemoryStore

OLD = Path(__file__).parent / "data" / "store-2.tar.xz"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The directory of the older store."""
    with tarfile.open(OLD) as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.mark.slow
def test_a_store_from_before_the_log_is_as_it_was(home: Path) -> None:
    for _ in range(2):
        with Memory.open(str(home), embedder=HashEmbedder()) as memory:
            bank = memory.bank("a")
            assert [unit.text for unit in bank.units()] == [
                "Our dog Bruno barks at the moon.",
                "I called Dita in Porto.",
                "Ana gave all her books away.",
                "I live in Lisbon now.",
                "Ana is generous.",
            ]
            assert bank.entity("Dita").name == "Bruno"
            assert [(b.statement, b.confidence) for b in bank.beliefs()] == [("Ana is generous.", 0.8)]
            assert bank.entries.list("file") == []
            then = bank.recall("Where does Ana live?", as_of=datetime(2026, 1, 1, 12, tzinfo=UTC))
            assert then.hits[0].unit.text == "I live in Porto."
            assert "Lisbon" not in then.text
            assert memory.banks()[0].units == 5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a", "b"])
def test_an_export_of_an_older_store_is_loaded(home: Path, name: str) -> None:
    with Memory.open(str(home), embedder=HashEmbedder()) as memory:
        memory.bank("a").export(home / "a.jsonl")
        units = [(unit.text, unit.retired_at) for unit in memory.bank("a").units(retired=True)]
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        loaded = memory.load(home / "a.jsonl", bank=name)
        assert [(unit.text, unit.retired_at) for unit in loaded.units(retired=True)] == units
        assert loaded.entity("Dita").name == "Bruno"


@pytest.mark.slow
def test_a_store_from_before_the_log_can_be_written_to(home: Path) -> None:
    with Memory.open(str(home), embedder=HashEmbedder()) as memory:
        bank = memory.bank("a")
        assert bank.history() == []
        assert bank.retain([Message("I live in Porto.", "Ana", id="1")], document="d").count(Verdict.ADD) == 0
        bank.retain([Message("I live in Braga now.", "Ana", id="5")], document="d")
        assert [change.operation for change in bank.history()] == ["retain"]
        bank.undo(bank.history()[0])
        assert "I live in Lisbon now." in [unit.text for unit in bank.units()]
        bank.forget(document="d", erase=True)
        assert memory.find_text("Lisbon") == []
        copy = bank.fork("b")
        assert [unit.text for unit in copy.units()] == ["Ana gave all her books away.", "Ana is generous."]
        with pytest.raises(NotFoundError):
            bank.forget(document="d")
