"""Chunks in a store. They are written before a language model is asked, so that nothing depends on its answer: a
chunk is "pending" until a model has read it, then it is a "chunk"; "gone" once its document lost it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fourfold.ports import Point
from fourfold.values.chunks import Chunk, Piece

State = Literal["pending", "chunk", "gone"]
CHUNKS = ("pending", "chunk", "gone")


def chunk_point(bank: str, chunk: Chunk, state: State, now: datetime) -> Point:
    """A chunk as a record of the store."""
    return Point(
        chunk.id,
        {
            "kind": state,
            "bank": bank,
            "documents": [chunk.document],
            "messages": list(chunk.messages),
            "pieces": [
                [p.text, p.message, p.speaker, p.role, p.at.isoformat(), p.start, p.end] for p in chunk.pieces
            ],
            "before": list(chunk.before),
            "context": chunk.context,
            "tags": list(chunk.tags),
            "units": list(chunk.units),
            "attempts": chunk.attempts,
            "failed": chunk.failed,
            "batch": chunk.batch,
            "recorded": now.timestamp(),
        },
    )


def state_of(point: Point) -> State:
    """Returns what has become of a chunk, by its record."""
    state: State = point.payload["kind"]
    return state


def read_chunk_point(point: Point) -> Chunk:
    """The chunk that `chunk_point` described."""
    p = point.payload
    return Chunk(
        id=point.id,
        document=p["documents"][0],
        pieces=tuple(
            Piece(text, message, speaker, role, datetime.fromisoformat(at), int(start), int(end))
            for text, message, speaker, role, at, start, end in p["pieces"]
        ),
        before=tuple(p["before"]),
        context=p["context"],
        tags=tuple(p["tags"]),
        units=tuple(p["units"]),
        attempts=int(p["attempts"]),
        failed=p["failed"],
        batch=p["batch"],
    )
