"""The edges a new unit gets: to what was said just before it, and to what it resembles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from fourfold.values.units import Link

SEMANTIC_FLOOR = 0.7
SEMANTIC_MOST = 5
_WINDOW_HOURS = 24.0


def temporal_link(to: str, said_at: datetime, previous_at: datetime) -> Link | None:
    """exp(-dt / 24 h) to the neighbour in the session; None beyond 24 hours."""
    hours = abs((said_at - previous_at).total_seconds()) / 3600
    return Link(to, "temporal", math.exp(-hours / _WINDOW_HOURS)) if hours <= _WINDOW_HOURS else None


def semantic_links(nearest: Iterable[tuple[str, float]]) -> list[Link]:
    """Links to the `SEMANTIC_MOST` most similar units whose cosine reaches `SEMANTIC_FLOOR`."""
    strong = sorted((pair for pair in nearest if pair[1] >= SEMANTIC_FLOOR), key=lambda pair: -pair[1])
    return [Link(unit, "semantic", min(1.0, cosine)) for unit, cosine in strong[:SEMANTIC_MOST]]
