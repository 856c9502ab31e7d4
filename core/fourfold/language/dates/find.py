"""Finds the times of a text, by the grammar of its language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import zip_longest

from fourfold.language.dates import english
from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.phrases import compiled_grammar
from fourfold.language.dates.tense import TenseReader
from fourfold.language.languages import ENGLISH
from fourfold.language.pack import Language, TenseGrammar, compiled

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
        mentions = english.find_times(text, anchor, years, tense=language.tense)
    else:
        mentions = compiled_grammar(language.dates).find_times(text, anchor, years, language.tense)
    if len(mentions) < 2:
        return mentions
    mentions = _without_named_twice(text, mentions)
    if language.tense is None:
        return mentions
    mentions = _without_corrected(text, mentions, language.tense)
    return _without_denied(mentions, TenseReader(text, language.tense))


def _without_named_twice(text: str, mentions: list[TimeMention]) -> list[TimeMention]:
    """Returns the times but a name whose dates stand right behind it: "for Easter, 27 March to 5 April"."""
    return [
        mention
        for mention, following in zip_longest(mentions, mentions[1:])
        if following is None or not _is_dated_by(text, mention, following)
    ]


def _is_dated_by(text: str, name: TimeMention, dates: TimeMention) -> bool:
    """Whether `dates`, in digits, tell when `name` is: one of both lies within the other, or begins in it."""
    a, b = name.interval, dates.interval
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return False
    in_digits = re.compile(r"\d")
    written = in_digits.search(text, dates.start, dates.end) and not in_digits.search(
        text, name.start, name.end
    )
    between = _APPOSITION.fullmatch(text, name.end, dates.start)
    return bool(written and between) and a.start < b.end and b.start < a.end


_APPOSITION = re.compile(r"\s*[,:(（，：–—-]\s*(?:[^\W\d]{1,4} ){0,2}")
"""A mark, and what may stand before a date ("from the ", "vom ", "del ")."""


_PAUSE = r"[\s,;:.…–—，；：。-]"


def _without_corrected(text: str, mentions: list[TimeMention], grammar: TenseGrammar) -> list[TimeMention]:
    """Returns the times but those that are set right at once: "on Tuesday, no, Wednesday"."""
    between = compiled(rf"{_PAUSE}+(?:(?:{grammar.corrected or '(?!)'})\b{_PAUSE}*)+(?:[^\W\d]{{1,4}} )?")
    return [
        mention
        for mention, following in zip_longest(mentions, mentions[1:])
        if following is None or between.fullmatch(text, mention.end, following.start) is None
    ]


def _without_denied(mentions: list[TimeMention], reader: TenseReader) -> list[TimeMention]:
    """Returns the times but those that are denied beside another: "not on Tuesday but on Thursday". One that is
    denied alone still is what a text speaks of."""
    denied = [reader.denies(mention.start, mention.end) for mention in mentions]
    asserted = [mention for mention, is_denied in zip(mentions, denied, strict=True) if not is_denied]
    return [
        mention
        for mention, is_denied in zip(mentions, denied, strict=True)
        if not (is_denied and any(reader.in_one_sentence(mention.start, other.start) for other in asserted))
    ]
