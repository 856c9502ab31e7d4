"""Corrections that do not say what they correct: they set right what their speaker said just before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Memory, Message
from fourfold.values.units import Role

SAID = datetime(2026, 5, 4, 10, tzinfo=UTC)

Lines = Sequence[tuple[Role, str]]
"""Texts with their roles."""


@pytest.fixture
def bank() -> Iterator[Bank]:
    with Memory.open(":memory:") as memory:
        yield memory.bank("talk")


def retain(bank: Bank, lines: Lines) -> None:
    for minute, (role, text) in enumerate(lines):
        at = SAID + timedelta(minutes=minute)
        bank.retain([Message(text, role=role, at=at)], document="chat")


def leads(bank: Bank, question: str) -> list[tuple[str, bool]]:
    """Returns what comes first, and whether it is marked as said before."""
    return [(hit.unit.text, hit.unit.superseded_by is not None) for hit in bank.recall(question).hits]


@pytest.mark.parametrize(
    ("said", "correction", "question"),
    [
        (
            "My dentist appointment is on Tuesday at 3.",
            "no wait, it's Wednesday at 3",
            "When is my dentist appointment?",
        ),
        ("My locker at the gym is number 214.", "Scratch that, 241.", "What's my locker number?"),
        ("We meet in room 14.", "Correction: room 12.", "Where do we meet?"),
        ("My manager is called Martin.", "oops, Marcus, not Martin", "Who is my manager?"),
        ("Der Termin ist am Dienstag.", "Nein, am Mittwoch.", "Wann ist der Termin?"),
        (
            "The brochure has to be in by the 9th.",
            "Argh, misread that. Not the 9th, the 19th.",
            "When is the brochure due?",
        ),
        ("My eye test is on Tuesday.", "No wait. It's on Wednesday.", "When is my eye test?"),
        (
            "My next pickup is in Rotterdam.",
            "I meant Antwerp, not Rotterdam, brain is fried.",
            "Where is my next pickup?",
        ),
        (
            "The fire alarm rang at 10:20.",
            "typo, sorry. the fire alarm rang at 10:50",
            "When did the fire alarm ring?",
        ),
        (
            "The invoice from Brandt was 380 euros.",
            "Sorry, typo: the Brandt invoice was 830 euros.",
            "How much was the invoice from Brandt?",
        ),
    ],
)
def test_a_correction_without_a_matter_sets_right_what_was_said_before(
    bank: Bank, said: str, correction: str, question: str
) -> None:
    retain(bank, [("user", said), ("assistant", "Noted!"), ("user", correction)])
    found = leads(bank, question)
    assert found[0] == (correction, False)
    assert (said, True) in found


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("My cat is 4.", "I was wrong, it was raining."),
        ("The party is on Friday.", "Sorry, it's so loud here."),
        ("My locker is number 214.", "Actually, I love swimming."),
        ("My manager is called Martin.", "It's not Monday yet."),
    ],
)
def test_what_gives_no_other_value_corrects_nothing(bank: Bank, said: str, later: str) -> None:
    retain(bank, [("user", said), ("user", later)])
    assert all(unit.superseded_by is None for unit in bank.units())


def test_what_somebody_else_said_is_not_set_right(bank: Bank) -> None:
    bank.retain([Message("My appointment is on Tuesday.", "Ana", at=SAID)], document="chat")
    bank.retain([Message("no wait, it's Wednesday", "Ben", at=SAID + timedelta(minutes=1))], document="chat")
    assert all(unit.superseded_by is None for unit in bank.units())
