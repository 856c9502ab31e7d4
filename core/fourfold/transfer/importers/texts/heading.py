"""The day that the head of a text names: "Weekly sync 2025-03-10", "Notes of 10 March 2025"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from fourfold.language.dates import find_times
from fourfold.language.languages import languages

_LONGEST_HEAD = 300
"""Characters of what is a head, and no text that tells of some day. A guess, not measured."""
_HAS_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])")
_ANCHOR = datetime(2000, 1, 1, tzinfo=UTC)
"""What relative dates are counted from; those are then not used, as a head is to name its day in full."""


def date_of_heading(head: str) -> datetime | None:
    """Returns the one day that a head names with its year, and the time of day if it has one; None where it names
    none or several."""
    if len(head) > _LONGEST_HEAD or not _HAS_YEAR.search(head):
        return None
    # Without the time of day, which may stand within the date: "Sat Feb 04 10:00:00 2023".
    days = {day for day in _days(" ".join(_CLOCK.sub(" ", head).split())) if str(day.year) in head}
    if len(days) != 1:
        return None
    (day,) = days
    clocks = [match.groups() for match in _CLOCK.finditer(head)]
    hour, minute = map(int, clocks[0]) if len(clocks) == 1 else (0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@lru_cache(maxsize=1024)
def is_day(label: str) -> bool:
    """Says whether a label is that of a day, as a diary has it: "Monday", "10 March"."""
    return next(_days(f"on {label}"), None) is not None or next(_days(label), None) is not None


def _days(text: str) -> Iterator[date]:
    """Yields the days that a text names, in whatever language."""
    for language in languages().values():
        for mention in find_times(text, _ANCHOR, language):
            start, end = mention.interval.start, mention.interval.end
            if start and end and end - start <= timedelta(days=1):
                yield start.date()
