"""The date grammar: what is a time, which interval it means, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.language.dates import find_times
from fourfold.language.languages import ENGLISH, language

ANCHOR = datetime(2023, 5, 10, 14, 30, tzinfo=UTC)  # a Wednesday

TABLE = Path(__file__).parent / "data" / "times.json"
FOREIGN = json.loads((Path(__file__).parent / "data" / "times_foreign.json").read_text())


def expected(written: str) -> list[tuple[datetime, datetime | None]]:
    """What a row of the table wants: "2024-05-15", "2024-05", "2024", "first day..last day", "first day..", "-"."""
    if written == "-":
        return []
    first, dots, last = written.partition("..")
    start, end = _days(first)
    return [(start, (_days(last)[1] if last else None) if dots else end)]


def _days(written: str) -> tuple[datetime, datetime]:
    year, month, day = ([int(part) for part in written.split("-")] + [0, 0])[:3]
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day:
        return start, start + timedelta(days=1)
    return start, datetime(year + (month or 12) // 12, month % 12 + 1 if month else 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("code", ["en", *FOREIGN])
def test_the_table_of_phrases_resolves_to_its_intervals(code: str) -> None:
    rows = json.loads(TABLE.read_text()) if code == "en" else FOREIGN[code]
    assert len(rows) >= {"en": 200, "it": 4}.get(code, 45)
    wrong = []
    for text, day, written in rows:
        anchor = datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)
        times = find_times(text, anchor, language(code))
        found = [(time.interval.start, time.interval.end) for time in times]
        wanted = expected(written)
        if found != wanted:
            wrong.append((text, written, found))
            # Wrong is forgivable, another year is not.
            years = {start.year for start, _ in wanted}
            assert {start.year for start, _ in found if start} <= years, (text, written, found)
    assert len(wrong) <= 0.03 * len(rows), wrong


SPANS = [
    ("I saw her yesterday", "2023-05-09", "2023-05-10"),
    ("the day before yesterday it rained", "2023-05-08", "2023-05-09"),
    ("we leave tomorrow", "2023-05-11", "2023-05-12"),
    ("this morning I ran", "2023-05-10", "2023-05-11"),
    ("last night was loud", "2023-05-09", "2023-05-10"),
    ("three days ago", "2023-05-07", "2023-05-08"),
    ("two weeks ago", "2023-04-23", "2023-04-30"),
    ("a couple of months ago", "2023-03-01", "2023-04-01"),
    ("5 years ago", "2018-01-01", "2019-01-01"),
    ("in 3 days", "2023-05-13", "2023-05-14"),
    ("two months from now", "2023-07-01", "2023-08-01"),
    ("last week", "2023-05-01", "2023-05-08"),
    ("this week", "2023-05-08", "2023-05-15"),
    ("next week", "2023-05-15", "2023-05-22"),
    ("last weekend", "2023-05-06", "2023-05-08"),
    ("next month", "2023-06-01", "2023-07-01"),
    ("last year", "2022-01-01", "2023-01-01"),
    ("last Friday", "2023-05-05", "2023-05-06"),
    ("next Friday", "2023-05-19", "2023-05-20"),
    ("on Monday", "2023-05-08", "2023-05-09"),
    ("over the weekend", "2023-05-06", "2023-05-08"),
    ("last summer", "2022-06-01", "2022-09-01"),
    ("next winter", "2023-12-01", "2024-03-01"),
    ("the summer of 2019", "2019-06-01", "2019-09-01"),
    ("winter 2022", "2022-12-01", "2023-03-01"),
    ("June 2024", "2024-06-01", "2024-07-01"),
    ("in December", "2022-12-01", "2023-01-01"),
    ("no running until July", "2023-07-01", "2023-08-01"),
    ("last March", "2023-03-01", "2023-04-01"),
    ("on 5 May 2023", "2023-05-05", "2023-05-06"),
    ("the 5th of May, 2023", "2023-05-05", "2023-05-06"),
    ("May 5th, 2023", "2023-05-05", "2023-05-06"),
    ("2023-05-05", "2023-05-05", "2023-05-06"),
    ("on 1 June", "2023-06-01", "2023-06-02"),
    ("July 4th", "2023-07-04", "2023-07-05"),
    ("back in 2016", "2016-01-01", "2017-01-01"),
    ("I joined in 1999", "1999-01-01", "2000-01-01"),
    ("the lease ends on 31 December 2250", "2250-12-31", "2251-01-01"),
    ("the battle of October 14, 1066", "1066-10-14", "1066-10-15"),
    ("crowned in May 1399", "1399-05-01", "1399-06-01"),
    ("2250-12-31", "2250-12-31", "2251-01-01"),
    ("on 5 May 1200 people came", "2023-05-05", "2023-05-06"),
]

NO_TIMES = [
    "I paid 1500 for it",
    "room 2023 is upstairs",
    "99999 weeks ago",
    "99999 years ago",
    "31 June 2023",
    "30 February",
    "May I come in?",
    "you may go",
    "she will march on",
    "the 3 of us",
    "ten years old",
    "in 20 days of rain",
    "sun and sat next to me",
    "",
]


@pytest.mark.parametrize(("text", "start", "end"), SPANS)
def test_a_phrase_means_its_interval(text: str, start: str, end: str) -> None:
    (found,) = find_times(text, ANCHOR, ENGLISH)
    assert (str(found.interval.start)[:10], str(found.interval.end)[:10]) == (start, end)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Die Schlacht war am 14. Oktober 1066."),
        ("fr", "La bataille du 14 octobre 1066."),
        ("es", "el 14 de octubre de 1066"),
        ("zh", "1066年10月14日"),
        ("ja", "1066年10月14日"),
    ],
)
def test_a_date_of_another_century_keeps_its_year(code: str, text: str) -> None:
    (found,) = find_times(text, ANCHOR, language(code))
    assert str(found.interval.start)[:10] == "1066-10-14"


@pytest.mark.parametrize("text", NO_TIMES)
def test_phrases_outside_the_calendar_give_no_times(text: str) -> None:
    assert find_times(text, ANCHOR, ENGLISH) == []


def test_since_leaves_the_end_open() -> None:
    (found,) = find_times("I have lived here since 2016", ANCHOR, ENGLISH)
    assert found.interval.start == datetime(2016, 1, 1, tzinfo=UTC)
    assert found.interval.end is None


def test_a_date_without_a_year_stands_for_every_year_asked_for() -> None:
    found = find_times("What happened in June?", ANCHOR, ENGLISH, years=(2021, 2022))
    assert [t.interval.start.year for t in found if t.interval.start] == [2021, 2022]


def test_times_are_in_the_zone_of_the_anchor() -> None:
    tokyo = timezone(timedelta(hours=9))
    (found,) = find_times("yesterday", datetime(2023, 5, 10, 1, 0, tzinfo=tokyo), ENGLISH)
    assert found.interval.start == datetime(2023, 5, 9, tzinfo=tokyo)


@given(st.text(max_size=80), st.datetimes(timezones=st.just(UTC)))
def test_no_text_breaks_the_grammar(text: str, anchor: datetime) -> None:
    for found in find_times(text, anchor, ENGLISH):
        assert text[found.start : found.end]


@given(st.integers(0, 99_999), st.sampled_from(["day", "week", "month", "year"]))
def test_any_count_of_any_unit_is_a_time_or_none(count: int, unit: str) -> None:
    for found in find_times(f"{count} {unit}s ago", ANCHOR, ENGLISH):
        assert found.interval.start is not None
        assert found.interval.start <= ANCHOR


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_a_written_date_is_that_day(day: date) -> None:
    for written in (f"{day.day} {day:%B %Y}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        (found,) = find_times(f"It was on {written}.", ANCHOR, ENGLISH)
        assert found.interval.start is not None
        assert found.interval.start.date() == day
