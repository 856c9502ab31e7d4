"""What each phrase of the English date grammar means: from a match and an anchor to spans. A date without a year is
that of each of `years`, if some are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from fourfold.language.dates.spans import (
    DAY,
    HOLIDAYS,
    Span,
    at,
    back,
    coming_weekday,
    day_of,
    holiday,
    months_of,
    part,
    quarter,
    shifted,
    week_of,
    weekday_beside,
    weekend_of,
    year_of,
)
from fourfold.language.dates.tense import AHEAD, Direction
from fourfold.language.dates.vocabulary import (
    DECADES,
    ORDINALS,
    SEASONS,
    WEEKDAY_NUMBERS,
    count_of,
    month_number,
    part_named,
)
from fourfold.language.dates.years import Reading, meant_years, relative_day_year, relative_year, step_of

Resolver = Callable[[re.Match[str], datetime, Reading], list[Span]]


def resolve_date(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    groups = match.groupdict()
    month = month_number(groups["m"])
    day = ORDINALS.get(groups["d"].lower()) or int(groups["d"])
    return [
        day_of(at(anchor, year, month, day)) for year in meant_years(groups, anchor, reading, (month, day))
    ]


def resolve_numeric(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "5/13/2023", "13.5.2023": the part above 12 is the day; else a slash puts the month first, a dot the
    day."""
    left_number, right_number, year = int(match["a"]), int(match["b"]), int(match["y"])
    if year < 100:
        # "13.5.98" is of the last century, "13.5.33" of this one: nobody writes dates more than some years ahead.
        year += 2000 if year <= anchor.year % 100 + 10 else 1900
    month, day = (left_number, right_number) if match["sep"] == "/" else (right_number, left_number)
    if month > 12:
        month, day = day, month
    return [day_of(at(anchor, year, month, day))]


