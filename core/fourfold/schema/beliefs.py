"""Beliefs in a store: units with a history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fourfold.language.text import normalise
from fourfold.ports import Fields, Point
from fourfold.schema.fields import combined, with_fields
from fourfold.schema.records import KIND_ONLY, SUMMARY, UNIT, from_iso, kind_of, make_id, to_iso
from fourfold.schema.units import (
    READ_TIMES,
    READ_UNIT,
    RETIREMENT_ONLY,
    UnitVectors,
    read_retirement,
    read_unit,
    unit_as_of,
    unit_point,
    with_confidence,
)
from fourfold.values.beliefs import Assessment, Belief, Effect

_HISTORY = "history"


def belief_id(bank: str, text: str, at: datetime | None = None) -> str:
    """Returns the id of the belief with that text that was concluded from other units; case and punctuation are
    ignored. `at` tells one that was concluded anew from an earlier one that was retired."""
    return make_id(bank, "belief", normalise(text), *([] if at is None else [at.isoformat()]))


def _history(belief: Belief) -> list[list[object]]:
    """Returns the assessments of a belief as a record has them."""
    return [
        [
            change.at.isoformat(),
            to_iso(change.said),
            change.effect.value,
            change.before,
            change.after,
            change.reason,
            list(change.evidence),
        ]
        for change in belief.history
    ]


def is_belief(point: Point) -> bool:
    """Returns whether a unit's record is a belief's: it has a history."""
    return _HISTORY in point.payload


READ_REASONS = combined(RETIREMENT_ONLY, Fields(only=(_HISTORY,)))
"""What `reasons_of` looks at."""


def reasons_of(point: Point) -> list[str]:
    """Returns the reasons that were given: why a unit was retired, and why a belief moved."""
    retirement = read_retirement(point)
    moves = [str(reason) for *_, reason, _ in point.payload.get(_HISTORY, ())]
    return [*moves, retirement.reason] if retirement is not None else moves


def with_history(point: Point, belief: Belief) -> Point:
    """Returns the record `point` with the history of `belief`."""
    return with_fields(point, {_HISTORY: _history(belief)})


def belief_point(belief: Belief, order: int, vectors: UnitVectors, attributes: Sequence[str] = ()) -> Point:
    """Returns a belief, the `order`-th unit of its write, as a record of the store."""
    return with_history(unit_point(belief.unit, order, vectors, attributes), belief)


READ_AS_OF = combined(KIND_ONLY, READ_TIMES, Fields(only=(_HISTORY,)))
"""What `record_as_of` looks at."""


def record_as_of(point: Point, moment: datetime) -> Point | None:
    """Returns a record as it was at a moment, by the times in it alone: None for a unit or a summary that was not
    recorded yet. One that was retired later is not retired, and a belief has the history and the confidence of then.
    Other records have no times, and are returned as they are."""
    if kind_of(point) not in (UNIT, SUMMARY):
        return point
    unit = unit_as_of(point, moment.timestamp())
    if unit is None or not is_belief(unit):
        return unit
    history = unit.payload[_HISTORY]
    past = [change for change in history if datetime.fromisoformat(change[0]) <= moment]
    if len(past) == len(history):
        return unit
    return with_confidence(with_fields(unit, {_HISTORY: past}), past[-1][4] if past else None)


READ_BELIEF = combined(READ_UNIT, Fields(only=(_HISTORY,)))
"""What `read_belief` looks at."""


def read_belief(point: Point) -> Belief:
    """Returns the belief that `belief_point` or `with_history` wrote."""
    history = tuple(
        Assessment(
            datetime.fromisoformat(at),
            from_iso(said_at),
            Effect(effect),
            before,
            after,
            reason,
            tuple(evidence),
        )
        for at, said_at, effect, before, after, reason, evidence in point.payload[_HISTORY]
    )
    return Belief(read_unit(point), history)
