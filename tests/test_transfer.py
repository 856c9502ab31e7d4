"""Banks on the move: exported and loaded, forked, restored as they were, merged."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest
from killing import killed_after
from qdrant_servers import new_client, new_collection, opened

from fourfold import Bank, Entry, InputError, Memory, Message, NotFoundError, StoreVersionError, Verdict
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.changes import TimelineKind

QUESTIONS = ("Where does Bruno swim, in the harbour?", "Where does Ana live?", "Ana is generous.")


def lived(memory: Memory, clock: FrozenClock, name: str = "a") -> Bank:
    """A bank with a history of every kind."""
    bank = memory.bank(name)

    def then() -> None:
        clock.advance(timedelta(hours=1))

    bank.retain(
        [Message("I live in Porto.", "Ana", id="1"), Message("Our dog Bruno barks.", "Ana", id="2")],
        document="d",
    )
    then()
    books = bank.retain(
        [Message("Ana gave her books away.", "Rui", id="1")], document="e", tags=["kind"]
    ).units[0]
    then()
    bank.believe("Ana is generous.", confidence=0.8, evidence=[books])
    then()
    bank.consolidate()
    then()
    bank.retain(
        [
            Message("I live in Lisbon now.", "Ana", id="3"),
            Message("Bruno swims in the harbour.", "Ana", id="4"),
        ],
        document="d",
    )
    then()
    bank.entries.put(
        [Entry("file", "/notes.md", {"text": "The well."})], [Message("The well.", id="m")], document="notes"
    )
    then()
    bank.edit(bank.units(document="notes")[0], "The well is deep.")
    then()
    bank.retain("A mistake about the quarry.")
    then()
    bank.undo(bank.history(limit=1)[0])
    then()
    bank.consolidate()
    then()
    return bank


def answers(bank: Bank, **more: Any) -> list[Any]:
    """What it recalls. Vectors that travelled are rounded anew, so scores are left out."""
    found = []
    for question in QUESTIONS:
        hits = bank.recall(question, budget=None, limit=5, **more).hits
        found.append([(hit.unit.text, hit.unit.source.messages, hit.unit.confidence) for hit in hits])
    return found


def everything(bank: Bank) -> dict[str, Any]:
    """All that a bank shows, but for ids."""
    return {
        "units": [
            (u.text, u.entities, u.tags, u.source, u.recorded_at, u.retired_at)
            for u in bank.units(retired=True)
        ],
        "entities": [(e.name, e.aliases, e.mentions) for e in bank.entities()],
        "beliefs": [
            (b.statement, b.confidence, [(c.at, c.after) for c in b.history]) for b in bank.beliefs()
        ],
        "evidence": [[bank.unit(u).text for u in b.evidence] for b in bank.beliefs()],
        "core": bank.core().text,
        "entries": [(e.key, e.value, e.revision) for e in bank.entries.list("file")],
        "timeline": [e.unit.text for e in bank.timeline(what=get_args(TimelineKind))],
        "history": [
            (
                c.operation,
                c.at,
                c.subject,
                c.undone,
                sorted((o.verdict, bank.unit(o.unit).text) for o in c.operations),
            )
            for c in bank.history()
            if c.operation not in ("load", "fork")
        ],
        "answers": answers(bank),
    }


@pytest.mark.parametrize(
    ("vectors", "name"), [(True, None), (True, "other"), (False, None), (False, "other")]
)
def test_an_export_is_loaded_completely_into_another_memory(
    memory: Memory, clock: FrozenClock, tmp_path: Path, vectors: bool, name: str | None
) -> None:
    bank = lived(memory, clock)
    seen: list[tuple[int, int]] = []
    bank.export(tmp_path / "a.jsonl", vectors=vectors, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (len(bank.units(retired=True)),) * 2
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as other:
        loaded = other.load(tmp_path / "a.jsonl", bank=name)
        assert loaded.name == (name or "a")
        assert everything(loaded) == everything(bank)
        assert loaded.status().pending == bank.status().pending == 0
        assert loaded.history(limit=1)[0].operation == "load"
        for moment in sorted({change.at for change in bank.history()}):
            assert answers(loaded, as_of=moment) == answers(bank, as_of=moment)
        loaded.undo(next(change for change in loaded.history() if change.operation == "edit"))
        assert "The well." in [unit.text for unit in loaded.units()]
        again = loaded.retain([Message("I live in Porto.", "Ana", id="1")], document="d")
        assert again.count(Verdict.ADD) == 0
        loaded.retain("Something new.")
        assert loaded.history(limit=1)[0].operation == "retain"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_an_export_can_be_read_by_its_owner_alone(bank: Bank, tmp_path: Path) -> None:
    bank.retain("The well is deep.")
    path = tmp_path / "a.jsonl"
    path.write_text("an earlier one")
    path.chmod(0o644)
    bank.export(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_export_to_a_link_is_written_to_what_it_leads_to(bank: Bank, tmp_path: Path) -> None:
    bank.retain("The well is deep.")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    bank.export(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").is_file()


def test_an_export_file_declares_its_format(memory: Memory, clock: FrozenClock, tmp_path: Path) -> None:
    lived(memory, clock).export(tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    header = json.loads(lines[0])
    assert (header["fourfold"], header["bank"], header["embedder"], header["vectors"]) == (
        1,
        "a",
        HashEmbedder().name,
        True,
    )
    assert json.loads(lines[-1])["lines"] == len(lines) - 1


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "other", "newer"])
def test_an_incomplete_file_loads_nothing(
    memory: Memory, clock: FrozenClock, tmp_path: Path, harm: str
) -> None:
    path = tmp_path / "a.jsonl"
    lived(memory, clock).export(path)
    text = path.read_text()
    harmed = {
        "cut": text[: len(text) // 2],
        "changed": text.replace("Bruno barks", "Bruno meows", 1),
        "empty": "",
        "other": '{"hello": 1}\n',
        "newer": text.replace('"fourfold": 1', '"fourfold": 99', 1),
    }
    path.write_text(harmed[harm])
    with pytest.raises(InputError):
        memory.load(path, bank="b")
    assert [info.name for info in memory.banks()] == ["a"]
    with pytest.raises(InputError, match="cannot be read"):
        memory.load(tmp_path / "nowhere.jsonl")


def test_a_transfer_that_is_impossible_is_refused(memory: Memory, clock: FrozenClock, tmp_path: Path) -> None:
    bank = lived(memory, clock)
    bank.export(tmp_path / "a.jsonl")
    with pytest.raises(InputError, match="already"):
        memory.load(tmp_path / "a.jsonl")
    with pytest.raises(InputError, match="already"):
        bank.fork("a")
    with pytest.raises(InputError, match="cannot name"):
        bank.fork("a/b")
    with pytest.raises(NotFoundError):
        memory.bank("nobody").export(tmp_path / "b.jsonl")
    with pytest.raises(NotFoundError):
        memory.bank("nobody").fork("b")
    with pytest.raises(NotFoundError):
        bank.absorb(memory.bank("nobody"))
    with pytest.raises(InputError, match="itself"):
        bank.absorb(bank)
    with pytest.raises(InputError, match="written"):
        bank.export(tmp_path / "no" / "such" / "folder.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    header, *rest = (tmp_path / "a.jsonl").read_text().splitlines(keepends=True)[:-1]
    newer = json.dumps(json.loads(header) | {"schema": 99}) + "\n" + "".join(rest)
    told = {"lines": len(rest) + 1, "sha256": hashlib.sha256(newer.encode()).hexdigest()}
    (tmp_path / "b.jsonl").write_text(newer + json.dumps(told) + "\n")
    with pytest.raises(StoreVersionError, match="newer"):
        memory.load(tmp_path / "b.jsonl", bank="b")


@pytest.mark.parametrize("meanwhile", ["load", "retain"])
def test_a_load_takes_nothing_back_from_a_bank_that_came_about_meanwhile(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    memory.bank("a").retain("The roof leaks.", document="roof")
    memory.bank("a").retain("The vault code is 8812.", document="code")
    memory.bank("a").export(tmp_path / "a.jsonl")
    module = import_module("fourfold.transfer.load")
    read = module.check_contents

    def read_while_others_write(*arguments: Any) -> Any:
        monkeypatch.setattr(module, "check_contents", read)
        profile = read(*arguments)
        if meanwhile == "load":
            memory.load(tmp_path / "a.jsonl", bank="b").forget(document="code", erase=True)
        else:
            memory.bank("b").retain("The roof leaks.")
        return profile

    monkeypatch.setattr(module, "check_contents", read_while_others_write)
    with pytest.raises(InputError, match='There is a bank "b" already'):
        memory.load(tmp_path / "a.jsonl", bank="b")
    assert [unit.text for unit in memory.bank("b").units()] == ["The roof leaks."]
    memory.bank("b").retain("The cellar is dry.")
    assert len(memory.bank("b").units()) == 2


def test_a_first_retain_waits_for_a_load_of_its_name_and_is_refused(memory: Memory, tmp_path: Path) -> None:
    memory.bank("a").retain([Message(f"Note {n} of the log.", id=str(n)) for n in range(600)], document="log")
    memory.bank("a").export(tmp_path / "a.jsonl")
    with ThreadPoolExecutor() as threads:
        writing: list[Future[Any]] = []

        def write(done: int, total: int) -> None:
            if not writing:
                writing.append(threads.submit(memory.bank("b").retain, "The roof leaks."))

        loaded = memory.load(tmp_path / "a.jsonl", bank="b", progress=write)
        error = writing[0].exception()
    texts = [unit.text for unit in loaded.units()]
    assert len(texts) == 600 + (error is None)
    assert error is None or "Nothing was written" in str(error)
    loaded.retain("The cellar is dry.")
    assert len(loaded.units()) == len(texts) + 1


def test_a_fork_has_the_same_units_and_changes_independently(memory: Memory, clock: FrozenClock) -> None:
    bank = lived(memory, clock)
    before = everything(bank)
    fork = bank.fork("b")
    assert everything(fork) == before
    fork.forget(document="d", erase=True)
    fork.retain("The fork has a handle.")
    assert everything(bank) == before
    assert "handle" not in str(answers(bank))
    assert sorted(info.name for info in memory.banks()) == ["a", "b"]


def test_a_bank_is_restored_as_it_was(memory: Memory, clock: FrozenClock) -> None:
    bank = lived(memory, clock)
    moments = sorted({change.at for change in bank.history()})
    told = {moment: answers(bank, as_of=moment) for moment in moments}
    for number, moment in enumerate(moments):
        restored = bank.restore(f"then {number}", as_of=moment)
        assert answers(restored, as_of=moment) == told[moment]
        assert answers(restored) == told[moment]
        assert all(change.at <= moment for change in restored.history()[1:])
        with pytest.raises(InputError, match="for good"):
            restored.undo(restored.history()[0])
    with pytest.raises(InputError, match="time zone"):
        bank.restore("naive", as_of=datetime(2024, 1, 1))


def test_merging_banks_reconciles_their_facts(memory: Memory, clock: FrozenClock) -> None:
    one, two = lived(memory, clock, "one"), memory.bank("two")
    two.retain([Message("Our dog Bruno barks.", "Ana", id="9")], document="x")
    fact = two.retain([Message("Ana paid for all of us.", "Rui", id="8")], document="x").units[0]
    two.believe("Ana is generous.", confidence=0.6, evidence=[fact])
    two.believe("The sea is cold.", confidence=0.9)
    two.entries.put([Entry("file", "/two.md", 2), Entry("file", "/notes.md", 3)], document="files")
    before = everything(two)
    done = one.absorb(two)
    assert done.count(Verdict.ADD) == 2
    texts = [unit.text for unit in one.units()]
    assert len(texts) == len(set(texts))
    barks = next(unit for unit in one.units() if unit.text == "Our dog Bruno barks.")
    assert set(barks.source.documents) == {"d", "x"}
    generous = next(belief for belief in one.beliefs() if belief.statement == "Ana is generous.")
    assert (generous.confidence, len(generous.evidence)) == (0.8571, 2)
    assert {belief.statement for belief in one.beliefs()} >= {"The sea is cold."}
    assert [(entry.key, entry.value) for entry in one.entries.list("file")] == [
        ("/notes.md", {"text": "The well."}),
        ("/two.md", 2),
    ]
    assert everything(two) == before
    held = everything(one)
    again = one.absorb(two)
    assert again.count(Verdict.ADD) == 0
    assert everything(one)["units"] == held["units"]


def test_a_belief_that_is_new_to_a_bank_comes_with_its_history() -> None:
    with Memory(
        MemoryStore(), HashEmbedder()
    ) as memory:  # on the machine's clock: no two writes are at one time
        bank, other = memory.bank("a"), memory.bank("b")
        books = other.retain("Ana gave her books away.").units[0]
        other.believe("Ana is generous.", confidence=0.8, evidence=[books])
        bank.absorb(other)
        (moved,), (belief,) = bank.beliefs(), other.beliefs()
        assert moved.confidence == belief.confidence == 0.8
        assert [(step.effect, step.said) for step in moved.history] == [
            (step.effect, step.said) for step in belief.history
        ]
        assert [bank.unit(unit).text for unit in moved.evidence] == ["Ana gave her books away."]


def test_a_bank_of_another_memory_is_merged(memory: Memory, clock: FrozenClock) -> None:
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as other:
        bank = memory.bank("a")
        bank.absorb(lived(other, clock))
        texts = (sorted(unit.text for unit in one.units()) for one in (bank, other.bank("a")))
        assert next(texts) == next(texts)


CARRIER = """
import sys
from fourfold import Memory
from fourfold.testing import HashEmbedder
with Memory.open(sys.argv[1], embedder=HashEmbedder()) as memory:
    print("open", flush=True)
    if sys.argv[2] == "fork":
        memory.bank("a").fork("b")
    else:
        memory.load(sys.argv[2], bank="b")
    print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("how", "delay"), [("fork", 0.05), ("load", 0.2)])
