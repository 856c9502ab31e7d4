"""Sentences of every direction of time, labelled by hand before the rules were written: what each tells of."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from command_line import fourfold

from fourfold import Bank, Interval, Memory, Message
from fourfold.language.dates import find_times
from fourfold.language.languages import language
from fourfold.testing import FrozenClock

TABLE = Path(__file__).parent / "data" / "directions.jsonl"
"""One sentence a line: who reads it (`language`), the day it was said, and the time it tells of first, from `start`
to before `end`; both null where it tells of none. A deadline tells of the day or month that is named. `held` rows
(each third) were not looked at while the rules were written."""


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]


def found_days(row: dict[str, Any]) -> tuple[str | None, str | None]:
    """Returns the first time that is found, as the table writes it."""
    said = datetime.fromisoformat(row["said"]).replace(hour=10, tzinfo=UTC)
    times = find_times(row["text"], said, language(row["language"]))
    if not times:
        return None, None
    start, end = times[0].interval.start, times[0].interval.end
    return (str(start.date()) if start else None), (str(end.date()) if end else None)


def test_the_table_has_two_hundred_sentences_a_direction() -> None:
    counts = Counter(row["direction"] for row in rows())
    assert set(counts) == {"past", "future", "deadline", "range", "year", "recurring", "none"}
    assert min(counts.values()) >= 200


@pytest.mark.parametrize("direction", ["past", "future", "deadline", "range", "year", "recurring", "none"])
@pytest.mark.parametrize(("held", "floor"), [(False, 0.97), (True, 0.87)])
def test_the_direction_of_a_sentence_decides_its_time(direction: str, held: bool, floor: float) -> None:
    asked = [row for row in rows() if row["direction"] == direction and row["held"] is held]
    wrong = [row["text"] for row in asked if found_days(row) != (row["start"], row["end"])]
    assert len(wrong) <= (1 - floor) * len(asked), wrong


def test_the_examples_of_the_demo_lie_ahead() -> None:
    said = datetime(2026, 1, 10, 9, tzinfo=UTC)
    (move,) = find_times(
        "I finally signed the lease: I'm moving to Porto on 1 February.", said, language("en")
    )
    assert str(move.interval.start)[:10] == "2026-02-01"


DAYS = [
    ("What did I say on Wednesday?", "sink"),
    ("What happened last Monday?", "lease"),
    ("What happened on Monday?", "lease"),
    ("What did I do on 23 November?", "lease"),
    ("What did I do on the 25th?", "sink"),
    ("What did I say last Tuesday?", "Omar"),
    ("What's on Monday?", "haircut"),
    ("What do I have next week?", "haircut"),
    ("What did we talk about two weeks ago?", "Priya"),
]


@pytest.fixture(scope="module")
def diary() -> Iterator[Bank]:
    """A bank of one unit a day up to Friday, 27 November 2026, asked on the Saturday."""
    with Memory.open(":memory:", clock=FrozenClock(datetime(2026, 11, 28, 12, tzinfo=UTC))) as memory:
        bank = memory.bank("diary")
        for month, day, text in (
            (10, 2, "I started running again."),
            (11, 10, "I had lunch with Leo by the river."),
            (11, 15, "I had lunch with Priya at the station."),
            (11, 23, "I signed the lease for the studio."),
            (11, 24, "I had lunch with Omar at the harbour."),
            (11, 25, "I repaired the sink."),
            (11, 26, "I ordered a grey sofa."),
            (11, 27, "I have a haircut on Monday."),
        ):
            said = datetime(2026, month, day, 13, tzinfo=UTC)
            bank.retain([Message(text, "Ana", at=said)], document=f"{month}-{day}")
        yield bank


@pytest.mark.parametrize(("question", "first"), DAYS)
def test_a_question_about_a_day_brings_what_was_on_it_first(diary: Bank, question: str, first: str) -> None:
    assert first in diary.recall(question, limit=3).hits[0].unit.text


AHEAD = [
    ("What have I got on on Tuesday?", "Vet"),
    ("Am I doing anything on Tuesday?", "Vet"),
    ("Anything on Tuesday?", "Vet"),
    ("What about Tuesday?", "Vet"),
    ("What's on on the 8th?", "Haircut"),
    ("Have I got anything planned for February?", "ski"),
    ("What did I do on Wednesday?", "fence"),
    ("Anything on Wednesday?", "fence"),
]


@pytest.fixture(scope="module")
def calendar() -> Iterator[Bank]:
    """A bank of what is to come, and one thing done, asked on Saturday, 28 November 2026."""
    with Memory.open(":memory:", clock=FrozenClock(datetime(2026, 11, 28, 12, tzinfo=UTC))) as memory:
        bank = memory.bank("calendar")
        for day, text in (
            (20, "Vet appointment for Rex on 1 December at 4pm."),
            (21, "Haircut on 8 December at noon."),
            (22, "We go on a ski trip in February."),
            (25, "I mended the fence behind the shed."),
        ):
            bank.retain([Message(text, "Ana", at=datetime(2026, 11, day, 13, tzinfo=UTC))], document=f"{day}")
        yield bank


@pytest.mark.parametrize(("question", "first"), AHEAD)
def test_a_question_that_does_not_say_which_asks_for_the_last_and_the_next(
    calendar: Bank, question: str, first: str
) -> None:
    assert first in calendar.recall(question, limit=3).hits[0].unit.text


@pytest.mark.parametrize(
    "question",
    ["What did I do on 14 August 2026?", "What did I do on 14 August?", "What happened on the 14th?"],
)
def test_what_was_on_a_day_comes_before_what_is_known_to_be_of_another(question: str) -> None:
    with Memory.open(":memory:", clock=FrozenClock(datetime(2026, 8, 28, 12, tzinfo=UTC))) as memory:
        bank = memory.bank("diary")
        for day, text in (
            (13, "I spent the whole day sorting receipts for the tax office."),
            (14, "Went paddling on the lake with Petra today, arms like jelly."),
            (16, "Today I finally returned the library books."),
            (17, "The lake was so cold that Petra screamed."),
            (22, "What did we do? Paddling again, no chance, my shoulder is gone."),
        ):
            bank.retain([Message(text, "Ana", at=datetime(2026, 8, day, 13, tzinfo=UTC))], document=f"{day}")
        texts = [hit.unit.text for hit in bank.recall(question).hits]
        assert "jelly" in texts[0]


SAID = datetime(2026, 9, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize("code", ["en", "de", "fr", "es", "zh"])
@pytest.mark.parametrize(
    "piece",
    ["on Friday ", "5 May ", "habe ", "am Freitag gegangen ", "lundi ", "el lunes ", "周五", "every ", ", "],
)
def test_reading_times_looks_at_each_place_a_bounded_number_of_times(code: str, piece: str) -> None:
    """Many phrases mean what each of a few means: none reads the whole text."""
    alone = find_times(piece * 20, SAID, language(code))
    together = find_times(piece * 400, SAID, language(code))
    assert len(together) == 20 * len(alone)
    assert {time.interval for time in together} == {time.interval for time in alone}


@pytest.mark.parametrize(
    ("text", "said", "days"),
    [
        (
            "I signed it at last: I'm moving to Braga on 1 February.",
            "2026-01-10",
            ("2026-02-01", "2026-02-02"),
        ),
        (
            "The doctor said it is only a sprain: no cycling until July.",
            "2026-05-20",
            ("2026-07-01", "2026-08-01"),
        ),
        ("I bought the car in March last year.", "2026-05-06", ("2025-03-01", "2025-04-01")),
        ("The review is on Friday.", "2026-05-04", ("2026-05-08", "2026-05-09")),
        ("My passport expires in March.", "2026-05-06", ("2027-03-01", "2027-04-01")),
        ("I was born on 12-Dec-2014.", "2026-05-06", ("2014-12-12", "2014-12-13")),
        ("The road is closed between May and July.", "2026-04-06", ("2026-05-01", "2026-08-01")),
        ("The motor turns at around 1900 rpm.", "2026-05-06", None),
        ("A fortnight ago today the cellar was flooded.", "2026-05-06", ("2026-04-22", "2026-04-23")),
        ("Three years ago today I handed in my thesis.", "2026-05-06", ("2023-05-06", "2023-05-07")),
        ("A year ago today I fell.", "2024-02-29", ("2023-02-28", "2023-03-01")),
        ("Our contract ends on the last day of next month.", "2026-05-06", ("2026-06-30", "2026-07-01")),
        ("I like sleeping in on the weekend.", "2026-05-06", None),
        ("We usually go skiing in March.", "2026-05-06", None),
        ("I was born on a Sunday.", "2026-05-06", None),
    ],
)
def test_what_is_retained_is_dated_as_its_wording_says(
    memory: Memory, text: str, said: str, days: tuple[str, str] | None
) -> None:
    bank = memory.bank("a", language="en")
    bank.retain([Message(text, "Ana", at=datetime.fromisoformat(said).replace(hour=10, tzinfo=UTC))])
    (occurred,) = {unit.occurred for unit in bank.units()}
    assert days == (occurred and (str(occurred.start)[:10], str(occurred.end)[:10]))


def test_the_first_answer_of_the_demo_lies_ahead() -> None:
    assert "I'm moving to Porto on 1 February. (1 February 2026)" in fourfold("demo").stdout


def test_a_date_between_dashes_with_the_name_of_its_month_is_found(memory: Memory) -> None:
    bank = memory.bank("a", language="en")
    bank.retain([Message("I was born on 12-Dec-2014.", "Ana"), Message("I like tea.", "Ana")])
    hits = bank.recall("What happened then?", during=Interval.from_iso("2014-12-12")).hits
    assert [hit.unit.text for hit in hits] == ["I was born on 12-Dec-2014."]
