"""What a bank holds back is written by no path; what language models cost is booked by every write."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fourfold import Bank, Entry, InputError, Memory, Message, ModelRefusedError, RedactionRule
from fourfold.ingest import run
from fourfold.ingest.pending_chunks import pending_chunks
from fourfold.ports import Fields, PromptMessage, Where
from fourfold.services import ChunkRegistry
from fourfold.testing import FrozenClock, HashEmbedder, ScriptedModel
from fourfold.transaction.transaction import Transaction

KEY = "sk-live-" + "a1B2" * 6
SAID = [
    Message(f"The key of the harbour API is {KEY}.", "Ana", id="1"),
    Message("The doctor lives at 7 Mill Lane.", "Ana", id="2"),
    Message("The well is deep.", "Ana", id="3"),
]
CODES = RedactionRule("codes", pattern=r"X-\d+")


def mentions_doctor(text: str) -> bool:
    return "doctor" in text


HEALTH = RedactionRule("health", test=mentions_doctor)


@pytest.fixture
def source(clock: FrozenClock) -> Iterator[Bank]:
    """A bank of another memory, with secrets in its units and its entries and no rule against them."""
    with Memory.open(":memory:", embedder=HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("src")
        bank.retain(SAID, document="talk")
        bank.entries.put([Entry("file", "/keys", {"lines": [f"key {KEY}"]})], [], document="files")
        yield bank


def texts(bank: Bank) -> list[str]:
    return sorted(unit.text for unit in bank.units())


# another bank ------------------------------------------------------------------------------------------------


def test_absorb_masks_for_a_new_bank_what_the_caller_asked_to_hold_back(memory: Memory, source: Bank) -> None:
    target = memory.bank("dst", redact=["secrets"])
    result = target.absorb(source)
    assert result.redacted == {"api_key": 2}
    assert memory.find_text(KEY) == []
    assert "The key of the harbour API is [held back: api_key]." in texts(target)
    assert memory.bank("dst").retain(f"The key is still {KEY}.").redacted == {"api_key": 1}


def test_absorb_leaves_out_units_that_a_test_of_the_target_excludes(memory: Memory, source: Bank) -> None:
    target = memory.bank("dst", redact=[HEALTH])
    result = target.absorb(source)
    assert result.redacted == {"health": 1}
    assert texts(target) == sorted([SAID[0].text, SAID[2].text])
    assert memory.find_text("doctor") == []


def test_absorb_masks_entries_and_leaves_out_those_that_a_test_excludes(memory: Memory, source: Bank) -> None:
    source.entries.put([Entry("file", "/visits", "the doctor at noon")], [], document="files")
    memory.bank("dst", redact=["secrets"]).retain("The lake is wide.")
    target = memory.bank("dst", redact=["secrets", HEALTH])
    result = target.absorb(source)
    assert result.redacted == {"api_key": 2, "health": 2}
    assert [(e.key, e.value) for e in target.entries.list("file")] == [
        ("/keys", {"lines": ["key [held back: api_key]"]})
    ]
    assert memory.find_text(KEY) == memory.find_text("doctor") == []


def test_absorb_uses_the_rules_that_the_bank_keeps(memory: Memory, source: Bank) -> None:
    memory.bank("dst", redact=["secrets"]).retain("The lake is wide.")
    assert memory.bank("dst").absorb(source).redacted == {"api_key": 2}
    assert memory.find_text(KEY) == []


# a whole bank ------------------------------------------------------------------------------------------------


def test_a_fork_of_a_bank_opened_with_rules_is_masked_and_keeps_the_rules(memory: Memory) -> None:
    memory.bank("a").retain(SAID, document="talk")
    memory.bank("a").entries.put([Entry("file", "/keys", f"key {KEY}")], [], document="files")
    memory.bank("a").entries.put([Entry("file", "/keys", "none")], [], document="files")
    fork = memory.bank("a", redact=["secrets"]).fork("b")
    assert texts(fork) == sorted(
        ["The key of the harbour API is [held back: api_key].", *(m.text for m in SAID[1:])]
    )
    assert fork.recall("The key of the harbour API").hits[0].unit.source.messages == ("1",)
    assert memory.bank("b").retain(f"The key is still {KEY}.").redacted == {"api_key": 1}
    holding = memory.find_text(KEY)
    memory.erase("a")
    assert holding
    assert memory.find_text(KEY) == []


def test_a_fork_that_a_test_would_leave_texts_out_of_is_refused(memory: Memory) -> None:
    memory.bank("a").retain(SAID, document="talk")
    with pytest.raises(InputError, match="health"):
        memory.bank("a", redact=[HEALTH]).fork("b")
    assert [info.name for info in memory.banks()] == ["a"]


def test_a_file_is_loaded_by_the_rules_it_brings(memory: Memory, tmp_path: Path, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain(SAID, document="talk")
    memory.bank("a", redact=["secrets"]).retain("The lake is wide.", document="later")
    bank.export(tmp_path / "a.jsonl")
    with Memory.open(":memory:", embedder=HashEmbedder(), clock=clock) as other:
        loaded = other.load(tmp_path / "a.jsonl")
        assert "The key of the harbour API is [held back: api_key]." in texts(loaded)
        assert other.find_text(KEY) == []
        assert loaded.retain(f"The key is still {KEY}.").redacted == {"api_key": 1}


# what a rule came too late for ------------------------------------------------------------------------------------


def test_units_older_than_a_rule_can_be_forgotten_and_undone(memory: Memory) -> None:
    memory.bank("a").retain(SAID, document="talk")
    bank = memory.bank("a", redact=["secrets", CODES])
    bank.retain("The lake is wide.")
    forgotten = bank.forget(document="talk", reason=f"it had {KEY}")
    assert len(forgotten.units) == 3
    change = bank.history()[0]
    assert change.reason == "it had [held back: api_key]"
    bank.undo(change)
    assert SAID[0].text in texts(bank)


def test_an_entity_is_not_renamed_to_what_is_held_back(memory: Memory) -> None:
    bank = memory.bank("a", redact=[CODES])
    bank.retain([Message("Ana met Bruno.", "Ana", id="1")])
    with pytest.raises(InputError, match="holds back"):
        bank.rename("Bruno", to="X-17")
    assert memory.find_text("X-17") == []


def test_the_speaker_is_masked(memory: Memory) -> None:
    bank = memory.bank("a", redact=[CODES])
    assert bank.retain([Message("The well is deep.", "Agent X-17", id="1")]).redacted == {"codes": 1}
    assert memory.find_text("X-17") == []


def test_masking_a_masked_text_changes_nothing(memory: Memory) -> None:
    bank = memory.bank("a", redact=[RedactionRule("key", pattern="key|back")])
    assert bank.retain("The key is under the mat.").redacted == {"key": 1}
    assert texts(bank) == ["The [held back: key] is under the mat."]


def test_a_write_that_forgot_to_redact_is_refused(memory: Memory) -> None:
    bank = memory.bank("a", redact=[CODES])
    bank.retain("The well is deep.")
    services, unit = memory._async.services, bank.units()[0]
    with services.indexes.locked("a") as index:
        (point,) = services.store.scan(Where(bank="a", kind="unit"), Fields(vectors=True))
        forgetful = Transaction(services, index, services.clock.now())
        forgetful.put_unit(point, replace(unit, text="The code is X-17."))
        with pytest.raises(InputError, match="holds back"):
            forgetful.commit({})
        masking = Transaction(services, index, services.clock.now(), "test", reason="see X-17")
        masking.put_unit(point, replace(unit, confidence=0.5))
        change = masking.commit({})
    assert change is not None
    assert change.reason == "see [held back: codes]"
    assert texts(bank) == ["The well is deep."]


# language models ------------------------------------------------------------------------------------------------

Say = Callable[[Sequence[PromptMessage]], Any]


def reading(turns: Sequence[PromptMessage]) -> Any:
    """What a model makes of a chunk: every line, word for word."""
    lines = turns[-1].text.split("Messages:\n")[-1].split("\n")
    said = [line.partition(": ")[2] for line in lines]
    return {"statements": [{"text": text, "messages": [i]} for i, text in enumerate(said, 1)]}


@contextmanager
def scripted(say: Say, read: Say = reading) -> Iterator[tuple[Memory, ScriptedModel]]:
    def answer(turns: Sequence[PromptMessage], shape: str) -> Any:
        match shape:
            case "Step":
                return say(turns)
            case "Extraction":
                return read(turns)
            case _:
                return {"verdicts": [], "sentences": []}

    model = ScriptedModel(answer)
    with Memory.open(":memory:", embedder=HashEmbedder(), llm=model) as memory:
        yield memory, model


def test_a_reflection_stays_when_the_models_own_belief_is_held_back() -> None:
    def say(turns: Sequence[PromptMessage]) -> Any:
        shown = "\n".join(turn.text for turn in turns)
        label = next(line[1:9] for line in shown.splitlines() if line.startswith("[") and "rent" in line)
        beliefs = [
            {"statement": "The code of the door is X-17.", "confidence": 0.8, "citations": [label]},
            {"statement": "Mara can afford Porto.", "confidence": 0.6, "citations": [label]},
        ]
        return {"answer": f"640 euros [{label}].", "citations": [label], "beliefs": beliefs}

    with scripted(say) as (memory, _):
        bank = memory.bank("a", redact=[CODES])
        bank.retain([Message("The rent in Porto is 640 euros.", "Mara", id="1")], document="talk")
        reflection = bank.reflect("What is the rent?")
        assert reflection.answer.startswith("640 euros")
        assert [belief.statement for belief in reflection.beliefs] == ["Mara can afford Porto."]
        assert reflection.dropped == ("The code of the door is [held back: codes].",)
        assert memory.find_text("X-17") == []
        assert bank.usage().calls == 2


def test_a_models_statements_are_redacted() -> None:
    def read(turns: Sequence[PromptMessage]) -> Any:
        statements = [
            {"text": "The code is X-17.", "messages": [1]},
            {"text": "Ana saw the doctor.", "messages": [1]},
            {"text": "Ana is at home.", "messages": [1], "causes": [1]},
        ]
        return {"statements": statements}

    with scripted(lambda turns: {}, read) as (memory, _):
        bank = memory.bank("a", redact=[CODES, HEALTH])
        result = bank.retain([Message("As I told you on the phone.", "Ana", id="1")], document="talk")
        assert result.redacted == {"codes": 1, "health": 1}
        assert texts(bank) == ["Ana is at home.", "The code is [held back: codes]."]
        assert memory.find_text("X-17") == memory.find_text("doctor") == []


def test_a_chunk_is_claimed_by_one_retain_at_a_time() -> None:
    registry = ChunkRegistry()
    ids = [str(number) for number in range(200)]
    together = threading.Barrier(8)
    claims: list[set[str]] = []

    def claim() -> None:
        together.wait()
        claims.append(registry.claim(iter(ids)))

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(chunk for claimed in claims for chunk in claimed) == Counter(ids)
    registry.release(ids[:1])
    assert registry.claim(ids) == {ids[0]}


def test_a_chunk_that_is_read_between_its_listing_and_its_claim_is_paid_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = True

    def read(turns: Sequence[PromptMessage]) -> Any:
        return ModelRefusedError("not now") if broken else reading(turns)

    with scripted(lambda turns: {}, read) as (memory, model):
        bank = memory.bank("a")
        bank.retain("The well is deep.")
        broken = False

        def listed_late(*where: Any) -> Any:
            chunks = pending_chunks(*where)
            monkeypatch.undo()
            assert bank.resume().pending == 0
            return chunks

        monkeypatch.setattr(run, "pending_chunks", listed_late)
        asked = len(model.asked)
        assert bank.resume().pending == 0
        assert len(model.asked) == asked + 1
        assert texts(bank) == ["The well is deep."]
