"""How often units were recalled, and when last: noted in memory, and kept in a bank's records, some units in each."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fourfold.ports import Point, Store, Where
from fourfold.schema.records import USE, make_id

_PREFIX = 2  # hex digits of a unit's id: at most 256 records a bank

Uses = Mapping[str, tuple[int, float]]
"""By unit, how often it was used, and when last (epoch seconds)."""


@dataclass(slots=True)
class RecallCounts:
    """What was used and is not written yet, by bank."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _of: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)

    def add(self, bank: str, units: list[str], at: float) -> None:
        """These units were used at that moment."""
        with self._lock:
            noted = self._of.setdefault(bank, {})
            for unit in units:
                noted[unit] = noted.get(unit, (0, at))[0] + 1, at

    def take(self, bank: str) -> dict[str, tuple[int, float]]:
        """What was used in `bank`; it is noted no more."""
        with self._lock:
            return self._of.pop(bank, {})

    def banks(self) -> list[str]:
        """The banks of which something is noted."""
        with self._lock:
            return list(self._of)


def used(store: Store, bank: str, uses: Uses) -> list[Point]:
    """The records of `bank` that `uses` changes, brought up to date."""
    buckets: dict[str, dict[str, list[float]]] = {}
    for unit, (count, at) in uses.items():
        buckets.setdefault(_bucket_id(bank, unit), {})[unit] = [count, at]
    held = {p.id: p.payload["uses"] for p in store.scan(Where(bank=bank, kind=USE, ids=tuple(buckets)))}
    return [use_point(identity, bank, {**held.get(identity, {}), **new}) for identity, new in buckets.items()]


def uses_of(point: Point) -> Mapping[str, Any]:
    """Returns what a record of uses has: by unit, how often it was recalled, and when last (epoch seconds)."""
    uses: Mapping[str, Any] = point.payload["uses"]
    return uses


def use_point(identity: str, bank: str, uses: Mapping[str, Any]) -> Point:
    """A record of uses."""
    return Point(identity, {"kind": USE, "bank": bank, "uses": dict(uses)})


def _bucket_id(bank: str, unit: str) -> str:
    return make_id(bank, USE, unit[:_PREFIX])
