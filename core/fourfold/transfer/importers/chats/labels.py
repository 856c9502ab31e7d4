"""Labels before a colon: which of them name who speaks ("Ana: ..."), and which belong to what is said ("Price: 5
euros")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from fourfold.language.languages import matches_any
from fourfold.language.text import asking
from fourfold.transfer.importers.texts.heading import is_day

_NUMBERED = re.compile(
    r"(?:speaker|participant|person|guest|caller|voice|sprecher(?:in)?|hablante|locuteur) ?#?\w{1,3}", re.I
)
"""How software names voices that it cannot tell the owner of."""
_LONGEST_DAY = 30
"""Characters of a day with its month and year, and a word or two. A guess, not measured."""
_WORD = re.compile(r"[^\W\d_]+")
_FIRST_SIGN = re.compile(r"\W*(?P<sign>\w|[$€£¥₹])")


def is_numbered(label: str) -> bool:
    """Says whether a label is that of a voice without a name: "Speaker 2"."""
    return _NUMBERED.fullmatch(label) is not None


def speaks(text: str) -> bool:
    """Says whether a text speaks of oneself or to somebody, or asks."""
    return asking(text) > 0 or matches_any("first_person", text) or matches_any("second_person", text)


def no_speakers(turns: Sequence[tuple[str, str]], known_speakers: Collection[str] = ()) -> frozenset[str]:
    """Returns the labels of `turns` (label, text) that name nobody who speaks. Whoever speaks comes back, is among
    `known_speakers`, answers a question, or says something to somebody. A label that stands once before a value or a
    day, or is a word of the talk itself, is part of what the one before says."""
    counts = Counter(label for label, _ in turns)
    known_names = {name.casefold() for name in known_speakers}
    answering = {label for (_, before), (label, _) in pairwise(turns) if asking(before) > 0}
    small_words = {word for _, text in turns for word in _WORD.findall(text) if word[0].islower()}
    return frozenset(
        label
        for label, text in turns
        if counts[label] == 1
        and label not in answering
        and label.casefold() not in known_names
        and not is_numbered(label)
        and not speaks(text)
        and (_is_value(text) or small_words.issuperset(_WORD.findall(label.casefold())))
    )


def _is_value(text: str) -> bool:
    """Says whether a text is an amount, a number or a day, not a sentence."""
    sign_match = _FIRST_SIGN.match(text)
    return (sign_match is not None and not sign_match["sign"].isalpha()) or (
        len(text) < _LONGEST_DAY and is_day(text)
    )
