"""Decides whether a statement is new to the bank: the same in the same words, the same in other words, or new.

Rules only, and an unsure case is new: a statement kept twice costs little, one wrongly taken for known is lost.
Vectors alone cannot decide it ("plays the violin", "plays the cello": token likeness 0.89; real retellings start
at 0.89), so the words must agree as well; the vectors then see to it that they stand in the same relation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from fourfold.language.attributes import AttributedText, give_two_values
from fourfold.language.pack import Language, compiled
from fourfold.language.text import asking, canonical, words
from fourfold.models.products import product
from fourfold.ports import Floats
from fourfold.values.units import Interval

_PARAPHRASE = 0.86
"""Mean MaxSim of the token vectors of two statements that say the same in other words. Real retellings start at 0.89;
the words have agreed by then, so the bar stands a little lower."""
LEAST_STEMS = 4
"""Content words that a statement must have for its words to prove anything; a guess, not measured."""
_IS_QUESTION = 0.5
"""Share of a text that asks, from which on it is a question; a guess, not measured."""
_SIGN = re.compile(r"[^\w\s.,:?'\"-]|(?<!\w)-|-(?!\w)")
"""A sign that is more than punctuation; a hyphen within a word is none."""
_NAMED = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class ComparedStatement:
    """What deduplication looks at in a statement, besides its token vectors."""

    text: str
    speaker: str | None
    entities: tuple[str, ...]
    occurred: Interval | None
    said_at: datetime | None
    """When it was said; None where nobody knows."""


TokensOf = Callable[[], Floats]
"""Returns the token vectors of a statement's text alone, (n, token_dimension). They may have to be read from the
store, so they are asked for only where the words agree."""


def same_statement(
    new: ComparedStatement,
    old: ComparedStatement,
    new_tokens: TokensOf,
    old_tokens: TokensOf,
    language: Language,
) -> str | None:
    """Returns the reason why `new` says nothing that `old` did not say; None if it may say something new.

    In other words means: one speaker, the same names and numbers in the same order, the same time if both give
    one, both or neither negated or asking, no content word exchanged for another, no two parts trading places
    ("Ana likes Ben"), and token vectors that find each other (mean MaxSim in both directions). In a language of which
    nobody said what denies, the same words alone are the same.
    """
    if new.speaker != old.speaker or not _same_time(new, old):
        return None
    if canonical(new.text) == canonical(old.text):
        return "said before in the same words"
    # The words first: most pairs differ in them, which is the cheapest to see.
    if not _same_words(new.text, old.text, language) or not _comparable(new, old, language):
        return None
    if _conflicts(new, old):
        return None
    likeness = alike(new_tokens(), old_tokens())
    return f"said before in other words (likeness {likeness:.2f})" if likeness >= _PARAPHRASE else None


def alike(a: Floats, b: Floats) -> float:
    """Returns the smaller of the two mean MaxSims of token vectors `a` (n, d) and `b` (m, d), as cosines; 0 where
    one of them is empty. The smaller, since a short text is contained in many a long one."""
    if not len(a) or not len(b):
        return 0.0
    similar = product(_normalised(a), _normalised(b).T)
    return float(min(similar.max(axis=1).mean(), similar.max(axis=0).mean()))


def _comparable(new: ComparedStatement, old: ComparedStatement, language: Language) -> bool:
    """Returns whether both deny or neither does, both ask or neither does, and they have the same names and
    numbers."""
    return (
        bool(language.negation)
        and set(new.entities) == set(old.entities)
        and _particulars(new.text, language) == _particulars(old.text, language)
    )


@lru_cache(maxsize=4096)
def _particulars(text: str, language: Language) -> tuple[object, ...]:
    """Returns what texts that say the same have in common besides their content words: whether they deny and ask,
    their names and numbers, and the words that have a sign ("A+", "C#", "-50", "20%") or stand in capitals, in
    order."""
    denies = compiled(language.negation).search(text) is not None
    signed = [word for word in canonical(text).split() if word.isupper() or _SIGN.search(word)]
    return denies, asking(text) > _IS_QUESTION, tuple(_NAMED.findall(text)), tuple(signed)


@dataclass(frozen=True, slots=True)
class _Content:
    """The words of a text: the stems of its content words in order and each once, and by relation word the stem of
    the content word after it, where it stands last."""

    stems: tuple[str, ...]
    each: frozenset[str]
    following: Mapping[str, str]


@lru_cache(maxsize=4096)
def _content(text: str, language: Language) -> _Content:
    text_words = words(text, language)
    stems = tuple(word.stem for word in text_words if word.stem)
    following: dict[str, str] = {}
    next_stem = ""
    for word in reversed(text_words):
        if word.text.lower() in language.relation_words:
            following.setdefault(word.text.lower(), next_stem)
        next_stem = word.stem or next_stem
    return _Content(stems, frozenset(stems), following)


def _conflicts(new: ComparedStatement, old: ComparedStatement) -> bool:
    """Returns whether they give one attribute two values ("plays rock music", "plays rap rock")."""
    a, b = (AttributedText(claim.text, claim.speaker) for claim in (new, old))
    return give_two_values(a, b)


def _same_words(new: str, old: str, language: Language) -> bool:
    """Returns whether one text has the content words of the other, and at most one more, in no contrary relation."""
    a, b = _content(new, language), _content(old, language)
    if min(len(a.each), len(b.each)) < LEAST_STEMS:
        return False
    # A word on each side is an exchange ("violin", "cello"); two more on one side add something.
    if len(a.each ^ b.each) > 1:
        return False
    return (
        not _exchanged(a.stems, b.stems)
        and not _swapped(a.stems, b.stems)
        and _same_relations(a.following, b.following)
    )


def _exchanged(a: Sequence[str], b: Sequence[str]) -> bool:
    """Returns whether what stands before and after some word in `a` has changed sides in `b`: "Ana likes Ben" and
    "Ben likes Ana" have the same words, and the same token vectors but for their order."""
    before_a, before_b = _fingerprints(a), _fingerprints(b)
    after_a, after_b = (_fingerprints(stems[::-1])[::-1] for stems in (a, b))
    first_in_b = {stem: len(b) - 1 - i for i, stem in enumerate(reversed(b))}
    return any(
        before_a[at] == after_b[first_in_b[pivot] + 1] and after_a[at + 1] == before_b[first_in_b[pivot]]
        for at, pivot in enumerate(a[:-1])
        if at and pivot in first_in_b
    )


def _swapped(a: Sequence[str], b: Sequence[str]) -> bool:
    """Returns whether two words that do not stand together have changed places and all else stands where it stood:
    "ana invited ben to the wedding". Names in capitals are told apart by their order anyway."""
    if len(a) != len(b):
        return False
    places = [at for at, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]
    return len(places) == 2 and places[1] - places[0] > 1  # the words are the same


def _fingerprints(stems: Sequence[str]) -> list[int]:
    """Returns a number for the set of the first n stems, for each n up to all: sets that are equal have the same."""
    # Sums of hashes, as sets of all beginnings would grow with the square of a text. Two sets that share a number by
    # chance would keep a statement twice.
    sums, seen = [0], set[str]()
    for stem in stems:
        sums.append(sums[-1] if stem in seen else sums[-1] + hash(stem))
        seen.add(stem)
    return sums


def _same_relations(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """Returns whether a relation word that both texts have ("from", "than") is followed by the same word in both, and
    what follows one in both follows the same ("the train from Brno", "... to Brno")."""
    before_a, before_b = ({stem: word for word, stem in each.items()} for each in (a, b))
    return all(a[word] == b[word] for word in a.keys() & b.keys()) and all(
        before_a[stem] == before_b[stem] for stem in before_a.keys() & before_b.keys() if stem
    )


def _same_time(new: ComparedStatement, old: ComparedStatement) -> bool:
    """Returns whether neither tells of a time, or the times overlap. A time on one side only is a difference, unless
    nobody knows when the other was said: its "yesterday" may be that day."""
    a, b = new.occurred, old.occurred
    if a is None or b is None:
        return a is b or (new if a is None else old).said_at is None
    a_begins_in_time = a.start is None or b.end is None or a.start < b.end
    b_begins_in_time = b.start is None or a.end is None or b.start < a.end
    return a_begins_in_time and b_begins_in_time


def _normalised(rows: Floats) -> Floats:
    """Returns the rows, each of length 1."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = rows / np.maximum(lengths, 1e-9)
    return scaled
