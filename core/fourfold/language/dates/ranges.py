"""What a phrase with two ends means that names its month or its year once: "between May and July", "Monday to
Friday"."""

from __future__ import annotations

import re
from datetime import datetime

from fourfold.language.dates.spans import DAY, Span, at, coming_weekday, day_of, months_of
from fourfold.language.dates.tense import AHEAD, Direction
from fourfold.language.dates.vocabulary import WEEKDAY_NUMBERS, month_number
from fourfold.language.dates.years import Reading, meant_years, step_of

_FRIDAY = 4
_MOVED = re.compile(
    r"\b(?:mov|push|shift|chang|reschedul|postpon|switch|delay|brought|put)\w*(?: \w+){0,3} $", re.IGNORECASE
)
"""What makes of the two ends of a range an old value and a new one."""
_LONGEST_MOVE = 40
"""Characters before a range in which its verb is looked for. A guess, not measured."""


def resolve_days(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "3 to 7 May", "May 3-7"."""
    groups = match.groupdict()
    month, first_day, last_day = month_number(groups["m"]), int(groups["d"]), int(groups["e"])
    # A range that has begun is of this year, and so is one that has not ended.
    decisive_day = last_day if reading.direction in AHEAD else first_day
    return [
        (at(anchor, year, month, first_day), at(anchor, year, month, last_day) + DAY)
        for year in meant_years(groups, anchor, reading, (month, decisive_day))
        if first_day <= last_day
    ]


def resolve_months(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "from November to February": the year that is written is that of its end."""
    groups = match.groupdict()
    first_month, last_month = month_number(groups["m"]), month_number(groups["m2"])
    over_new_year = first_month > last_month
    # What is to come has not ended, what is past has begun.
    by_end = bool(groups.get("y") or groups.get("ry")) or reading.direction in AHEAD
    decisive_month = last_month if by_end else first_month
    return [
        (
            months_of(anchor, year - (over_new_year and by_end), first_month, 1)[0],
            months_of(anchor, year + (over_new_year and not by_end), last_month, 1)[1],
        )
        for year in meant_years(groups, anchor, reading, (decisive_month, 0))
    ]


def resolve_weekdays(match: re.Match[str], anchor: datetime, reading: Reading) -> list[Span]:
    """Resolves "from Tuesday to Thursday": the last such days that are over, or the next that begin; of what was
    moved so, the new day. "Monday to Friday" alone is every week."""
    groups = match.groupdict()
    which = groups.get("which")
    first, last = (WEEKDAY_NUMBERS[match[name].lower()] for name in ("w", "w2"))
    begins = match.group().lower().startswith(("from", "between"))
    is_working_week = first == 0 and last >= _FRIDAY and not begins and not which
    if reading.direction is Direction.RECURRING or (
        is_working_week and reading.direction is not Direction.PAST
    ):
        return []
    length = (last - first) % 7 * DAY
    today = day_of(anchor)[0]
    before = max(0, match.start() - _LONGEST_MOVE)
    if begins and not which and _MOVED.search(match.string, before, match.start()):
        return [coming_weekday(today, last)]
    if which:
        start = today - today.weekday() * DAY + (7 * step_of(which) + first) * DAY
    elif reading.direction in AHEAD:
        start = today + ((first - today.weekday() - 1) % 7 + 1) * DAY
    else:
        start = today - ((today.weekday() - last - 1) % 7 + 1) * DAY - length
    return [(start, start + length + DAY)]
