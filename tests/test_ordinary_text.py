"""Ordinary text and times that once broke a retain, or a bank; each test is at the public API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest

from fourfold import Bank, Entry, InputError, Interval, Memory, Message
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold.values.changes import TimelineKind

EAST = timezone(timedelta(hours=14))
WEST = timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    "text",
    [
        "We use IT at work and It helps.",
        "I live in the US. Us two moved.",
        "ANA met Ana, and ana met AnA.",
        "Straße and STRASSE are the same in Zürich and ZÜRICH.",
    ],
)
def test_names_that_differ_in_case_alone_are_retained(memory: Memory, text: str) -> None:
    retained = memory.bank("a").retain([Message(text, "Ben")])
    assert "".join(unit.text for unit in retained.units) == text
    assert {name for unit in retained.units for name in unit.entities} <= {
        entity.name for entity in memory.bank("a").entities()
    }


@pytest.mark.parametrize("blank", ["\n", "  ", "\t", "\u00a0", "\u3000", " \n "])
@pytest.mark.parametrize("language", ["de", "en", "fr", "es", "zh"])
def test_any_blank_between_capitalised_words_is_retained(memory: Memory, blank: str, language: str) -> None:
    bank = memory.bank("a", language=language)
    retained = bank.retain(
        [
            Message(f"Viele Grüße{blank}Klara"),
            Message(f"Das hat mein Hund{blank}Bruno{blank}Meier gefressen."),
        ]
    )
    assert len(retained.units) == 2


@pytest.mark.parametrize(
    "moment",
    [
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_time_outside_the_calendar_is_refused_before_anything_is_written(
    memory: Memory, moment: datetime
) -> None:
    bank = memory.bank("a")
    for refused in (
        lambda: bank.retain("I live in Porto.", at=moment),
        lambda: bank.retain([Message("I live in Porto.", at=moment)]),
        lambda: bank.recall("Porto?", as_of=moment),
        lambda: bank.recall("Porto?", during=(moment, None)),
        lambda: Interval(moment, None),
    ):
        with pytest.raises(InputError, match="outside the years 1 to 9999"):
            refused()
    assert memory.banks() == []


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
        datetime(1, 1, 1, 15, tzinfo=EAST),
        datetime(9999, 12, 31, 11, tzinfo=WEST),
    ],
)
def test_a_time_at_the_edge_of_the_calendar_leaves_the_bank_readable(
    memory: Memory, moment: datetime
) -> None:
    bank = memory.bank("a")
    words = (
        "today, yesterday, tomorrow, last week, next month, this year, since Monday, from Monday to Friday"
    )
    bank.retain([Message(f"I was in Porto {words}.", at=moment), Message("I like it here.")])
    assert bank.recall("Where was I today, and in May?").hits
    assert bank.recall("Where was I?", as_of=moment) is not None
    assert bank.recall("Where was I?", during=(None, moment)) is not None
    assert len(bank.timeline(what=get_args(TimelineKind))) == 2


def test_a_range_whose_year_lacks_its_day_is_retained(memory: Memory) -> None:
    retained = memory.bank("a").retain(
        "I was in Rome from 29 February to March 2023.", at=datetime(2024, 5, 1, tzinfo=UTC)
    )
    assert len(retained.units) == 1


@pytest.mark.slow
@pytest.mark.parametrize("token", ["a", "a@", "("])
def test_a_megabyte_of_one_token_is_retained(token: str) -> None:
    """Time that grew with the square of a token made it 45 minutes (`languages.detect`)."""
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("ana")
        assert bank.retain(token * (1_000_000 // len(token))).units
        assert memory.banks()[0].units == len(bank.units())


@pytest.mark.parametrize("half", ["\ud83d", "\ud83d \udc4d"])
def test_half_a_character_breaks_no_write(tmp_path: Path, half: str) -> None:
    """As broken JSON has it, and text that was cut in UTF-16: no store and no file can hold it."""
    with Memory.open(str(tmp_path / "memory"), embedder=HashEmbedder()) as memory:
        bank = memory.bank("a", mission=f"Be kind {half}")
        bank.retain([Message(f"I live in Porto {half}", f"Ana{half}")], context=f"chat {half}")
        bank.entries.put([Entry("note", "n", {"text": half})], document="notes")
        unit = bank.recall(f"Porto {half}").hits[0].unit
        assert (unit.text, unit.speaker) == ("I live in Porto", "Ana")
        bank.pin(unit, reason=half)
        with pytest.raises(InputError):
            memory.bank(half)
        with pytest.raises(InputError):
            bank.retain("I live in Rome.", document=half)
        loaded = memory.load(bank.export(tmp_path / "bank.jsonl"), bank="b")
        assert [unit.text for unit in loaded.units()] == ["I live in Porto"]


def test_two_halves_of_a_character_are_one(bank: Bank) -> None:
    assert bank.retain("Fine \ud83d\udc4d").units[0].text == "Fine \N{THUMBS UP SIGN}"


def test_a_text_of_stop_words_alone_is_found_by_them(bank: Bank) -> None:
    bank.retain("Who are you and what is it?")
    assert bank.recall("Who are you and what is it?").hits


def test_a_mail_that_was_passed_on_a_thousand_times_is_loaded(memory: Memory, tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    head = "From: ana@example.org\nSubject: Porto\n\n"
    mail.write_text(head + "I live in Porto.\n---------- Forwarded message ---------\nFrom: Ben\n\n" * 1500)
    assert memory.load(mail, bank="a").units()
