"""What all records of a store have in common: their kinds, their ids, the stamp of the write that put them there.

Ids are UUIDv5 of what makes a thing unique, so writing the same thing twice writes one point.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final, NamedTuple

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK as BANK_FIELD
from fourfold.schema.fields import DOCUMENTS, KIND, LIVE_BANK, RECORDED, REVISION, WRITER, with_fields

UNIT: Final = "unit"
ENTITY: Final = "entity"
BANK: Final = "bank"
"""The profile of a bank. It is written last when a bank is installed: a bank without one is not there."""
CURSOR: Final = "cursor"
"""How far one writer got in a bank."""
SUMMARY: Final = "summary"
CORE: Final = "core"
"""The core profile of a bank."""
PROGRESS: Final = "progress"
"""How far consolidation got in a bank."""
LEDGER: Final = "ledger"
"""What language models cost a bank, by one writer."""
OPERATION: Final = "operation"
"""A record of the change log."""
OLD_CHANGE: Final = "change"
"""Of entities that were merged, before there was a change log; nothing reads it any more."""
USE: Final = "use"
"""How often some units were recalled."""
CHUNK: Final = "chunk"
"""A chunk that a language model has read."""
PENDING_CHUNK: Final = "pending"
"""A chunk that waits for a language model."""
GONE: Final = "gone"
"""What is left in place of a chunk, a summary or another derived record that is no more."""
ENTRY_PREFIX: Final = "entry:"
"""An entry's record is of this kind, and the kind that the entry has."""
GONE_ENTRY: Final = "gone_entry"
ERASED: Final = "erased"
"""What the server's adapter puts over a record before it deletes it."""
ARRIVING: Final = "arriving"
"""Marks a bank that is being installed."""
LEASE: Final = "lease"
"""Says which process writes to a bank on a server."""

KIND_ONLY = Fields(only=(KIND,))
"""What `kind_of` looks at."""
PLACE_ONLY = Fields(only=(RECORDED, "order"))
"""What `place_of` looks at."""
STAMP_ONLY = Fields(only=(WRITER, REVISION, "derived"))
"""What `stamp_of` looks at."""


NEVER = 1e12
"""Epoch seconds, some 30,000 years off: "not retired", and an interval without end. A number of this size and
no infinity, since payloads are JSON, which has none, and an absent value would need a second condition in each
filter."""
UNKNOWN_TIME = -NEVER
"""Epoch seconds of what was said nobody knows when: before all that has a time."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "fourfold")


class Stamp(NamedTuple):
    """Which write put a record where it is: the `revision`-th of `writer` to the bank, and whether what it wrote was
    derived from what the bank held."""

    writer: str
    revision: int
    derived: bool


def make_id(*parts: str) -> str:
    """Returns the UUIDv5 of `parts`, in hex."""
    # Each part comes with its length: joined as they are, ("a", "bc") and ("ab", "c") would share an id.
    return uuid.uuid5(_NAMESPACE, "".join(f"{len(part)}:{part}" for part in parts)).hex


def kind_of(point: Point) -> str:
    """Returns which kind of record a point is: one of the constants of this module, or `ENTRY_PREFIX` and a word."""
    return str(point.payload[KIND])


def is_cursor(point: Point) -> bool:
    """Returns whether a point is the cursor of a writer. A point that no operation made may have no kind."""
    return bool(point.payload.get(KIND) == CURSOR)


def bank_of(point: Point) -> str:
    """Returns the name of the bank that a record belongs to."""
    return str(point.payload[BANK_FIELD])


def place_of(point: Point) -> tuple[float, int]:
    """Returns the place of a unit or a record of the log among others of its bank: when its write was made, in epoch
    seconds, and its number in it."""
    return float(point.payload[RECORDED]), int(point.payload["order"])


def describe(point: Point) -> str:
    """Returns a record in words: "unit 1a2b... of the bank alice"."""
    return f"{point.payload.get(KIND)} {point.id} of the bank {point.payload.get(BANK_FIELD)}"


def in_bank(point: Point, bank: str) -> Point:
    """Returns the record as one of another bank: what names its own bank names that one. Its id and other ids stay;
    see `rekey` for these."""
    names = {BANK_FIELD: bank}
    if point.payload.get(LIVE_BANK) is not None:
        names[LIVE_BANK] = bank
    return with_fields(point, names)


def stamped(point: Point, writer: str, revision: int, derived: bool = False) -> Point:
    """Returns `point`, marked as written by `writer` in its `revision`-th write to the bank. `derived` says that it
    follows from what the bank holds, and is nothing new to consolidation."""
    return with_fields(point, {WRITER: writer, REVISION: revision, "derived": derived})


def stamp_of(point: Point) -> Stamp:
    """Returns the stamp of the write that a record comes from; it is another one after each change of the record. The
    mark of a bank that is being installed has no writer, and revision 0."""
    payload = point.payload
    return Stamp(
        str(payload.get(WRITER, "")), int(payload.get(REVISION, 0)), bool(payload.get("derived", False))
    )


def cursor_point(bank: str, writer: str, revision: int) -> Point:
    """Returns the record of how far one writer got in one bank; readers compare it with what they have loaded."""
    payload = {KIND: CURSOR, BANK_FIELD: bank, WRITER: writer, REVISION: revision}
    return Point(make_id(bank, CURSOR, writer), payload)


def read_cursors(store: Store, bank: str) -> dict[str, int]:
    """Returns how far each writer got in `bank`, as the store has it now."""
    cursors = store.scan(Where(bank=bank, kind=CURSOR))
    return {str(point.payload[WRITER]): int(point.payload[REVISION]) for point in cursors}


def tombstone(bank: str, identity: str) -> Point:
    """Returns the record that is put in place of one that is no more."""
    # A chunk may become a record of this kind, so an index reads the document and the messages of every one.
    return Point(identity, {KIND: GONE, BANK_FIELD: bank, DOCUMENTS: [""], "messages": []})


def erased_point(identity: str) -> Point:
    """Returns an empty record, to be put over one that is erased."""
    return Point(identity, {KIND: ERASED})


def arriving_point(bank: str) -> Point:
    """Returns the mark of a bank that is being installed. Whoever finds it without the bank's profile knows that the
    installing process was stopped."""
    return Point(make_id(bank, ARRIVING), {KIND: ARRIVING, BANK_FIELD: bank})


def lease_id(bank: str) -> str:
    """Returns the id of the record that says which process writes to `bank`. It names no bank, since it is none's: it
    is there before the bank and after it."""
    return make_id(bank, LEASE)


def to_iso(moment: datetime | None) -> str | None:
    """Returns a moment as a record has it; None stays None."""
    return None if moment is None else moment.isoformat()


def from_iso(stored: str | None) -> datetime | None:
    """Returns the moment that `to_iso` wrote."""
    return None if stored is None else datetime.fromisoformat(stored)
