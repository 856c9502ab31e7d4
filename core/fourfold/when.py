"""Finds the times a text speaks of and turns them into intervals. Knows calendars, not stores or models.

English dates, relative phrases, weekdays, months, seasons and years, each resolved against an anchor (when the
text was said). Phrases that lie in no calendar ("99999 weeks ago", "31 June") are no times, and a bare number
is no year. A phrase without a year is the one nearest to the anchor, or, with `years` given, one
interval a year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fourfold.model import Interval

Span = tuple[datetime, datetime]
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
_DAY = timedelta(days=1)
_FARTHEST_YEARS = 150


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A phrase at `[start, end)` of the text and the interval it means."""

    start: int
    end: int
    interval: Interval


def find_times(text: str, anchor: datetime, years: Iterable[int] = ()) -> list[TimeMention]:
    """All times in `text`, in order, none overlapping.

    `anchor` is aware. With `years`, a date without a year stands for that date in each of them.
    """
    wanted = tuple(years)
    found: list[TimeMention] = []
    taken = [False] * (len(text) + 1)
    for pattern, resolve in _GRAMMAR:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            spans = _resolved(resolve, match, anchor, wanted)
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            open_ended = match.group().lower().startswith("since ")
            found += [
                TimeMention(match.start(), match.end(), Interval(start, None if open_ended else end))
                for start, end in spans
            ]
    return sorted(found, key=lambda mention: mention.start)


def written_month(moment: datetime) -> str:
    """ "May 2023", in English whatever the locale."""
    return f"{MONTHS[moment.month - 1]} {moment.year}"


def written_day(moment: datetime) -> str:
    """ "8 May 2023", in English whatever the locale."""
    return f"{moment.day} {written_month(moment)}"


def written_weekday(moment: datetime) -> str:
    """ "Monday, 2023-05-08", in English whatever the locale."""
    return f"{_DAYS[moment.weekday()]}, {moment:%Y-%m-%d}"


