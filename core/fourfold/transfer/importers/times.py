"""Times as files write them. All importers read them by these functions, so that the same thing means the same in
every format; the command line reads its times by them as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any

from dateutil import parser as date_parser

from fourfold.errors import InputError
from fourfold.transfer.importers.report import ReadReport
from fourfold.transfer.importers.texts.heading import date_of_heading
from fourfold.values.units import Message, SaidAt, require_aware

_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From which number on a count since 1970 is of nanoseconds, microseconds, milliseconds, and how many of them a
second has. As the next larger unit, the smallest of each would be after the year 5138."""
_EPOCH_TEXT = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}")
"""A count since 1970 written as a string, as Slack does: of seconds (from 1973 on) or smaller units (from 2001 on).
No ISO 8601 date has so many digits: the longest without separators, "20240501", has eight."""
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_DIGITS_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?=\D|$)")
_DATE_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])"
    r"(?:[T _-]{1,3}([01]\d|2[0-3])[-_.:]?([0-5]\d))?(?!\d{3})"
)
_YEAR_FIRST = re.compile(r"\s*(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:[日.]|(?!\d))[T,]?")
_NAMED_MONTH = re.compile(r"\d{1,2}[-/ ][^\W\d_]{3,9}[-/ ]\d\d(?!\d)")
_AMERICAN = re.compile(r"\s*[1-9]\d?/[1-9]\d?/(?:\d\d){1,2},?\s.*\d\s?[AP]M\b")
_ORDERS = {True: "day/month", False: "month/day"}
_CENTURY = 100
_NO_TIME = ("", "unknown")


def parse_time(value: Any, where: str, *, day_first: bool = True) -> datetime | None:
    """Returns a time written in ISO 8601, as e-mail does or otherwise with a full date, or as a count of seconds
    or smaller units since 1970; None where `value` is None, blank or "unknown". One without a zone is taken to be
    UTC. `day_first` reads "04/02/2023" as 4 February. Raises `InputError` that begins with `where`."""
    if isinstance(value, dict):  # as MongoDB and Firestore write them
        value = next((value[name] for name in ("$date", "seconds", "_seconds") if name in value), str(value))
    if value is None or (isinstance(value, str) and value.strip().casefold() in _NO_TIME):
        return None
    try:
        if isinstance(value, str) and _EPOCH_TEXT.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            divisor = next((divisor for least, divisor in _UNITS if abs(value) >= least), 1)
            return datetime.fromtimestamp(value / divisor, UTC)
        moment = _written_time(str(value).strip(), day_first)
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f'{where}: "{value}" is no time; write it as 2026-05-20T19:10:00+00:00.') from error
    return require_aware(moment if moment.tzinfo else moment.replace(tzinfo=UTC), f"{where}: the time")


def time_or_none(
    value: Any, place: str, report: ReadReport, *, day_first: bool | None = None
) -> datetime | None:
    """Returns a time, or None for what is none, which is noted: the words are worth more than their date. Without
    `day_first` a date that may be read two ways is read as most would, and that is noted as well."""
    text = value.strip() if isinstance(value, str) else ""
    if day_first is None and text:
        day_first = date_order([text], report)
    try:
        at = parse_time(value, place, day_first=day_first is not False)
    except InputError as error:
        report.bad_time(place, str(error).removeprefix(f"{place}: ").rstrip("."))
        return None
    if at is not None and day_first is not None and _is_otherwise(text, day_first):
        order = _ORDERS[not day_first]
        report.remark(f'"{text}" ({place}) can only be {order}, unlike other dates of the file.')
    return at


def said_at(value: Any, place: str, report: ReadReport, *, day_first: bool | None = None) -> SaidAt | None:
    """Returns when something was said, None where `value` tells nothing, and "unknown" for what is no time: a time
    that is there and wrong is not that of the message before."""
    at = time_or_none(value, place, report, day_first=day_first)
    tells_none = value is None or (isinstance(value, str) and value.strip().casefold() in _NO_TIME)
    return at if at is not None or tells_none else "unknown"


