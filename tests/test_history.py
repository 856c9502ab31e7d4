"""What was done to a bank, and undone; units and entities put right; and the bank as it was at any moment."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from test_random_operations import BANKS, DOCUMENTS, NUMBERS, StoredMachine, line

from fourfold import (
    Bank,
    Change,
    Fact,
    InputError,
    Memory,
    Message,
    NotFoundError,
    Recall,
    Retirement,
    Verdict,
)
from fourfold.ports import PromptMessage
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, ScriptedModel

HOUR = timedelta(hours=1)


@pytest.fixture
def bank(memory: Memory) -> Bank:
    """An empty bank whose changes name who made them."""
    return memory.bank("b", actor="Rita")


def texts(bank: Bank) -> list[str]:
    return sorted(unit.text for unit in bank.units())


def of(bank: Bank, what: str) -> Change:
    """The latest change of that kind."""
    return next(change for change in bank.history() if change.operation == what)


def test_every_write_is_a_record_with_who_when_and_why(bank: Bank, clock: FrozenClock) -> None:
    first = bank.retain([Message("Ana lives in Porto.", "Ana")], document="talk").units[0]
    clock.advance(HOUR)
    second = bank.retain([Message("Ana lives in Lisbon now.", "Ana")]).units[0]
    clock.advance(HOUR)
    bank.forget(document="talk", reason="she asked")
    forgotten, moved, told = bank.history()
    assert [change.operation for change in (told, moved, forgotten)] == ["retain", "retain", "forget"]
    assert (told.actor, told.subject, forgotten.reason) == ("Rita", 'document "talk"', "she asked")
    assert forgotten.at - told.at == 2 * HOUR
    assert [(o.verdict, o.unit) for o in told.operations] == [(Verdict.ADD, first.id)]
    assert {o.unit: o.verdict for o in moved.operations} == {
        first.id: Verdict.RETIRE,
        second.id: Verdict.ADD,
    }
    assert "lisbon" in next(o.reason for o in moved.operations if o.unit == first.id).lower()
    assert [change.operation for change in bank.history(second)] == ["retain"]
    assert bank.history(limit=1) == [forgotten]
    assert bank.history(first)[-1] == told
    with pytest.raises(NotFoundError):
        bank.history("0" * 32)
    with pytest.raises(InputError, match="limit"):
        bank.history(limit=0)


def test_consolidation_is_in_the_history(bank: Bank) -> None:
    bank.retain([Message("Bruno barks at the moon.", "Rui"), Message("Our dog Bruno fears the vet.", "Rui")])
    bank.consolidate()
    derived = {change.operation for change in bank.history() if change.derived}
    assert {"summarise", "core"} <= derived


def test_a_retain_is_undone_and_the_undo_as_well(memory: Memory, bank: Bank) -> None:
    bank.retain("The harbour has a crane.", document="d")
    bank.retain("The garden has a well.", document="d")
    change = bank.history()[0]
    undone = bank.undo(change, reason="wrong bank")
    assert (undone.operation, undone.reason) == ("undo", "wrong bank")
    assert texts(bank) == ["The harbour has a crane."]
    assert not bank.recall("The garden has a well.", limit=1).hits
    assert bank.history()[1].undone
    bank.undo(undone.id[:8])
    assert texts(bank) == ["The garden has a well.", "The harbour has a crane."]
    assert [c.undone for c in bank.history()] == [False, True, False, False]
    bank.undo(bank.history()[-1])
    assert texts(bank) == ["The garden has a well."]
    assert [info.units for info in memory.banks()] == [1]
    bank.undo(change)
    assert texts(bank) == []
    bank.retain("The garden has a well.", document="d")
    assert texts(bank) == ["The garden has a well."]


def test_undoing_a_change_whose_units_were_erased_is_harmless(bank: Bank) -> None:
    unit = bank.retain("The harbour has a crane.", document="d").units[0]
    bank.forget(unit=unit, erase=True)
    bank.undo(bank.history()[-1])
    assert texts(bank) == []
    assert [change.undone for change in bank.history()] == [False, False, True]


def test_a_forget_is_undone_with_the_beliefs_that_fell(bank: Bank) -> None:
    fact = bank.retain("Ana gave all her books away.").units[0]
    bank.believe("Ana is generous.", confidence=0.8, evidence=[fact])
    before = bank.beliefs()
    bank.forget(unit=fact)
    assert bank.beliefs() == []
    bank.undo(of(bank, "forget"))
    assert bank.beliefs() == before
    assert fact.text in texts(bank)


def test_an_update_is_undone(bank: Bank) -> None:
    bank.retain([Message("I live in Porto.", "Ana")])
    bank.retain([Message("I live in Lisbon.", "Ana")])
    assert texts(bank) == ["I live in Lisbon."]
    with pytest.raises(InputError, match="after it first: retain"):
        bank.undo(bank.history()[1])
    bank.undo(bank.history()[0])
    assert texts(bank) == ["I live in Porto."]


def test_a_unit_is_edited_and_that_is_undone(bank: Bank, clock: FrozenClock) -> None:
    old = bank.retain(
        [Message("Ana moved to Porto in May 2021.", "Rui", id="m")], document="d", tags=["home"]
    ).units[0]
    belief = bank.believe("Ana likes the sea.", evidence=[old])
    before = clock.now()
    clock.advance(HOUR)
    change = bank.edit(old, "Ana moved to Braga in June 2021.", reason="misheard")
    (new,) = bank.units(document="d")
    assert (new.text, new.speaker, new.tags) == ("Ana moved to Braga in June 2021.", "Rui", ("home",))
    assert new.source.messages == ("m",)
    assert new.occurred is not None
    assert new.occurred.start == datetime(2021, 6, 1, tzinfo=UTC)
    assert "Braga" in new.entities
    assert bank.unit(old.id).retirement == Retirement.superseded_by(new.id)
    assert {o.verdict for o in change.operations} >= {Verdict.ADD, Verdict.RETIRE}
    assert bank.beliefs()[0].evidence == (new.id,)
    assert [hit.unit.text for hit in bank.recall("Where did Ana move?", limit=1).hits] == [new.text]
    then = bank.recall("Where did Ana move?", as_of=before, limit=1).hits
    assert [hit.unit.text for hit in then] == [old.text]
    assert (
        bank.retain([Message("Ana moved to Porto in May 2021.", "Rui", id="m")], document="d").count(
            Verdict.ADD
        )
        == 0
    )
    bank.undo(change)
    assert bank.units(document="d")[0].text == old.text
    assert bank.beliefs()[0].evidence == belief.evidence


def test_a_unit_is_split_and_two_units_are_merged(bank: Bank) -> None:
    whole = bank.retain("Ana sails and Rui paints.", document="d").units[0]
    change = bank.split_unit(whole, into=["Ana sails.", "Rui paints."], reason="two things")
    assert (change.operation, texts(bank)) == ("split", ["Ana sails.", "Rui paints."])
    other = bank.retain("Rui is a painter.", document="e", tags=["art"]).units[0]
    paints = next(unit for unit in bank.units() if unit.text == "Rui paints.")
    bank.merge_units(other, into=paints.id)
    assert texts(bank) == ["Ana sails.", "Rui paints."]
    joined = bank.unit(paints.id)
    assert (joined.tags, set(joined.source.documents)) == (("art",), {"d", "e"})
    bank.undo(of(bank, "merge"))
    bank.undo(change)
    assert texts(bank) == ["Ana sails and Rui paints.", "Rui is a painter."]


def test_an_entity_is_renamed(bank: Bank) -> None:
    bank.retain([Message("We met Benedita in Porto.", "Mara")])
    change = bank.rename("Benedita", to="Benedita Alves", reason="her full name")
    assert bank.entity("benedita").name == "Benedita Alves"
    assert "Benedita Alves" in bank.units()[0].entities
    with pytest.raises(InputError, match="merge"):
        bank.rename("Mara", to="Porto")
    bank.undo(change)
    assert bank.entity("Benedita").name == "Benedita"
    with pytest.raises(NotFoundError):
        bank.entity("Benedita Alves")


def test_pins_are_in_the_history_and_undone(bank: Bank) -> None:
    unit = bank.retain([Message("My blood type is rare.", "Ana")]).units[0]
    pinned = bank.pin(unit, reason="always")
    assert pinned is not None
    assert (pinned.operation, pinned.reason, bank.pin(unit)) == ("pin", "always", None)
    assert "blood type" in bank.core().text
    bank.undo(pinned)
    bank.consolidate()
    assert "To keep in mind" not in bank.core().text
    bank.retain([Message("Bruno barks at the moon.", "Ana"), Message("Our dog Bruno fears the vet.", "Ana")])
    bank.consolidate()
    bank.pin("bruno")
    assert "To keep in mind" in bank.core().text


@pytest.mark.parametrize("wrong", ["", "x" * 2001, "Ana sails."])
def test_an_impossible_edit_is_refused(bank: Bank, wrong: str) -> None:
    unit = bank.retain("Ana sails.").units[0]
    with pytest.raises(InputError):
        bank.edit(unit, wrong)
    with pytest.raises(NotFoundError):
        bank.edit("0" * 32, "something")
    assert texts(bank) == ["Ana sails."]


def test_units_and_entities_cannot_be_merged_with_each_other(bank: Bank) -> None:
    unit = bank.retain([Message("I saw Benedita.", "Mara")]).units[0]
    with pytest.raises(NotFoundError):
        bank.merge_units(unit, into="Benedita")
    with pytest.raises(InputError, match="same unit"):
        bank.merge_units(unit, into=unit)


def test_undoing_a_retain_also_undoes_the_models_statements(clock: FrozenClock) -> None:
    def reads(turns: Sequence[PromptMessage], shape: str) -> object:
        said = turns[-1].text.rpartition("Ana: ")[2]
        return {"statements": [{"text": f"Ana says: {said}", "messages": [1]}], "verdicts": []}

    model = ScriptedModel(reads)
    with Memory(MemoryStore(), HashEmbedder(), llm=model, clock=clock) as memory:
        bank, said = memory.bank("b"), [Message("The well is deep.", "Ana", id="1")]
        bank.retain("The sea is cold.", document="other")
        bank.retain(said, document="d")
        assert [change.operation for change in bank.history()][:2] == ["read", "retain"]
        bank.undo(bank.history()[1])
        assert not bank.units(document="d")
        assert bank.status().pending_chunks == 0
        asked = len(model.asked)
        assert bank.retain(said, document="d").count(Verdict.ADD) == 1
        assert len(model.asked) > asked
        assert [unit.text for unit in bank.units(document="d")] == ["Ana says: The well is deep."]


def answer(bank: Bank, question: str, **more: Any) -> list[tuple[Any, ...]]:
    """What a recall says, all of it that may be told apart."""
    found: Recall = bank.recall(question, budget=None, limit=12, **more)
    hits = [(hit.unit, round(hit.score, 4)) for hit in found.hits]
    return [*hits, *((s.entity, s.text) for s in found.summaries)]


QUESTIONS = [
    "The garden has which number on its gate?",
    "Where does Ana live?",
    "number 3 on the gate",
    "harbour",
]
PLACES = st.sampled_from(["Porto", "Lisbon", "Braga"])
PEOPLE = st.sampled_from(["Ana", "Rui"])


class GovernedMachine(StoredMachine):
    """Two banks, modelled as the texts that hold, and for each change what it added and took away."""

    @initialize()
    def begin(self) -> None:
        self.live: dict[str, Counter[str]] = {"a": Counter(), "b": Counter()}
        self.done: list[tuple[str, str, Counter[str], Counter[str]]] = []
        self.told: list[tuple[datetime, str, str, list[tuple[Any, ...]]]] = []

    def bank(self, name: str) -> Bank:
        self.clock.advance(timedelta(minutes=7))
        return self.memory.bank(name)

    def did(self, bank: str) -> None:
        """Notes what the latest change came to."""
        now = Counter(unit.text for unit in self.memory.bank(bank).units())
        before, self.live[bank] = self.live[bank], now
        self.done.append((bank, self.memory.bank(bank).history()[0].id, now - before, before - now))

    @rule(bank=BANKS, document=DOCUMENTS, numbers=NUMBERS)
    def retain(self, bank: str, document: str, numbers: list[int]) -> None:
        said = [line(number) for number in numbers]
        new = [
            op.unit
            for op in self.bank(bank).retain(said, document=document).operations
            if op.verdict == "ADD"
        ]
        if new:
            added = Counter(self.memory.bank(bank).unit(unit).text for unit in new)
            assert set(added) <= {message.text for message in said}
            expected = self.live[bank] + added
            self.did(bank)
            assert self.live[bank] == expected

    @rule(bank=BANKS, who=PEOPLE, place=PLACES)
    def move(self, bank: str, who: str, place: str) -> None:
        text = f"{who} lives in {place}."
        kept = Counter({one: n for one, n in self.live[bank].items() if not one.startswith(f"{who} lives")})
        done = self.bank(bank).retain_facts([Fact(text, entities=(who, place), at=self.clock.now())])
        if done.operations[0].verdict is not Verdict.NOOP:
            self.did(bank)
        assert self.live[bank] == kept + Counter({text: max(1, self.live[bank][text])})

    @rule(bank=BANKS, document=DOCUMENTS)
    def forget_a_document(self, bank: str, document: str) -> None:
        held = self.bank(bank).units(document=document)
        if held:
            self.memory.bank(bank).forget(document=document)
            self.did(bank)

    @rule(bank=BANKS, data=st.data())
    def edit(self, bank: str, data: st.DataObject) -> None:
        units = self.bank(bank).units()
        if units:
            unit = data.draw(st.sampled_from(units))
            text = f"Changed at {self.clock.now():%H:%M on %d %B}: {len(self.done)} lanterns."
            expected = self.live[bank] - Counter([unit.text]) + Counter([text])
            self.memory.bank(bank).edit(unit, text)
            self.did(bank)
            assert self.live[bank] == expected

    @precondition(lambda self: bool(getattr(self, "done", None)))
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        bank, change, added, taken = data.draw(st.sampled_from(self.done))
        try:
            self.bank(bank).undo(change)
        except InputError:
            return
        expected = self.live[bank] - added + taken
        self.did(bank)
        assert self.live[bank] == expected

    @rule(bank=BANKS)
    def settle(self, bank: str) -> None:
        self.bank(bank).consolidate()

    @rule(bank=BANKS, question=st.sampled_from(QUESTIONS))
    def ask(self, bank: str, question: str) -> None:
        asked = self.bank(bank)
        self.told.append((self.clock.now(), bank, question, answer(asked, question)))

    @invariant()
    def the_units_are_those_of_the_model(self) -> None:
        for bank, model in getattr(self, "live", {}).items():
            assert Counter(unit.text for unit in self.memory.bank(bank).units()) == model

    @invariant()
    def every_moment_answers_as_it_did(self) -> None:
        for moment, bank, question, before in getattr(self, "told", [])[-4:]:
            assert answer(self.memory.bank(bank), question, as_of=moment) == before


TestGovernedMachine = pytest.mark.slow(GovernedMachine.TestCase)
# Fewer examples than the profiles say: each replays every earlier moment after each of its steps.
TestGovernedMachine.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)


class ErasingMachine(GovernedMachine):
    """The same, and what is erased is nowhere; banks are exported and loaded meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.logged: list[str] = []
        self.handler = logging.Handler(logging.DEBUG)
        self.handler.emit = lambda record: self.logged.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("fourfold").addHandler(self.handler)
        logging.getLogger("fourfold").setLevel(logging.DEBUG)

    @rule(bank=BANKS, data=st.data())
    def erase(self, bank: str, data: st.DataObject) -> None:
        units = self.bank(bank).units(retired=True)
        if not units:
            return
        unit = data.draw(st.sampled_from(units))
        other = {"a": "b", "b": "a"}[bank]
        untouched = [unit.text for unit in self.memory.bank(other).units(retired=True)]
        receipt = self.memory.bank(bank).forget(unit=unit, erase=True).receipt
        assert receipt is not None
        assert unit.id in receipt.units
        left = self.memory.bank(bank).units(retired=True)
        gone = {one.text for one in units} - {one.text for one in left} - set(untouched)
        path = Path(self.directory).with_suffix(".jsonl")
        self.memory.bank(bank).export(path)
        exported = path.read_text("utf-8")
        path.unlink()
        for text in gone:
            assert text not in exported
            assert self.memory.find_text(text) == []
            assert text not in "\n".join(self.logged) + str(self.memory.bank(bank).history())
        assert [one.text for one in self.memory.bank(other).units(retired=True)] == untouched
        self.live[bank] = Counter(one.text for one in self.memory.bank(bank).units())
        self.done = [one for one in self.done if one[0] != bank]
        self.told = [one for one in self.told if one[1] != bank]

    @rule(bank=BANKS)
    def export_and_load(self, bank: str) -> None:
        if not self.memory.banks([bank]):
            return
        path = Path(self.directory).with_suffix(".jsonl")
        self.bank(bank).export(path)
        with Memory(MemoryStore(), HashEmbedder(), clock=self.clock) as elsewhere:
            loaded = elsewhere.load(path)
            assert Counter(unit.text for unit in loaded.units()) == self.live[bank]
            for question in QUESTIONS[:2]:
                asked = (self.memory.bank(bank), loaded)
                texts = [[hit.unit.text for hit in one.recall(question).hits] for one in asked]
                assert texts[0] == texts[1]
        path.unlink()

    def teardown(self) -> None:
        logging.getLogger("fourfold").removeHandler(self.handler)
        super().teardown()


TestErasingMachine = pytest.mark.slow(ErasingMachine.TestCase)
# Fewer still: after each step every record and every byte is looked through for what was erased.
TestErasingMachine.settings = settings(max_examples=4, stateful_step_count=14, deadline=None)
