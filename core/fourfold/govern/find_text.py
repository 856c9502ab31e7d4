"""Finds a text in a store: in its records, and among the bytes of its files."""

from __future__ import annotations

from fourfold.ports import Store, Where
from fourfold.schema.records import describe
from fourfold.schema.texts import strings_of


def find_text(store: Store, text: str) -> list[str]:
    """Returns where the text is: "unit 1a2b... of the bank alice", "file store/shard/...", in no order."""
    records = [
        describe(point)
        for point in store.scan(Where())
        if any(text in string for string in strings_of(point))
    ]
    return records + [f"file {name}" for name in store.find_bytes(text)]
