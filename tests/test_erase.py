"""Erasing: nothing of it is left in answers, records, files or the history, and everything else is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from killing import killed_after

from fourfold import Bank, Entry, Fact, InputError, Memory, Message, NotFoundError
from fourfold.consolidate import core_profile
from fourfold.index import registry
from fourfold.storage.purge import write_order
from fourfold.testing import FrozenClock, HashEmbedder
from fourfold.values.changes import TimelineKind

pytestmark = pytest.mark.slow

SECRET = "Xanthippe keeps the spare key under the blue flowerpot."


@pytest.fixture
def memory_with_snapshots(
    tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Memory]:
    """A memory in a directory, whose graphs are kept beside it."""
    monkeypatch.setattr(registry, "_SNAPSHOT_UNITS", 1)
    with Memory.open(str(tmp_path), embedder=HashEmbedder(), clock=clock) as memory:
        yield memory


def plain(bank: Bank) -> dict[str, Any]:
    """All that a bank shows, but for its history."""
    return {
        "units": [(unit.text, unit.entities) for unit in bank.units()],
        "entities": [(entity.name, entity.aliases) for entity in bank.entities()],
        "beliefs": [(belief.statement, belief.confidence) for belief in bank.beliefs()],
        "core": bank.core().text,
        "timeline": [event.unit.text for event in bank.timeline(what=get_args(TimelineKind))],
    }


def told(bank: Bank) -> None:
    """Some days of a life."""
    bank.retain(
        [
            Message("Our dog Bruno barks at the moon.", "Ana", id="1"),
            Message("Bruno fears the vet in Porto.", "Ana", id="2"),
            Message("I think the harbour is beautiful.", "Rui", id="3"),
        ],
        document="before",
    )


def test_nothing_of_an_erased_document_is_left(
    memory_with_snapshots: Memory, tmp_path: Path, clock: FrozenClock
) -> None:
    bank = memory_with_snapshots.bank("a")
    told(bank)
    clock.advance(timedelta(hours=1))
    bank.retain(
        [
            Message(SECRET, "Rui", id="1"),
            Message("Xanthippe, my aunt, works nights.", "Rui", id="2"),
            Message("I called Xanthippe in the evening.", "Rui", id="3"),
        ],
        document="secret",
    )
    evidence = bank.units(document="secret")[0]
    bank.believe("Xanthippe is careless.", evidence=[evidence], reason=SECRET)
    bank.consolidate()
    assert "Xanthippe" in bank.summary("Xanthippe").text
    bank.forget(unit=bank.units(document="secret")[2], reason=f"said twice: {SECRET}")
    edited = bank.edit(evidence, "Xanthippe keeps the spare key somewhere.", reason="safer")
    bank.undo(edited)
    bank.consolidate()
    memory_with_snapshots._async.services.indexes.close()
    assert any("cache" in place for place in memory_with_snapshots.find_text("Xanthippe"))
    receipt = bank.forget(document="secret", erase=True, reason="request 17").receipt
    assert receipt is not None
    assert set(receipt.units) >= {evidence.id}
    assert receipt.counts["unit"] == len(receipt.units) == 5
    assert "Xanthippe" not in str(receipt)
    assert memory_with_snapshots.find_text("Xanthippe") == []
    assert memory_with_snapshots.find_text("flowerpot") == []
    assert "segment" in receipt.guarantee
    assert "Xanthippe" not in str(bank.history()) + str(plain(bank))
    latest = bank.history()[0]
    assert (latest.operation, latest.reason, set(latest.units)) == ("erase", "request 17", set(receipt.units))
    with pytest.raises(InputError, match="for good"):
        bank.undo(latest)
    assert [unit.text for unit in bank.units(document="before")][:2] == [
        "Our dog Bruno barks at the moon.",
        "Bruno fears the vet in Porto.",
    ]
    assert bank.recall("Our dog Bruno barks at the moon.", limit=1).hits[0].unit.source.messages == ("1",)
    with pytest.raises(NotFoundError):
        bank.forget(document="secret", erase=True)


def test_after_an_erasure_the_bank_is_as_if_the_document_had_never_been(
    memory_with_snapshots: Memory, clock: FrozenClock
) -> None:
    with_it, without = memory_with_snapshots.bank("with"), memory_with_snapshots.bank("without")
    for bank in (with_it, without):
        told(bank)
    clock.advance(timedelta(minutes=1))
    unit = with_it.retain([Message(SECRET, "Rui", id="9")], document="secret").units[0]
    clock.advance(timedelta(minutes=1))
    for bank in (with_it, without):
        bank.retain([Message("Bruno swims in the harbour.", "Ana", id="10")], document="after")
        bank.consolidate()
    with_it.forget(unit=unit, erase=True)
    with_it.consolidate()
    assert plain(with_it) == plain(without)
    question = "Where does Bruno swim, in the harbour?"
    answers = [
        [(hit.unit.text, round(hit.score, 3)) for hit in bank.recall(question).hits]
        for bank in (with_it, without)
    ]
    assert answers[0] == answers[1] != []


def test_vectors_of_following_units_lose_the_erased_text(memory_with_snapshots: Memory) -> None:
    banks = memory_with_snapshots.bank("with"), memory_with_snapshots.bank("without")
    after = [
        Message("The garden has a well.", "Ana", id="2"),
        Message("The quarry is closed.", "Ana", id="3"),
    ]
    for bank in banks:
        before = [Message(SECRET, "Rui", id="1")] if bank.name == "with" else []
        bank.retain([*before, *after], document="d")
    banks[0].forget(unit=banks[0].units()[0], erase=True)
    for question in ("Xanthippe spare key flowerpot", "The garden has a well", "The quarry is closed"):
        found = [[(h.unit.text, round(h.score, 3)) for h in bank.recall(question).hits] for bank in banks]
        assert found[0] == found[1]


def test_a_statement_of_another_document_stays_and_is_named(memory_with_snapshots: Memory) -> None:
    bank = memory_with_snapshots.bank("a")
    bank.retain([Message("The bridge was closed in March.", "Ana", id="1")], document="one")
    bank.retain([Message("The bridge was closed in March.", "Ana", id="1")], document="two")
    done = bank.forget(document="one", erase=True)
    (unit,) = bank.units()
    assert unit.source.documents == ("two",)
    assert done.receipt is not None
    assert (done.receipt.units, done.receipt.kept) == ((), (unit.id,))


def test_entries_go_with_their_document_and_where_they_hold_the_words(memory_with_snapshots: Memory) -> None:
    bank = memory_with_snapshots.bank("a")
    bank.entries.put(
        [Entry("file", "/notes.md", {"text": SECRET})], [Message(SECRET, id="m")], document="notes"
    )
    bank.entries.put([Entry("file", "/other.md", {"text": "The quarry is closed."})], document="other")
    bank.forget(unit=bank.units()[0], erase=True)
    assert [entry.key for entry in bank.entries.list("file")] == ["/other.md"]
    assert memory_with_snapshots.find_text("flowerpot") == []
    bank.forget(document="other", erase=True)
    assert bank.entries.list("file") == []
    assert memory_with_snapshots.find_text("quarry") == []


def test_an_entity_loses_names_that_only_erased_texts_say(memory_with_snapshots: Memory) -> None:
    bank, text = memory_with_snapshots.bank("a"), "I called Dita in the evening."
    called = bank.retain([Message(text, "Mara", id="1")], document="d").units[0]
    unit = bank.retain([Message("We met Benedita Xanthos in Porto.", "Mara", id="2")], document="d").units[0]
    bank.merge_entities("Dita", into="Benedita Xanthos", reason="Benedita Xanthos is her name")
    bank.consolidate()
    assert bank.unit(called.id).entities == ("Mara", "Benedita Xanthos")
    bank.forget(unit=unit, erase=True)
    assert bank.unit(called.id).entities == ("Mara", "Dita")
    assert bank.entity("Dita").name == "Dita"
    assert memory_with_snapshots.find_text("Xanthos") == []
    assert [hit.unit.text for hit in bank.recall(text).hits] == [text]


def test_a_bank_that_is_erased_while_it_is_consolidated_stays_gone(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(memory.bank("a"))
    refresh = core_profile.refresh

    def refresh_after_erasure(*arguments: Any) -> None:
        monkeypatch.setattr(core_profile, "refresh", refresh)
        memory.erase("a")
        refresh(*arguments)

    monkeypatch.setattr(core_profile, "refresh", refresh_after_erasure)
    memory.bank("a").consolidate()
    assert memory.banks() == []
    assert memory.find_text("Bruno") == []


def test_erasing_does_not_touch_other_banks(memory_with_snapshots: Memory) -> None:
    mine, other = memory_with_snapshots.bank("mine"), memory_with_snapshots.bank("other")
    for bank in (mine, other):
        told(bank)
        bank.retain(SECRET, document="secret")
        bank.consolidate()
    before = plain(other), other.history()
    mine.forget(document="secret", erase=True)
    mine.forget(entity="Bruno", erase=True)
    assert "Bruno" not in [entity.name for entity in mine.entities()]
    assert (plain(other), other.history()) == before
    for text in (SECRET, "Bruno"):
        held = {
            place.rpartition(" ")[2]
            for place in memory_with_snapshots.find_text(text)
            if not place.startswith("file")
        }
        assert held == {"other"}


def test_messages_before_a_time_are_forgotten_or_erased(
    memory_with_snapshots: Memory, clock: FrozenClock
) -> None:
    bank = memory_with_snapshots.bank("a")
    days = [datetime(2020 + n, 1, 1, tzinfo=UTC) for n in range(4)]
    bank.retain([Message(f"Note {n} about the harbour.", "Ana", at=day) for n, day in enumerate(days)])
    bank.forget(before=days[1])
    assert len(bank.units()) == 3
    done = bank.forget(before=days[2], erase=True)
    assert done.receipt is not None
    assert len(done.receipt.units) == 2
    assert [unit.text for unit in bank.units()] == [f"Note {n} about the harbour." for n in (2, 3)]
    with pytest.raises(InputError, match="time zone"):
        bank.forget(before=datetime(2020, 1, 1))
    with pytest.raises(InputError, match="by one of"):
        bank.forget(before=days[0], document="d")


def test_a_belief_loses_what_erased_facts_did_to_it(memory_with_snapshots: Memory) -> None:
    bank = memory_with_snapshots.bank("a")
    first, second = (bank.retain(text).units[0] for text in ("Ana gave her books away.", SECRET))
    bank.believe("Ana is generous.", confidence=0.8, evidence=[first])
    bank.believe("Ana is generous.", confidence=0.9, evidence=[second], reason=f"since {SECRET}")
    done = bank.forget(unit=second, erase=True)
    (belief,) = bank.beliefs()
    assert done.beliefs == (belief,)
    assert (belief.evidence, belief.confidence, len(belief.history)) == ((first.id,), 0.8, 1)
    assert memory_with_snapshots.find_text("flowerpot") == []
    bank.forget(unit=first, erase=True)
    assert bank.beliefs(retired=True) == []


ERASER = """
import sys
from fourfold import Memory
from fourfold.testing import HashEmbedder
with Memory.open(sys.argv[1], embedder=HashEmbedder()) as memory:
    print("open", flush=True)
    memory.bank("a").forget(document="secret", erase=True)
    print("erased", flush=True)
