"""The links of a new unit to what was said before it in its session, and to what is most like it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from fourfold.ingest.compare.candidates import SEMANTIC_MOST
from fourfold.values.units import Link

SEMANTIC_FLOOR = 0.7
"""Cosine from which on two units are linked; a guess, not measured."""
_TEMPORAL_HOURS = 24.0
"""Time constant, and reach, of the link to what was said before; a guess, not measured."""


def temporal_link(to: str, said_at: datetime | None, previous_at: datetime | None) -> Link | None:
    """Returns the link to the neighbour in the session, of weight exp(-dt / 24 h); None beyond 24 hours. Of two
    that a file without times has one after the other, the link is the strongest."""
    hours = abs((said_at - previous_at).total_seconds()) / 3600 if said_at and previous_at else 0.0
    if hours > _TEMPORAL_HOURS:
        return None
    return Link(to, "temporal", math.exp(-hours / _TEMPORAL_HOURS))


def semantic_links(nearest: Iterable[tuple[str, float]]) -> list[Link]:
    """Returns links to the `SEMANTIC_MOST` most similar units whose cosine reaches `SEMANTIC_FLOOR`."""
    strong = sorted((pair for pair in nearest if pair[1] >= SEMANTIC_FLOOR), key=lambda pair: -pair[1])
    # Rounding may put a cosine a little above 1, and a weight is a share.
    return [Link(unit, "semantic", min(1.0, cosine)) for unit, cosine in strong[:SEMANTIC_MOST]]
