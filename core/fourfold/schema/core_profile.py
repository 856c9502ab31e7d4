"""A bank's core profile in a store, and what was pinned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fourfold.ports import Point, Store, Where
from fourfold.schema.records import make_id
from fourfold.values.reflection import CoreProfileLine


@dataclass(frozen=True, slots=True)
class CoreRecord:
    """The lines of a bank's core profile in the order they came to be, and the units that were pinned."""

    lines: tuple[CoreProfileLine, ...] = ()
    pinned: tuple[str, ...] = ()
    at: datetime | None = None


def core_point(bank: str, core: CoreRecord) -> Point:
    """A core profile as a record of the store."""
    payload: dict[str, Any] = {
        "kind": "core",
        "bank": bank,
        "pinned": list(core.pinned),
        "at": core.at and core.at.isoformat(),
    }
    payload |= {"lines": [[line.kind, line.text, list(line.evidence)] for line in core.lines]}
    return Point(make_id(bank, "core"), payload)


def read_core(store: Store, bank: str) -> CoreRecord:
    """The core profile of `bank`; an empty one where there is none yet."""
    for point in store.scan(Where(bank=bank, kind="core", ids=(make_id(bank, "core"),))):
        p = point.payload
        lines = tuple(CoreProfileLine(kind, text, tuple(evidence)) for kind, text, evidence in p["lines"])
        return CoreRecord(lines, tuple(p["pinned"]), datetime.fromisoformat(p["at"]) if p["at"] else None)
    return CoreRecord()
