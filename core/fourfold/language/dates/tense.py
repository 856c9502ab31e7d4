"""Whether a text tells of a time as past or as to come: by the verb of the clause that the phrase stands in.

Knows the forms of a language (`fourfold.language.pack.TenseGrammar`), not what its verbs mean.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from enum import Enum, auto
from functools import cache, cached_property

from fourfold.language.pack import TenseGrammar, compiled

_WINDOW = 160
"""Characters of a clause that are read to each side of a phrase. A guess, not measured."""
_WIDENINGS = 3
"""Neighbouring clauses that are read with one that has no room for a verb. A guess, not measured."""


class Direction(Enum):
    """Where a time without a year of its own lies, seen from when it was said."""

    PAST = auto()
    FUTURE = auto()
    UNMARKED = auto()
    """No form tells: to come ("Friday: dentist"), unless it has only just been."""
    NEAREST = auto()
    """The phrase stands alone, or asks."""
    EITHER = auto()
    """The verb is present and past alike: a day of the week is to come, a date is the nearest."""
    RECURRING = auto()
    """On every such day or month: none of them is meant."""


AHEAD = frozenset({Direction.FUTURE, Direction.UNMARKED, Direction.EITHER})
"""Directions in which a day of the week is the coming one."""


_DIRECTIONS = {"past": Direction.PAST, "future": Direction.FUTURE, "either": Direction.EITHER}


class _Spans:
    """Matches of a pattern in a text, in order, looked up by place."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        matches = [
            (match.start(), match.end(), match.lastgroup or "")
            for match in pattern.finditer(text)
            if match.lastgroup or not pattern.groups  # of forms, not what only looks like one
        ]
        self._matches = matches
        self._starts = [start for start, _, _ in matches]
        self._ends = [end for _, end, _ in matches]

    def end_before(self, place: int, default: int) -> int:
        """Returns the end of the last match that ends at or before `place`."""
        at = bisect_right(self._ends, place)
        return max(default, self._ends[at - 1]) if at else default

    def start_after(self, place: int, default: int) -> int:
        """Returns the start of the first match that starts at or after `place`."""
        at = bisect_left(self._starts, place)
        return min(default, self._starts[at]) if at < len(self._starts) else default

    def any_within(self, left: int, right: int) -> bool:
        at = bisect_left(self._starts, left)
        return at < len(self._ends) and self._ends[at] <= right

    def head_end_before(self, place: int, left: int, text: str) -> int | None:
        """Returns the end of the last match that starts in `[left, place)`; of one that reaches over `place` ("haben
        ... gebucht"), that of its first word. None where there is none."""
        at = bisect_left(self._starts, place) - 1
        if at < 0 or self._starts[at] < left:
            return None
        if self._ends[at] <= place:
            return self._ends[at]
        start = self._starts[at]
        return start + len(text[start:place].split(" ", 1)[0])

    def nearest(self, left: int, start: int, end: int, right: int) -> str:
        """Returns the name of the match in `[left, right)` that is nearest to `[start, end)` or reaches over it; ""
        where there is none. What lies inside `[start, end)` does not count."""
        before = bisect_right(self._starts, start - 1) - 1
        after = bisect_left(self._starts, end)
        candidates = []
        if before >= 0 and self._starts[before] >= left:
            candidates.append((max(0, start - self._ends[before]), self._matches[before][2]))
        if after < len(self._starts) and self._ends[after] <= right:
            candidates.append((self._starts[after] - end, self._matches[after][2]))
        return min(candidates)[1] if candidates else ""


