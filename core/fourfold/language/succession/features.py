"""What a model looks at in the readings of two statements, to tell whether the newer one tells of a change of the
older one's matter where no rule of `succession` says so.

There is no list of verbs here: how much of the matter is shared and where, names, numbers and times that differ,
denial on one side, an event that follows a state. What these weigh, and what the texts' vectors add to them, is known
to `fourfold.models.packaged.change_model` (docs/adr/0021).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourfold.language.succession.claims import Claim, Mark

_MOST_STEMS = 12
"""Stems of a statement from which more make no difference. A guess, not measured."""
_VALUES = ("number", "time", "name")
_MARKS = tuple(
    Mark[name.upper()]
    for name in "current additive denial ending withdrawal change beginning placing event plan seeking".split()
)
_SPEAKER = frozenset({"<speaker>"})
_SHARED_MATTER = (
    "share of newer",
    "share of older",
    "two shared",
    "three shared",
    "length of newer",
    "length of older",
    "same subject",
    "subjects share a word",
    "both of the speaker",
    "newer without subject",
    "newer without subject, older of the speaker",
    "newer subject in older",
    "older subject in newer",
    "all of newer subject in older",
    "all of older subject in newer",
    "another subject",
    "same verb",
    "same matter of life",
)
_OF_PAIR = (
    *_SHARED_MATTER,
    *(
        feature
        for kind in _VALUES
        for feature in (f"same {kind}", f"other {kind}", f"{kind} in newer", f"{kind} in older")
    ),
)
_OF_READING = (*(str(mark.name).lower() for mark in _MARKS), "has many values", "has one value", "is")
FEATURES = (
    *_OF_PAIR,
    *(f"{side} {name}" for name in _OF_READING[: len(_MARKS)] for side in ("newer", "older")),
    "one denies",
    "event after state",
    *(f"{side} {name}" for side in ("newer", "older") for name in _OF_READING[len(_MARKS) :]),
    "both placed",
)
"""The names of what the model looks at, in its order."""
_ONE_DENIES, _EVENT_AFTER_STATE, _BOTH_PLACED = (
    FEATURES.index(name) for name in ("one denies", "event after state", "both placed")
)


@dataclass(frozen=True, slots=True)
class StatementReading:
    """What the clauses of a statement say together; see `Claim`. `as_newer` and `as_older` (features,) are what the
    model looks at in it alone, on either side of a pair."""

    denies: bool
    is_event: bool
    subjects: frozenset[frozenset[str]]
    about: frozenset[str]
    content: frozenset[str]
    verbs: frozenset[str]
    fields: frozenset[str]
    values: Mapping[str, frozenset[str]]
    placed: bool
    as_newer: NDArray[np.float32]
    as_older: NDArray[np.float32]


def pair_features(a: StatementReading, b: StatementReading) -> NDArray[np.float32]:
    """Returns what the model looks at in two readings, the newer first, (features,) in the order of `FEATURES`; yes
    is 1, no is 0."""
    features: NDArray[np.float32] = a.as_newer + b.as_older
    features[: len(_OF_PAIR)] = [*_shared_matter(a, b), *_shared_values(a, b)]
    features[_ONE_DENIES] = a.denies != b.denies
    features[_EVENT_AFTER_STATE] = a.is_event and not b.is_event
    features[_BOTH_PLACED] = a.placed and b.placed
    return features


def _shared_matter(a: StatementReading, b: StatementReading) -> tuple[float, ...]:
    """Returns the features of `_SHARED_MATTER`."""
    shared = len(a.content & b.content)
    is_elliptic = frozenset() in a.subjects
    is_of_speaker = _SPEAKER in b.subjects
    return (
        shared / max(1, len(a.content)),
        shared / max(1, len(b.content)),
        shared >= 2,
        shared >= 3,
        min(len(a.content), _MOST_STEMS) / _MOST_STEMS,
        min(len(b.content), _MOST_STEMS) / _MOST_STEMS,
        bool(a.subjects & b.subjects - {frozenset()}),
        bool(a.about & b.about),
        is_of_speaker and _SPEAKER in a.subjects,
        is_elliptic,
        is_elliptic and is_of_speaker,
        bool(a.about & b.content),
        bool(b.about & a.content),
        bool(a.about) and a.about <= b.content,
        bool(b.about) and b.about <= a.content,
        bool(a.about) and not a.about & b.content,
        bool(a.verbs & b.verbs),
        bool(a.fields & b.fields),
    )


def _shared_values(a: StatementReading, b: StatementReading) -> Iterator[float]:
    for kind in _VALUES:
        new, old = a.values[kind], b.values[kind]
        yield bool(new & old)
        yield bool(new - old and old - new)
        yield bool(new and not old)
        yield bool(old and not new)


def read_together(claims: Sequence[Claim]) -> StatementReading:
    """Returns what the clauses of a statement say together."""
    nothing: frozenset[str] = frozenset()
    verbs = frozenset(claim.verb for claim in claims if claim.verb)
    of_reading = [
        *(any(claim.has(mark) for claim in claims) for mark in _MARKS),
        any(claim.is_many for claim in claims),
        any(claim.exclusive for claim in claims),
        "=" in verbs,
    ]
    tokens = [token for claim in claims for token in claim.tokens]
    return StatementReading(
        denies=any(claim.has(Mark.DENIAL) for claim in claims),
        is_event=any(claim.has(Mark.EVENT) for claim in claims),
        subjects=frozenset(claim.subject for claim in claims),
        about=nothing.union(*(claim.about for claim in claims)),
        content=nothing.union(*(claim.content for claim in claims)),
        verbs=verbs,
        fields=nothing.union(*(claim.fields for claim in claims)),
        values={kind: frozenset(token.form for token in tokens if token.kind == kind) for kind in _VALUES},
        placed=any(claim.placed for claim in claims),
        as_newer=_on_side("newer", of_reading),
        as_older=_on_side("older", of_reading),
    )


def _on_side(side: str, of_reading: Sequence[bool]) -> NDArray[np.float32]:
    features = np.zeros(len(FEATURES), np.float32)
    features[_PLACES[side]] = of_reading
    return features


_PLACES = {side: [FEATURES.index(f"{side} {name}") for name in _OF_READING] for side in ("newer", "older")}
