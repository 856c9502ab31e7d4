"""What was said just before a statement, which it is understood by. Knows no bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from fourfold.ingest.embed import Embedded
from fourfold.ports import Floats
from fourfold.values.units import Unit

Context = tuple[Floats, Floats]
"""The vector and the token rows of what something was said after."""


@dataclass(frozen=True, slots=True)
class PreviousStatement:
    """What was said just before: in which session, when, the token rows of its passage so far, its vector with what
    it carries on, the last new unit of the session, its passage and what that follows, and the unit it was made or
    found to be."""

    session: str
    at: datetime | None
    tokens: Floats
    vector: Floats
    unit: Unit | None
    passage: str = ""
    context: Context | None = None
    made: str = ""


def context_of(
    follows: PreviousStatement | None, passage: str, vectors: Embedded
) -> tuple[Context | None, Floats]:
    """Returns what a statement is said after, which is the passage before its own, and the token rows of its passage
    up to its end."""
    if follows is None:
        return None, vectors.own
    if passage and passage == follows.passage:
        return follows.context, np.concatenate([follows.tokens, vectors.own])
    return (follows.vector, follows.tokens), vectors.own
