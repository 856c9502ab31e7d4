"""What a newer statement does to an older one of the same speaker: it stands above it, or beside it. Labelled pairs
in five languages, written before the rules; a third was held back until they stood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.languages import language
from fourfold.language.succession.reading import read_claims
from fourfold.language.succession.rules import Competition, competes
from fourfold.language.voices import borrowed_spans

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "competing.jsonl").read_text(encoding="utf-8").splitlines()
]


def compared(older: str, newer: str, code: str = "en") -> Competition | None:
    spoken = language(code)
    return competes(read_claims(newer, spoken), read_claims(older, spoken))


@pytest.mark.parametrize(("held", "recall"), [(False, 0.87), (True, 0.83)])
@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "zh"])
def test_what_competes_is_found_and_what_does_not_is_left_alone(code: str, held: bool, recall: float) -> None:
    rows = [row for row in ROWS if row["language"] == code and row["held"] is held]
    competing = [row for row in rows if row["competes"]]
    others = [row for row in rows if not row["competes"]]
    missed = [row for row in competing if not compared(row["older"], row["newer"], code)]
    wrong = [row for row in others if compared(row["older"], row["newer"], code)]
    assert len(missed) <= (1 - recall) * len(competing), missed
    # Of each language but English there are some thirty pairs: one wrong is 3 %.
    assert len(wrong) <= max(1, 0.01 * len(others)), wrong


def test_a_competition_says_why() -> None:
    competition = compared("The mug is on the desk.", "The mug is on the counter.")
    assert competition is not None
    assert competition.rule == "value"
    assert competition.explanation == (
        '"The mug is on the counter." gives another value than "The mug is on the desk."'
    )


@pytest.mark.parametrize("newer", [
    "I moved to the Marketing team.", "I moved to TypeScript.", "I moved to a vegan diet.", "I moved to Python 3.12.",
    "> I live in Tokyo.", "In my novel the hero says: I live in Tokyo.", "Write an email for Bob: I live in Tokyo.",
    "Translate into French: I live in Tokyo.",
])  # fmt: skip
def test_what_is_no_home_of_the_speaker_replaces_no_home(newer: str) -> None:
    old, new = AttributedText("I live in Porto.", "Ana"), AttributedText(newer, "Ana")
    assert compare_attributes(new, old) is None


@pytest.mark.parametrize(("newer", "standing"), [
    ("I moved to Lisbon.", "replaces"), ("I moved to Oslo with my brother.", "unsure"),
    ("I relocated to Braga.", "replaces"), ("I moved to Braga.", "unsure"), ("I moved to Slack.", "unsure"),
])  # fmt: skip
def test_a_move_replaces_a_home_only_if_it_is_sure_to_be_one(newer: str, standing: str) -> None:
    old, new = AttributedText("I live in Porto.", "Ana"), AttributedText(newer, "Ana")
    comparison = compare_attributes(new, old)
    assert comparison is not None
    assert comparison[0] == standing


@pytest.mark.parametrize(("older", "newer"), [
    ("My boss is Tom.", "My boss is in Rome."), ("My boss is Tom.", "My boss is Portuguese."),
    ("My email is a@x.example.", "My email is full."), ("My rent is 900 euros.", "My rent is due on the 1st."),
    ("I live in Porto.", "I live in Lisbon every summer."), ("I live in Porto.", "'I live in Tokyo'"),
    ("I live in Porto.", "From: bob@x.example\nSubject: hi\n\nI live in Tokyo."),
])  # fmt: skip
def test_a_value_of_another_kind_replaces_nothing(older: str, newer: str) -> None:
    assert compare_attributes(AttributedText(newer, "Ana"), AttributedText(older, "Ana")) is None


@pytest.mark.parametrize(("text", "borrowed"), [
    ("> I live in Tokyo.\nWhat should I answer?", ["> I live in Tokyo."]),
    ("I'm Ana. Write a mail for Bob: I live in Rome. I'm 30.", ["Write a mail for Bob: I live in Rome. I'm 30."]),
    ("Could you write a cancellation for the gym in Utrecht? We move next week.", []),
    ("I live in Porto. In my novel the hero says: I live in Rome. I fly.\nI like tea.",
     ["In my novel the hero says: I live in Rome. I fly."]),
    ("I live in Porto.", []),
])  # fmt: skip
def test_parts_of_a_message_that_are_not_said_for_its_speaker_are_found(
    text: str, borrowed: list[str]
) -> None:
    assert [text[start:end] for start, end in borrowed_spans(text)] == borrowed


@pytest.mark.parametrize(
    "unit", ["a", "a ", "(", "1 ", '"', "A", " ", "May ", "> ", "is ", "not now ", "from "]
)
def test_a_long_text_is_read_in_time_that_grows_with_its_length(unit: str) -> None:
    long_text = unit * (1_000_000 // len(unit))
    assert isinstance(read_claims(long_text, language("en")), tuple)
    assert isinstance(borrowed_spans(long_text), tuple)
