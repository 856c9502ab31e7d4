"""Sentences of every direction of time, labelled by hand before the rules were written: what each tells of."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
