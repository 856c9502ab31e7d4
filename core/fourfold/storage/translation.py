"""Translates between our values and those of Qdrant. The embedded engine and the client have the same values under
other signatures, so each adapter supplies constructors, `EngineTypes`, and the rest is written once. Opens nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import numpy as np

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector
from fourfold.ports import Fields, Point, Query, Where
from fourfold.storage.filters import (
    DENSE,
    TERMS,
    TOKENS,
    Condition,
    FieldType,
    Ids,
    Match,
    Range,
    conditions,
    corpus,
)
from fourfold.storage.manifest import Manifest

ConditionT = TypeVar("ConditionT")
FilterT = TypeVar("FilterT")
SparseT = TypeVar("SparseT")
RequestT_co = TypeVar("RequestT_co", covariant=True)
PointT_co = TypeVar("PointT_co", covariant=True)
IndexT_co = TypeVar("IndexT_co", covariant=True)


NamedVectors: TypeAlias = Mapping[str, SparseT | list[float] | list[list[float]]]
"""The vectors of a point by their names, as both engines take them: dense, sparse, or a list of token vectors."""


class EngineTypes(Protocol[ConditionT, FilterT, SparseT, RequestT_co, PointT_co, IndexT_co]):
    """The constructors of one engine. `ConditionT` is the union of the types of conditions that it has."""

    def has_ids(self, ids: Sequence[str]) -> ConditionT:
        """Makes a condition: the point is one of these."""
        ...

    def has_value(self, key: str, values: Sequence[str]) -> ConditionT:
        """Makes a condition: the field has one of these values."""
        ...

    def in_range(self, key: str, gt: float | None, lte: float | None, lt: float | None) -> ConditionT:
        """Makes a condition: the field is above `gt`, at or below `lte`, and below `lt`; None is no bound."""
        ...

    def all_of(self, must: list[ConditionT]) -> FilterT:
        """Makes the filter of points that meet all conditions."""
        ...

    def sparse(self, indices: list[int], values: list[float]) -> SparseT:
        """Makes a sparse vector."""
        ...

    def request(
        self,
        vector: SparseT | list[float] | list[list[float]],
        using: str,
        limit: int,
        only: FilterT | None,
    ) -> RequestT_co:
        """Makes a search of the vectors called `using`, for ids and scores."""
        ...

    def term_request(
        self, vector: SparseT, using: str, limit: int, only: FilterT | None, idf: FilterT | None
    ) -> RequestT_co:
        """Makes a search by terms, which are weighed by how rare they are among the points of `idf`."""
        ...

    def point(
        self, point_id: str, vectors: NamedVectors[SparseT], payload: Mapping[str, object]
    ) -> PointT_co:
        """Makes a point."""
        ...

    def index(self, kind: FieldType) -> IndexT_co:
        """Makes the description of a payload's index."""
        ...


@dataclass(frozen=True, slots=True)
class Translation(Generic[ConditionT, FilterT, SparseT, RequestT_co, PointT_co, IndexT_co]):
    """Translates our values to those of the engine whose constructors are `types`."""

    types: EngineTypes[ConditionT, FilterT, SparseT, RequestT_co, PointT_co, IndexT_co]

    def filter(self, where: Where) -> FilterT | None:
        """Returns the filter of the points that `where` admits; None where it admits all."""
        must = [self._condition(condition) for condition in conditions(where)]
        return self.types.all_of(must) if must else None

    def _condition(self, condition: Condition) -> ConditionT:
        match condition:
            case Ids(ids):
                return self.types.has_ids(ids)
            case Match(key, values):
                return self.types.has_value(key, values)
            case Range(key, gt, lte, lt):
                return self.types.in_range(key, gt, lte, lt)

    def requests(self, queries: Sequence[Query]) -> list[RequestT_co]:
        """Returns one search a query."""
        # The queries of one recall share a filter, which is made once for all of them.
        filters = {query.where: self.filter(query.where) for query in queries}
        return [self._request(query, filters[query.where]) for query in queries]

    def _request(self, query: Query, only: FilterT | None) -> RequestT_co:
        if query.terms is not None:
            idf = self.filter(corpus(query))
            return self.types.term_request(self._sparse(query.terms), TERMS, query.limit, only, idf)
        if query.tokens is not None:
            return self.types.request(query.tokens.tolist(), TOKENS, query.limit, only)
        if query.vector is not None:
            return self.types.request(query.vector.tolist(), DENSE, query.limit, only)
        raise StoreError("A query needs a vector, terms or tokens.")

    def point(self, point: Point) -> PointT_co:
        """Returns `point` as the engine's. Empty vectors are left out."""
        vectors: dict[str, SparseT | list[float] | list[list[float]]] = {}
        if point.vector is not None:
            # As lists, all of them: the embedded engine takes twice as long over arrays.
            vectors[DENSE] = point.vector.tolist()
        if point.terms is not None and len(point.terms.indices):
            vectors[TERMS] = self._sparse(point.terms)
        # The embedded engine refuses a multivector of no rows, which a text without words has.
        if point.tokens is not None and len(point.tokens):
            vectors[TOKENS] = point.tokens.tolist()
        return self.types.point(point.id, vectors, point.payload)

    def _sparse(self, vector: SparseVector) -> SparseT:
        return self.types.sparse(vector.indices.tolist(), vector.values.tolist())


def vector_names(fields: Fields, manifest: Manifest) -> list[str]:
    """Returns the names of the vectors to ask for, of those that a store with this manifest has."""
    terms = [TERMS] if fields.vectors or fields.terms else []
    if not fields.vectors:
        return terms
    # An engine refuses a vector that was never declared, and there are embedders without token vectors.
    return [*terms, DENSE, TOKENS] if manifest.token_dimension else [*terms, DENSE]


class Record(Protocol):
    """A point as either engine reads it."""

    @property
    def id(self) -> object: ...

    @property
    def payload(self) -> Mapping[str, Any] | None: ...

    @property
    def vector(self) -> object: ...


def from_record(record: Record) -> Point:
    """Returns the point in a record of either engine."""
    # Where no vector was asked for it is None. A list would be a vector without a name, and ours all have one.
    record_vectors = record.vector
    vectors = record_vectors if isinstance(record_vectors, dict) else {}
    terms = vectors.get(TERMS)
    return Point(
        # The embedded engine returns a UUID, the server's client a text with hyphens.
        uuid.UUID(str(record.id)).hex,
        record.payload or {},
        vector=np.array(vectors[DENSE], dtype=np.float32) if DENSE in vectors else None,
        terms=None
        if terms is None
        else SparseVector(np.array(terms.indices, np.uint32), np.array(terms.values, np.float32)),
        tokens=np.array(vectors[TOKENS], dtype=np.float32) if TOKENS in vectors else None,
    )
