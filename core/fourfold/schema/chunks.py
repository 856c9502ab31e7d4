"""Chunks in a store. They are written before a language model is asked, so that nothing depends on its answer: a
chunk is pending until a model has read it, and gone once its document lost it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fourfold.ports import Fields, Point
from fourfold.schema.fields import BANK, DOCUMENTS, KIND, RECORDED, TAGS, with_fields
from fourfold.schema.records import CHUNK, GONE, PENDING_CHUNK, from_iso, to_iso
from fourfold.values.chunks import Chunk, Piece

State = Literal["pending", "chunk", "gone"]
CHUNKS: tuple[State, ...] = (PENDING_CHUNK, CHUNK, GONE)
"""The kinds of record that a chunk may be: its state is its kind, since an engine finds records by that."""
_PIECES = "pieces"


def chunk_point(bank: str, chunk: Chunk, state: State, now: datetime) -> Point:
    """Returns a chunk as a record of the store."""
    return Point(
        chunk.id,
        {
            KIND: state,
            BANK: bank,
            DOCUMENTS: [chunk.document],
            "messages": list(chunk.messages),
            _PIECES: [
                [p.text, p.message, p.speaker, p.role, to_iso(p.at), p.start, p.end] for p in chunk.pieces
            ],
            "before": list(chunk.before),
            "context": chunk.context,
            TAGS: list(chunk.tags),
            "units": list(chunk.units),
            "attempts": chunk.attempts,
            "failed": chunk.failed,
            "batch": chunk.batch,
            RECORDED: now.timestamp(),
        },
    )


def recorded_at(point: Point) -> float:
    """Returns when a chunk was written, in epoch seconds."""
    recorded: float = point.payload[RECORDED]
    return recorded


def state_of(point: Point) -> State:
    """Returns what has become of a chunk, by its record."""
    state: State = point.payload[KIND]
    return state


READ_CHUNK_MESSAGES = Fields(only=(KIND, DOCUMENTS, "messages"))
"""What `state_of` and `messages_of_chunk` look at."""


def messages_of_chunk(point: Point) -> tuple[str, list[str]]:
    """Returns the document of a chunk, and the ids of the messages in it."""
    return str(point.payload[DOCUMENTS][0]), list(point.payload["messages"])


def has_text(point: Point) -> bool:
    """Returns whether a chunk's record has its text. What is left of another record that is gone is of a kind that
    chunks have, and has none."""
    return _PIECES in point.payload


def gone_chunk(point: Point) -> Point:
    """Returns the record of a chunk that its document has lost. The text stays in it: the loss can be undone."""
    return with_fields(point, {KIND: GONE})


def read_chunk_point(point: Point) -> Chunk:
    """Returns the chunk that `chunk_point` wrote."""
    p = point.payload
    return Chunk(
        id=point.id,
        document=p[DOCUMENTS][0],
        pieces=tuple(
            Piece(text, message, speaker, role, from_iso(at), int(start), int(end))
            for text, message, speaker, role, at, start, end in p[_PIECES]
        ),
        before=tuple(p["before"]),
        context=p["context"],
        tags=tuple(p[TAGS]),
        units=tuple(p["units"]),
        attempts=int(p["attempts"]),
        failed=p["failed"],
        batch=p["batch"],
    )
