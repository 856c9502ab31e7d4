"""Recall of what somebody says of himself, and of whom a question means by a name that nobody has to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fourfold import Bank, Memory, Message

SAID = datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def bank() -> Iterator[Bank]:
    with Memory.open(":memory:") as memory:
        yield memory.bank("talk")


def retain(bank: Bank, *lines: tuple[str, str]) -> None:
    bank.retain([Message(text, speaker=speaker, at=SAID) for speaker, text in lines])


def first(bank: Bank, question: str) -> str:
    return bank.recall(question).hits[0].unit.text


@pytest.mark.parametrize(
    ("speaker", "of_another", "of_oneself", "question"),
    [
        (
            "Ana",
            "My friend Jack said he doesn't like playing football, but his father enrolled him.",
            "I love football.",
            "Does Ana like football?",
        ),
        (
            "Omar",
            "My sister Dina really likes sailing and goes to the harbour every week.",
            "I can't stand sailing.",
            "Does Omar like sailing?",
        ),
        (
            "Jana",
            "Mein Bruder Paul spielt Geige in einer Band und nimmt Unterricht.",
            "Ich spiele Geige.",
            "Spielt Jana Geige?",
        ),
    ],
)
def test_what_a_named_speaker_tells_of_himself_comes_before_what_he_tells_of_others(
    bank: Bank, speaker: str, of_another: str, of_oneself: str, question: str
) -> None:
    retain(bank, (speaker, of_another), (speaker, of_oneself), (speaker, "We had soup for lunch."))
    assert first(bank, question) == of_oneself


@pytest.mark.parametrize(("asked", "known"), [("John", "Jon"), ("Bob", "Robert"), ("Sara", "Sarah")])
def test_a_name_that_is_clearly_like_a_known_one_means_it(bank: Bank, asked: str, known: str) -> None:
    retain(bank, (known, "I took the tram to the fair in Leeds."), ("Mia", "I took a bus to Bath."))
    recalled = bank.recall(f"Which town did {asked} visit?")
    assert recalled.trace.entities == (known,)
    assert recalled.hits[0].unit.speaker == known


def test_a_name_like_several_known_ones_means_none_of_them(bank: Bank) -> None:
    retain(bank, ("Samuel", "I took the tram."), ("Samantha", "I walked home."))
    assert bank.recall("Where did Sam go?").trace.entities == ()


def test_a_word_in_small_letters_is_not_taken_for_a_name(bank: Bank) -> None:
    retain(bank, ("Robert", "I took the tram to Leeds."), ("Mia", "I took a bus to Bath."))
    assert bank.recall("Who wears a bob on the bus?").trace.entities == ()


def test_what_the_user_told_comes_before_what_the_assistant_said_of_it(bank: Bank) -> None:
    said = [
        Message("I'm allergic to penicillin.", at=SAID),
        Message(
            "Some people are allergic to sulfa drugs, and what they are allergic to differs.",
            role="assistant",
            at=SAID,
        ),
    ]
    bank.retain(said)
    assert first(bank, "What medicine am I allergic to?") == "I'm allergic to penicillin."


@pytest.mark.parametrize("together", [True, False])
def test_whoever_asks_again_gets_the_answer_first(bank: Bank, together: bool) -> None:
    said = [
        Message("Do you have any food allergies?", role="assistant", at=SAID),
        Message("Shellfish.", at=SAID),
        Message("And how many people are you cooking for?", role="assistant", at=SAID),
        Message("6", at=SAID),
    ]
    for messages in [said] if together else [[message] for message in said]:
        bank.retain(messages, document="chat")
    assert first(bank, "Do I have any food allergies?") == "Shellfish."


def test_who_tells_something_before_he_asks_has_told_it(bank: Bank) -> None:
    retain(bank, ("Ana", "I'm allergic to cats, can we meet outside?"), ("Cem", "Outside is fine with me!"))
    assert first(bank, "Who is allergic to cats?") == "I'm allergic to cats, can we meet outside?"
