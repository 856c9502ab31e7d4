"""How far consolidation got in a bank, as a record of its store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fourfold.ports import Point, Store, Where
from fourfold.schema.records import make_id
from fourfold.values.reflection import Failure


@dataclass(frozen=True, slots=True)
class ConsolidationState:
    """How far consolidation is in a bank: by writer, the revision up to which its units are taken in; and what
    failed, by key ("summary:Ana")."""

    done: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, Failure] = field(default_factory=dict)

    def behind(self, cursors: Mapping[str, int]) -> dict[str, int]:
        """By writer, the revision after which there is something to take in."""
        return {w: self.done.get(w, 0) for w, written in cursors.items() if self.done.get(w, 0) < written}

    def noted(self, key: str, failure: Failure | None) -> ConsolidationState:
        """With that failure in place of an earlier one; without any for None."""
        failed = {k: v for k, v in self.failed.items() if k != key}
        return replace(self, failed=failed | ({key: failure} if failure else {}))


def progress_point(bank: str, progress: ConsolidationState) -> Point:
    """How far consolidation is, as a record of the store."""
    failed = {key: [f.what, f.reason, f.attempts] for key, f in progress.failed.items()}
    payload = {"kind": "progress", "bank": bank, "done": dict(progress.done), "failed": failed}
    return Point(make_id(bank, "progress"), payload)


def read_progress(store: Store, bank: str) -> ConsolidationState:
    """How far consolidation is in `bank`."""
    for point in store.scan(Where(ids=(make_id(bank, "progress"),))):
        p = point.payload
        return ConsolidationState(dict(p["done"]), {key: Failure(*f) for key, f in p["failed"].items()})
    return ConsolidationState()
