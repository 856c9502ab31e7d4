"""Which messages of its documents a bank has: in units, by row, and in the chunks that a language model reads."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from fourfold.ports import Point
from fourfold.schema.chunks import messages_of_chunk, state_of
from fourfold.schema.indexed_units import IndexedUnit
from fourfold.schema.records import GONE, NEVER, PENDING_CHUNK


class DocumentSnapshot(TypedDict):
    """A `DocumentIndex` as JSON."""

    rows: dict[str, dict[str, list[int]]]
    last: dict[str, int]
    waiting: list[str]
    covered: dict[str, dict[str, str]]


class DocumentIndex:
    """The documents of one bank."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, list[int]]] = {}
        """By document and message, the rows of the units that quote it, in order."""
        self._last: dict[str, int] = {}
        """By document, the row of its latest unit."""
        self._pending: set[str] = set()
        """The ids of the chunks that no model has read yet."""
        self._chunk_of: dict[str, dict[str, str]] = {}
        """By document and message, the id of the chunk that the message is in."""

    def to_snapshot(self) -> DocumentSnapshot:
        """Returns the index as a JSON object."""
        pending = sorted(self._pending)
        return {"rows": self._rows, "last": self._last, "waiting": pending, "covered": self._chunk_of}

    @classmethod
    def from_snapshot(cls, snapshot: DocumentSnapshot) -> DocumentIndex:
        """Returns the index that `to_snapshot` described."""
        documents = cls()
        documents._rows = snapshot["rows"]
        documents._last = snapshot["last"]
        documents._pending = set(snapshot["waiting"])
        documents._chunk_of = snapshot["covered"]
        return documents

    def add_unit(self, row: int, unit: IndexedUnit, columns: NDArray[np.void]) -> None:
        """Notes the messages that a unit quotes. `columns` are those of the bank's units."""
        for document, message in zip(unit.documents, unit.messages, strict=True):
            rows = self._rows.setdefault(document, {}).setdefault(message, [])
            # In order, whichever came first: a unit may come to quote a message that a later one quotes already.
            if row not in rows:
                insort(rows, row)
            last = self._last.get(document)
            if last is None or (columns[last]["mentioned"], last) < (columns[row]["mentioned"], row):
                self._last[document] = row

    def rows(self, document: str, messages: Iterable[str], columns: NDArray[np.void]) -> dict[str, int]:
        """Returns, by message, the row of the first unit that holds, else of the first, of those of `messages` that
        units quote. `columns` are those of the bank's units."""
        rows_of = self._rows.get(document, {})
        quoting = {message: rows_of[message] for message in messages if message in rows_of}
        return {
            message: next((row for row in rows if columns[row]["retired"] == NEVER), rows[0])
            for message, rows in quoting.items()
        }

    def quoting(self, document: str, message: str) -> list[int]:
        """Returns the rows of all units that quote a message, in order."""
        return self._rows.get(document, {}).get(message, [])

    def last(self, document: str) -> int | None:
        """Returns the row of the latest unit of a document."""
        return self._last.get(document)

    def add_chunk(self, point: Point) -> None:
        """Takes notice of a chunk: which messages of its document are in it, and whether a model has read it."""
        state = state_of(point)
        if state == PENDING_CHUNK:
            self._pending.add(point.id)
        else:
            self._pending.discard(point.id)
        document, messages = messages_of_chunk(point)
        chunk_of = self._chunk_of.setdefault(document, {})
        for message in messages:
            if state != GONE:
                chunk_of[message] = point.id
            # A chunk may be gone because another one has its messages by now, and that may have been noted first.
            elif chunk_of.get(message) == point.id:
                del chunk_of[message]

    def in_chunks(self, document: str, messages: Iterable[str]) -> set[str]:
        """Returns those of `messages` that are in a chunk of the document, read by a model or not yet."""
        chunk_of = self._chunk_of.get(document, {})
        return {message for message in messages if message in chunk_of}

    def pending_count(self) -> int:
        """Returns how many chunks wait for a language model."""
        return len(self._pending)
