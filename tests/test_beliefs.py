"""Beliefs: formed, moved by facts, and falling with what they rest on."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import (
    Bank,
    Effect,
    InputError,
    Memory,
    Message,
    Network,
    NotFoundError,
    Retirement,
    RetirementCause,
    Unit,
)
from fourfold.consolidate.assess_rules import JudgedStatement, assess_by_rules
from fourfold.language.languages import ENGLISH
from fourfold.language.modality import confidence_of, modality_of
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.beliefs import moved
from fourfold.values.units import Modality

TABLE = json.loads((Path(__file__).parent / "data" / "verdicts.json").read_text("utf-8"))


def judged(text: str, speaker: str | None, names: list[str]) -> JudgedStatement:
    judgement = speaker is not None and confidence_of(text, ENGLISH) is not None
    return JudgedStatement(text, speaker, modality_of(text, ENGLISH), judgement, tuple(names))


@pytest.mark.parametrize(("belief", "holder", "fact", "speaker", "names", "effect"), TABLE)
def test_the_rules_say_what_a_fact_does_to_a_belief(
    belief: str, holder: str | None, fact: str, speaker: str | None, names: list[str], effect: str
) -> None:
    assert assess_by_rules(judged(belief, holder, names), judged(fact, speaker, names), ENGLISH)[0] == effect


def test_in_other_languages_negation_decides() -> None:
    from fourfold.language.languages import language

    german = language("de")
    belief = JudgedStatement("Der Aufzug im Rathaus funktioniert.", None, Modality.FACT, False, ("Rathaus",))
    for text, effect in [
        ("Der Aufzug im Rathaus funktioniert nicht.", Effect.CONTRADICT),
        ("Der Aufzug im Rathaus funktioniert wieder.", Effect.REINFORCE),
        ("Das Rathaus hat am Montag geschlossen.", Effect.NEUTRAL),
    ]:
        assert (
            assess_by_rules(belief, JudgedStatement(text, "Klara", names=("Klara", "Rathaus")), german)[0]
            is effect
        )


@given(st.floats(0, 1), st.integers(-12, 12))
def test_a_confidence_stays_between_nothing_and_certainty(confidence: float, steps: int) -> None:
    assert 0 <= moved(confidence, steps) <= 1
    assert (moved(confidence, steps) - confidence) * steps >= -1e-4


# (what arrives, and the steps that it moves: the bus is reliable, the office is loud, Ben is allergic to nuts)
SCENARIO = [
    ("The bus was on time and reliable.", 1, 0, 0),
    ("The bus was late again.", -2, 0, 0),
    ("I took the bus to work.", 0, 0, 0),
    ("The bus is sometimes late.", -1, 0, 0),
    ("The office was noisy all day.", 0, 1, 0),
    ("The office is loud near the kitchen.", 0, 1, 0),
    ("The office has a new carpet.", 0, 0, 0),
    ("Ben confirmed that he is allergic to nuts.", 0, 0, 1),
    ("Ben was in hospital, he is allergic to nuts.", 0, 0, 1),
    ("Ben is allergic to nuts and carries a pen.", 0, 0, 1),
    ("The bus crashed into a wall.", -2, 0, 0),
    ("The bus broke: it is unreliable.", -2, 0, 0),
    ("The bus was terrible on Friday.", -2, 0, 0),
    ("The bus was punctual on Monday.", 1, 0, 0),
    ("The bus was quick and clean.", 1, 0, 0),
    ("The bus is free for children.", 0, 0, 0),
    ("The bus was comfortable this morning.", 1, 0, 0),
    ("The office is quiet since the move.", 0, -2, 0),
    ("The office is a bit noisy.", 0, 0, 0),
    ("The office is calm and nice.", 0, -2, 0),
    ("The office is slightly calm.", 0, -1, 0),
    ("Was the office noisy?", 0, 0, 0),
    ("Ben is not allergic to nuts, the test says.", 0, 0, -2),
    ("Ben ate a salad.", 0, 0, 0),
    ("Carla is allergic to cats.", 0, 0, 0),
    ("Ben is not allergic to nuts after all.", 0, 0, -2),
    ("The train was late again.", 0, 0, 0),
    ("The bus was excellent.", 1, 0, 0),
    ("The bus was excellent, and I was glad.", 1, 0, 0),
    ("Maybe the bus is bad.", -1, 0, 0),
    ("Ben is allergic to nuts, the second test says.", 0, 0, 1),
    ("The office was loud during the visit.", 0, 1, 0),
    ("We painted the office.", 0, 0, 0),
    ("The office was horrible, so loud.", 0, 1, 0),
]


def test_thirty_facts_later_the_confidences_are_those_of_the_formula() -> None:
    clock = FrozenClock()
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("a")
        known = bank.retain([Message("I work with Ben.", "Ana")]).units
        names = ["The bus is reliable.", "The office is loud.", "Ben is allergic to nuts."]
        expected = [0.5, 0.7, 0.8]
        for statement, confidence in zip(names, expected, strict=True):
            bank.believe(statement, confidence=confidence, evidence=known)
        assert len(SCENARIO) >= 30
        for number, (text, *steps) in enumerate(SCENARIO):
            clock.advance(timedelta(days=1))
            bank.retain([Message(text, "Ana", id=f"f{number}")])
            bank.consolidate()
            held = {belief.statement: belief.confidence for belief in bank.beliefs()}
            expected = [moved(before, taken) for before, taken in zip(expected, steps, strict=True)]
            assert [held[name] for name in names] == pytest.approx(expected), text
        bus = next(belief for belief in bank.beliefs("Ana") if belief.statement == names[0])
        assert [change.after for change in bus.history][:4] == pytest.approx([0.5, 0.6, 0.4, 0.3077])
        assert bus.history[2].effect is Effect.CONTRADICT
        assert bank.unit(bus.history[2].evidence[0]).text == "The bus was late again."
        assert bus.history[2].at == bus.history[2].said == bus.history[0].at + timedelta(days=2)
        assert bus.at(bus.history[1].at) == pytest.approx(0.6)


def test_a_judgement_is_a_belief_and_its_own_first_evidence(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I think the harbour is too crowded.", "Ana", id="1")], document="d")
    (belief,) = bank.beliefs()
    (change,) = belief.history
    assert (belief.confidence, change.before, change.after) == (0.7, None, 0.7)
    assert change.evidence == (belief.unit.id,)
    assert belief.unit.source.messages == ("1",)
    assert belief.unit.network is Network.BELIEF


def test_a_judgement_said_again_gains_and_loses_with_its_sources(memory: Memory) -> None:
    bank, text = memory.bank("a"), "I think the harbour is too crowded."
    for document in ("one", "two", "three"):
        bank.retain([Message(text, "Ana", id=document)], document=document)
    (belief,) = bank.beliefs()
    assert belief.confidence == moved(0.7, 2) == pytest.approx(0.84)
    assert [change.reason for change in belief.history] == ["said so", "said again", "said again"]
    assert [again.text for again in belief.restatements] == [text, text]
    fallen = bank.forget(document="two").beliefs
    assert [one.confidence for one in fallen] == pytest.approx([moved(0.7, 1)], abs=1e-3)
    bank.forget(document="one")
    assert bank.beliefs()[0].confidence == pytest.approx(0.7, abs=1e-3)
    bank.forget(document="three")
    assert bank.beliefs() == []
    assert bank.beliefs(retired=True)[0].unit.retired_at is not None


def test_beliefs_are_listed_by_entity_and_confidence(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("I met Benedita in Porto.", "Ana"), Message("I believe Porto is lovely.", "Ana")])
    bank.believe("Benedita is a good cook.", confidence=0.4)
    assert [b.confidence for b in bank.beliefs()] == [0.8, 0.4]
    assert [b.statement for b in bank.beliefs("benedita")] == ["Benedita is a good cook."]
    assert [b.statement for b in bank.beliefs("Porto", min_confidence=0.8)] == ["I believe Porto is lovely."]
    assert bank.beliefs("Benedita", min_confidence=0.5) == []
    assert bank.beliefs("Rui") == bank.beliefs("") == bank.beliefs("...") == []


def test_a_belief_added_by_hand_rests_on_the_given_evidence(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    units = bank.retain([Message(f"Ana paid {n} euros for lunch.", "Ben", id=str(n)) for n in (9, 12)]).units
    belief = bank.believe("Ana spends much on lunch.", confidence=0.6, evidence=units, reason="two receipts")
    assert belief.evidence == tuple(unit.id for unit in units)
    assert {link.to for link in belief.unit.links if link.kind == "evidence"} == set(belief.evidence)
    assert belief.history[0].reason == "two receipts"
    assert bank.unit(belief.unit.id) == belief.unit
    assert bank.recall("Does Ana spend much on lunch?").hits[0].unit.id == belief.unit.id
    clock.advance(timedelta(days=1))
    again = bank.believe("Ana spends much on lunch.", confidence=0.9)
    assert (again.unit.id, again.confidence, len(bank.beliefs())) == (belief.unit.id, 0.9, 1)
    assert [(c.before, c.after) for c in again.history] == [(None, 0.6), (0.6, 0.9)]
    assert again.evidence == belief.evidence


def test_a_belief_weakens_with_lost_evidence_and_retires_with_the_last(memory: Memory) -> None:
    bank = memory.bank("a")
    first, second = bank.retain(
        [Message(f"Ana paid {n} euros for lunch.", "Ben", id=str(n)) for n in (9, 12)]
    ).units
    lunch = bank.believe("Ana spends much on lunch.", confidence=0.6, evidence=[first, second])
    bank.believe("Ana is generous.", confidence=0.5, evidence=[lunch.unit])
    alone = bank.believe("Ana counts her money.", confidence=0.5)
    done = bank.forget(unit=first, reason="a mistake")
    assert [unit.id for unit in done.units] == [first.id]
    assert [(b.statement, b.confidence) for b in done.beliefs] == [("Ana spends much on lunch.", 0.5)]
    assert done.beliefs[0].history[-1].effect is Effect.LOST
    assert bank.unit(first.id).retirement == Retirement(RetirementCause.FORGOTTEN, reason="a mistake")
    gone = bank.forget(unit=second)
    assert {unit.text for unit in gone.units} >= {"Ana spends much on lunch.", "Ana is generous."}
    assert [belief.unit.id for belief in bank.beliefs()] == [alone.unit.id]
    hits = bank.recall("Does Ana spend much on lunch?", limit=9).hits
    assert {hit.unit.text for hit in hits} <= {alone.unit.text}


def test_a_superseded_fact_is_evidence_until_its_source_is_forgotten(
    memory: Memory, clock: FrozenClock
) -> None:
    bank = memory.bank("a")
    (old,) = bank.retain([Message("I live in Porto.", "Ana", id="1")], document="one").units
    belief = bank.believe("Ana likes the sea.", confidence=0.6, evidence=[old])
    clock.advance(timedelta(days=1))
    bank.retain([Message("I live in Lisbon.", "Ana", id="2")], document="two")
    assert bank.unit(old.id).retired_by_unit is not None
    assert [b.unit.id for b in bank.beliefs()] == [belief.unit.id]
    clock.advance(timedelta(days=1))
    assert [unit.text for unit in bank.forget(document="one").units] == ["Ana likes the sea."]
    assert bank.beliefs() == []
    assert [unit.text for unit in bank.units()] == ["I live in Lisbon."]
    assert bank.recall("Where does Ana live?", as_of=bank.unit(old.id).recorded_at).hits[0].unit.id == old.id


def test_evidence_order_does_not_depend_on_clocks(clock: FrozenClock) -> None:
    """A conclusion may be recorded by a process whose clock is behind: in a new graph it comes before its
    evidence."""
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("a", language="en")
        (fact,) = bank.retain([Message("Ana paid 9 euros for lunch.", "Ben")]).units
        clock.advance(timedelta(hours=-1))
        bank.believe("Ana spends much on lunch.", evidence=[fact])
        memory._async.services.indexes.drop("a")
        bank.forget(unit=fact)
        assert bank.beliefs() == []


def test_an_invalid_belief_is_refused_before_anything_is_written(memory: Memory) -> None:
    bank = memory.bank("a")
    kept = bank.retain("Ana paid for lunch.").units[0]
    other = memory.bank("b").retain("Ben paid for lunch.").units[0]
    bank.forget(unit=kept)
    for statement, options, said in [
        ("", {}, "needs a statement"),
        ("x" * 3000, {}, "2,000"),
        ("Ana is kind.", {"confidence": 1.2}, "from 0 to 1"),
        ("Ana is kind.", {"evidence": ["nonsense"]}, "nonsense"),
        ("Ana is kind.", {"evidence": [other]}, other.id),
        ("Ana is kind.", {"evidence": [kept]}, "hold now"),
        ("Ana is kind.", {"evidence": kept.id}, "a list"),
    ]:
        with pytest.raises(InputError, match=said):
            bank.believe(statement, **options)  # type: ignore[arg-type]
    assert bank.beliefs() == []


def test_forget_takes_exactly_one_way_of_naming_units(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain("Ana paid for lunch.", document="d", tags=["money"])
    wrong: list[dict[str, Any]] = [{}, {"document": "d", "entity": "Ana"}, {"tags": []}]
    for options in wrong:
        with pytest.raises(InputError):
            bank.forget(**options)
    unknown: list[dict[str, Any]] = [{"document": "e"}, {"unit": "0" * 32}, {"entity": "Rui"}]
    for options in unknown:
        with pytest.raises(NotFoundError):
            bank.forget(**options)
    assert bank.forget(tags=["none"]).units == ()
    assert [unit.text for unit in bank.forget(tags=["money"]).units] == ["Ana paid for lunch."]
    assert bank.forget(document="d").units == ()
    assert [unit.text for unit in bank.retain("Ana paid for lunch.", document="d").units] == [
        "Ana paid for lunch."
    ]


# forgetting: whatever is forgotten, nothing keeps a citation of it ------------------------------------------------

NAMES = ("Ana", "Ben", "Carla")


@given(
    rests=st.lists(st.sets(st.integers(0, 8), min_size=1, max_size=4), min_size=1, max_size=6),
    forgotten=st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True),
)
def test_no_record_cites_a_forgotten_unit(rests: list[set[int]], forgotten: list[int]) -> None:
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock()) as memory:
        bank = memory.bank("a")
        units: list[Unit] = []
        for document in range(3):
            told = [
                Message(
                    f"{NAMES[n]} planted a tall tree number {document}{n} near the old mill.",
                    "Rui",
                    id=f"{n}",
                )
                for n in range(3)
            ]
            units += bank.retain(told, document=str(document)).units
        for number, evidence in enumerate(rests):
            bank.believe(
                f"Belief {number} about trees.", confidence=0.9, evidence=[units[i] for i in evidence]
            )
        bank.consolidate()
        before = {belief.statement: belief for belief in bank.beliefs()}
        for document in forgotten:
            bank.forget(document=str(document))
            check_citations(bank)
        after = {belief.statement: belief for belief in bank.beliefs()}
        for number, evidence in enumerate(rests):
            statement = f"Belief {number} about trees."
            gone = {i for i in evidence if i // 3 in forgotten}
            if gone == evidence:
                assert statement not in after
            else:
                fallen = moved(0.9, -len(gone))
                assert after[statement].confidence == pytest.approx(fallen, abs=1e-3)
                assert len(after[statement].evidence) == len(before[statement].evidence) - len(gone)
        bank.consolidate()
        check_citations(bank)


def check_citations(bank: Bank) -> None:
    """Every belief, summary sentence and core line rests on units that hold now."""
    held = {unit.id for unit in bank.units()}
    for belief in bank.beliefs():
        assert set(belief.evidence) <= held
        assert {link.to for link in belief.unit.links if link.kind == "evidence"} <= held
    for entity in bank.entities():
        try:
            summary = bank.summary(entity.name)
        except NotFoundError:
            continue
        assert summary.sentences
        assert all(sentence.evidence and set(sentence.evidence) <= held for sentence in summary.sentences)
        assert summary.text == "\n".join(sentence.text for sentence in summary.sentences)
    for line in bank.core(10_000).lines:
        assert set(line.evidence) <= held
