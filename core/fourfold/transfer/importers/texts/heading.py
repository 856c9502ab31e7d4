"""The day that the head of a text names: "Weekly sync 2025-03-10", "Notes of 10 March 2025"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from fourfold.language.dates import find_times
from fourfold.language.languages import languages

_LONGEST_HEAD = 300
"""Characters of what is a head, and no text that tells of some day. A guess, not measured."""
_HAS_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_ANCHOR = datetime(2000, 1, 1, tzinfo=UTC)
"""What relative dates are counted from; those are then not used, as a head is to name its day in full."""


def date_of_heading(head: str) -> datetime | None:
    """Returns the one day that a head names with its year, and the time of day if it has one; None where it names
    none or several."""
    if len(head) > _LONGEST_HEAD or not _HAS_YEAR.search(head):
        return None
    days = set()
    for language in languages().values():
        for mention in find_times(head, _ANCHOR, language):
            start, end = mention.interval.start, mention.interval.end
            if start and end and end - start <= timedelta(days=1) and str(start.year) in head:
                days.add(start.date())
    if len(days) != 1:
        return None
    (day,) = days
    clocks = _CLOCK.findall(head)
    hour, minute = map(int, clocks[0]) if len(clocks) == 1 else (0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
