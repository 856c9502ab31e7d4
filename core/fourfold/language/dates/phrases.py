"""Date grammars of other languages than English: phrases found by a few patterns a language, told in English, and
resolved by the English grammar.

A grammar (`fourfold.language.pack.DateGrammar`) is words and rules. In a rule's pattern `{month}` stands for any
word that is listed under "month", `{day}` and `{year}` for numbers, and a digit at the end tells two of a kind apart;
its English has the same names. What English has no time for is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from fourfold.language.dates.english import TimeMention
from fourfold.language.dates.english import find_times as find_english_times
from fourfold.language.dates.tense import Direction, TenseReader
from fourfold.language.dates.vocabulary import ANY_YEAR
from fourfold.language.pack import DATE_SLOT, NUMBER_SLOTS, DateGrammar, TenseGrammar


@dataclass(frozen=True, slots=True)
class CompiledGrammar:
    """The rules of a language, longer phrases first: what an earlier one took, no later one sees."""

    rules: tuple[tuple[re.Pattern[str], str], ...]
    words: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]

    def find_times(
        self, text: str, anchor: datetime, years: Sequence[int], tense: TenseGrammar | None
    ) -> list[TimeMention]:
        """Returns all times in `text`, in order, none overlapping; see `fourfold.language.dates.find_times`."""
        mentions: list[TimeMention] = []
        readings: dict[tuple[str, Direction], list[TimeMention]] = {}
        covered = [False] * (len(text) + 1)
        reader = TenseReader(text, tense, asked=bool(years)) if tense else None
        for pattern, english in self.rules:
            for match in pattern.finditer(text):
                if any(covered[match.start() : match.end()]):
                    continue
                covered[match.start() : match.end()] = [True] * (match.end() - match.start())
                direction = reader.direction(*match.span()) if reader else Direction.NEAREST
                told = self._in_english(match, english), direction
                if told not in readings:
                    readings[told] = find_english_times(told[0], anchor, years, direction=direction)
                mentions += [
                    TimeMention(match.start(), match.end(), time.interval) for time in readings[told]
                ]
        return sorted(mentions, key=lambda mention: mention.start)

    def _in_english(self, match: re.Match[str], english: str) -> str:
        def fill_slot(slot: re.Match[str]) -> str:
            word = match[slot[1] + slot[2]]
            return "" if word is None else self._word(slot[1], word)

        return " ".join(DATE_SLOT.sub(fill_slot, english).split())

    def _word(self, kind: str, word: str) -> str:
        forms = self.words.get(kind, ())
        # A number stays as it is: its form has no English.
        return next((english for form, english in forms if form.fullmatch(word)), "") or word


@cache
def compiled_grammar(grammar: DateGrammar | None) -> CompiledGrammar:
    """Returns `grammar` compiled, once a process; without one, that of dates in digits."""
    words = grammar.words if grammar else {}
    alternatives = {
        kind: "|".join(sorted(forms, key=len, reverse=True)) for kind, forms in words.items()
    } | NUMBER_SLOTS
    border = r"\w/" if grammar is None or grammar.spaced else r"\d"

    def compile_rule(pattern: str) -> re.Pattern[str]:
        # Beside a month four digits are a year, whichever: "am 14. Oktober 1066".
        years = {"year": ANY_YEAR} if "{month" in pattern or "<number" in pattern else {}
        slots = alternatives | years
        inside = DATE_SLOT.sub(lambda slot: f"(?P<{slot[1]}{slot[2]}>{slots[slot[1]]})", pattern)
        return re.compile(rf"(?<![{border}])(?:{inside})(?![{border}])", re.IGNORECASE)

    return CompiledGrammar(
        rules=tuple(
            (compile_rule(pattern), english)
            for pattern, english in (*_NUMERIC_RULES, *(grammar.rules if grammar else ()))
        ),
        words={
            kind: tuple((re.compile(form, re.IGNORECASE), english) for form, english in forms.items())
            for kind, forms in words.items()
        },
    )


_NUMERIC_RULES = (
    (
        r"{year}[-/](?P<number>\d\d?)[-/](?P<number2>\d\d?)(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?",
        "{year}-{number}-{number2}",
    ),
    (r"{number}[./]{number2}[./](?P<year>[1-9]\d{3}|\d\d)", "{number}.{number2}.{year}"),
    (r"(?<=\(){year}(?=\))", "in {year}"),
)
"""What needs no words: "2023-05-08", and "8.5.2023" and "8/5/2023", the day first. They come before any rule of a
language, so that none cuts such a date in two."""
