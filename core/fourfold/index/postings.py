"""An inverted file over token vectors, each rounded to its nearest centroid: which units hold a token like this?

After PLAID (Santhanam et al. 2022): a token is one number of 16 bits, so late interaction with every unit of a bank
is estimated in milliseconds, and only the best need their token vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fourfold.index.snapshot import Snapshot
from fourfold.ports import Floats

_PROBES = 64
"""Centroids nearest to a question token that are looked up: docs/adr/0006, with 2,048 centroids."""


class Postings:
    """Grows with `add`, answers with `best`. Not safe for several threads: the bank's lock guards it."""

    def __init__(self) -> None:
        # Merged in when somebody asks, not one by one: each time, the arrays are copied.
        self._new: list[tuple[int, NDArray[np.uint16]]] = []
        self._codes = np.zeros(0, dtype=np.uint16)  # sorted, with the row of each beside it
        self._rows = np.zeros(0, dtype=np.int32)

    def add(self, row: int, codes: Sequence[int]) -> None:
        """Notes that unit `row` has tokens nearest to these centroids."""
        if len(codes):
            self._new.append((row, np.array(codes, dtype=np.uint16)))

    def to_snapshot(self) -> Snapshot:
        """Returns the postings as `from_snapshot` reads them."""
        self._merge()
        return Snapshot({"codes": self._codes, "rows": self._rows}, {})

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Postings:
        """Returns the postings that `to_snapshot` described."""
        postings = cls()
        postings._codes, postings._rows = snapshot.arrays["codes"], snapshot.arrays["rows"]
        return postings

    def best(self, similar: Floats, units: int) -> Floats:
        """Returns the largest similarity of each question token with the tokens of each unit, (tokens, units).

        `similar` holds the similarity of each question token with each centroid, (tokens, centroids). The
        `_PROBES` centroids nearest to a question token are looked up; a unit that has none of them gets the
        similarity of the last of these.
        """
        self._merge()
        tokens, probes = len(similar), min(_PROBES, similar.shape[1])
        nearest = np.argpartition(similar, -probes, axis=1)[:, -probes:]
        scores = np.take_along_axis(similar, nearest, axis=1)
        order = np.argsort(scores, axis=1)
        codes = np.take_along_axis(nearest, order, axis=1).astype(np.uint16).ravel()
        scores = np.take_along_axis(scores, order, axis=1)
        starts = np.searchsorted(self._codes, codes, side="left")
        lengths = np.searchsorted(self._codes, codes, side="right") - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        token = np.repeat(np.arange(tokens), lengths.reshape(tokens, probes).sum(axis=1))
        largest = np.repeat(scores[:, :1], units, axis=1)
        # Probes come in rising order: of several values for one place, the last and best stays.
        largest.ravel()[token * units + self._rows[places]] = np.repeat(scores.ravel(), lengths)
        return largest

    def _merge(self) -> None:
        """Sorts what was added in among the rest."""
        if not self._new:
            return
        codes = np.concatenate([codes for _, codes in self._new])
        rows = np.repeat([row for row, _ in self._new], [len(codes) for _, codes in self._new])
        order = np.argsort(codes, kind="stable")
        places = np.searchsorted(self._codes, codes[order], side="right")
        self._codes = np.insert(self._codes, places, codes[order])
        self._rows = np.insert(self._rows, places, rows[order].astype(np.int32))
        self._new = []