def _written_time(text: str, day_first: bool) -> datetime:
    """Returns a time that is written out. Raises `ValueError` for what is no full date."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if not any(form.search(text) for form in (_YEAR, _DIGITS_DATE, _YEAR_FIRST, _NAMED_MONTH)):
            raise
    text = text.replace("\u202f", " ").replace(" at ", " ")
    year_first = _YEAR_FIRST.match(text)
    if year_first:
        # In this order alone: the parser would take 2024-13-01 for 13 January, and 2024-05-01 for 5 January.
        year, month, day = map(int, year_first.groups())
        text = f"{date(year, month, day)} {text[year_first.end() :]}"
        day_first = False
    # What a text does not say, the parser takes from `default`: of two defaults it would make two dates, so that a
    # date of which a part is missing shows.
    defaults = (datetime(1904, 1, 1), datetime(1908, 2, 2))
    try:
        moments = [
            date_parser.parse(text, default=default, dayfirst=day_first, tzinfos=_zone)
            for default in defaults
        ]
    except date_parser.ParserError:  # it knows English months alone
        moments = list(filter(None, [date_of_heading(text)]))
        if not moments:
            raise
    if len(set(moments)) > 1:
        raise ValueError(f"{text} lacks a part of its date")
    return datetime.fromisoformat(moments[0].isoformat())


def _zone(name: str | None, offset: int | None) -> tzinfo | None:
    """Returns the zone of an offset in seconds; names of zones ("IST") mean several and are taken for none."""
    return timezone(timedelta(seconds=offset)) if offset is not None else None


def is_day_first(texts: Iterable[str], default: bool = True, *, in_order: bool = True) -> tuple[bool, bool]:
    """Returns whether dates in digits ("04/02/23") begin with the day, and whether the dates themselves tell: by a
    number above 12, by points (nowhere does the month come first then), else by the order in which they come in all
    but a few, where they are `in_order`. Where they do not tell, `default` holds."""
    pairs = []
    for text in texts:
        match = _DIGITS_DATE.search(text)
        if match and len(match[1]) <= 2:
            pairs.append((int(match[1]), int(match[2]), int(match[3]) % _CENTURY, "." in match[0]))
    firsts, seconds = sum(a > 12 for a, *_ in pairs), sum(b > 12 for _, b, *_ in pairs)
    # By number, not by whether there is one: a date that is mistyped must not turn the rest.
    if firsts != seconds:
        return firsts > seconds, True
    if pairs and all(is_dotted for *_, is_dotted in pairs):
        return True, True
    as_day_first = _steps_back([(year, month, day) for day, month, year, _ in pairs])
    as_month_first = _steps_back([(year, day, month) for day, month, year, _ in pairs])
    if in_order and as_day_first != as_month_first:
        return as_day_first < as_month_first, True
    return default, all(day == month for day, month, *_ in pairs)


def date_order(texts: Iterable[str], report: ReadReport, *, in_order: bool = False) -> bool:
    """Does what `is_day_first` does for the dates of a file, and notes it where they do not tell. The month then
    comes first in the American way of writing alone: without zeros, by the clock of twelve hours with "AM" and "PM"
    (CLDR's short format; English elsewhere has "am" and "pm", Spanish "a. m.")."""
    dates = [text for text in texts if (match := _DIGITS_DATE.search(text)) and len(match[1]) <= 2]
    is_american = bool(dates) and all(map(_AMERICAN.match, dates))
    day_first, is_certain = is_day_first(dates, not is_american, in_order=in_order)
    either_way = [date for date in map(_DIGITS_DATE.search, dates) if date and _may_be_either(date)]
    if either_way and not is_certain:
        report.remark(
            f"Dates such as {either_way[0][0]} were read as {_ORDERS[day_first]}, since nothing in the file tells. "
            f"If that is wrong, write them as 2024-05-31."
        )
    return day_first


def _may_be_either(date_match: re.Match[str]) -> bool:
    leading, middle = int(date_match[1]), int(date_match[2])
    return leading != middle and max(leading, middle) <= 12


def _is_otherwise(text: str, day_first: bool) -> bool:
    """Says whether a date in digits can only be read in the other order."""
    match = _DIGITS_DATE.search(text)
    return match is not None and len(match[1]) <= 2 and int(match[2 if day_first else 1]) > 12


def _steps_back(days: Sequence[tuple[int, int, int]]) -> int:
    """Returns how often a day is followed by an earlier one."""
    return sum(day > following for day, following in pairwise(days))


def date_in_name(name: str) -> datetime | None:
    """Returns the date, and the time where there is one, that a file's name has ("2024-02-03.md",
    "GMT20240315-140000_Recording.vtt"); None where it has none, or several."""
    matches = list(_DATE_IN_NAME.finditer(name))
    if len(matches) != 1:
        return None
    year, _, month, day, hour, minute = matches[0].groups()
    try:
        return datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=UTC)
    except ValueError:
        return None


def in_time_order(messages: Iterable[Message]) -> list[Message]:
    """Returns messages in the order of their times; one without a time stays behind the one before it."""
    keyed: list[tuple[float, Message]] = []
    for message in messages:
        at = message.known_time
        keyed.append((at.timestamp() if at else keyed[-1][0] if keyed else float("-inf"), message))
    return [message for _, message in sorted(keyed, key=lambda each: each[0])]


def fill_times(messages: Sequence[Message], conversation_at: datetime | None = None) -> list[Message]:
    """Returns the messages of one conversation in their order, each that lacks a time with the nearest one that is
    known there: of the message before it, else of the one after it, else of the conversation. None is made up: where
    nothing is known, it stays open."""
    following: list[datetime | None] = [None] * len(messages)
    next_time: datetime | None = None
    for number in range(len(messages) - 1, -1, -1):
        following[number] = next_time
        next_time = messages[number].known_time or next_time
    filled: list[Message] = []
    last: datetime | None = None
    for message, after in zip(messages, following, strict=True):
        at = message.at or last or after or conversation_at
        filled.append(message if message.at else replace(message, at=at))
        last = message.known_time or last
    return filled
