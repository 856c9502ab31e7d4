"""The graph channel: spreading activation from the best units of the other channels and the question's
entities. Seeds keep their place in its list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fourfold.recall.plan import Plan
from fourfold.recall.ranked import Ranked
from fourfold.stores.graph import BankGraph, Reached

_SEEDS = 8
_ENTITY_LEVEL = 0.5


def find(plan: Plan, graph: BankGraph, channels: Sequence[Ranked], limit: int) -> dict[int, Reached]:
    """The `limit` units with the most activation. Each channel's best unit starts at 1, the others in
    proportion to their score. The caller holds the graph's lock."""
    seeds: dict[int | str, float] = {}
    for rows, scores in channels:
        levels = scores[:_SEEDS] / scores[0] if len(scores) and scores[0] > 0 else np.zeros(0)
        for row, level in zip(rows.tolist(), levels.tolist(), strict=False):
            seeds[row] = max(level, seeds.get(row, 0.0))
    seeds |= dict.fromkeys(plan.entities, _ENTITY_LEVEL)
    reached = graph.spread(seeds)
    strongest = sorted(reached.items(), key=lambda item: (-item[1].activation, item[0]))
    return dict(strongest[:limit])
