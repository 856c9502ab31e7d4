"""Facts that the caller states: kept as they are, in the network they are said to be of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fourfold import Fact, InputError, Interval, Memory, Network, Verdict
from fourfold.ports import Embedder
from fourfold.testing import HashEmbedder, MemoryStore, ScriptedModel

JUNE = Interval(datetime(2023, 6, 1, tzinfo=UTC), datetime(2023, 7, 1, tzinfo=UTC))


def test_a_fact_is_kept_as_it_was_stated(memory: Memory) -> None:
    stated = [
        Fact("Ana Ruiz moved to Porto.", entities=("Ana Ruiz", "Porto"), occurred=JUNE),
        Fact("I booked the flight for Ana.", Network.EXPERIENCE, entities=("Ana",)),
        Fact("Ana would rather travel by train.", Network.BELIEF, entities=("Ana",), confidence=0.8),
    ]
    moved, booked, rather = memory.bank("b").retain_facts(stated, tags=["travel"]).units
    assert (moved.network, moved.occurred, moved.entities) == (Network.WORLD, JUNE, ("Ana Ruiz", "Porto"))
    assert (booked.network, booked.entities) == (Network.EXPERIENCE, ("Ana Ruiz",))
    assert (rather.network, rather.confidence, rather.tags) == (Network.BELIEF, 0.8, ("travel",))
    assert [u.text for u in memory.bank("b").units()] == [fact.text for fact in stated]


def test_words_give_the_time_and_the_confidence_that_a_fact_leaves_out(memory: Memory) -> None:
    facts = [Fact("Ana planted a fig tree yesterday."), Fact("Ana is patient.", Network.BELIEF)]
    planted, patient = memory.bank("b").retain_facts(facts).units
    assert planted.occurred is not None
    assert planted.occurred.start == datetime(2023, 5, 7, tzinfo=UTC)
    assert patient.confidence == 0.7


def test_stating_a_fact_again_writes_nothing_new(memory: Memory) -> None:
    bank, fact = memory.bank("b"), Fact("Ana moved to Porto.", entities=("Ana",))
    (first,) = bank.retain_facts([fact, fact]).units
    again = bank.retain_facts([fact])
    assert again.count(Verdict.NOOP) == 1
    assert [unit.id for unit in bank.units()] == [first.id]


def test_a_fact_that_is_stated_again_with_more_of_it_is_completed(memory: Memory) -> None:
    bank, text = memory.bank("b"), "Ana moved to Porto."
    (first,) = bank.retain_facts([Fact(text, entities=("Ana",))]).units
    done = bank.retain_facts([Fact(text, entities=("Ana", "Porto"), occurred=JUNE)])
    assert [(one.verdict, one.unit) for one in done.operations] == [(Verdict.UPDATE, first.id)]
    (unit,) = bank.units()
    assert (unit.id, unit.entities, unit.occurred) == (first.id, ("Ana", "Porto"), JUNE)
    assert done.units == (unit,)
    assert [event.unit for event in bank.timeline(entity="Porto", during=JUNE)] == [unit]
    for less in (Fact(text, entities=("Porto",)), Fact(text)):
        assert bank.retain_facts([less]).count(Verdict.NOOP) == 1
    (same,) = bank.units()
    assert (same.entities, same.occurred) == (unit.entities, unit.occurred)
    another = Fact(text, entities=("Ana",), occurred=Interval(JUNE.end, None))
    assert bank.retain_facts([another]).count(Verdict.ADD) == 1


def test_a_stated_fact_supersedes_what_was_so_before(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("b")
    bank.retain("Ana lives in Lisbon.")
    changed = Fact("Ana lives in Porto now.", entities=("Ana", "Porto"), at=datetime(2023, 6, 2, tzinfo=UTC))
    bank.retain_facts([changed])
    assert [unit.text for unit in bank.units()] == [changed.text]
    assert bank.recall("Where does Ana live?").hits[0].unit.text == changed.text


def test_stated_facts_ask_no_language_model(clock: Any) -> None:
    def refuse(turns: object, shape: str) -> None:
        raise AssertionError("the model was asked")

    model = ScriptedModel(refuse)
    with Memory(MemoryStore(), HashEmbedder(), llm=model, clock=clock) as memory:
        retained = memory.bank("b").retain_facts([Fact("Ana moved to Porto.")])
        assert (retained.pending, retained.usage.model.total) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("Ana moved.", "pass a list of Fact"),
        ([], "nothing to retain"),
        (["Ana moved."], "pass a Fact"),
        ([Fact("  ")], "1 to 2,000 characters"),
        ([Fact("x" * 2001)], "Split a longer one"),
        ([Fact("Ana.", Network.SUMMARY)], "summaries are made"),
        ([Fact("Ana.", confidence=0.5)], "only a belief"),
        ([Fact("Ana.", Network.BELIEF, confidence=1.5)], "from 0 to 1"),
        ([Fact("Ana.", entities=("",))], "a name has"),
        ([Fact("Ana.", entities=("n",) * 51)], "at most 50"),
        ([Fact("Ana moved."), Fact("Ben.", at=datetime(2023, 5, 8))], "time zone"),
    ],
)
def test_a_fact_that_cannot_be_used_is_refused_with_nothing_written(
    memory: Memory, facts: Any, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        memory.bank("b").retain_facts(facts)
    assert memory.banks() == []


def test_a_fact_said_later_counts_for_later(memory: Memory, clock: Any) -> None:
    at = datetime(2023, 5, 8, tzinfo=UTC) - timedelta(days=30)
    (unit,) = memory.bank("b").retain_facts([Fact("Ana moved.")], at=at).units
    assert unit.mentioned_at == at


def test_a_facts_vectors_carry_nothing_of_the_fact_before(minilm: Embedder) -> None:
    facts = ["Ana lives in Porto.", "Ana is allergic to peanuts.", "Ana lives in Lisbon."]
    with Memory(MemoryStore(), minilm) as memory:
        bank = memory.bank("b")
        for text in facts:
            bank.retain_facts([Fact(text, entities=("Ana",))])
        first, second = bank.recall("Where does Ana live?").hits[:2]
    assert (first.unit.text, second.unit.text) == (facts[2], facts[1])
