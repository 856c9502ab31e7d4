"""`Bank.timeline`: units in the order of time; and units named by the beginning of their ids."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fourfold import Bank, Event, Fact, InputError, Interval, Memory, Message, Network, NotFoundError, Unit

MOVES = ["Ana lives in Porto.", "Ana lives in Lisbon."]


def year(number: int) -> Interval:
    return Interval(datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC))


@pytest.fixture
def bank_of_moves(bank: Bank) -> Bank:
    """A bank that was told of Ana's moves, the later first, and of something else."""
    facts = [
        Fact("Ana visited Rome in 2022.", entities=("Ana", "Rome"), occurred=year(2022)),
        Fact("Ana studied in Braga in 2019.", entities=("Ana", "Braga"), occurred=year(2019)),
        Fact("Ben paints.", entities=("Ben",), at=datetime(2023, 3, 1, tzinfo=UTC)),
        Fact("Ana is kind.", Network.BELIEF, ("Ana",), confidence=0.7),
    ]
    bank.retain_facts(facts)
    return bank


def facts(events: list[Event]) -> list[Unit]:
    """What happened, without what was believed of it."""
    return [event.unit for event in events if event.assessment is None]


def test_facts_come_in_the_order_in_which_they_happened(bank_of_moves: Bank) -> None:
    assert [unit.text[:11] for unit in facts(bank_of_moves.timeline(entity="ana"))] == [
        "Ana studied",
        "Ana visited",
    ]
    assert [unit.text for unit in facts(bank_of_moves.timeline())][:3] == [
        "Ana studied in Braga in 2019.",
        "Ana visited Rome in 2022.",
        "Ben paints.",
    ]


def test_an_interval_and_a_limit_narrow_the_timeline(bank_of_moves: Bank) -> None:
    assert [unit.text for unit in facts(bank_of_moves.timeline(during=year(2023)))] == ["Ben paints."]
    assert [event.unit.text for event in bank_of_moves.timeline(limit=1)] == ["Ana is kind."]
    assert bank_of_moves.timeline(during=year(1999)) == []


def test_superseded_facts_are_listed_and_forgotten_ones_are_not(bank: Bank) -> None:
    for number, text in enumerate(MOVES):
        bank.retain_facts([Fact(text, entities=("Ana",), at=datetime(2020 + number, 1, 1, tzinfo=UTC))])
    before, now = bank.timeline(entity="Ana")
    assert [before.unit.text, now.unit.text] == MOVES
    assert (before.replaced_by, now.replaces) == (now.unit.id, (before.unit.id,))
    assert (before.until, now.until) == (now.at, None)
    bank.forget(unit=before.unit)
    assert facts(bank.timeline(entity="Ana")) == [now.unit]


def test_belief_changes_are_listed_with_their_times(bank: Bank) -> None:
    belief = bank.believe("Ana is generous.", confidence=0.6)
    bank.believe("Ana is generous.", confidence=0.4, reason="she was not")
    told = bank.timeline()
    assert [event.unit.id for event in told] == [belief.unit.id, belief.unit.id]
    assert [e.assessment and e.assessment.after for e in told] == [0.6, 0.4]
    bank.forget(unit=belief.unit)
    assert bank.timeline() == []


@pytest.mark.parametrize(
    ("question", "reached"),
    [
        ("Where did Ana live before Lisbon?", ["Lisbon", "Porto", "Braga"]),
        ("Where did Ana use to live, in which city was it previously?", ["Lisbon", "Porto", "Braga"]),
        ("Where does Ana live?", ["Lisbon"]),
        ("Where did Ana live in December 2020?", ["Lisbon", "Porto"]),
    ],
)
def test_questions_about_the_past_recall_superseded_facts(
    minilm_memory: Memory, question: str, reached: list[str]
) -> None:
    bank = minilm_memory.bank("b")
    for number, place in enumerate(["Braga", "Porto", "Lisbon"]):
        at = datetime(2019 + number, 6, 1, tzinfo=UTC)
        bank.retain([Message(f"I live in {place} now.", "Ana", at=at)], document=place)
    hits = bank.recall(question).hits
    assert [hit.unit.text.split()[3] for hit in hits] == reached
    assert [hit.unit.retired_at is None for hit in hits] == [place == "Lisbon" for place in reached]
    assert bank.recall(question).text.count("[no longer held]") == len(reached) - 1


def test_wrong_timeline_arguments_are_input_errors(bank_of_moves: Bank) -> None:
    with pytest.raises(NotFoundError, match="Nobody"):
        bank_of_moves.timeline(entity="Nobody")
    with pytest.raises(InputError, match="limit"):
        bank_of_moves.timeline(limit=0)


def test_a_unit_is_named_by_the_beginning_of_its_id(bank_of_moves: Bank) -> None:
    unit = facts(bank_of_moves.timeline(during=year(2023)))[0]
    assert bank_of_moves.unit(unit.id[:8]) == unit
    assert bank_of_moves.unit(unit.id[:8].upper()) == unit
    for wrong in (unit.id[:7], unit.id[:8] + "x", "", "00000000"):
        with pytest.raises(NotFoundError):
            bank_of_moves.unit(wrong)
    bank_of_moves.forget(unit=unit.id[:8])
    assert facts(bank_of_moves.timeline(during=year(2023))) == []
