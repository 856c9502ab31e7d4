"""Of what answers a question about how things stand, the latest comes first, though nobody called it a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Memory, Message

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
BESIDE = ("The kettle is loud.", "We had rain all week.")


def first_line(memory: Memory, older: str, newer: str, question: str, language: str | None = None) -> str:
    bank = memory.bank("a", language=language)
    for months, text in enumerate((older, *BESIDE, newer)):
        bank.retain([Message(text, "Sam", at=MARCH + timedelta(days=30 * months))])
    return bank.recall(question, limit=1).text


@pytest.mark.parametrize(
    ("older", "newer", "question", "language"),
    [
        ("We get our bread from Arden's.", "Arden's closed at noon once too often, so the bread comes from Molina.",
         "Who supplies our bread?", None),
        ("I can't stand my neighbour Viktor.", "Viktor and I have become good friends.",
         "How do Sam and Viktor get along?", None),
        ("The printer is working.", "The printer is out of order.", "Is the printer working?", None),
        ("Mia goes to Lakeside.", "First week at Hillcrest for Mia.", "Which school does Mia go to?", None),
        ("Backups run every Thursday.", "Heads-up everyone: from here on backups run every Tuesday.",
         "On which day do backups run?", None),
        ("Remember I take 20 mg of citalopram.", "Remember I take 40 mg of citalopram.",
         "What dose of citalopram do I take?", None),
        ("I drive a knackered old Corsa.", "Got rid of the Corsa! Collected a Yaris at lunch.",
         "What car does Sam drive?", None),
        ("Mila goes to Sunny Steps.", "Mila goes to Oakfield since this morning, not one tear!",
         "Which school does Mila go to?", None),
        ("I keep four hives.", "Down to three hives after the winter.", "How many hives does Sam have?", None),
        ("The spare key is with Mrs Lund.", "I got the spare key back, it hangs in the garage.",
         "Where is the spare key?", None),
        ("La panadería abre a las siete.", "Desde mayo la panadería abre a las ocho.",
         "¿A qué hora abre la panadería?", "es"),
        ("C'est Luc qui promène le chien.", "Depuis mai, c'est Inès qui promène le chien.",
         "Qui promène le chien ?", "fr"),
        ("Ravi has the spare key.", "Ravi passed the spare key on to Petra.", "Who has the spare key?", None),
        ("the upload limit is 20 MB", "nudged the upload limit to 35 MB, the scans were too big",
         "What's the upload limit?", None),
        ("La entrenadora de Leo es Pilar.", "Este trimestre la entrenadora de Leo es Amparo.",
         "¿Quién es la entrenadora de Leo?", "es"),
    ],
)  # fmt: skip
def test_what_was_said_later_of_one_matter_answers_first(
    minilm_memory: Memory, older: str, newer: str, question: str, language: str | None
) -> None:
    assert newer in first_line(minilm_memory, older, newer, question, language)


@pytest.mark.parametrize(
    ("older", "newer", "question"),
    [
        ("I work at the ferry terminal.", "I worked from a café today, the drilling was too much.",
         "Where does Sam work?"),
        ("I take 20 mg of citalopram.", "My cousin takes 40 mg of citalopram.",
         "What dose of citalopram does Sam take?"),
        ("My daughter Nell is 6.", "Nell's friend Bo is 7.", "How old is Nell?"),
        ("My dog eats only rice.", "The neighbour's dog eats dry food.", "What does Sam's dog eat?"),
        ("The front door is red.", "The back door is blue.", "What colour is the front door?"),
        ("I have two sons.", "My aunt has five sons, poor thing.", "How many sons does Sam have?"),
        ("Ms Ito teaches chemistry to 7C.", "Mr Kern taught chemistry to 7C on Monday as a stand-in.",
         "Who teaches chemistry to 7C?"),
        ("My eye test is on 3 December.", "Lena's eye test is on 9 December.", "When is Sam's eye test?"),
        ("I get up at six.", "Got up at ten on Sunday, head like a drum.", "When does Sam get up?"),
        ("I keep my passport in the grey box.", "Ilse keeps her passport in a drawer.",
         "Where do I keep my passport?"),
        ("We use GitHub for code, Jira for tickets and Slack for chat.", "We dropped Jira for Linear.",
         "What do we use for chat?"),
        ("Branch fix-2290 holds the rounding patch.", "Branch fix-2209 is abandoned.", "What is on fix-2290?"),
        ("Our flat is in Leiden.", "Our flat is bright and quiet.", "Where is our flat?"),
        ("The tandem is in the shed.", "I wanted to ride the tandem today.", "Where is the tandem?"),
    ],
)  # fmt: skip
def test_what_is_said_later_of_another_or_of_one_day_does_not(
    minilm_memory: Memory, older: str, newer: str, question: str
) -> None:
    assert older in first_line(minilm_memory, older, newer, question)


def test_a_question_about_the_past_is_answered_by_what_fits_best(minilm_memory: Memory) -> None:
    older, newer = "We get our bread from Arden's.", "The bread comes from Molina since last week."
    assert older in first_line(minilm_memory, older, newer, "Where did we get our bread from?")


def test_what_the_agent_says_of_itself_is_behind_what_the_user_does(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain([Message("I speak Dutch and a bit of Frisian.")])
    bank.retain([Message("I speak more than fifty languages.", role="assistant")])
    assert bank.recall("Which languages do I speak?", limit=1).hits[0].unit.text.startswith("I speak Dutch")
    assert "fifty" in bank.recall("How many languages do you speak?", limit=1).text


def test_who_somebody_is_does_not_change_with_what_is_said_later(minilm_memory: Memory) -> None:
    older, newer = "We adopted a cat, she is called Pixel.", "Pixel approves of the sardines."
    assert older in first_line(minilm_memory, older, newer, "Who is Pixel?")