def test_a_load_that_is_killed_wrote_nothing_or_everything(tmp_path: Path, how: str, delay: float) -> None:
    home, file = tmp_path / "memory", tmp_path / "a.jsonl"
    with Memory.open(str(home), embedder=HashEmbedder()) as memory:
        for first in range(0, 500, 250):
            memory.bank("a").retain(
                [Message(f"Note {n} of the log.", id=str(n)) for n in range(first, first + 250)]
            )
        memory.bank("a").export(file)
        count = len(memory.bank("a").units())
    said = killed_after(delay, CARRIER, home, "fork" if how == "fork" else file)
    with Memory.open(str(home), embedder=HashEmbedder()) as memory:
        names = [info.name for info in memory.banks()]
        assert names == ["a", "b"] or (names == ["a"] and not said)
        assert len(memory.bank("a").units()) == count
        assert len(memory.bank("b").units()) == (count if "b" in names else 0)
        if "b" not in names:
            memory.load(file, bank="b")
            assert len(memory.bank("b").units()) == count


def test_transfers_work_on_a_server_and_the_receipt_is_right_there(
    memory: Memory, clock: FrozenClock, tmp_path: Path
) -> None:
    embedded = lived(memory, clock)
    began = embedded.history()[-1].at
    with opened(new_client(), new_collection(), clock=FrozenClock(began)) as server:
        mine = server._async.services.clock
        assert isinstance(mine, FrozenClock)
        bank = lived(server, mine)
        assert everything(bank) == everything(embedded)
        for moment in sorted({change.at for change in bank.history()}):
            assert answers(bank, as_of=moment) == answers(embedded, as_of=moment)
        bank.export(tmp_path / "a.jsonl")
        assert everything(server.load(tmp_path / "a.jsonl", bank="b")) == everything(bank)
        assert everything(bank.fork("c")) == everything(bank)
        receipt = bank.forget(document="d", erase=True).receipt
        assert receipt is not None
        assert "snapshots" in receipt.guarantee
        assert not bank.units(document="d", retired=True)
        assert [info.name for info in server.banks()] == ["a", "b", "c"]
        server.erase("c")
        assert {place.rpartition(" ")[2] for place in server.find_text("Lisbon")} == {"b"}
