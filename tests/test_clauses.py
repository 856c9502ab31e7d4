"""Which clauses of a sentence can stand by themselves, and what of a sentence summaries and profiles show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Memory, Message
from fourfold.language.clauses import clauses
from fourfold.language.languages import languages

MAY = datetime(2026, 5, 4, tzinfo=UTC)

TAKEN_APART = [
    ("en", "Yeah, Mara, we learn from our struggles.", ["we learn from our struggles."]),
    ("en", "Hey Mara, I play the viola.", ["I play the viola."]),
    ("en", "Hey Mara, how I miss the viola.", None),
    ("en", "And yup, I do- Otis, my rabbit.", ["Otis, my rabbit."]),
    ("en", "Otis, my rabbit, hides in the kitchen.", ["Otis, my rabbit, hides in the kitchen."]),
    ("en", "So many people came.", ["So many people came."]),
    ("en", "I live in Tavira, which is quiet, and I work at the harbour.",
     ["I live in Tavira, which is quiet", "I work at the harbour."]),
    ("en", "I used to live in Porto, but I live in Tavira now.", None),
    ("en", "I love sushi, but not any more.", None),
    ("en", "I play the viola, I don't play in public any more.", None),
    ("en", "If I get the job, I'll move to Tavira.", None),
    ("en", "When I was ten, I moved to Porto, and I stayed.", ["When I was ten, I moved to Porto", "I stayed."]),
    ("en", 'I read "The sea, I think, and I" again.', None),
    ("de", "Ja, ich wohne in Jena, aber ich arbeite in Gera, und ich mag Katzen.",
     ["ich wohne in Jena, aber ich arbeite in Gera", "ich mag Katzen."]),
    ("de", "Wenn ich frei habe, ich gehe schwimmen.", None),
    ("fr", "Oui, j'habite à Lyon, et je travaille à Paris.", ["j'habite à Lyon", "je travaille à Paris."]),
    ("es", "Bueno, yo vivo en Madrid, y ella vive en León.", ["yo vivo en Madrid", "ella vive en León."]),
    ("zh", "我住在上海，但是我在北京工作，我喜欢猫。", ["我住在上海，但是我在北京工作", "我喜欢猫。"]),
    ("ja", "私は東京に住んでいます、猫が好きです。", None),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentence", "told"), TAKEN_APART)
def test_a_sentence_is_taken_apart_where_its_clauses_can_stand_alone(
    code: str, sentence: str, told: list[str] | None
) -> None:
    found = clauses(sentence, 0, len(sentence), languages()[code])
    assert [sentence[parts[0][0] : parts[-1][1]] for parts in found] == (told or [sentence])


def told(memory: Memory, *said: str) -> Bank:
    """Returns a bank in which Tomke said these, a minute apart."""
    bank = memory.bank("a")
    bank.retain([Message(text, "Tomke", at=MAY + timedelta(minutes=n)) for n, text in enumerate(said)])
    bank.consolidate()
    return bank


def summary(memory: Memory, *said: str) -> str:
    return told(memory, *said).summary("Tomke").text


def test_a_summary_shows_no_opening_and_no_request_behind_a_statement(minilm_memory: Memory) -> None:
    shown = summary(
        minilm_memory,
        "Oh yeah, Ruth, I've played the cello for ten years, so could you help me find a new teacher?",
        "I have twin daughters.",
    )
    assert "I've played the cello for ten years" in shown
    assert "Oh yeah" not in shown
    assert "could you help" not in shown


def test_ages_in_brackets_are_no_code(minilm_memory: Memory) -> None:
    said = "My wife Sanne is a cook, and we have two children: Emil (8) and Frida (5)."
    bank = told(minilm_memory, said)
    assert "two children: Emil (8) and Frida (5)." in bank.summary("Tomke").text


def test_a_summary_and_a_profile_keep_what_limits_a_preference(minilm_memory: Memory) -> None:
    bank = told(minilm_memory, "I prefer short answers, without lists.", "I have twin daughters.")
    assert "I prefer short answers, without lists." in bank.summary("Tomke").text
    assert "I prefer short answers, without lists." in bank.core().text


def test_a_summary_shows_the_clause_that_is_worth_knowing(minilm_memory: Memory) -> None:
    shown = summary(
        minilm_memory,
        "I ran the harbour marathon last Saturday – it was so rewarding!",
        "I have twin daughters.",
    )
    assert "I ran the harbour marathon" in shown
    assert "rewarding" not in shown


def test_a_summary_dates_no_clause_by_a_time_that_stands_behind_it(minilm_memory: Memory) -> None:
    told = summary(
        minilm_memory,
        "I have a sister in Oslo, and she visits us at Easter 2027.",
        "In 2019 I moved to Lunenburg.",
    )
    assert "I have a sister in Oslo" in told.splitlines()
    assert "(2019)" in told


def test_what_only_answers_is_hardly_worth_a_line(minilm_memory: Memory) -> None:
    answered, told_whole = told(
        minilm_memory, "Since I was 17 or so.", "I've painted since I was 17."
    ).units()
    assert (answered.salience or 0.0) < 0.3 < (told_whole.salience or 0.0)


def test_what_is_shown_tells_how_a_statement_is_meant(minilm_memory: Memory) -> None:
    said = "I'm a nurse at the county hospital, and I took the day off yesterday."
    (unit,) = told(minilm_memory, said, "Where is my hat?").units()[:1]
    assert unit.claim == "I'm a nurse at the county hospital"
    assert unit.lasting


def test_a_summary_keeps_what_limits_a_statement(minilm_memory: Memory) -> None:
    shown = summary(
        minilm_memory,
        "I've played the cello for ten years, but I can't any more since my accident.",
        "I have twin daughters.",
    )
    assert "but I can't any more" in shown


def test_whoever_is_named_beside_what_is_shown_of_the_speaker_has_it_too(minilm_memory: Memory) -> None:
    said = (
        "I moved to Tavira last year, and I share a boat with Ida Holm.",
        "Ida Holm repairs violins for a living.",
        "I have twin daughters.",
    )
    of_ida = told(minilm_memory, *said).summary("Ida Holm").text
    assert "repairs violins" in of_ida
    assert "share a boat with Ida Holm" in of_ida


def test_what_stands_beside_what_is_told_is_not_told_of_whoever_it_names(minilm_memory: Memory) -> None:
    said = (
        "Woohoo Ida Holm! I passed the pilot's exam last week.",
        "Ida Holm repairs violins for a living.",
        "Ida Holm has three brothers.",
    )
    of_ida = told(minilm_memory, *said).summary("Ida Holm").text
    assert "three brothers" in of_ida
    assert "Woohoo" not in of_ida


def fragments(bank: Bank) -> list[str]:
    return [
        unit.text for unit in bank.units() if unit.text in ("My dance school", "Thanks, Ida! My dance school")
    ]


def test_half_of_a_subject_is_no_statement(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    bank.retain(
        [
            Message(
                "Thanks, Ida! My dance school and some others are bringing their best to the open day.",
                "Tomke",
            )
        ]
    )
    assert not fragments(bank)


def test_a_small_profile_has_the_best_lines_of_all_kinds(minilm_memory: Memory) -> None:
    said = (
        "I'm a ferry pilot in Kiel.", "My wife Ida is a vet.", "I grew up in Vejle.", "We have two horses.",
        "I can't stand karaoke.", "Always answer me in short sentences.", "I play water polo.",
        "I once saw a seal at the pier.", "I keep bees on the roof.", "My mother lives with us.",
    )  # fmt: skip
    bank = told(minilm_memory, *said)
    whole, small = bank.core(400), bank.core(60)
    assert set(small.lines) < set(whole.lines)
    assert max(line.rank for line in small.lines) < max(line.rank for line in whole.lines)
    assert "preference" in {line.kind for line in small.lines}
