"""Which year a date without one is of: by the tense of its sentence, by "last" and "next", else the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fourfold.language.dates.tense import Direction

_JUST_BEEN = 21
"""Days for which a date that no form puts ahead is the one just past. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase is read with, besides its words and when it was said."""

    direction: Direction
    years: tuple[int, ...] = ()
    """The years that a question asks for where it names none."""

    @property
    def is_open(self) -> bool:
        """Whether it is that of a question that tells neither of what was nor of what is to come: with "on Tuesday",
        it asks for the last one and for the next one."""
        return bool(self.years) and self.direction in {Direction.NEAREST, Direction.EITHER}


def meant_years(
    groups: dict[str, str | None], anchor: datetime, reading: Reading, date: tuple[int, int]
) -> tuple[int, ...]:
    """Returns the years that a date is of: the one written ("2019", "last year"), those asked for, or by the
    direction of its sentence the last one, the next one, or the nearest. A whole month is day 0."""
    year_text, relative = groups.get("y"), groups.get("ry")
    if year_text or relative:
        return (int(year_text) if year_text else anchor.year + step_of(relative or ""),)
    if reading.years and reading.direction is not Direction.PAST:
        # What is to come may lie in a year in which nothing was said yet.
        return tuple(sorted({*reading.years, _directed_year(anchor, Direction.FUTURE, date)}))
    if reading.years or reading.direction is Direction.RECURRING:
        return reading.years
    return (_directed_year(anchor, reading.direction, date),)


def _directed_year(anchor: datetime, direction: Direction, date: tuple[int, int]) -> int:
    if direction is Direction.PAST:
        return anchor.year - (date > (anchor.month, anchor.day))
    if direction in {Direction.FUTURE, Direction.UNMARKED}:
        # "In May" said during May still means this one.
        current = date >= (anchor.month, anchor.day if date[1] else 0)
        just_been = direction is Direction.UNMARKED and _distance(anchor, anchor.year, *date) <= _JUST_BEEN
        return anchor.year + (not (current or just_been))
    candidates = (anchor.year + step for step in (-1, 0, 1))
    return min(candidates, key=lambda year: _distance(anchor, year, *date))


def step_of(which: str) -> int:
    """Returns -1 for the last one, 0 for this one, 1 for the next one."""
    word = which.lower().split()[-1]
    return {"next": 1, "coming": 1, "following": 1, "this": 0}.get(word, -1)


def relative_year(which: str, anchor: datetime, month: int, length: int = 1) -> int:
    """Returns the year of "last May", "next summer": the stretch of `length` months from `month` on."""
    match step_of(which):
        case 0:
            return anchor.year
        case 1:
            return anchor.year + (month <= anchor.month)
        case _:
            # "Last summer" said in July is the one before: the present one is not over.
            begun = month + length - 1 < anchor.month
            return anchor.year if begun else anchor.year - 1


def relative_day_year(which: str, anchor: datetime, month: int, day: int) -> int:
    """Returns the year of a day such as "last Christmas"."""
    passed = (month, day) < (anchor.month, anchor.day)
    match step_of(which):
        case 0:
            return anchor.year
        case 1:
            return anchor.year + passed
        case _:
            return anchor.year - (not passed)


def _distance(anchor: datetime, year: int, month: int, day: int) -> float:
    """Days from the anchor; those ahead count half as much again, since people mostly tell what was."""
    days = (year - anchor.year) * 365.25 + (month - anchor.month) * 30.4 + day - anchor.day
    return days * 1.5 if days > 0 else -days
