"""Stretches of the calendar: days, weeks, months, seasons, holidays, each in the time zone of an anchor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from dateutil.easter import easter

Span = tuple[datetime, datetime]
"""The first moment, and the first moment after."""

WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
DAY = timedelta(days=1)
_LENGTHS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": DAY, "week": 7 * DAY}


def written_weekday(moment: datetime) -> str:
    """ "Monday, 2023-05-08", in English whatever the locale."""
    return f"{WEEKDAYS[moment.weekday()]}, {moment:%Y-%m-%d}"


def at(anchor: datetime, year: int, month: int, day: int) -> datetime:
    """Returns the start of a day; raises `ValueError` for one that is in no calendar."""
    return datetime(year, month, day, tzinfo=anchor.tzinfo)


def day_of(moment: datetime) -> Span:
    """Returns the calendar day of `moment`, in its own time zone."""
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + DAY


def week_of(moment: datetime) -> Span:
    """Returns the week of `moment`, Monday to Sunday."""
    today = day_of(moment)[0]
    monday = today - today.weekday() * DAY
    return monday, monday + 7 * DAY


def weekend_of(moment: datetime) -> Span:
    """Returns Saturday and Sunday of the week of `moment`."""
    monday, end = week_of(moment)
    return monday + 5 * DAY, end


def coming_weekday(today: datetime, weekday: int) -> Span:
    """Returns the nearest such day strictly after today."""
    return day_of(today + ((weekday - today.weekday() - 1) % 7 + 1) * DAY)


def weekday_beside(today: datetime, weekday: int, step: int) -> Span:
    """Returns the nearest such day strictly before today (step -1), in this week (0), or in the next one (1)."""
    monday = today - today.weekday() * DAY
    if step < 0:
        start = today - ((today.weekday() - weekday - 1) % 7 + 1) * DAY
    else:
        start = monday + (7 * step + weekday) * DAY
    return start, start + DAY


def months_of(anchor: datetime, year: int, month: int, length: int) -> Span:
    """Returns `length` calendar months from that one on, in the time zone of `anchor`."""
    last = month - 1 + length
    return at(anchor, year, month, 1), at(anchor, year + last // 12, last % 12 + 1, 1)


def year_of(anchor: datetime, year: int) -> Span:
    """Returns a calendar year."""
    return months_of(anchor, year, 1, 12)


def month_from(anchor: datetime, count: int) -> Span:
    """Returns the calendar month `count` months from that of `anchor`."""
    month = anchor.year * 12 + anchor.month - 1 + count
    return months_of(anchor, month // 12, month % 12 + 1, 1)


def shifted(anchor: datetime, count: int, unit: str) -> Span:
    """Returns what lies `count` units from `anchor`, as exact as people mean it: a day, a week around the day, a
    month, a year. Minutes and hours give their day. Raises `OverflowError` or `ValueError` outside the calendar."""
    match unit:
        # Nobody asks a memory for the hour, and a message is said within minutes of its time at best.
        case "minute" | "hour" | "day":
            return day_of(anchor + count * _LENGTHS[unit])
        case "week" | "fortnight":
            start = day_of(anchor + count * (7 if unit == "week" else 14) * DAY)[0]
            # "Two weeks ago" is as sure as a week: the day that it falls on, and three to both sides.
            return start - 3 * DAY, start + 4 * DAY
        case "weekend":
            ended = anchor.weekday() >= 5 and count < 0  # on a Sunday, "last weekend" is not this one
            return weekend_of(anchor + (count + ended) * 7 * DAY)
        case "month":
            return month_from(anchor, count)
        case "quarter":
            return quarter(anchor, anchor.year * 4 + (anchor.month - 1) // 3 + count)
        case _:
            return year_of(anchor, anchor.year + count * (10 if unit == "decade" else 1))


def quarter(anchor: datetime, number: int) -> Span:
    """Returns the quarter `number` since year 0 (4 * year + 0 to 3)."""
    return months_of(anchor, number // 4, number % 4 * 3 + 1, 3)


def back(anchor: datetime, count: int, unit: str) -> Span:
    """Returns the last `count` units up to the end of the day of `anchor`."""
    end = day_of(anchor)[1]
    if unit in _LENGTHS:
        return day_of(end - max(count * _LENGTHS[unit], DAY))[0], end
    months = count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    month_start = month_from(anchor, -months)[0]
    # "The last month" said on 31 March begins on the last day of February.
    day = min(anchor.day, (month_from(month_start, 0)[1] - DAY).day)
    return month_start.replace(day=day), end


def part(span: Span, which: str) -> Span:
    """Returns the early, middle or late third of a month, a year or a season."""
    start, end = span
    days = (end - start).days
    if 28 <= days <= 31:
        cuts = [start, start + 10 * DAY, start + 20 * DAY, end]
    elif days > 300:
        cuts = [at(start, start.year, month, 1) for month in (1, 5, 9)] + [end]
    else:
        cuts = [start, start + days // 3 * DAY, start + 2 * (days // 3) * DAY, end]
    place = {"early": 0, "mid": 1, "late": 2}[which]
    return cuts[place], cuts[place + 1]


HOLIDAYS: dict[str, Callable[[int], tuple[int, int]]] = {
    "christmas eve": lambda year: (12, 24),
    "christmas": lambda year: (12, 25),
    "boxing day": lambda year: (12, 26),
    "new year's eve": lambda year: (12, 31),
    "new year's day": lambda year: (1, 1),
    "new year's": lambda year: (1, 1),
    "halloween": lambda year: (10, 31),
    "valentine's day": lambda year: (2, 14),
    "st patrick's day": lambda year: (3, 17),
    "fourth of july": lambda year: (7, 4),
    "thanksgiving": lambda year: (11, 22 + (3 - datetime(year, 11, 22).weekday()) % 7),
    "labor day": lambda year: (9, 1 + -datetime(year, 9, 1).weekday() % 7),
    "memorial day": lambda year: (5, 31 - datetime(year, 5, 31).weekday()),
    "easter sunday": lambda year: (easter(year).month, easter(year).day),
    "easter": lambda year: (easter(year).month, easter(year).day),
}
"""Month and day of each, by year."""


def holiday(anchor: datetime, name: str, year: int) -> Span:
    """Returns the day of a holiday in `year`."""
    return day_of(at(anchor, year, *HOLIDAYS[name](year)))
