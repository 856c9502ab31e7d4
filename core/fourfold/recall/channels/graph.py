"""The graph channel: spreading activation from the best units of the other channels and the question's
entities. Seeds keep their place in its list."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.recall.channels.ranked import Ranked
from fourfold.recall.plan import Plan

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


def find(plan: Plan, graph: BankIndex, channels: Sequence[Ranked], limit: int) -> dict[int, Reached]:
    """Returns the `limit` units with the most activation. Each channel's best unit starts at 1, the others in
    proportion to their score. The caller holds the index's lock."""
    seeds: dict[int | str, float] = {}
    for rows, scores in channels:
        levels = scores[:_SEEDS] / scores[0] if len(scores) and scores[0] > 0 else np.zeros(0)
        for row, level in zip(rows.tolist(), levels.tolist(), strict=False):
            seeds[row] = max(level, seeds.get(row, 0.0))
    seeds |= dict.fromkeys(plan.entities, _ENTITY_LEVEL)
    strongest = sorted(spread(graph.graph, seeds).items(), key=lambda item: (-item[1].activation, item[0]))
    return dict(strongest[:limit])


def spread(
    graph: nx.Graph, seeds: Mapping[int | str, float], hops: int = 2, most_nodes: int = 24
) -> dict[int, Reached]:
    """Runs spreading activation (Hindsight, section 4.2): a(j) <- max over i of a(i) * w(i, j) * 0.5 * boost.

    Causal and entity edges are boosted; what passes through an entity is damped by 1/log2(2 + degree). At
    most `most_nodes` nodes are expanded, strongest first. Seeds stay in the answer.
    """
    reached = {node: Reached(level, (node,)) for node, level in seeds.items() if node in graph}
    frontier = dict(reached)
    budget = most_nodes
    for _ in range(hops):
        following: dict[int | str, Reached] = {}
        for node, source in sorted(frontier.items(), key=lambda item: -item[1].activation)[:budget]:
            budget -= 1
            for neighbour, level in _neighbours(graph, node, source.activation):
                if level > 1e-3 and level > (reached[neighbour].activation if neighbour in reached else 0.0):
                    following[neighbour] = reached[neighbour] = Reached(level, (*source.path, neighbour))
        frontier = following
    return {node: activated for node, activated in reached.items() if isinstance(node, int)}


def _neighbours(graph: nx.Graph, node: int | str, level: float) -> Iterator[tuple[int | str, float]]:
    adjacent = graph._adj[node]
    if isinstance(node, str):
        if len(adjacent) > _HUB:
            return
        level /= math.log2(2 + len(adjacent))
    for neighbour, edge in adjacent.items():
        weight = 0.0
        for kind, w in edge.items():
            weight = max(weight, w * _BOOST.get(kind, 1.0))
        yield neighbour, level * min(1.0, weight * _SPREAD)
