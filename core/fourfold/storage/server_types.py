"""The constructors of `qdrant-client`, and what a collection is made of. Connects to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdrant_client import models

from fourfold.storage.filters import DENSE, TERMS, TOKENS, FieldType
from fourfold.storage.manifest import Manifest
from fourfold.storage.translation import Translation


class _ClientTypes:
    """See `EngineTypes`."""

    def has_ids(self, ids: Sequence[str]) -> models.HasIdCondition:
        """Takes a list."""
        return models.HasIdCondition(has_id=list(ids))

    def has_value(self, key: str, values: Sequence[str]) -> models.FieldCondition:
        """One value is looked up; of several, any."""
        if len(values) == 1:
            return models.FieldCondition(key=key, match=models.MatchValue(value=values[0]))
        return models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))

    def in_range(
        self, key: str, gt: float | None, lte: float | None, lt: float | None
    ) -> models.FieldCondition:
        """Of floats."""
        return models.FieldCondition(key=key, range=models.Range(gt=gt, lte=lte, lt=lt))

    def all_of(self, must: list[Any]) -> models.Filter:
        """A conjunction."""
        return models.Filter(must=must)

    def sparse(self, indices: list[int], values: list[float]) -> models.SparseVector:
        """By keywords."""
        return models.SparseVector(indices=indices, values=values)

    def request(
        self,
        vector: models.SparseVector | list[float] | list[list[float]],
        using: str,
        limit: int,
        only: models.Filter | None,
        params: models.SearchParams | None = None,
    ) -> models.QueryRequest:
        """The name of the vectors stands beside the query."""
        return models.QueryRequest(
            query=vector, using=using, limit=limit, filter=only, with_payload=False, params=params
        )

    def term_request(
        self,
        vector: models.SparseVector,
        using: str,
        limit: int,
        only: models.Filter | None,
        idf: models.Filter | None,
    ) -> models.QueryRequest:
        """An empty corpus is that of all points."""
        params = models.SearchParams(idf=models.IdfCorpusParams(corpus=idf or models.Filter()))
        return self.request(vector, using, limit, only, params)

    def point(self, point_id: str, vectors: dict[str, Any], payload: dict[str, Any]) -> models.PointStruct:
        """By keywords."""
        return models.PointStruct(id=point_id, vector=vectors, payload=payload)

    def index(self, kind: FieldType) -> Any:
        """A tenant's points are stored together."""
        match kind:
            case "tenant":
                return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
            case "keyword":
                return models.PayloadSchemaType.KEYWORD
            case "integer":
                return models.IntegerIndexParams(
                    type=models.IntegerIndexType.INTEGER, lookup=False, range=True
                )


CLIENT = Translation(_ClientTypes())


def vectors_of(manifest: Manifest) -> dict[str, models.VectorParams]:
    """Returns the vectors of a new collection."""
    vectors = {
        DENSE: models.VectorParams(
            size=manifest.dimension, distance=models.Distance.COSINE, datatype=models.Datatype.FLOAT16
        )
    }
    if manifest.token_dimension:
        vectors[TOKENS] = models.VectorParams(
            size=manifest.token_dimension,
            distance=models.Distance.DOT,
            multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
            datatype=models.Datatype.FLOAT16,
            on_disk=True,
            hnsw_config=models.HnswConfigDiff(m=0),
        )
    return vectors


SPARSE_VECTORS = {TERMS: models.SparseVectorParams(modifier=models.Modifier.IDF)}
