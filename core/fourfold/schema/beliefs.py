"""Beliefs in a store: units with a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fourfold.ports import Fields, Point
from fourfold.schema.units import (
    READ_UNIT,
    UnitVectors,
    read_unit,
    unit_point,
)
from fourfold.values.beliefs import Assessment, Belief, Effect


def history_payload(belief: Belief) -> dict[str, Any]:
    """What a belief's payload has beside its unit's."""
    return {
        "history": [
            [
                c.at.isoformat(),
                c.said.isoformat(),
                c.effect.value,
                c.before,
                c.after,
                c.reason,
                list(c.evidence),
            ]
            for c in belief.history
        ]
    }


def is_belief(point: Point) -> bool:
    """Returns whether a unit's record is a belief's: it has a history."""
    return "history" in point.payload


def with_history(point: Point, belief: Belief) -> Point:
    """Returns the record `point` with the history of `belief`."""
    return replace(point, payload={**point.payload, **history_payload(belief)})


def belief_point(belief: Belief, order: int, vectors: UnitVectors, attributes: Sequence[str] = ()) -> Point:
    """Returns a belief, the `order`-th unit of its write, as a record of the store."""
    point = unit_point(belief.unit, order, vectors, attributes)
    return replace(point, payload={**point.payload, **history_payload(belief)})


READ_BELIEF = Fields(only=(*(READ_UNIT.only or ()), "history"))
"""What `read_belief` looks at."""


def read_belief(point: Point) -> Belief:
    """The belief that a unit's payload and `history_payload` described."""
    history = tuple(
        Assessment(
            datetime.fromisoformat(at),
            datetime.fromisoformat(said),
            Effect(effect),
            before,
            after,
            reason,
            tuple(evidence),
        )
        for at, said, effect, before, after, reason, evidence in point.payload["history"]
    )
    return Belief(read_unit(point), history)
