"""How likely it is that a newer statement tells of a change of an older one's matter, where no rule of `succession`
says so: a logistic model of two readings, and of how much the newer one reads like the telling of a change.

It has no list of verbs. Of the readings it takes how much of the matter is shared and where, names, numbers and times
that differ, denial on one side, an event that follows a state. Whether a text tells of a change ("we're back on
Jenkins", "dropped out of uni") rather than of a detail ("Jenkins has a plugin for that") comes from the embedder's
token vectors (`fourfold.models.packaged.change_direction`). Weights are fitted by benchmarks/fit_succession.py, which
says on what (docs/adr/0020).
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


def change_score(newer: Sequence[Claim], older: Sequence[Claim], change: float) -> float:
    """Returns the model's log-odds above its threshold, over 0 where `newer` is taken to tell of a change of what
    `older` says. `change` is how much the newer text reads like the telling of a change
    (`change_direction.change_of`)."""
    return change + sum(_WEIGHTS[name] * value for name, value in pair_features(newer, older)) + _BIAS


def pair_features(newer: Sequence[Claim], older: Sequence[Claim]) -> Iterator[tuple[str, float]]:
    """Yields what the model looks at in two readings, by name; yes is 1, no is 0."""
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


# Both as benchmarks/fit_succession.py --wrong 0.02 prints them; the threshold is in the constant.
_BIAS = -4.08
_WEIGHTS: Mapping[str, float] = {
    "share of newer": 1.14,
    "share of older": 0.35,
    "two shared": 0.59,
    "three shared": 1.20,
    "length of newer": -0.53,
    "length of older": -1.81,
    "same subject": 0.84,
    "subjects share a word": -0.15,
    "both of the speaker": 0.45,
    "newer without subject": -0.36,
    "newer without subject, older of the speaker": -0.48,
    "newer subject in older": 0.01,
    "older subject in newer": -0.00,
    "all of newer subject in older": 0.48,
    "all of older subject in newer": 0.67,
    "another subject": -0.55,
    "same verb": -0.15,
    "same matter of life": 0.36,
    "same number": -0.72,
    "other number": 1.11,
    "number in newer": -0.56,
    "number in older": -0.34,
    "same time": -0.79,
    "other time": 0.55,
    "time in newer": -0.20,
    "time in older": -0.32,
    "same name": -0.03,
    "other name": 0.01,
    "name in newer": -0.53,
    "name in older": -0.74,
    "newer current": 1.93,
    "older current": -1.21,
    "newer additive": -1.04,
    "older additive": 1.03,
    "newer denial": 0.54,
    "older denial": -0.10,
    "newer ending": 1.15,
    "older ending": -0.86,
    "newer withdrawal": 1.42,
    "older withdrawal": -1.04,
    "newer change": 1.54,
    "older change": -0.90,
    "newer beginning": 0.47,
    "older beginning": -0.71,
    "newer placing": 0.14,
    "older placing": 0.05,
    "newer event": 0.13,
    "older event": -1.02,
    "newer plan": 0.07,
    "older plan": -0.42,
    "newer seeking": -0.85,
    "older seeking": 1.28,
    "one denies": 0.88,
    "event after state": 0.44,
    "newer has many values": -0.36,
    "newer has one value": -0.62,
    "newer is": -0.06,
    "older has many values": -0.03,
    "older has one value": -0.25,
    "older is": 0.46,
    "both placed": 0.59,
}