class TenseReader:
    """Reads the direction of phrases of one text, in time that grows with its length and not with its square."""

    def __init__(self, text: str, grammar: TenseGrammar, asked: bool = False) -> None:
        """`asked`: the text is a question, in which what is not marked as to come need not be."""
        self._text = text
        self._grammar = grammar
        self._asked = asked

    def direction(self, start: int, end: int) -> Direction:
        """Returns the direction of the phrase at `[start, end)`. What no form marks as past is to come: "We fly on
        Friday"."""
        left, right = self._clause(start, end)
        if self._recurring.any_within(left, right):
            return Direction.RECURRING
        form = self._forms.nearest(left, start, end, right)
        if not form and self._is_verbless(left, start, end, right):
            left = self._borders.end_before(left - 1, self._sentence_start(start))
            form = self._forms.nearest(left, start, end, right)
        if self._begins(self._grammar.ahead, start, end):
            # "Booked for Friday": done by now, but not what it is about. "For Easter we went": it is.
            past = self._forms.nearest(end, end, end, right) == "past"
            return Direction.PAST if past else Direction.FUTURE
        if self._begins(self._grammar.deadline, start, end):
            # "He promised to send it by Friday": what is to be done by then lay ahead of him, and mostly of us.
            past = form == "past" and not self._infinitives.any_within(left, right)
            return Direction.PAST if past else Direction.FUTURE
        if form != "past" and self._habits.any_within(left, right):
            return Direction.RECURRING
        arranged = self._arranged_direction(form, left, start, end, right)
        if arranged is not None:
            return arranged
        alone = self._asked or not self._words_beside(left, start, end, right)
        return _DIRECTIONS.get(form) or (Direction.NEAREST if alone else Direction.UNMARKED)

    def denies(self, start: int, end: int) -> bool:
        """Whether the phrase is denied as a time ("not on Tuesday"); "not until Friday" is Friday."""
        return self._begins(self._grammar.denied, start, end) and not self._begins(
            self._grammar.deadline, start, end
        )

    def in_one_sentence(self, start: int, other_start: int) -> bool:
        low, high = sorted((start, other_start))
        return self._sentences.end_before(high, 0) <= low

    def _is_verbless(self, left: int, start: int, end: int, right: int) -> bool:
        """Whether the clause leaves its verb to the one before ("I smoked again, two at the party on Saturday")."""
        if not self._grammar.verbless or self._text[end:right].strip(_POINTS):
            return False
        clause = self._text[left:start].strip()
        return compiled(self._grammar.verbless).fullmatch(clause) is not None

    def _sentence_start(self, place: int) -> int:
        return self._sentences.end_before(place, max(0, place - _WINDOW))

    def _arranged_direction(self, form: str, left: int, start: int, end: int, right: int) -> Direction | None:
        """Returns the direction of what was arranged by now; None where nothing was."""
        if form == "past" and self._is_goal(left, start, end, right):
            return Direction.UNMARKED
        done = form in {"past", "either"}
        if done and self._engaged.any_within(left, right) and self._behind_object(left, start):
            return Direction.UNMARKED
        if form == "past" and self._arranged.any_within(left, right):
            return Direction.EITHER
        return None

    def _is_goal(self, left: int, start: int, end: int, right: int) -> bool:
        """Whether something was put to that time ("moved to 5 May"), no end of a range ("2 May to 5 May")."""
        preposition = self._preposition(self._grammar.goal, start, end)
        if preposition is None:
            return False
        date = _DATE_BEFORE_LINK.search(self._text, max(left, start - _LINK_WINDOW), start)
        # "5 May to", not "2.1 slipped to"
        if date is not None and not self._forms.any_within(date.start(), start):
            return False
        alone = preposition.lastgroup != "alone" or not self._text[end:right].strip(_POINTS)
        return alone or self._arranged.any_within(left, right)

    def _behind_object(self, left: int, start: int) -> bool:
        """Whether a noun phrase parts the time from the verb before it ("We booked a trip in May"); with none, the
        time is that of the verb ("We booked in May")."""
        verb_end = self._forms.head_end_before(start, left, self._text)
        return verb_end is not None and len(_WORD.findall(self._text[verb_end:start])) > 1

    def _clause(self, start: int, end: int) -> tuple[int, int]:
        """Returns the clause around a phrase, or more of its sentence where that has no room for a verb ("In March,
        two years later, she left")."""
        first = self._sentence_start(start)
        last = self._sentences.start_after(end, min(len(self._text), end + _WINDOW))
        left, right = self._borders.end_before(start, first), self._borders.start_after(end, last)
        for _ in range(_WIDENINGS):
            if self._words_beside(left, start, end, right) > 1 or (left, right) == (first, last):
                break
            left = self._borders.end_before(left - 1, first)
            right = self._borders.start_after(right + 1, last) if right < last else last
        return left, right

    def _words_beside(self, left: int, start: int, end: int, right: int) -> int:
        """Returns how many words stand near the phrase in its clause: a subject and a verb take two."""
        text = self._text
        beside = f"{text[max(left, start - 40) : start]}\n{text[end : min(right, end + 40)]}"
        return len(_WORD.findall(beside))

    def _begins(self, preposition: str, start: int, end: int) -> bool:
        return self._preposition(preposition, start, end) is not None

    def _preposition(self, preposition: str, start: int, end: int) -> re.Match[str] | None:
        """Returns the preposition that the phrase begins with, or that stands right before it; else None."""
        if not preposition:
            return None
        before = compiled(rf"(?:{preposition})\W*\Z")
        return compiled(preposition).match(self._text, start, end) or before.search(
            self._text, max(0, start - 24), start
        )

    @cached_property
    def _sentences(self) -> _Spans:
        return _Spans(_SENTENCE, self._text)

    @cached_property
    def _borders(self) -> _Spans:
        return _Spans(compiled(self._grammar.border), self._text)

    @cached_property
    def _recurring(self) -> _Spans:
        return _Spans(compiled(self._grammar.recurring), self._text)

    @cached_property
    def _habits(self) -> _Spans:
        return _Spans(compiled(self._grammar.habitual), self._text)

    @cached_property
    def _infinitives(self) -> _Spans:
        return _Spans(compiled(self._grammar.infinitive), self._text)

    @cached_property
    def _arranged(self) -> _Spans:
        return _Spans(compiled(self._grammar.arranged), self._text)

    @cached_property
    def _engaged(self) -> _Spans:
        return _Spans(compiled(self._grammar.engaged), self._text)

    @cached_property
    def _forms(self) -> _Spans:
        return _Spans(_form_pattern(self._grammar), self._text)


