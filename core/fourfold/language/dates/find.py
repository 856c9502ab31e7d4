"""Finds the times of a text, by the grammar of its language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fourfold.language.dates import english
from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.phrases import compiled_grammar
from fourfold.language.languages import ENGLISH
from fourfold.language.pack import Language


def find_times(
    text: str, anchor: datetime, language: Language, years: Iterable[int] = ()
) -> list[TimeMention]:
    """Returns all times in `text`, in order, none overlapping; of a language without a grammar, dates in digits
    alone.

    `anchor` (aware) is when it was said. With `years`, a date without a year stands for that date in each of them.
    """
    if language is ENGLISH:
        return english.find_times(text, anchor, years, tense=language.tense)
    return compiled_grammar(language.dates).find_times(text, anchor, tuple(years), language.tense)
