"""What a channel answers: rows of the graph, best first, with raw scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fourfold.ports import Floats

Rows = NDArray[np.intp]


Path = tuple[int | str, ...]
"""How a unit was reached: rows of units and names of entities, from where the walk began."""


class Ranked(NamedTuple):
    """`rows` (n,), best first, each once, and their `scores` (n,); `paths` of rows, where a channel knows them."""

    rows: Rows
    scores: Floats
    paths: Mapping[int, Path] = MappingProxyType({})

    @staticmethod
    def of(pairs: Iterable[tuple[int, float]]) -> Ranked:
        """Builds a ranking from (row, score) pairs in any order; of equal scores the lower row comes first."""
        listed = list(pairs)
        rows = np.array([row for row, _ in listed], dtype=np.intp)
        scores = np.array([score for _, score in listed], dtype=np.float32)
        order = np.lexsort((rows, -scores))
        return Ranked(rows[order], scores[order])

    def column(self, units: int, default: float = 0.0) -> Floats:
        """Returns an array (units,) with the score of each row; `default` for a row that is not in the ranking."""
        column = np.full(units, default, dtype=np.float32)
        column[self.rows] = self.scores
        return column

    def at(self, chosen: NDArray[np.bool_]) -> Ranked:
        """Returns the part at the places that are true in `chosen`, which has one value a place."""
        return Ranked(self.rows[chosen], self.scores[chosen], self.paths)

    def among(self, mask: NDArray[np.bool_]) -> Ranked:
        """Returns the part whose rows are true in `mask`, which has one value a unit of the bank."""
        return self.at(mask[self.rows])


NOTHING = Ranked.of(())


def best(scores: Floats, most: int) -> Rows:
    """Returns the places of the `most` highest scores, in no order."""
    if len(scores) <= most:
        return np.arange(len(scores))
    return np.argpartition(scores, -most)[-most:]
