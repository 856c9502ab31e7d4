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
    return [event.unit for event in events]


def told(events: list[Event]) -> list[str]:
    return [event.unit.claim for event in events]


def said(text: str, day: int = 8, speaker: str | None = "Ana", month: int = 5) -> Message:
    return Message(text, speaker, at=datetime(2023, month, day, 13, tzinfo=UTC))


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
    assert [event.unit.text for event in bank_of_moves.timeline(limit=1)] == ["Ben paints."]
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
    moves = bank.timeline(what="beliefs")
    assert [event.unit.id for event in moves] == [belief.unit.id, belief.unit.id]
    assert [e.assessment and e.assessment.after for e in moves] == [0.6, 0.4]
    assert bank.timeline() == []
    bank.forget(unit=belief.unit)
    assert bank.timeline(what="beliefs") == []


def test_a_timeline_tells_events_and_plans_and_leaves_out_what_happened_on_no_day(bank: Bank) -> None:
    bank.retain(
        [
            said("Hey Ben, good to see you!"),
            said("I ran a half marathon in Porto last Saturday."),
            said("What have you been up to?"),
            said("I love pottery more than anything else."),
            said("My sister Rita is a nurse in Braga."),
            said("We are flying to Rome on 3 June."),
            said("My mother gave me a necklace and a scarf yesterday."),
            said("[a photo of a lake]"),
            said("x = [1, 2, 3]"),
        ]
    )
    assert told(bank.timeline()) == [
        "I ran a half marathon in Porto last Saturday.",
        "My mother gave me a necklace and a scarf yesterday.",
        "We are flying to Rome on 3 June.",
    ]
    assert told(bank.timeline(what="plans")) == ["We are flying to Rome on 3 June."]
    assert "My sister Rita is a nurse in Braga." in told(bank.timeline(what=["states"]))


def test_a_state_that_was_replaced_is_in_the_timeline_with_what_replaced_it(bank: Bank) -> None:
    bank.retain([said("I live in Porto.", 3), said("My aunt is called Vera.", 3)], document="a")
    bank.retain([said("I live in Lisbon now.", 20)], document="b")
    before, now = bank.timeline(what="changes")
    assert (before.unit.text, now.unit.text) == ("I live in Porto.", "I live in Lisbon now.")
    assert before.until == now.at
    assert told(bank.timeline()) == ["I live in Porto.", "I live in Lisbon now."]
    for day, colour in ((21, "blue"), (22, "green")):
        bank.retain([said(f"My favourite colour is {colour}.", day)], document=colour)
    assert told(bank.timeline())[2:] == ["My favourite colour is blue.", "My favourite colour is green."]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        # Told in another message by its date; by whom it is about; with another order of words, and more beside it.
        (said("I joined a gym yesterday."), said("I joined a gym on 7 May!", 20)),
        (
            said("I passed my driving test yesterday."),
            said("Ana passed her driving test on 7 May.", 9, "Ben"),
        ),
        (
            said("I ran the marathon in Porto yesterday."),
            said("Guess what: I ran the Porto marathon on 7 May, and my knees still hurt.", 9),
        ),
    ],
)
def test_an_event_that_is_told_again_is_there_once_with_all_that_tells_it(
    bank: Bank, first: Message, again: Message
) -> None:
    bank.retain([first], document="a")
    bank.retain([again], document="b")
    assert len(bank.units()) == 2
    (event,) = bank.timeline(what="events")
    assert {event.unit.text, *(unit.text for unit in event.retellings)} == {first.text, again.text}
    assert event.occurred == Interval(datetime(2023, 5, 7, tzinfo=UTC), datetime(2023, 5, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    ("first", "other"),
    [
        (said("I joined a gym yesterday."), said("I joined a gym yesterday.", 20)),
        (said("I met Ben's sister yesterday."), said("I met Ben on 7 May.", 9)),
        (said("I called Rita yesterday."), said("I called the plumber for Rita on 7 May.", 9)),
        (said("I flew from Porto to Lisbon yesterday."), said("I flew from Lisbon to Porto on 7 May.", 9)),
        (
            said("My car broke down on the bridge yesterday."),
            said("My car broke down on the bridge on 7 May.", 9, "Ben"),
        ),
        (said("I beat Ben at chess yesterday."), said("I beat Ana at chess on 7 May.", 9, "Ben")),
        (said("I did not sell the old boat yesterday."), said("I sold the old boat on 7 May.", 9)),
        (said("I ran 5 km in the park yesterday."), said("I ran 10 km in the park on 7 May.", 9)),
    ],
)
def test_two_events_in_nearly_the_same_words_are_two(bank: Bank, first: Message, other: Message) -> None:
    bank.retain([first], document="a")
    bank.retain([other], document="b")
    assert sorted(told(bank.timeline())) == sorted([first.text, other.text])


def test_what_an_agent_did_is_an_event_and_what_it_explains_is_none(bank: Bank) -> None:
    bank.retain(
        [
            Message("I found the bug in the parser and fixed it yesterday.", role="assistant"),
            Message("To deploy the app, run the script on Monday and check the logs.", role="assistant"),
        ]
    )
    assert told(bank.timeline()) == ["I found the bug in the parser and fixed it yesterday."]


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
    with pytest.raises(InputError, match='"events" or "plans"'):
        bank_of_moves.timeline(what="event")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="what is empty"):
        bank_of_moves.timeline(what=[])


def test_a_unit_is_named_by_the_beginning_of_its_id(bank_of_moves: Bank) -> None:
    unit = facts(bank_of_moves.timeline(during=year(2023)))[0]
    assert bank_of_moves.unit(unit.id[:8]) == unit
    assert bank_of_moves.unit(unit.id[:8].upper()) == unit
    for wrong in (unit.id[:7], unit.id[:8] + "x", "", "00000000"):
        with pytest.raises(NotFoundError):
            bank_of_moves.unit(wrong)
    bank_of_moves.forget(unit=unit.id[:8])
    assert facts(bank_of_moves.timeline(during=year(2023))) == []
