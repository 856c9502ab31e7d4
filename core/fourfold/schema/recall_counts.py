"""How often units were recalled, and when last: counted in memory, and stored in a bank's records, some units in
each."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK, KIND
from fourfold.schema.records import USE, make_id

_PREFIX = 2
"""Hex digits of a unit's id that choose its record: at most 256 records a bank, each of that share of its units. A
guess, not measured."""

Uses = Mapping[str, tuple[int, float]]
"""By unit, how often it was recalled, and when last (epoch seconds)."""
StoredUses = Mapping[str, Sequence[float]]
"""The same as a record has it."""


@dataclass(slots=True)
class RecallCounts:
    """The recalls that are not stored yet, by bank. Safe for several threads."""

    # Recalls add from any thread while a background task writes what was counted so far.

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)

    def add(self, bank: str, units: list[str], at: float) -> None:
        """Counts a recall of these units at a moment (epoch seconds)."""
        with self._lock:
            counts = self._counts.setdefault(bank, {})
            for unit in units:
                count, _ = counts.get(unit, (0, at))
                counts[unit] = count + 1, at

    def pop(self, bank: str) -> dict[str, tuple[int, float]]:
        """Returns what was counted in `bank`, and counts from nothing again."""
        with self._lock:
            return self._counts.pop(bank, {})

    def banks(self) -> list[str]:
        """Returns the banks in which something was recalled."""
        with self._lock:
            return list(self._counts)


def updated_records(store: Store, bank: str, uses: Uses) -> list[Point]:
    """Returns the records of `bank` that `uses` changes, brought up to date."""
    buckets: dict[str, dict[str, list[float]]] = {}
    for unit, (count, at) in uses.items():
        buckets.setdefault(_bucket_id(bank, unit), {})[unit] = [count, at]
    stored = {
        point.id: uses_of(point) for point in store.scan(Where(bank=bank, kind=USE, ids=tuple(buckets)))
    }
    return [
        use_point(identity, bank, {**stored.get(identity, {}), **bucket})
        for identity, bucket in buckets.items()
    ]


READ_USES = Fields(only=("uses",))
"""What `uses_of` looks at."""


def uses_of(point: Point) -> StoredUses:
    """Returns what a record of uses has: by unit, how often it was recalled, and when last (epoch seconds)."""
    uses: StoredUses = point.payload["uses"]
    return uses


def use_point(identity: str, bank: str, uses: StoredUses) -> Point:
    """Returns a record of uses, with the id that it has."""
    return Point(identity, {KIND: USE, BANK: bank, "uses": dict(uses)})


def _bucket_id(bank: str, unit: str) -> str:
    return make_id(bank, USE, unit[:_PREFIX])
