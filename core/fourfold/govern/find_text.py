"""Finds a text in a store: in its records, and among the bytes of its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.ports import Store, Where


def find_text(store: Store, text: str) -> list[str]:
    """Where the text is: "unit 1a2b... of the bank alice", "file store/shard/...", in no order."""
    records = [
        f"{point.payload.get('kind')} {point.id} of the bank {point.payload.get('bank')}"
        for point in store.scan(Where())
        if any(text in leaf for leaf in leaves(point.payload))
    ]
    return records + [f"file {name}" for name in store.find_bytes(text)]


def leaves(value: Any) -> Iterator[str]:
    """All strings in a JSON value, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield name
            yield from leaves(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from leaves(child)
