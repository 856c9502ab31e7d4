"""The graph channel: spreading activation from the best units of the other channels and the question's
entities. Seeds keep their place in its list."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.recall.channels.channel import Channel, Question
from fourfold.recall.channels.ranked import Ranked

# The formula and its 0.5 are Hindsight's (section 4.2, see `spread`). The other values are guesses, not measured one
# by one: the whole channel changed R@10 by less than the noise (docs/adr/0004).
_SEEDS = 8
_ENTITY_LEVEL = 0.5
_BOOST = {"causal": 1.5, "entity": 1.2}
_SPREAD = 0.5
_HUB = 64  # an entity that more units mention than this says nothing about any one of them


@dataclass(frozen=True, slots=True)
class Reached:
    """A unit that activation reached: how strongly, and over which nodes from its seed."""

    activation: float
    path: tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Graph(Channel):
    """See `Channel`. The weight was measured (docs/adr/0004)."""

    name: str = "graph"
    weight: float = 0.05

    def find(self, question: Question, listed: Mapping[str, Ranked]) -> Ranked:
        """Returns the units with the most activation. The best unit of each channel that asked the store starts at 1,
        its others in proportion to their score."""
        seeds: dict[int | str, float] = {}
        for ranked in listed.values():
            best_score = ranked.scores[0] if len(ranked.scores) else 0.0
            levels = ranked.scores[:_SEEDS] / best_score if best_score > 0 else np.zeros(0)
            for row, level in zip(ranked.rows.tolist(), levels.tolist(), strict=False):
                seeds[row] = max(level, seeds.get(row, 0.0))
        seeds |= dict.fromkeys(question.plan.entities, _ENTITY_LEVEL)
        reached = spread(question.index, seeds)
        strongest = sorted(reached.items(), key=lambda item: (-item[1].activation, item[0]))
        strongest = strongest[: question.most // 2]
        ranked = Ranked.of((row, unit.activation) for row, unit in strongest)
        return ranked._replace(paths={row: unit.path for row, unit in strongest})


def spread(
    index: BankIndex, seeds: Mapping[int | str, float], hops: int = 2, most_nodes: int = 24
) -> dict[int, Reached]:
    """Runs spreading activation (Hindsight, section 4.2): a(j) <- max over i of a(i) * w(i, j) * 0.5 * boost.

    Causal and entity edges are boosted; what passes through an entity is damped by 1/log2(2 + degree). At
    most `most_nodes` nodes are expanded, strongest first. Seeds stay in the answer.
    """
    reached = {node: Reached(level, (node,)) for node, level in seeds.items() if node in index.graph}
    frontier = dict(reached)
    budget = most_nodes
    for _ in range(hops):
        following: dict[int | str, Reached] = {}
        for node, source in sorted(frontier.items(), key=lambda item: -item[1].activation)[:budget]:
            budget -= 1
            for neighbour, level in _neighbours(index, node, source.activation):
                if level > 1e-3 and level > (reached[neighbour].activation if neighbour in reached else 0.0):
                    following[neighbour] = reached[neighbour] = Reached(level, (*source.path, neighbour))
        frontier = following
    return {node: activated for node, activated in reached.items() if isinstance(node, int)}


def _neighbours(index: BankIndex, node: int | str, level: float) -> Iterator[tuple[int | str, float]]:
    adjacent = index.neighbours(node)
    if isinstance(node, str):
        if len(adjacent) > _HUB:
            return
        level /= math.log2(2 + len(adjacent))
    for neighbour, edge in adjacent.items():
        weight = 0.0
        for kind, w in edge.items():
            weight = max(weight, w * _BOOST.get(kind, 1.0))
        yield neighbour, level * min(1.0, weight * _SPREAD)