@cache
def _form_pattern(grammar: TenseGrammar) -> re.Pattern[str]:
    # One pattern, in this order: what a form of the future took ("will be closed") is no past any more.
    neither = grammar.neither or _NEVER
    return compiled(
        rf"(?:{neither})|(?P<future>{grammar.future})|(?P<past>{grammar.past})|(?P<either>{grammar.either or _NEVER})"
    )


_NEVER = r"(?!)"
_LINK_WINDOW = 24
"""Characters before a phrase that hold a preposition and the date before it; a guess, not measured."""
_DATE_BEFORE_LINK = re.compile(
    r"\d\w*\W*(?:de |of )?(?:[^\W\d]{3,}\W+)?[^\W\d]{1,3}\W*(?:the |el |dem |den )?\Z", re.IGNORECASE
)
"""The day of a date right before such a preposition: "5 May to"."""
_POINTS = " \t.,;:!?()…。，！？；：”“\"'’了"
_WORD = re.compile(r"[\u3040-\u9fff]|[^\W\d_]['’\w]*")
_SENTENCE = re.compile(r"[!?;\n。！？；…]|\.(?=\s+[^\W\d_]|\s*$)(?<!\d\.)")


def tells_of_past(text: str, grammar: TenseGrammar) -> bool:
    """Tells whether a short text, such as a question, speaks of what was alone."""
    plain = compiled(grammar.neither).sub(" ", text)
    return compiled(grammar.future).search(plain) is None and compiled(grammar.past).search(plain) is not None
