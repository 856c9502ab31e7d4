"""Entries as they lie in a store: JSON values that a bank keeps word for word, each kind apart from the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.records import make_id
from fourfold.values.units import Entry

_GONE = "gone_entry"
_KIND = "entry:"


def entry_point(bank: str, entry: Entry, order: int) -> Point:
    """An entry, the `order`-th of its write, as a record of the store. It has its times and its revision."""
    assert entry.created_at is not None
    assert entry.updated_at is not None
    payload = {
        "kind": _KIND + entry.kind,
        "bank": bank,
        "documents": [entry.document],
        "tags": list(entry.tags),
        "key": entry.key,
        "value": entry.value,
        "order": order,
        "revised": entry.revision,
        "created_at": entry.created_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "expires_at": entry.expires_at and entry.expires_at.isoformat(),
    }
    return Point(entry_id(bank, _KIND + entry.kind, entry.key), payload)


def gone_point(bank: str, entry: Entry) -> Point:
    """What is left of an entry: nothing but that it was there."""
    return Point(
        entry_id(bank, _KIND + entry.kind, entry.key), {"kind": _GONE, "bank": bank, "documents": []}
    )


def gone_entry(point: Point) -> Point:
    """What is left of the entry that lies in the store as `point`."""
    return Point(point.id, {"kind": _GONE, "bank": point.payload["bank"], "documents": []})


def value_of(point: Point) -> Any:
    """Returns the JSON value of an entry's record."""
    return point.payload["value"]


def is_entry(point: Point) -> bool:
    """Whether a point is an entry that is kept."""
    return str(point.payload["kind"]).startswith(_KIND)


def find_entries(
    store: Store,
    bank: str,
    kind: str,
    document: str | None = None,
    keys: Iterable[str] | None = None,
) -> list[Entry]:
    """The entries of that kind in the order in which they were first kept, expired ones included; of one document, or
    with one of these keys."""
    where = Where(bank=bank, kind=_KIND + kind, documents=None if document is None else (document,))
    if keys is not None:
        where = replace(where, ids=tuple(entry_id(bank, _KIND + kind, key) for key in keys))
    points = sorted(store.scan(where), key=lambda p: (p.payload["created_at"], p.payload["order"]))
    return [_read(point) for point in points]


def entries_of(store: Store, bank: str, document: str) -> list[Entry]:
    """The entries of a document, of every kind."""
    points = store.scan(Where(bank=bank, documents=(document,)))
    return [_read(point) for point in points if point.payload["kind"].startswith(_KIND)]


def banks_with(store: Store, kind: str, tag: str | None, now: datetime | None) -> list[str]:
    """The banks that keep entries of that kind, with that tag, by name; with `now`, entries that have not expired."""
    where = Where(kind=_KIND + kind, tags=None if tag is None else (tag,))
    points = store.scan(where, Fields(only=("bank", "expires_at")))
    return sorted({p.payload["bank"] for p in points if now is None or not _over(p, now)})


def expired_documents(store: Store, bank: str, kind: str, now: datetime) -> list[str]:
    """The documents of which an entry of that kind has expired, each once."""
    points = store.scan(Where(bank=bank, kind=_KIND + kind), Fields(only=("documents", "expires_at")))
    return sorted({p.payload["documents"][0] for p in points if _over(p, now)})


def _over(point: Point, now: datetime) -> bool:
    expires = point.payload["expires_at"]
    return expires is not None and datetime.fromisoformat(expires) <= now


def entry_id(bank: str, kind: str, key: str) -> str:
    """The id of an entry, by the kind that its record has."""
    return make_id(bank, "entry", kind.removeprefix(_KIND), key)


def _read(point: Point) -> Entry:
    p = point.payload
    expires = p["expires_at"]
    return Entry(
        kind=p["kind"].removeprefix(_KIND),
        key=p["key"],
        value=p["value"],
        expires_at=None if expires is None else datetime.fromisoformat(expires),
        tags=tuple(p["tags"]),
        revision=int(p["revised"]),
        document=p["documents"][0],
        created_at=datetime.fromisoformat(p["created_at"]),
        updated_at=datetime.fromisoformat(p["updated_at"]),
    )