def resolve_this_day(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "on the 15th": the last such day, the next one, or the nearest, sooner past than to come."""
    day = int(match["d"])
    today = day_of(anchor)[0]
    candidates = []
    # The nearest 31st may lie two months off: a month without that day has no candidate.
    for count in (-2, -1, 0, 1, 2):
        month_start = shifted(anchor, count, "month")[0]
        try:
            candidates.append(month_start.replace(day=day))
        except ValueError:
            continue
    past = [candidate for candidate in candidates if candidate <= today]
    coming = [candidate for candidate in candidates if candidate >= today]
    if reading.is_open:
        return [day_of(candidate) for candidate in dict.fromkeys([*past[-1:], *coming[:1]])]
    match reading.direction:
        case Direction.PAST:
            candidates = past
        case Direction.FUTURE | Direction.UNMARKED:
            candidates = coming
        case Direction.RECURRING:
            return []
        case Direction.NEAREST | Direction.EITHER:
            pass
    return [day_of(min(candidates, key=lambda d: (d - today).days * 2 if d > today else (today - d).days))]


def resolve_month(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    groups = match.groupdict()
    month = month_number(groups["m"])
    if groups.get("which"):
        reading = replace(
            reading, direction=Direction.PAST, years=(relative_year(groups["which"], anchor, month),)
        )
    spans = [months_of(anchor, year, month, 1) for year in meant_years(groups, anchor, reading, (month, 0))]
    return _parted(groups, spans)


def resolve_year(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    groups = match.groupdict()
    if groups.get("yy"):  # "in '98": of the last century, unless that lies further off
        short = int(groups["yy"])
        return [year_of(anchor, short + (2000 if short <= anchor.year % 100 + 10 else 1900))]
    return _parted(groups, [year_of(anchor, int(match["y"]))])


def resolve_year_range(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "from 2015 to 2018"."""
    first_year, last_year = int(match["y"]), int(match["z"])
    return (
        [(year_of(anchor, first_year)[0], year_of(anchor, last_year)[1])] if first_year <= last_year else []
    )


def resolve_season(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    month = SEASONS[match["s"].lower()]
    groups = match.groupdict()
    if groups.get("which"):
        # A season takes three months: "last summer" in July is the one before, in October the one just over.
        reading = replace(
            reading,
            direction=Direction.PAST,
            years=(relative_year(groups["which"], anchor, month, length=3),),
        )
    # A summer that is not over is still to come.
    last_month = min(month + 2, 12) if reading.direction in AHEAD else month
    spans = [
        months_of(anchor, year, month, 3) for year in meant_years(groups, anchor, reading, (last_month, 0))
    ]
    return _parted(groups, spans)


def resolve_quarter(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    quarter_text = match["q"].lower()
    number = {"last": 4, **ORDINALS}.get(quarter_text) or int(quarter_text)
    year = match.groupdict().get("y")
    return [quarter(anchor, (int(year) if year else anchor.year) * 4 + number - 1)]


def resolve_half(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    return [months_of(anchor, int(match["y"]), 1 if match["n"].lower() == "first" else 7, 6)]


def resolve_decade(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    groups = match.groupdict()
    tens = int(groups["t"]) if groups.get("t") else DECADES[match["w"].lower()]
    century = (
        # "The 90s" are the last ones that have begun: nobody tells of a decade to come without its century.
        int(groups["c"]) if groups.get("c") else (19 if tens > anchor.year % 100 else anchor.year // 100)
    )
    start = at(anchor, century * 100 + tens, 1, 1)
    span = (start, at(anchor, start.year + 10, 1, 1))
    place = {"early": (0, 4), "mid": (4, 7), "late": (7, 10)}.get(
        (groups.get("part") or "").lower().rstrip("-")
    )
    if place:
        span = (at(anchor, start.year + place[0], 1, 1), at(anchor, start.year + place[1], 1, 1))
    return [span]


def resolve_holiday(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    # The spellings that ANY_HOLIDAY lets pass, as HOLIDAYS has them.
    name = match["h"].lower().replace("’", "'").replace("st.", "st").replace("4th", "fourth")
    groups = match.groupdict()
    month, day = HOLIDAYS[name](anchor.year)
    if groups.get("which"):
        reading = replace(
            reading, direction=Direction.PAST, years=(relative_day_year(groups["which"], anchor, month, day),)
        )
    return [holiday(anchor, name, year) for year in meant_years(groups, anchor, reading, (month, day))]


def resolve_named_day(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    phrase = match.group().lower()
    shift = next(days for word, days in _NAMED_DAYS if word in phrase)
    return [day_of(anchor + shift * DAY)]


_NAMED_DAYS = (
    ("before yesterday", -2),
    ("after tomorrow", 2),
    ("yesterday", -1),
    ("last night", -1),
    ("tomorrow", 1),
    ("tmr", 1),
    ("tomoz", 1),
    ("today", 0),
    ("tonight", 0),
    ("just now", 0),
    ("this ", 0),
)


def resolve_ago(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    groups = match.groupdict()
    future = groups.get("in") is not None or groups.get("later") is not None
    unit = match["unit"].lower()
    if groups.get("half"):
        months = 12 * count_of(match["n"]) + 6 if unit == "year" else None
        return [shifted(anchor, months if future else -months, "month")] if months else []
    count = count_of(match["n"]) * (1 if future else -1)
    if unit in WEEKDAY_NUMBERS:
        # "Two Fridays ago": the last Friday is one ago, whichever day it is today.
        return [weekday_beside(day_of(anchor)[0] + (count + 1) * 7 * DAY, WEEKDAY_NUMBERS[unit], -1)]
    return [shifted(anchor, count, unit)]


def resolve_half_ago(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    unit = match["unit"].lower()
    return [
        {"year": shifted(anchor, -6, "month"), "month": shifted(anchor, -15, "day")}.get(unit, day_of(anchor))
    ]


def resolve_lately(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "over the past two weeks"."""
    return [back(anchor, count_of(match["n"]), match["unit"].lower())]


def resolve_ahead(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "in the next three days"."""
    count, unit = count_of(match["n"]), match["unit"].lower()
    start = day_of(anchor)[0]
    if unit in {"month", "quarter", "year", "decade"}:
        # Every month has a 28th: "the next two months" said on the 31st end a few days early rather than fail.
        return [(start, shifted(anchor, count, unit)[0].replace(day=min(anchor.day, 28)) + DAY)]
    days = {"minute": 0, "hour": 0, "day": 1, "week": 7, "fortnight": 14}[unit] * count
    return [(start, start + (days + 1) * DAY)]


def resolve_the_other_day(_match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    today = day_of(anchor)[0]
    # Within the last week, whatever was named: people use it for what they do not date.
    return [(today - 7 * DAY, today)]


def resolve_before_last(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "the week before last", "the month after next"."""
    step = -2 if match["side"].lower().startswith("before") else 2
    unit = match["unit"].lower()
    match unit:
        case "week":
            return [week_of(anchor + step * 7 * DAY)]
        case "weekend":
            return [weekend_of(anchor + step * 7 * DAY)]
        case "month" | "year":
            return [shifted(anchor, step, unit)]
        case _:
            nearest_start = weekday_beside(day_of(anchor)[0], WEEKDAY_NUMBERS[unit], -1 if step < 0 else 1)[0]
            return [day_of(nearest_start + (step + (1 if step < 0 else -1)) * 7 * DAY)]


def resolve_which(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    step = step_of(match["which"])
    unit = match["unit"].lower()
    today = day_of(anchor)[0]
    groups = match.groupdict()
    if unit in WEEKDAY_NUMBERS:
        if match["which"].lower().endswith("coming"):
            return [coming_weekday(today, WEEKDAY_NUMBERS[unit])]
        span = weekday_beside(today, WEEKDAY_NUMBERS[unit], step)
        return [span if step else _shifted_to(reading.direction, span, today)]
    match unit:
        case "week":
            spans = [week_of(today + step * 7 * DAY)]
        case "weekend":
            weekend = weekend_of(today + step * 7 * DAY)
            spans = [weekend if step else _shifted_to(reading.direction, weekend, today)]
        case _:
            spans = [shifted(anchor, step, unit)]
    return _parted(groups, spans) if unit in {"month", "year", "quarter"} else spans


def _shifted_to(direction: Direction, span: Span, today: datetime) -> Span:
    """Returns "this Monday", "this weekend" a week earlier or later, where the one of this week is on the other
    side of today than the sentence says."""
    start, end = span
    if direction is Direction.PAST and start > today:
        return start - 7 * DAY, end - 7 * DAY
    if direction in AHEAD and end <= today:
        return start + 7 * DAY, end + 7 * DAY
    return span


def resolve_bare_weekday(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    today = day_of(anchor)[0]
    weekday = WEEKDAY_NUMBERS[match["unit"].lower()]
    match reading.direction:
        case Direction.RECURRING:
            return []
        case _ if reading.is_open:
            return [weekday_beside(today, weekday, -1), coming_weekday(today, weekday)]
        case direction if direction in AHEAD:
            return [coming_weekday(today, weekday)]
        case _:
            return [weekday_beside(today, weekday, -1)]


def resolve_recurring(_match: re.Match[str], _anchor: datetime, _: Reading) -> list[Span]:
    """Returns nothing: of "every Tuesday" no single day is meant, and any that is named would be wrong."""
    return []


def resolve_day_of_week(match: re.Match[str], anchor: datetime, _: Reading) -> list[Span]:
    """Resolves "next week on Wednesday", "Friday of the week before last"."""
    groups = match.groupdict()
    if groups.get("side"):
        step = -2 if match["side"].lower().startswith("before") else 2
    else:
        step = step_of(match["which"])
    return [_weekday_of_week(day_of(anchor)[0] + step * 7 * DAY, WEEKDAY_NUMBERS[match["unit"].lower()])]


def resolve_weekend(_match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    today = day_of(anchor)[0]
    if reading.direction is Direction.RECURRING:
        return []
    # The last weekend that has begun: what happened "over the weekend" is told on it or after it.
    saturday = today - ((today.weekday() + 2) % 7) * DAY
    last_weekend = saturday, saturday + 2 * DAY
    if reading.is_open:
        return list(dict.fromkeys([last_weekend, weekend_of(today)]))
    return [weekend_of(today) if reading.direction in AHEAD else last_weekend]


def _parted(groups: dict[str, str | None], spans: list[Span]) -> list[Span]:
    which = part_named(groups.get("part") or "")
    return [part(span, which) for span in spans] if which else spans


def _weekday_of_week(today: datetime, weekday: int) -> Span:
    return day_of(today + (weekday - today.weekday()) * DAY)
