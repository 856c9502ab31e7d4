"""Chunks as they lie in a bank. They are written before a language model is asked, so that nothing depends on its
answer: a chunk is "pending" until a model has read it, then it is a "chunk"; "gone" once its document lost it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from fourfold.ingest.chunking import Chunk, Piece, gather
from fourfold.ports import Point, Store, Where
from fourfold.schema.units import make_id
from fourfold.values.units import Message

State = Literal["pending", "chunk", "gone"]


def chunks_of(
    bank: str,
    origin: tuple[str, str, tuple[str, ...]],
    pieces: Sequence[Piece],
    most_words: int,
    gap: timedelta,
) -> list[Chunk]:
    """The chunks that `pieces` make; `origin` is their document, context and tags."""
    document, context, tags = origin
    return [
        Chunk(_chunk_id(bank, document, run), document, run, before, context, tags)
        for run, before in gather(pieces, most_words, gap)
    ]


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


def pending_chunks(store: Store, bank: str) -> list[Chunk]:
    """The chunks that no model has read yet, in the order they were said."""
    found = [read_chunk_point(point) for point in store.scan(Where(bank=bank, kind="pending"))]
    return sorted(found, key=lambda chunk: (chunk.pieces[0].at, chunk.document, chunk.id))


def chunks_of_document(store: Store, bank: str, document: str) -> list[Chunk]:
    """The chunks of a document, read by a model or not yet."""
    wheres = [Where(bank=bank, kind=kind, documents=(document,)) for kind in ("chunk", "pending")]
    return [read_chunk_point(point) for where in wheres for point in store.scan(where)]


def chunks_that_changed(store: Store, bank: str, document: str, messages: Iterable[Message]) -> list[Chunk]:
    """The chunks of a document that quote a message which is gone, or has other words now."""
    texts = {m.id: m.text for m in messages}
    chunks = chunks_of_document(store, bank, document)
    return [
        c for c in chunks if any((texts.get(p.message) or "")[p.start : p.end] != p.text for p in c.pieces)
    ]


def _chunk_id(bank: str, document: str, pieces: Sequence[Piece]) -> str:
    said = "\0".join(f"{p.message}\0{p.start}\0{p.text}" for p in pieces)
    return make_id(bank, "chunk", document, hashlib.sha256(said.encode()).hexdigest())
