"""The edges of a bank's graph, in a NetworkX graph.

Unit nodes are integers (their row), entity nodes their names. An edge carries one weight a link kind, for
instance `{"temporal": 0.9, "semantic": 0.74}`; a mention is `{"entity": 1.0}`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import chain

import networkx as nx
import numpy as np

from fourfold.index.snapshot import Array, Snapshot

_SLICE = 2000  # nodes

Node = int | str


class Edges:
    """Edges of like weight (to two digits) share one dictionary, which nobody may change."""

    def __init__(self) -> None:
        self.graph = nx.Graph()
        self._weights: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}

    def join(self, node: Node, other: Node, kind: str, weight: float) -> None:
        """Adds an edge between two nodes that are there, or a kind to the one that is there."""
        adjacent = self.graph._adj
        held = adjacent[node].get(other)
        this = (kind, round(weight, 2) or 0.01)
        key = (this,) if held is None else tuple(sorted({**held, kind: this[1]}.items()))
        shared = self._weights.get(key)
        if shared is None:
            shared = self._weights[key] = dict(key)
        adjacent[node][other] = adjacent[other][node] = shared

    def to_snapshot(self, units: int) -> Generator[None, None, Snapshot]:
        """Takes a snapshot, `_SLICE` nodes between one yield and the next, and returns it. Units are nodes 0 to
        `units` - 1."""
        adjacent = self.graph._adj
        names = [node for node in self.graph if isinstance(node, str)]
        number = {name: units + at for at, name in enumerate(names)}
        weight = {id(shared): at for at, shared in enumerate(self._weights.values())}
        nodes = [*range(units), *names]
        degrees, others, weights = [], [], []
        for first in range(0, len(nodes), _SLICE):
            near = [adjacent[node] for node in nodes[first : first + _SLICE]]
            degrees.append(np.array([len(n) for n in near], np.int32))
            others.append(
                np.array(
                    [o if isinstance(o, int) else number[o] for o in chain.from_iterable(near)], np.int32
                )
            )
            weights.append(np.array([weight[id(w)] for n in near for w in n.values()], np.int32))
            yield
        arrays = {"degrees": _joined(degrees), "others": _joined(others), "weights": _joined(weights)}
        return Snapshot(arrays, {"names": names, "kinds": list(self._weights)})

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, units: int) -> Edges:
        """The edges that `to_snapshot` took down."""
        edges = cls()
        nodes: list[Node] = [*range(units), *snapshot.plain["names"]]
        shared = []
        for kinds in snapshot.plain["kinds"]:
            key = tuple((str(kind), float(weight)) for kind, weight in kinds)
            shared.append(edges._weights.setdefault(key, dict(key)))
        edges.graph.add_nodes_from(nodes)
        others = [nodes[at] for at in snapshot.arrays["others"].tolist()]
        weights = [shared[at] for at in snapshot.arrays["weights"].tolist()]
        adjacent, first = edges.graph._adj, 0
        for node, degree in zip(nodes, snapshot.arrays["degrees"].tolist(), strict=True):
            last = first + degree
            adjacent[node] = dict(zip(others[first:last], weights[first:last], strict=True))
            first = last
        return edges


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.int32), *parts])
