"""Sentences of every direction of time, labelled by hand before the rules were written: what each tells of."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold.language.dates import find_times
from fourfold.language.languages import language

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
