"""A store in plain Python and NumPy, for tests that are not about an engine. It keeps the whole contract of `Store`,
reads every point for every query, and leaves nothing behind."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector, inverse_document_frequency
from fourfold.ports import PAYLOAD, Cache, CopyDroppedError, Fields, Floats, Point, Query, Store, Where
from fourfold.schema.records import read_cursors
from fourfold.storage.filters import Condition, Ids, Match, Range, conditions, corpus


@dataclass(frozen=True, slots=True)
class _Stored:
    """A point as the store holds it: `payload` as JSON text, for reading it back, and parsed as `fields`, for
    filters."""

    # Text, so that no caller can change a stored payload through a reference, and so that a value which JSON does not
    # bring back (a tuple, a key that is a number) fails on this store as it does on the engines.
    payload: str
    fields: Mapping[str, object]
    vector: Floats | None
    terms: SparseVector | None
    tokens: Floats | None


class MemoryStore:
    """A `Store` that holds its points in a dictionary, without a file or a process; see `fourfold.testing` for an
    example. Safe to use from several threads, which take turns.

    Scores are those of the engines within their precision: they keep dense vectors in 16 bits and token vectors in 8
    or 16, this store keeps 32.
    """

    writer = "memory"
    cache: Cache | None = None

    def __init__(self) -> None:
        self._points: dict[str, _Stored] = {}
        # Held through each read too: a scan that another thread writes into would raise that the dictionary changed
        # its size. Reentrant, since `rewrite` is one step made of `delete` and `write`.
        self._lock = threading.RLock()
        self._closed = False
        self._dropped = False
        self._copy: MemoryStore | None = None
        self._copy_vectors: tuple[str, int, int] | None = None

    def write(self, points: Sequence[Point]) -> None:
        """Inserts or replaces all points."""
        # Before the first of them is put in: a payload that is no JSON raises, and then nothing is written.
        stored = {point.id: _stored(point) for point in points}
        with self._lock:
            self._check_open()
            self._points |= stored

    def delete(self, ids: Sequence[str]) -> None:
        """Removes these points, as far as they are there."""
        with self._lock:
            self._check_open()
            for point_id in ids:
                self._points.pop(point_id, None)

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Replaces `points`, removes the ids `removed`, and drops a copy that was begun."""
        with self._lock:
            self.delete(removed)
            self.write(points)
            self._drop_copy()
        return "The store is in memory alone; what was there is left to the garbage collector."

    def held(self, bank: str) -> AbstractContextManager[None]:
        """Holds nothing: no other process has the points."""
        return nullcontext()

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Returns the copy for this embedder, a new one where there is none."""
        with self._lock:
            self._check_open()
            if self._copy is None or self._copy_vectors != vectors:
                self._drop_copy()
                self._copy = MemoryStore()
                self._copy_vectors = vectors
            return self._copy

    def adopt_copy(self) -> None:
        """Takes over the points of the copy, which is closed."""
        with self._lock:
            self._check_open()
            copy = self._copy
            if copy is None:
                raise StoreError("There is no copy to adopt: begin one with copy_for, and write to it first.")
            # Another dictionary for the copy: whoever still has it must not write into this store through it.
            self._points, copy._points = copy._points, {}
            copy.close()
            self._copy = None

    def _drop_copy(self) -> None:
        """Drops the copy, even if another thread is writing to it; the caller holds the lock."""
        if self._copy is not None:
            self._copy._dropped = True
            self._copy = None

    def find_bytes(self, text: str) -> list[str]:
        """Returns an empty list: there are no files."""
        with self._lock:
            self._check_open()
            return []

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Scores every point that a query admits; (id, score), best first."""
        with self._lock:
            self._check_open()
            return [self._search(query) for query in queries]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields every point that `where` admits, as of the moment of the call."""
        with self._lock:
            self._check_open()
            admitted = self._admitted(where)
        # Outside of the lock, which a generator would hold for as long as its caller takes. What was admitted cannot
        # change any more: stored points are replaced, never edited.
        return (_read(point_id, point, fields) for point_id, point in admitted)

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counts the points that `where` admits by their value of the field `by`; those without it do not count."""
        with self._lock:
            self._check_open()
            values = (point.fields.get(by) for _, point in self._admitted(where))
            return Counter(str(value) for value in values if value is not None)

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns, by writer, the latest revision that was written to `bank`."""
        return read_cursors(self, bank)

    def close(self) -> None:
        """Drops all points."""
        with self._lock:
            self._closed = True
            self._points.clear()

    def _check_open(self) -> None:
        if self._dropped:
            raise CopyDroppedError("Something was erased meanwhile: the copy is gone, begin another one.")
        if self._closed:
            raise StoreError("The memory is closed. Open it again with Memory.open.")

    def _admitted(self, where: Where) -> list[tuple[str, _Stored]]:
        """Returns the (id, point) pairs that `where` admits; the caller holds the lock."""
        if where.ids is None:
            candidates = list(self._points.items())
        else:  # ids are looked up: most scans name a few of them, and a test's store may have thousands
            candidates = [(i, self._points[i]) for i in dict.fromkeys(where.ids) if i in self._points]
        required = list(conditions(where))
        return [(i, point) for i, point in candidates if all(_meets(i, point, c) for c in required)]

    def _search(self, query: Query) -> list[tuple[str, float]]:
        admitted = self._admitted(query.where)
        if query.terms is not None:
            scored = self._keyword_scores(query, query.terms, admitted)
        elif query.tokens is not None:
            query_tokens = query.tokens
            scored = [
                (i, float((query_tokens @ point.tokens.T).max(axis=1).sum()))
                for i, point in admitted
                if point.tokens is not None and len(point.tokens)
            ]
        elif query.vector is not None:
            unit_vector = query.vector / (np.linalg.norm(query.vector) or 1.0)
            scored = [
                (i, float(unit_vector @ point.vector)) for i, point in admitted if point.vector is not None
            ]
        else:
            raise StoreError("A query needs a vector, terms or tokens.")
        # Ties by id: the order must not depend on which point was written first.
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[: query.limit]

    def _keyword_scores(
        self, query: Query, terms: SparseVector, admitted: Sequence[tuple[str, _Stored]]
    ) -> list[tuple[str, float]]:
        """Scores by BM25 as Qdrant does: the sum over the query's terms of the document's weight times the IDF in
        `corpus(query)`."""
        documents = [point.terms for _, point in self._admitted(corpus(query)) if point.terms is not None]
        containing = Counter(term for document in documents for term in document.indices.tolist())
        weights = {
            term: value * inverse_document_frequency(len(documents), containing[term])
            for term, value in zip(terms.indices.tolist(), terms.values.tolist(), strict=True)
        }
        scored = []
        for point_id, point in admitted:
            if point.terms is None:
                continue
            document = zip(point.terms.indices.tolist(), point.terms.values.tolist(), strict=True)
            shared = [value * weights[term] for term, value in document if term in weights]
            if shared:  # the engines leave out what shares no term with the query, too
                scored.append((point_id, float(sum(shared))))
        return scored


def _stored(point: Point) -> _Stored:
    payload = json.dumps(dict(point.payload), ensure_ascii=False)
    payload.encode()  # half a character fails here as it does on the engines, which write UTF-8
    # Dense vectors at length 1, as Qdrant stores those of a cosine: the score is then a plain product.
    norm = 1.0 if point.vector is None else float(np.linalg.norm(point.vector)) or 1.0
    return _Stored(
        payload=payload,
        fields=json.loads(payload),
        vector=None if point.vector is None else (point.vector / norm).astype(np.float32),
        terms=point.terms,
        tokens=None if point.tokens is None else np.array(point.tokens, dtype=np.float32),
    )


def _read(point_id: str, point: _Stored, fields: Fields) -> Point:
    payload = json.loads(point.payload)
    if fields.only is not None:
        payload = {name: payload[name] for name in fields.only if name in payload}
    return Point(
        point_id,
        payload,
        vector=point.vector if fields.vectors else None,
        terms=point.terms if fields.vectors or fields.terms else None,
        tokens=point.tokens if fields.vectors else None,
    )


def _meets(point_id: str, point: _Stored, condition: Condition) -> bool:
    match condition:
        case Ids(ids):
            return point_id in ids
        case Match(key, values):
            value = point.fields.get(key)
            return not set(values).isdisjoint(value if isinstance(value, list) else [value])
        case Range(key, gt, lte, lt):
            # A field that is missing is in no range, as with the engines: only units have times.
            number = point.fields.get(key)
            return (
                isinstance(number, int | float)
                and (gt is None or number > gt)
                and (lte is None or number <= lte)
                and (lt is None or number < lt)
            )
