"""What all records of a store have in common: their kinds, their ids, the stamp of the write that put them there.

Ids are UUIDv5 of what makes a thing unique, so writing the same thing twice writes one point.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from fourfold.ports import Fields, Point, Store, Where

UNIT = "unit"
ENTITY = "entity"
BANK = "bank"
CURSOR = "cursor"
SUMMARY = "summary"
CORE = "core"
PROGRESS = "progress"
LEDGER = "ledger"
OPERATION = "operation"
USE = "use"
CHUNK, PENDING_CHUNK = "chunk", "pending"
"""A chunk that a language model has read, and one that waits for it."""
GONE = "gone"
"""What is left in place of a chunk, a summary or another derived record that is no more."""
ENTRY_PREFIX = "entry:"
"""An entry's record is of this kind, and the kind that the entry has."""
GONE_ENTRY = "gone_entry"
ERASED = "erased"
"""What the server's adapter puts over a record before it deletes it."""
ARRIVING = "arriving"
"""Marks a bank that is being installed."""
MANIFEST = "manifest"
"""Of a whole store; the server's adapter keeps it as a record."""

KIND_ONLY = Fields(only=("kind",))
"""What `kind_of` looks at."""


NEVER = 1e12  # epoch seconds, some 30,000 years off: "not retired", and an interval without end
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "fourfold")


def make_id(*parts: str) -> str:
    """The UUIDv5 of `parts`, in hex; no two different lists of parts share one."""
    return uuid.uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)).hex


def kind_of(point: Point) -> str:
    """Returns which kind of record a point is: one of the constants of this module, or `ENTRY_PREFIX` and a word."""
    return str(point.payload["kind"])


def place_of(point: Point) -> tuple[float, int]:
    """Returns the place of a unit, an entry or a record of the log among others of its bank: when its write was made,
    in epoch seconds, and its number in it."""
    return float(point.payload["recorded"]), int(point.payload["order"])


def bank_of(point: Point) -> str:
    """Returns the name of the bank that a record belongs to."""
    return str(point.payload["bank"])


def stamped(point: Point, writer: str, revision: int, derived: bool = False) -> Point:
    """`point`, marked as written by `writer` in its `revision`-th write to the bank; `derived` from what is there, or
    news."""
    mark = {"writer": writer, "revision": revision, "derived": derived}
    return replace(point, payload={**point.payload, **mark})


def cursor_point(bank: str, writer: str, revision: int) -> Point:
    """How far one writer got in one bank; readers compare it with what they have loaded."""
    payload = {"kind": "cursor", "bank": bank, "writer": writer, "revision": revision}
    return Point(make_id(bank, "cursor", writer), payload)


def read_cursors(store: Store, bank: str) -> dict[str, int]:
    """How far each writer got in `bank`, as the store has it now."""
    found = store.scan(Where(bank=bank, kind="cursor"))
    return {str(p.payload["writer"]): int(p.payload["revision"]) for p in found}


def gone_point(bank: str, identity: str) -> Point:
    """What is left in place of a record that is no more."""
    return Point(identity, {"kind": "gone", "bank": bank, "documents": [""], "messages": []})


def to_iso(moment: datetime | None) -> str | None:
    """Returns a moment as a record has it; None stays None."""
    return None if moment is None else moment.isoformat()


def from_iso(written: str | None) -> datetime | None:
    """Returns the moment that `to_iso` wrote."""
    return None if written is None else datetime.fromisoformat(written)
