"""Finds the times of a text, by the grammar of its language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib import import_module

from fourfold.language.dates import english
from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.phrases import NUMERIC, Grammar
from fourfold.language.languages import ENGLISH, Language

_GRAMMARS = {"de": "german", "fr": "french", "es": "spanish", "zh": "chinese"}


def find_times(
    text: str, anchor: datetime, language: Language, years: Iterable[int] = ()
) -> list[TimeMention]:
    """Returns all times in `text`, in order, none overlapping; of a language without a grammar, dates in digits
    alone.

    `anchor` (aware) is when it was said. With `years`, a date without a year stands for that date in each of them.
    """
    if language == ENGLISH:
        return english.find_times(text, anchor, years)
    return _grammar(language.code).find_times(text, anchor, tuple(years))


@cache
def _grammar(code: str) -> Grammar:
    if code not in _GRAMMARS:
        return NUMERIC
    grammar: Grammar = import_module(f"fourfold.language.dates.{_GRAMMARS[code]}").GRAMMAR
    return grammar
