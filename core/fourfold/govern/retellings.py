"""Finds units that tell of one event: in two messages, by two people, once as "yesterday" and once by its date.

Only by their words, in their order, and only where the one adds nothing to the other: token vectors put "I met Ben's
sister" as near to "I met Ben" (0.80) as they put real retellings (0.60 to 0.95 of eleven that were tried).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from fourfold.language.dates import day_of, find_times
from fourfold.language.enrichment import enriched
from fourfold.language.languages import any_pattern
from fourfold.language.pack import Language, compiled, search
from fourfold.language.text import Word, terms, words
from fourfold.values.units import Interval, Modality, Unit

_LEAST_WORDS = 3
"""Words that carry meaning, the subject among them, that a telling must have: two are soon said of two events. A
guess."""
_LEAST_UNDATED = 4
"""The same for one that names no time, and is taken to be of the day on which it was said. A guess."""
_LONGEST_TEXT = 60
"""Words of a unit from which it says more than can be compared. A guess."""
_LONGEST_SPAN = timedelta(days=7)
"""Time within which the same words are of one event: in a longer one a thing may well happen twice, but where both
name the very same time. A guess."""
_SPEAKER = "<speaker>"
"""The subject of what a speaker without a name says of himself."""
_BORDER = re.compile(r"[,;:.!?()–—]|\s-\s")


def retellings(units: Sequence[Unit], language: Language) -> dict[str, list[Unit]]:
    """Returns which of `units` tell of one event: by the id of the one that tells most of it, the others. Units that
    tell of an event alone are left out."""
    tellings = [enriched("comparison", unit.text, None, _telling, unit, language) for unit in units]
    fullest_first = sorted(
        (telling for telling in tellings if telling and _can_be_compared(telling)),
        key=lambda telling: (-len(telling.words), telling.end - telling.start, telling.unit.said_order),
    )
    told: dict[str, list[Unit]] = {}
    by_day: dict[object, list[_Telling]] = defaultdict(list)
    for telling in fullest_first:
        fuller = [each for day in telling.days() for each in by_day[day]]
        event = next((each for each in fuller if _is_told_by(telling, each)), None)
        if event is not None:
            told.setdefault(event.unit.id, []).append(telling.unit)
            continue
        for day in telling.days():
            by_day[day].append(telling)
    return told


@dataclass(frozen=True, slots=True, eq=False)
class _Telling:
    """A unit as it is compared: when it took place, and its words without those that name the time."""

    unit: Unit
    start: datetime
    end: datetime
    text: str
    words: tuple[Word, ...]
    """Those that carry meaning; a speaker's "I" has the stem of his name."""
    relations: frozenset[tuple[str, str]]
    """Words of relation ("from"), each with the stem of the word behind it."""
    persons: frozenset[str]
    denies: bool

    def days(self) -> Iterator[object]:
        """Yields the days on which it may have taken place; of a long time, that time."""
        if self.end - self.start > _LONGEST_SPAN:
            yield self.start, self.end
            return
        day = self.start
        while day < self.end:
            yield day.date()
            day += timedelta(days=1)

    @property
    def stems(self) -> list[str]:
        return [word.stem for word in self.words]


def _can_be_compared(telling: _Telling) -> bool:
    least = _LEAST_WORDS if telling.unit.occurred is not None else _LEAST_UNDATED
    return len(telling.words) >= least and len(telling.unit.text.split()) <= _LONGEST_TEXT


def _telling(unit: Unit, language: Language) -> _Telling | None:
    """Returns a unit as it is compared; None for one of which nobody knows when it took place, or that has no end,
    and in a language of which nobody said what denies."""
    span = unit.occurred or _day_said(unit)
    if span is None or span.start is None or span.end is None or span.end.year == MAXYEAR:
        return None
    if not language.negation:
        return None
    text = unit.claim
    for mention in reversed(find_times(text, unit.mentioned_at, language)):
        text = f"{text[: mention.start]},{text[mention.end :]}"
    grammar = language.succession
    all_words = words(text, language)
    persons = {} if grammar is None else grammar.persons
    return _Telling(
        unit,
        span.start,
        span.end,
        text,
        tuple(_carrying(all_words, unit.speaker or "", language)),
        frozenset(_relations(all_words, language)),
        frozenset(persons[word.text.casefold()] for word in all_words if word.text.casefold() in persons),
        search(language.negation, text) is not None,
    )