def months_of(anchor: datetime, year: int, month: int, length: int) -> Span:
    """`length` calendar months from that one on, in the time zone of `anchor`."""
    last = month - 1 + length
    return _at(anchor, year, month, 1), _at(anchor, year + last // 12, last % 12 + 1, 1)


def day_of(moment: datetime) -> Span:
    """The calendar day of `moment`, in its own time zone."""
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + _DAY


Resolver = Callable[[re.Match[str], datetime, tuple[int, ...]], list[Span]]


def _resolved(
    resolve: Resolver, match: re.Match[str], anchor: datetime, years: tuple[int, ...]
) -> list[Span]:
    try:
        spans = resolve(match, anchor, years)
    except (ValueError, OverflowError):  # a date that is in no calendar
        return []
    return [span for span in spans if abs(span[0].year - anchor.year) <= _FARTHEST_YEARS]


_MONTHS = {name.lower(): i for i, name in enumerate(MONTHS, 1)}
_MONTHS |= {name[:3].lower(): i for i, name in enumerate(MONTHS, 1)} | {"sept": 9}
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_WEEKDAYS = {name.lower(): i for i, name in enumerate(_DAYS)}
_WEEKDAYS |= {name[:3].lower(): i for i, name in enumerate(_DAYS)} | {"tues": 1, "thurs": 3}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = {
    word: i
    for i, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
} | {"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "a few": 3, "few": 3, "several": 4}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_CLEAR_MONTH = "|".join(
    sorted((m for m in _MONTHS if m not in {"may", "mar", "jun", "dec", "sun"}), key=len)[::-1]
)
_WEEKDAY = "|".join(sorted((d for d in _WEEKDAYS if len(d) > 3 or d in {"fri"}), key=len, reverse=True))
_SEASON = "|".join(_SEASONS)
_NUMBER = r"\d{1,5}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_TH = r"(?:st|nd|rd|th)?"
_WHICH = r"last|past|previous|next|this|coming"
_PREPOSITION = r"in|since|during|by|until|till|from|of|before|after|around|early|late|mid|throughout|year|for"


def _date(match: re.Match[str], anchor: datetime, years: tuple[int, ...]) -> list[Span]:
    part = match.groupdict()
    month = int(part["m"]) if part["m"].isdigit() else _MONTHS[part["m"].lower().rstrip(".")]
    day = int(part["d"])
    return [day_of(_at(anchor, year, month, day)) for year in _years(part, anchor, years, month, day)]


def _month(match: re.Match[str], anchor: datetime, years: tuple[int, ...]) -> list[Span]:
    part = match.groupdict()
    month = int(part["m"]) if part["m"].isdigit() else _MONTHS[part["m"].lower().rstrip(".")]
    if part.get("which"):
        years = (_relative_year(part["which"], anchor, month),)
    return [months_of(anchor, year, month, 1) for year in _years(part, anchor, years, month, 1)]


def _year(match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    return [months_of(anchor, int(match["y"]), 1, 12)]


def _season(match: re.Match[str], anchor: datetime, years: tuple[int, ...]) -> list[Span]:
    month = _SEASONS[match["s"].lower()]
    part = match.groupdict()
    if part.get("which"):
        years = (_relative_year(part["which"], anchor, month, length=3),)
    return [months_of(anchor, year, month, 3) for year in _years(part, anchor, years, month, 1)]


def _named_day(match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    phrase = match.group().lower()
    shift = next(days for word, days in _NAMED_DAYS if word in phrase)
    return [day_of(anchor + shift * _DAY)]


_NAMED_DAYS = (
    ("before yesterday", -2),
    ("after tomorrow", 2),
    ("yesterday", -1),
    ("last night", -1),
    ("tomorrow", 1),
    ("today", 0),
    ("tonight", 0),
    ("this ", 0),
)


def _ago(match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    future = (match.groupdict().get("in") or match.groupdict().get("later")) is not None
    count = _count(match["n"]) * (1 if future else -1)
    return [_shifted(anchor, count, match["unit"].lower())]


def _which(match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    which = match["which"].lower()
    step = {"next": 1, "coming": 1, "this": 0}.get(which, -1)
    unit = match["unit"].lower()
    today = day_of(anchor)[0]
    monday = today - today.weekday() * _DAY
    if unit in _WEEKDAYS:
        return [_weekday(today, _WEEKDAYS[unit], step)]
    match unit:
        case "week":
            start = monday + step * 7 * _DAY
            return [(start, start + 7 * _DAY)]
        case "weekend":
            saturday = monday + 5 * _DAY
            if step < 0 and today >= saturday:
                step = -1
            return [(saturday + step * 7 * _DAY, saturday + (step * 7 + 2) * _DAY)]
        case "month":
            return [_shifted(anchor, step, "month")]
        case _:
            return [_shifted(anchor, step, "year")]


def _bare_weekday(match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    today = day_of(anchor)[0]
    return [_weekday(today, _WEEKDAYS[match["unit"].lower()], -1)]


def _weekend(_match: re.Match[str], anchor: datetime, _: tuple[int, ...]) -> list[Span]:
    today = day_of(anchor)[0]
    saturday = today - ((today.weekday() + 2) % 7) * _DAY
    return [(saturday, saturday + 2 * _DAY)]


def _at(anchor: datetime, year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=anchor.tzinfo)


def _years(
    part: dict[str, str | None], anchor: datetime, years: tuple[int, ...], month: int, day: int
) -> tuple[int, ...]:
    written = part.get("y")
    if written:
        return (int(written),)
    if years:
        return years
    return (
        min(
            (anchor.year + step for step in (-1, 0, 1)), key=lambda year: _distance(anchor, year, month, day)
        ),
    )


def _distance(anchor: datetime, year: int, month: int, day: int) -> float:
    """Days from the anchor; those ahead count half as much again, since people mostly tell what was."""
    days = (year - anchor.year) * 365.25 + (month - anchor.month) * 30.4 + day - anchor.day
    return days * 1.5 if days > 0 else -days


def _relative_year(which: str, anchor: datetime, month: int, length: int = 1) -> int:
    which = which.lower()
    if which == "this":
        return anchor.year
    if which in {"next", "coming"}:
        return anchor.year + (month <= anchor.month)
    begun = month + length - 1 < anchor.month
    return anchor.year if begun else anchor.year - 1


def _count(phrase: str) -> int:
    return int(phrase) if phrase.isdigit() else _NUMBERS[" ".join(phrase.lower().split())]


def _shifted(anchor: datetime, count: int, unit: str) -> Span:
    match unit:
        case "day":
            return day_of(anchor + count * _DAY)
        case "week":
            start = day_of(anchor + count * 7 * _DAY)[0]
            return start - 3 * _DAY, start + 4 * _DAY
        case "month":
            month = anchor.year * 12 + anchor.month - 1 + count
            return months_of(anchor, month // 12, month % 12 + 1, 1)
        case _:
            return months_of(anchor, anchor.year + count, 1, 12)


def _weekday(today: datetime, weekday: int, step: int) -> Span:
    """The nearest such day strictly before today (step -1), in this week (0), or in the next one (1)."""
    monday = today - today.weekday() * _DAY
    if step < 0:
        start = today - ((today.weekday() - weekday - 1) % 7 + 1) * _DAY
    else:
        start = monday + (7 * step + weekday) * _DAY
    return start, start + _DAY


def _rule(
    pattern: str, resolve: Resolver, flags: re.RegexFlag = re.IGNORECASE
) -> tuple[re.Pattern[str], Resolver]:
    return re.compile(rf"\b{pattern}(?!\w)", flags), resolve


# Longer phrases first: what an earlier rule took, no later one sees.
_GRAMMAR: tuple[tuple[re.Pattern[str], Resolver], ...] = (
    _rule(rf"(?P<y>{_YEAR})-(?P<m>\d\d)-(?P<d>\d\d)", _date),
    _rule(rf"(?P<d>\d{{1,2}}){_TH} (?:of )?(?P<m>{_MONTH})\.?(?:,? (?:of )?(?P<y>{_YEAR}))?", _date),
    _rule(rf"(?P<m>{_MONTH})\.? (?:the )?(?P<d>\d{{1,2}}){_TH}(?:,? (?:of )?(?P<y>{_YEAR}))?", _date),
    _rule(rf"(?:since )?(?P<m>{_MONTH})\.?,? (?:of )?(?P<y>{_YEAR})", _month),
    _rule(rf"(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])", _month),
    _rule(rf"(?P<which>{_WHICH}) (?P<m>{_MONTH})", _month),
    _rule(
        rf"(?:{_PREPOSITION}) (?:early |late |mid-?)?(?P<m>January|February|March|April|May|June|July|August|"
        r"September|October|November|December)",
        _month,
        re.NOFLAG,
    ),
    _rule(rf"(?:{_PREPOSITION}) (?:early |late |mid-?)?(?P<m>{_CLEAR_MONTH})", _month),
    _rule(rf"(?P<s>{_SEASON})(?:,? of|,)? (?P<y>{_YEAR})", _season),
    _rule(rf"(?P<which>{_WHICH}) (?P<s>{_SEASON})", _season),
    _rule(rf"(?:in|during|over|throughout) the (?P<s>{_SEASON})", _season),
    _rule(r"(?:the )?day (?:before yesterday|after tomorrow)", _named_day),
    _rule(r"(?:yesterday|tomorrow|today|tonight|last night|this (?:morning|afternoon|evening))", _named_day),
    _rule(rf"(?P<n>{_NUMBER}) (?P<unit>day|week|month|year)s? (?:ago|back|earlier)", _ago),
    _rule(rf"(?P<n>{_NUMBER}) (?P<unit>day|week|month|year)s? (?P<later>from now|from today)", _ago),
    _rule(rf"(?P<in>in) (?P<n>{_NUMBER}) (?P<unit>day|week|month|year)s?(?! (?:of|old|long))", _ago),
    _rule(rf"(?P<which>{_WHICH}) (?P<unit>weekend|week|month|year|{_WEEKDAY})", _which),
    _rule(rf"(?:on|since) (?P<unit>{_WEEKDAY})", _bare_weekday),
    _rule(r"(?:over|on|during) the weekend", _weekend),
    _rule(rf"(?:{_PREPOSITION}|(?:back|way back) in) (?:the year )?(?P<y>{_YEAR})", _year),
)
