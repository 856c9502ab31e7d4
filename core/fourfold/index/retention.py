"""How well units are remembered: Ebbinghaus' curve R = exp(-t / S), where S grows with each use, as in MemoryBank
(arXiv 2305.10250). t is counted from when a unit was last said or used; S is `decay` days, times one more than it
was used or said again. What is pinned does not fade."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.index.columns import said_or_recorded
from fourfold.ports import Floats
from fourfold.values.results import Strength

_DAY = 86_400.0
"""Seconds."""
_LARGEST_EXPONENT = 700.0
"""exp(-700) is 1e-304. From exp(-746) on a double is 0, which a retention never is."""


def stability_days(records: NDArray[np.void], decay: float) -> Floats:
    """Returns S of each record of an index's columns, in days."""
    days: Floats = decay * (1.0 + records["uses"] + np.maximum(records["times"] - 1, 0))
    return days


def retention(index: BankIndex, rows: NDArray[np.intp], now: datetime, decay: float) -> Floats:
    """Returns R of each of `rows`, in (0, 1]; what has no time fades from when it was recorded on. The caller holds
    the index's lock."""
    return _retention_since(said_or_recorded(index.columns[rows]), index, rows, now, decay)


def freshness(index: BankIndex, rows: NDArray[np.intp], now: datetime, decay: float) -> Floats:
    """Returns R of each of `rows` as ranking takes it, in (0, 1]: what has no time is as good as faded until it is
    used. It may be old, and must not go before what is newer since it came here late. The caller holds the index's
    lock."""
    return _retention_since(index.columns[rows]["mentioned"], index, rows, now, decay)


def _retention_since(
    said_at: NDArray[np.float64], index: BankIndex, rows: NDArray[np.intp], now: datetime, decay: float
) -> Floats:
    records = index.columns[rows]
    last = np.maximum(said_at, records["used"])
    days = np.maximum(now.timestamp() - last, 0.0) / _DAY
    retained = np.exp(-np.minimum(days / stability_days(records, decay), _LARGEST_EXPONENT))
    pinned = index.pinned_rows()
    return np.where(np.isin(rows, pinned), 1.0, retained) if pinned else retained


def strength(index: BankIndex, row: int, now: datetime, decay: float) -> Strength:
    """Returns how well one unit is remembered. The caller holds the index's lock."""
    rows = np.array([row], dtype=np.intp)
    record = index.columns[row]
    used = float(record["used"])
    return Strength(
        retention=round(float(retention(index, rows, now, decay)[0]), 4),
        stability=round(float(stability_days(index.columns[rows], decay)[0]), 2),
        uses=int(record["uses"]),
        used_at=datetime.fromtimestamp(used, UTC) if used else None,
        pinned=row in index.pinned_rows(),
    )