def _day_said(unit: Unit) -> Interval | None:
    # The first and the last day of the calendar may be outside of it in UTC.
    if unit.mentioned_at is None or unit.mentioned_at.year in (MINYEAR, MAXYEAR):
        return None
    return Interval(*day_of(unit.mentioned_at))


def _carrying(all_words: Sequence[Word], speaker: str, language: Language) -> Iterator[Word]:
    """Yields the words that carry meaning, and for the first "I" or "my" the name of the speaker."""
    first_person = compiled(any_pattern("first_person"))
    light = "" if language.succession is None else language.succession.light
    is_named = False
    for word in all_words:
        if not word.stem and first_person.match(word.text):
            if not is_named:
                yield replace(word, stem=next(iter(terms(speaker, language)), _SPEAKER))
            is_named = True
        elif word.stem and not (light and compiled(light).fullmatch(word.text)):
            yield word


def _relations(all_words: Sequence[Word], language: Language) -> Iterator[tuple[str, str]]:
    following = ""
    for word in reversed(all_words):
        if word.text.casefold() in language.relation_words:
            yield word.text.casefold(), following
        following = word.stem or following


def _is_told_by(telling: _Telling, fuller: _Telling) -> bool:
    """Whether `fuller` tells of the event that `telling` tells of, and of all that `telling` says of it."""
    ahead = (Modality.PLAN, Modality.WISH)
    return (
        (telling.unit.modality in ahead) == (fuller.unit.modality in ahead)
        and telling.denies == fuller.denies
        and _is_same_time(telling, fuller)
        and telling.relations <= fuller.relations
        and (not telling.persons or not fuller.persons or telling.persons == fuller.persons)
        and any(_stands_apart(fuller, at, len(telling.words)) for at in _places(telling.stems, fuller.stems))
    )


def _is_same_time(a: _Telling, b: _Telling) -> bool:
    if (a.start, a.end) == (b.start, b.end):
        return True
    narrow, wide = sorted((a, b), key=lambda telling: telling.end - telling.start)
    is_within = wide.start <= narrow.start and narrow.end <= wide.end
    return is_within and wide.end - wide.start <= _LONGEST_SPAN


def _places(stems: Sequence[str], fuller: Sequence[str]) -> Iterator[int]:
    """Yields where `stems` stand in `fuller` with nothing between them, in the same order but for one of them ("ran
    the marathon in Porto", "ran the Porto marathon")."""
    in_any_order = sorted(stems)
    for at in range(len(fuller) - len(stems) + 1):
        stretch = fuller[at : at + len(stems)]
        if sorted(stretch) == in_any_order and _longest_in_common(stems, stretch) >= len(stems) - 1:
            yield at


def _longest_in_common(a: Sequence[str], b: Sequence[str]) -> int:
    """Returns the length of the longest common subsequence."""
    lengths = [0] * (len(b) + 1)
    for stem in a:
        before = lengths[:]
        for at, other in enumerate(b):
            lengths[at + 1] = before[at] + 1 if stem == other else max(lengths[at], before[at + 1])
    return lengths[-1]


def _stands_apart(telling: _Telling, at: int, length: int) -> bool:
    """Whether what a telling says beside the `length` words from `at` on is parted from them: not "Ben's sister",
    nor "nearly ran"."""
    end = at + length
    is_begun = at == 0 or _BORDER.search(_between(telling, at - 1, at)) is not None
    return is_begun and (end == len(telling.words) or not _between(telling, end - 1, end).isspace())


def _between(telling: _Telling, before: int, after: int) -> str:
    return telling.text[telling.words[before].end : telling.words[after].start]
