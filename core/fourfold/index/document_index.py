"""Which messages of its documents a bank has: in units, by row, and in the chunks that a language model reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from numpy.typing import NDArray

from fourfold.ports import Point
from fourfold.schema.chunks import CHUNKS
from fourfold.schema.records import NEVER


class DocumentIndex:
    """The documents of one bank."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, int]] = {}
        self._last: dict[str, int] = {}
        self._waiting: set[str] = set()
        self._covered: dict[str, dict[str, str]] = {}

    def to_snapshot(self) -> dict[str, Any]:
        """As JSON values."""
        waiting = sorted(self._waiting)
        return {"rows": self._rows, "last": self._last, "waiting": waiting, "covered": self._covered}

    @classmethod
    def from_snapshot(cls, frozen: Mapping[str, Any]) -> DocumentIndex:
        """The documents that `to_snapshot` took down."""
        documents = cls()
        documents._rows, documents._last = frozen["rows"], frozen["last"]
        documents._waiting, documents._covered = set(frozen["waiting"]), frozen["covered"]
        return documents

    def place(self, row: int, payload: Mapping[str, Any], rows: NDArray[Any]) -> None:
        """Notes the messages that a unit quotes; of two units of a message the one that holds counts."""
        for document, message in zip(payload["documents"], payload["messages"], strict=True):
            known = self._rows.setdefault(document, {})
            if message not in known or rows[known[message]]["retired"] != NEVER:
                known[message] = row
            last = self._last.get(document)
            if last is None or (rows[last]["mentioned"], last) < (rows[row]["mentioned"], row):
                self._last[document] = row

    def rows(self, document: str, messages: Iterable[str]) -> dict[str, int]:
        """Those of `messages` that units quote, and the row of the (first) unit of each."""
        held = self._rows.get(document, {})
        return {message: held[message] for message in messages if message in held}

    def last(self, document: str) -> int | None:
        """The row of the latest unit of a document."""
        return self._last.get(document)

    def note(self, point: Point) -> None:
        """Takes notice of a chunk: which messages of its document it covers, and whether a model has read it."""
        payload = point.payload
        if payload["kind"] not in CHUNKS:
            return
        if payload["kind"] == "pending":
            self._waiting.add(point.id)
        else:
            self._waiting.discard(point.id)
        covered = self._covered.setdefault(payload["documents"][0], {})
        for message in payload["messages"]:
            if payload["kind"] != "gone":
                covered[message] = point.id
            elif covered.get(message) == point.id:
                del covered[message]

    def covered(self, document: str, messages: Iterable[str]) -> set[str]:
        """Those of `messages` that a chunk of the document holds, read by a model or not yet."""
        held = self._covered.get(document, {})
        return {message for message in messages if message in held}

    def pending(self) -> int:
        """How many chunks wait for a language model."""
        return len(self._waiting)
