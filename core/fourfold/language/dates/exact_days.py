"""What a phrase means that counts to the day, or names a day by its place in a month: "two years ago today", "the
last day of next month"."""

from __future__ import annotations

import re
from datetime import datetime

from fourfold.language.dates.spans import (
    DAY,
    Span,
    coming_weekday,
    day_of,
    months_of,
    part,
    shifted,
    week_of,
    weekday_beside,
    year_of,
)
from fourfold.language.dates.tense import AHEAD, Direction
from fourfold.language.dates.vocabulary import (
    ORDINALS,
    WEEKDAY_NUMBERS,
    count_of,
    month_number,
    part_named,
)
from fourfold.language.dates.years import Reading, meant_years, step_of

_NAMED_DAYS = {"yesterday": -1, "tomorrow": 1}
_LENGTHS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def resolve_from_day(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "a week from tomorrow", "two weeks from Friday", "a year from today", "a week today"."""
    day, today = (match.groupdict().get("day") or "today").lower(), day_of(anchor)[0]
    if "from" not in match.groupdict() and reading.direction not in AHEAD:
        # "I have been sober a week today": a length, up to that day.
        return [
            weekday_beside(today, WEEKDAY_NUMBERS[day], -1)
            if day in WEEKDAY_NUMBERS
            else _named_day(today, day)
        ]
    # "Two weeks from Friday" said on a Sunday counts from the Friday to come.
    start = coming_weekday(today, WEEKDAY_NUMBERS[day]) if day in WEEKDAY_NUMBERS else _named_day(today, day)
    return [day_of(_moved(start[0], count_of(match["n"]), match["unit"].lower()))]


def resolve_ago_on_day(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "a week ago Monday", "two years ago today", "exactly a month ago": that long before the last such day,
    or today."""
    day, today = (match.groupdict().get("day") or "today").lower(), day_of(anchor)[0]
    if day in WEEKDAY_NUMBERS:
        start = today - (today.weekday() - WEEKDAY_NUMBERS[day]) % 7 * DAY
    else:
        start = _named_day(today, day)[0]
    return [day_of(_moved(start, -count_of(match["n"]), match["unit"].lower()))]


def resolve_on_this_day(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "this day last year"."""
    return [day_of(_moved(day_of(anchor)[0], step_of(match["which"]), match["unit"].lower()))]


def resolve_day_of_month(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "the 15th of next month", "the first of next month"."""
    day = ORDINALS.get(match["d"].lower()) or int(match["d"])
    return [day_of(shifted(anchor, step_of(match["which"]), "month")[0].replace(day=day))]


def resolve_nth_of_named(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "the first week of June", "the last weekend of May 2023", "the last day of 2025"."""
    groups = match.groupdict()
    if groups.get("m") is None:
        spans = [year_of(anchor, int(match["y"]))]
    else:
        month = month_number(groups["m"])
        spans = [
            months_of(anchor, year, month, 1) for year in meant_years(groups, anchor, reading, (month, 0))
        ]
    return [_nth(span, match["n"].lower(), match["unit"].lower()) for span in spans]


def resolve_nth_of_which(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "the last day of next month", "the first Monday of this year"."""
    period = shifted(anchor, step_of(match["which"]), match["of"].lower())
    return [_nth(period, match["n"].lower(), match["unit"].lower())]


def resolve_part_of_present(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "by the end of the month", "at the start of the year": of the present one, or of the one beside it
    where that lies on the other side of today than the sentence says."""
    if reading.direction is Direction.RECURRING:
        return []
    unit, which = match["unit"].lower(), part_named(match["part"])
    today = day_of(anchor)[0]

    def span_of(step: int) -> Span:
        if unit == "week":
            return week_of(today + step * 7 * DAY)
        period = shifted(anchor, step, unit)
        return part(period, which) if which else period

    start, end = span_of(0)
    if reading.direction is Direction.PAST and start > today:
        return [span_of(-1)]
    return [span_of(1) if reading.direction is Direction.FUTURE and end <= today else (start, end)]


def _nth(period: Span, which: str, unit: str) -> Span:
    """Returns the first, second ... or last day, week, weekend or weekday of `period`; for a fifth Friday that a
    month lacks, its last one. Raises `ValueError` for a 31st day that it lacks."""
    start, end = period
    number = 0 if which == "last" else ORDINALS[which]
    if unit == "day":
        day = start + (number - 1) * DAY if number else end - DAY
        if day >= end:
            raise ValueError(f"there is no {which} day")
        return day, day + DAY
    if unit == "week":
        week_start = start + (number - 1) * 7 * DAY if number else end - 7 * DAY
        return week_start, min(week_start + 7 * DAY, end)
    # A weekend is found by its Saturday, so that one that begins on the 31st counts to its month.
    weekday = 5 if unit == "weekend" else WEEKDAY_NUMBERS[unit]
    first = start + (weekday - start.weekday()) % 7 * DAY
    matching_days = [first + 7 * i * DAY for i in range(((end - first).days + 6) // 7)]
    chosen_day = matching_days[min(number or len(matching_days), len(matching_days)) - 1]
    return chosen_day, chosen_day + (2 if unit == "weekend" else 1) * DAY


def _named_day(today: datetime, day: str) -> Span:
    return day_of(today + _NAMED_DAYS.get(day, 0) * DAY)


def _moved(day: datetime, count: int, unit: str) -> datetime:
    """Returns the day `count` units from `day`: the same day of the month, or its last one if it has none. Minutes
    and hours give the day itself."""
    if unit not in _MONTHS:
        return day + count * _LENGTHS.get(unit, 0) * DAY
    month_start, month_end = shifted(day, count * _MONTHS[unit], "month")
    return min(month_start.replace(day=1) + (day.day - 1) * DAY, month_end - DAY)