"""


@pytest.mark.parametrize("delay", [0.02, 0.6])
def test_an_erasure_that_is_killed_is_finished_or_changed_nothing(tmp_path: Path, delay: float) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        for number in range(40):
            memory.bank("a").retain(f"Note {number} of the log says so.", document=f"d{number % 3}")
        memory.bank("a").retain(SECRET, document="secret")
        before = plain(memory.bank("a"))
    said = killed_after(delay, ERASER, tmp_path)
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        bank = memory.bank("a")
        erased = not bank.units(document="secret")
        assert erased or not said
        after = plain(bank)
        if erased:
            assert memory.find_text("flowerpot") == []
            before["units"] = [one for one in before["units"] if one[0] != SECRET]
            before["entities"] = [one for one in before["entities"] if one[0] != "Xanthippe"]
            before["timeline"].remove(SECRET)
        else:
            assert bank.recall(SECRET, limit=1).hits[0].unit.text == SECRET
        assert after == before
        bank.retain("And the log goes on.", document="d0")
        assert "And the log goes on." in [unit.text for unit in bank.units()]


def test_two_processes_that_carry_out_one_erasure_wait_for_each_other(tmp_path: Path) -> None:
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        lines = [Message(f"The harbour has a crane of {n} tons.", "Ana", id=str(n)) for n in range(60)]
        units = memory.bank("a").retain(lines).units
    home = tmp_path / "store"
    write_order(home, [], [units[0].id])
    command = [sys.executable, "-m", "fourfold.storage.purge", str(home)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        assert {unit.id for unit in memory.bank("a").units()} == {unit.id for unit in units[1:]}


def test_forgetting_by_an_empty_name_is_an_error_and_forgets_nothing(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain("The vault code is 8812.")
    with pytest.raises(InputError, match='document is ""'):
        bank.forget(document="")
    with pytest.raises(InputError, match='unit is ""'):
        bank.forget(unit="")
    with pytest.raises(InputError, match='entity is ""'):
        bank.forget(entity="")
    assert len(bank.units()) == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Zoë keeps the key under the café's pot.", "Zoë keeps the key under the café's pot."),
        ("Zoë keeps the key under the café's pot.", "ZOË KEEPS the\tkey\nunder the café’s pot!"),
        (
            "Zoë keeps the key under the café's pot.",
            "Well: Zoë keeps the k\u200bey under the ca\u00adfé's pot.\x07",
        ),
        ("I eat at 5.", "Notes\n- I eat at 5\n- walks"),
        ("我把钥匙放在花盆下面。", "妹妹说我把钥匙放在花盆下面因为"),
    ],
)
def test_entries_go_that_hold_the_words_in_other_bytes(memory: Memory, said: str, kept: str) -> None:
    bank = memory.bank("a")
    kept = kept.replace("ë", "e\u0308").replace("é", "e\u0301")
    bank.entries.put(
        [Entry("file", "/notes.md", {"text": [kept]})], [Message(said, id="m")], document="notes"
    )
    (unit,) = bank.units()
    assert any("entry" in place or "file" in place for place in memory.find_text(unit.text))
    bank.forget(unit=unit, erase=True)
    assert bank.entries.list("file") == []
    assert memory.find_text(unit.text) == []


def test_a_short_text_takes_no_entry_along_that_has_it_inside_a_sentence(memory: Memory) -> None:
    bank = memory.bank("a")
    texts = {
        "/a": "The team drinks steam.",
        "/b": "I would rather drink tea than coffee.",
        "/c": "Milk. Tea. Eggs.",
    }
    entries = [Entry("file", key, {"text": text}) for key, text in texts.items()]
    bank.entries.put(entries, [Message("Tea.", id="m")], document="notes")
    (unit,) = bank.retain_facts([Fact("Tea.")], document="notes").units
    bank.forget(unit=unit, erase=True)
    assert [entry.key for entry in bank.entries.list("file")] == ["/a", "/b"]


def test_an_edit_that_was_undone_is_erased_with_its_unit(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("The key is in the shed.", "Rui", id="1")], document="d")
    (unit,) = bank.units()
    bank.undo(bank.edit(unit, "Xanthippe keeps the key.", reason="more exact"))
    bank.undo(bank.edit(unit, "The key is under the flowerpot."))
    receipt = bank.forget(unit=unit, erase=True).receipt
    assert receipt is not None
    assert len(receipt.units) == 3
    assert memory.find_text("Xanthippe") == memory.find_text("flowerpot") == memory.find_text("shed") == []


def test_no_reason_that_was_given_tells_of_what_is_erased(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I have the flu.", "Ana", id="1")], document="d")
    bank.retain([Message("The quarry is closed.", "Rui", id="2")], document="e")
    secret, other = bank.units()
    bank.edit(other, "The quarry is shut.", reason="Ana said: i have the FLU, so it is")
    (other,) = bank.units(document="e")
    bank.believe("Quarries are dull.", evidence=[other], reason=f"as {secret.id[:8]} tells")
    (belief,) = bank.beliefs()
    bank.retain([Message("The well is deep.", "Rui", id="3")], document="f")
    bank.forget(document="f", reason="I have the flu, and no time")
    bank.forget(unit=secret, erase=True, reason="nobody is to know: I have the flu")
    assert memory.find_text("the flu") == memory.find_text(secret.text) == []
    (belief,) = bank.beliefs()
    assert [change.reason for change in belief.history] == [""]
    assert secret.id[:8] not in "".join(change.reason for change in bank.history())
    assert bank.history()[-1].operation == "retain"  # what was done is still told, if not why
