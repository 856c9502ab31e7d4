"""A store in plain Python and NumPy, for tests that are not about an engine. It keeps the whole contract of `Store`,
looks at every point for every question, and leaves nothing behind."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector, inverse_document_frequency
from fourfold.ports import PAYLOAD, Cache, CopyDroppedError, Fields, Floats, Point, Query, Store, Where
from fourfold.schema.records import read_cursors
from fourfold.storage.filters import Condition, Ids, Match, Range, conditions, corpus


@dataclass(frozen=True, slots=True)
class _Stored:
    """A point as it is kept. The payload is JSON text, so that nobody changes it from outside, and a value that JSON
    does not bring back is found by tests on this store too."""

    payload: str
    fields: Mapping[str, Any]
    vector: Floats | None
    terms: SparseVector | None
    tokens: Floats | None


class MemoryStore:
    """Keeps points in a dictionary.

        with Memory(MemoryStore(), HashEmbedder()) as memory:
            memory.bank("a").retain("The boat is red.")

    Scores are those of the engines within their precision (they keep vectors in 16 bits).
    """

    writer = "memory"
    cache: Cache | None = None

    def __init__(self) -> None:
        self._points: dict[str, _Stored] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._dropped = False
        self._copy: MemoryStore | None = None
        self._copy_vectors: tuple[str, int, int] | None = None

    def write(self, points: Sequence[Point]) -> None:
        """Inserts or replaces all points."""
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

    def rewrite(self, points: Sequence[Point], gone: Sequence[str]) -> str:
        """Replaces `points`, removes `gone`, and drops a copy that was begun."""
        with self._lock:
            self.delete(gone)
            self.write(points)
            self._drop_copy()
        return "The store is in memory alone; what was there is left to the garbage collector."

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
        """Takes over the points of the copy."""
        with self._lock:
            self._check_open()
            assert self._copy is not None
            self._points = self._copy._points
            self._copy = None

    def _drop_copy(self) -> None:
        if self._copy is not None:
            self._copy._dropped = True
            self._copy = None

    def holding(self, text: str) -> list[str]:
        """Returns nothing: there are no files."""
        self._check_open()
        return []

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Scores every point that a query admits; (id, score), best first."""
        with self._lock:
            self._check_open()
            return [self._search(query) for query in queries]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields every point that `where` admits, as they were when it was called."""
        with self._lock:
            self._check_open()
            admitted = self._admitted(where)
        return (_read(point_id, point, fields) for point_id, point in admitted)

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counts the points that `where` admits, by what they have in a field."""
        with self._lock:
            self._check_open()
            values = (point.fields.get(by) for _, point in self._admitted(where))
            return Counter(str(value) for value in values if value is not None)

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns, by writer, the latest revision that was written to `bank`."""
        return read_cursors(self, bank)

    def close(self) -> None:
        """Lets everything go."""
        with self._lock:
            self._closed = True
            self._points.clear()

    def _check_open(self) -> None:
        if self._dropped:
            raise CopyDroppedError("Something was erased meanwhile: the copy is gone, begin another one.")
        if self._closed:
            raise StoreError("The memory is closed. Open it again with Memory.open.")

    def _admitted(self, where: Where) -> list[tuple[str, _Stored]]:
        found = list(conditions(where))
        if where.ids is None:
            listed = list(self._points.items())
        else:  # looked up, instead of looking at all
            listed = [(i, self._points[i]) for i in dict.fromkeys(where.ids) if i in self._points]
        return [(i, point) for i, point in listed if all(_meets(i, point, condition) for condition in found)]

    def _search(self, query: Query) -> list[tuple[str, float]]:
        admitted = self._admitted(query.where)
        if query.terms is not None:
            scored = self._keyword_scores(query, query.terms, admitted)
        elif query.tokens is not None:
            asked = query.tokens
            scored = [
                (i, float((asked @ point.tokens.T).max(axis=1).sum()))
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
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[: query.limit]

    def _keyword_scores(
        self, query: Query, terms: SparseVector, admitted: Sequence[tuple[str, _Stored]]
    ) -> list[tuple[str, float]]:
        """Scores by BM25 as Qdrant does: a document's weights times the corpus's IDF, for the question's terms."""
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
            listed = zip(point.terms.indices.tolist(), point.terms.values.tolist(), strict=True)
            shared = [value * weights[term] for term, value in listed if term in weights]
            if shared:
                scored.append((point_id, float(sum(shared))))
        return scored


def _stored(point: Point) -> _Stored:
    payload = json.dumps(dict(point.payload))
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
            number = point.fields.get(key)
            return (
                isinstance(number, int | float)
                and (gt is None or number > gt)
                and (lte is None or number <= lte)
                and (lt is None or number < lt)
            )
