"""Finds the times a text speaks of and turns them into intervals. Knows calendars, not stores or models."""

from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.find import find_times
from fourfold.language.dates.spans import day_of, months_of, written_weekday

__all__ = [
    "TimeMention",
    "day_of",
    "find_times",
    "months_of",
    "written_weekday",
]
