"""The chunks of a bank: made of pieces, and found again by what has become of them (see `schema.chunks`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from fourfold.ingest.chunking import gather
from fourfold.ports import Store, Where
from fourfold.schema.chunks import read_chunk_point
from fourfold.schema.records import CHUNK, PENDING_CHUNK, UNKNOWN_TIME, make_id
from fourfold.values.chunks import Chunk, Piece
from fourfold.values.units import Message


def chunks_of(
    bank: str,
    origin: tuple[str, str, tuple[str, ...]],
    pieces: Sequence[Piece],
    most_words: int,
    gap: timedelta,
) -> list[Chunk]:
    """Returns the chunks that `pieces` make; `origin` is their document, context and tags."""
    document, context, tags = origin
    return [
        Chunk(_chunk_id(bank, document, run), document, run, before, context, tags)
        for run, before in gather(pieces, most_words, gap)
    ]


def pending_chunks(store: Store, bank: str, ids: Iterable[str] | None = None) -> list[Chunk]:
    """Returns the chunks (of these `ids`) that no model has read yet, in the order they were said."""
    where = Where(bank=bank, kind=PENDING_CHUNK, ids=None if ids is None else tuple(ids))
    return sorted(map(read_chunk_point, store.scan(where)), key=_order)


def _order(chunk: Chunk) -> tuple[float, str, str]:
    at = chunk.pieces[0].at
    return UNKNOWN_TIME if at is None else at.timestamp(), chunk.document, chunk.id


def chunks_of_document(store: Store, bank: str, document: str) -> list[Chunk]:
    """Returns the chunks of a document, read by a model or not yet."""
    wheres = [Where(bank=bank, kind=kind, documents=(document,)) for kind in (CHUNK, PENDING_CHUNK)]
    return [read_chunk_point(point) for where in wheres for point in store.scan(where)]


def chunks_that_changed(store: Store, bank: str, document: str, messages: Iterable[Message]) -> list[Chunk]:
    """Returns the chunks of a document that quote a message which is gone, or has other words now."""
    texts = {m.id: m.text for m in messages}
    chunks = chunks_of_document(store, bank, document)
    return [
        c for c in chunks if any((texts.get(p.message) or "")[p.start : p.end] != p.text for p in c.pieces)
    ]


def _chunk_id(bank: str, document: str, pieces: Sequence[Piece]) -> str:
    """Returns an id that follows from what is quoted, so that the same retain done again finds its chunks."""
    content = "\0".join(f"{p.message}\0{p.start}\0{p.text}" for p in pieces)
    return make_id(bank, CHUNK, document, hashlib.sha256(content.encode()).hexdigest())
