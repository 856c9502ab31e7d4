"""Finds the times of a text, by the grammar of its language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from fourfold.language.dates import english
from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.phrases import compiled_grammar
from fourfold.language.languages import ENGLISH
from fourfold.language.pack import Language

_ANY_DAYS = (datetime(2016, 3, 9, tzinfo=UTC), datetime(2025, 10, 13, tzinfo=UTC))
"""Two days that share neither year, month, day nor weekday: what means the same time said on either was dated by
the text alone. Both lie in the years that digital notes are of, so that "13/5/23" still is of 2023."""


def find_times(
    text: str, anchor: datetime | None, language: Language, years: Iterable[int] = ()
) -> list[TimeMention]:
    """Returns all times in `text`, in order, none overlapping; of a language without a grammar, dates in digits
    alone.

    `anchor` (aware) is when it was said. Where nobody knows that (None), only what needs no such day is a time:
    "on 3 May 2021", not "yesterday", nor "on 3 May". With `years`, a date without a year stands for that date in
    each of them.
    """
    if anchor is not None:
        return _find_times(text, anchor, language, tuple(years))
    first_reading, second_reading = (_find_times(text, day, language, ()) for day in _ANY_DAYS)
    return [mention for mention in first_reading if mention in second_reading]


def _find_times(text: str, anchor: datetime, language: Language, years: tuple[int, ...]) -> list[TimeMention]:
    if language is ENGLISH:
        return english.find_times(text, anchor, years, tense=language.tense)
    return compiled_grammar(language.dates).find_times(text, anchor, years, language.tense)
