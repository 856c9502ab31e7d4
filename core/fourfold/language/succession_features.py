"""What a model looks at in the readings of two statements, to tell whether the newer one tells of a change of the
older one's matter where no rule of `succession` says so.

There is no list of verbs here: how much of the matter is shared and where, names, numbers and times that differ,
denial on one side, an event that follows a state. What these weigh, and what the texts' vectors add to them, is known
to `fourfold.models.packaged.change_model` (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fourfold.language.claims import Claim, Mark

_MOST_STEMS = 12
"""Stems of a statement from which more make no difference. A guess, not measured."""
_VALUES = ("number", "time", "name")
_MARKS: Mapping[str, Mark] = {
    name: Mark[name.upper()]
    for name in (
        "current additive denial ending withdrawal change beginning placing event plan seeking".split()
    )
}
_SPEAKER = frozenset({"<speaker>"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the clauses of a statement say together; see `Claim`."""

    marks: Mark
    subjects: frozenset[frozenset[str]]
    about: frozenset[str]
    content: frozenset[str]
    verbs: frozenset[str]
    fields: frozenset[str]
    values: Mapping[str, frozenset[str]]
    is_many: bool
    exclusive: bool
    placed: bool


def pair_features(newer: Sequence[Claim], older: Sequence[Claim]) -> Iterator[tuple[str, float]]:
    """Yields what the model looks at in two readings, by name, always in one order; yes is 1, no is 0."""
    a, b = _read_together(newer), _read_together(older)
    yield from _shared_matter(a, b)
    for kind in _VALUES:
        new, old = a.values[kind], b.values[kind]
        yield f"same {kind}", bool(new & old)
        yield f"other {kind}", bool(new - old and old - new)
        yield f"{kind} in newer", bool(new and not old)
        yield f"{kind} in older", bool(old and not new)
    for name, mark in _MARKS.items():
        yield f"newer {name}", bool(a.marks & mark)
        yield f"older {name}", bool(b.marks & mark)
    yield "one denies", bool(a.marks & Mark.DENIAL) != bool(b.marks & Mark.DENIAL)
    yield "event after state", bool(a.marks & Mark.EVENT and not b.marks & Mark.EVENT)
    for name, side in (("newer", a), ("older", b)):
        yield f"{name} has many values", side.is_many
        yield f"{name} has one value", side.exclusive
        yield f"{name} is", "=" in side.verbs
    yield "both placed", a.placed and b.placed


def _shared_matter(a: _Reading, b: _Reading) -> Iterator[tuple[str, float]]:
    shared = len(a.content & b.content)
    is_elliptic = frozenset() in a.subjects
    yield "share of newer", shared / max(1, len(a.content))
    yield "share of older", shared / max(1, len(b.content))
    yield "two shared", shared >= 2
    yield "three shared", shared >= 3
    yield "length of newer", min(len(a.content), _MOST_STEMS) / _MOST_STEMS
    yield "length of older", min(len(b.content), _MOST_STEMS) / _MOST_STEMS
    yield "same subject", bool(a.subjects & b.subjects - {frozenset()})
    yield "subjects share a word", bool(a.about & b.about)
    yield "both of the speaker", _SPEAKER in a.subjects and _SPEAKER in b.subjects
    yield "newer without subject", is_elliptic
    yield "newer without subject, older of the speaker", is_elliptic and _SPEAKER in b.subjects
    yield "newer subject in older", bool(a.about & b.content)
    yield "older subject in newer", bool(b.about & a.content)
    yield "all of newer subject in older", bool(a.about) and a.about <= b.content
    yield "all of older subject in newer", bool(b.about) and b.about <= a.content
    yield "another subject", bool(a.about) and not a.about & b.content
    yield "same verb", bool(a.verbs & b.verbs)
    yield "same matter of life", bool(a.fields & b.fields)


def _read_together(claims: Sequence[Claim]) -> _Reading:
    marks = Mark.NONE
    for claim in claims:
        marks |= claim.marks
    tokens = [token for claim in claims for token in claim.tokens]
    nothing: frozenset[str] = frozenset()
    return _Reading(
        marks=marks,
        subjects=frozenset(claim.subject for claim in claims),
        about=nothing.union(*(claim.about for claim in claims)),
        content=nothing.union(*(claim.content for claim in claims)),
        verbs=frozenset(claim.verb for claim in claims if claim.verb),
        fields=nothing.union(*(claim.fields for claim in claims)),
        values={kind: frozenset(token.form for token in tokens if token.kind == kind) for kind in _VALUES},
        is_many=any(claim.is_many for claim in claims),
        exclusive=any(claim.exclusive for claim in claims),
        placed=any(claim.placed for claim in claims),
    )
