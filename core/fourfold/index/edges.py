"""The edges of a bank's graph, in a NetworkX graph.

Unit nodes are integers (their row), entity nodes their names. An edge carries one weight a link kind, for
instance `{"temporal": 0.9, "semantic": 0.74}`; a mention is `{"entity": 1.0}`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from itertools import chain

import networkx as nx
import numpy as np

from fourfold.index.snapshot import Array, Snapshot

_SLICE = 2000
"""Nodes of a snapshot that are taken without letting go of the lock. A guess, not measured."""

Node = int | str
_NO_EDGES: Mapping[Node, Mapping[str, float]] = {}
_NO_KINDS: Mapping[str, float] = {}


class Edges:
    """The edges of one bank's graph."""

    def __init__(self) -> None:
        self.graph = nx.Graph()
        # Edges of the same kinds and weights (to two digits) share one dictionary, which nobody may change: 184 bytes
        # for each would be more than the two entries that an edge is. `add_edge` makes one for each, so edges are put
        # into NetworkX's dictionaries from here.
        self._weights: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}

    def neighbours(self, node: Node) -> Mapping[Node, Mapping[str, float]]:
        """Returns the neighbours of a node, and the weight of each kind of the edge between; nothing for a node that
        is not there."""
        # `_adj`, not `adj`: that wraps each dictionary in a view, and the graph channel goes through many.
        neighbours: Mapping[Node, Mapping[str, float]] = self.graph._adj.get(node, _NO_EDGES)
        return neighbours

    def add(self, node: Node, neighbour: Node, kind: str, weight: float) -> None:
        """Adds an edge between two nodes that are there, or a kind to the one that is there."""
        adjacent = self.graph._adj
        current = adjacent[node].get(neighbour)
        rounded = round(weight, 2) or 0.01  # not 0, or a weak edge would be none
        key = ((kind, rounded),) if current is None else tuple(sorted({**current, kind: rounded}.items()))
        adjacent[node][neighbour] = adjacent[neighbour][node] = self._shared(key)

    def remove(self, node: Node, neighbour: Node, kind: str) -> None:
        """Takes a kind from the edge between two nodes, and the edge with its last one; it may be gone already."""
        adjacent = self.graph._adj
        current = adjacent[node].get(neighbour, _NO_KINDS)
        key = tuple(item for item in current.items() if item[0] != kind)
        if key:
            adjacent[node][neighbour] = adjacent[neighbour][node] = self._shared(key)
        elif current:
            del adjacent[node][neighbour], adjacent[neighbour][node]

    def _shared(self, key: tuple[tuple[str, float], ...]) -> dict[str, float]:
        shared = self._weights.get(key)
        if shared is None:
            shared = self._weights[key] = dict(key)
        return shared

    def to_snapshot(self, units: int) -> Generator[None, None, Snapshot]:
        """Takes a snapshot, `_SLICE` nodes between one yield and the next, and returns it. Units are nodes 0 to
        `units` - 1, entities follow."""
        adjacent = self.graph._adj
        names = [node for node in self.graph if isinstance(node, str)]
        number = {name: units + at for at, name in enumerate(names)}
        weight = {id(shared): at for at, shared in enumerate(self._weights.values())}
        nodes = [*range(units), *names]
        degrees: list[Array] = []
        neighbours: list[Array] = []
        weights: list[Array] = []
        for start in range(0, len(nodes), _SLICE):
            edges = [adjacent[node] for node in nodes[start : start + _SLICE]]
            numbers = [
                neighbour if isinstance(neighbour, int) else number[neighbour]
                for neighbour in chain.from_iterable(edges)
            ]
            degrees.append(np.array([len(of_node) for of_node in edges], np.int32))
            neighbours.append(np.array(numbers, np.int32))
            weights.append(
                np.array([weight[id(kinds)] for of_node in edges for kinds in of_node.values()], np.int32)
            )
            yield
        arrays = {"degrees": _joined(degrees), "others": _joined(neighbours), "weights": _joined(weights)}
        return Snapshot(arrays, {"names": names, "kinds": list(self._weights)})

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, units: int) -> Edges:
        """Returns the edges that `to_snapshot` described."""
        edges = cls()
        nodes: list[Node] = [*range(units), *snapshot.values["names"]]
        shared = []
        for kinds in snapshot.values["kinds"]:
            key = tuple((str(kind), float(weight)) for kind, weight in kinds)
            shared.append(edges._weights.setdefault(key, dict(key)))
        edges.graph.add_nodes_from(nodes)
        neighbours = [nodes[at] for at in snapshot.arrays["others"].tolist()]
        weights = [shared[at] for at in snapshot.arrays["weights"].tolist()]
        adjacent, start = edges.graph._adj, 0
        for node, degree in zip(nodes, snapshot.arrays["degrees"].tolist(), strict=True):
            end = start + degree
            adjacent[node] = dict(zip(neighbours[start:end], weights[start:end], strict=True))
            start = end
        return edges


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.int32), *parts])
