"""Entries in a store: JSON values that a bank keeps word for word, each kind apart from the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK, DOCUMENTS, KIND, TAGS
from fourfold.schema.records import ENTRY_PREFIX, GONE_ENTRY, bank_of, from_iso, kind_of, make_id, to_iso
from fourfold.values.units import Entry

_KEY = "key"


def entry_point(bank: str, entry: Entry, order: int) -> Point:
    """Returns an entry, the `order`-th of its write, as a record of the store. The entry has its times and its
    revision."""
    assert entry.created_at is not None
    assert entry.updated_at is not None
    payload = {
        KIND: ENTRY_PREFIX + entry.kind,
        BANK: bank,
        DOCUMENTS: [entry.document],
        TAGS: list(entry.tags),
        _KEY: entry.key,
        "value": entry.value,
        "order": order,
        # Not "revision": that field is the stamp of the write, and is indexed.
        "revised": entry.revision,
        "created_at": entry.created_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "expires_at": to_iso(entry.expires_at),
    }
    return Point(entry_id(bank, entry.kind, entry.key), payload)


def entry_tombstone(bank: str, entry: Entry) -> Point:
    """Returns the record that is put in place of an entry: nothing but that it was there."""
    return _gone(entry_id(bank, entry.kind, entry.key), bank)


def tombstone_of_entry(point: Point) -> Point:
    """Returns the record that is put in place of the entry that lies in the store as `point`."""
    return _gone(point.id, bank_of(point))


def _gone(identity: str, bank: str) -> Point:
    return Point(identity, {KIND: GONE_ENTRY, BANK: bank, DOCUMENTS: []})


def order_of(point: Point) -> int:
    """Returns an entry's place among those of its time."""
    order: int = point.payload["order"]
    return order


def value_of(point: Point) -> Any:
    """Returns the JSON value of an entry's record."""
    return point.payload["value"]


def is_entry(point: Point) -> bool:
    """Returns whether a record is an entry that is there."""
    return kind_of(point).startswith(ENTRY_PREFIX)


def id_in_bank(point: Point, bank: str) -> str:
    """Returns the id that the entry of this record has in `bank`."""
    return entry_id(bank, kind_of(point).removeprefix(ENTRY_PREFIX), point.payload[_KEY])


def find_entries(
    store: Store,
    bank: str,
    kind: str,
    document: str | None = None,
    keys: Iterable[str] | None = None,
) -> list[Entry]:
    """Returns the entries of that kind in the order in which they were first put, expired ones included; of one
    document, or with one of these keys."""
    where = Where(bank=bank, kind=ENTRY_PREFIX + kind, documents=None if document is None else (document,))
    if keys is not None:
        where = replace(where, ids=tuple(entry_id(bank, kind, key) for key in keys))
    points = sorted(store.scan(where), key=lambda p: (p.payload["created_at"], p.payload["order"]))
    return [read_entry(point) for point in points]


def entries_of(store: Store, bank: str, document: str) -> list[Entry]:
    """Returns the entries of a document, of every kind."""
    points = store.scan(Where(bank=bank, documents=(document,)))
    return [read_entry(point) for point in points if is_entry(point)]


def banks_with(store: Store, kind: str, tag: str | None, now: datetime | None) -> list[str]:
    """Returns the names of the banks that have entries of that kind, with that tag, sorted; with `now`, of entries
    that have not expired by then."""
    where = Where(kind=ENTRY_PREFIX + kind, tags=None if tag is None else (tag,))
    points = store.scan(where, Fields(only=(BANK, "expires_at")))
    return sorted({bank_of(point) for point in points if now is None or not _has_expired(point, now)})


def expired_documents(store: Store, bank: str, kind: str, now: datetime) -> list[str]:
    """Returns the documents of which an entry of that kind has expired, each once, sorted."""
    points = store.scan(Where(bank=bank, kind=ENTRY_PREFIX + kind), Fields(only=(DOCUMENTS, "expires_at")))
    return sorted({point.payload[DOCUMENTS][0] for point in points if _has_expired(point, now)})


def _has_expired(point: Point, now: datetime) -> bool:
    expires_at = from_iso(point.payload["expires_at"])
    return expires_at is not None and expires_at <= now


def entry_id(bank: str, kind: str, key: str) -> str:
    """Returns the id of the entry with that kind and key."""
    return make_id(bank, "entry", kind, key)


def read_entry(point: Point) -> Entry:
    """Returns the entry that `entry_point` wrote."""
    p = point.payload
    return Entry(
        kind=kind_of(point).removeprefix(ENTRY_PREFIX),
        key=p[_KEY],
        value=p["value"],
        expires_at=from_iso(p["expires_at"]),
        tags=tuple(p[TAGS]),
        revision=int(p["revised"]),
        document=p[DOCUMENTS][0],
        created_at=datetime.fromisoformat(p["created_at"]),
        updated_at=datetime.fromisoformat(p["updated_at"]),
    )
