"""The constructors of `qdrant-client`, and what a collection is made of. Connects to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from qdrant_client import models

from fourfold.schema.fields import END, RECORDED, START, WRITER
from fourfold.storage.filters import DENSE, INDEXED, TERMS, TOKENS, FieldType
from fourfold.storage.manifest import Manifest
from fourfold.storage.translation import NamedVectors, Translation

Condition: TypeAlias = models.HasIdCondition | models.FieldCondition
Index: TypeAlias = models.KeywordIndexParams | models.IntegerIndexParams | models.PayloadSchemaType


class _ClientTypes:
    """See `EngineTypes`."""

    def has_ids(self, ids: Sequence[str]) -> Condition:
        """Makes a condition of a list, which the client takes."""
        return models.HasIdCondition(has_id=list(ids))

    def has_value(self, key: str, values: Sequence[str]) -> Condition:
        """Makes a condition of one value, or of any of several."""
        if len(values) == 1:
            return models.FieldCondition(key=key, match=models.MatchValue(value=values[0]))
        return models.FieldCondition(key=key, match=models.MatchAny(any=list(values)))

    def in_range(self, key: str, gt: float | None, lte: float | None, lt: float | None) -> Condition:
        """Makes a condition of floats."""
        return models.FieldCondition(key=key, range=models.Range(gt=gt, lte=lte, lt=lt))

    def all_of(self, must: list[Condition]) -> models.Filter:
        """Makes a conjunction."""
        return models.Filter(must=[*must])

    def sparse(self, indices: list[int], values: list[float]) -> models.SparseVector:
        """Makes a sparse vector."""
        return models.SparseVector(indices=indices, values=values)

    def request(
        self,
        vector: models.SparseVector | list[float] | list[list[float]],
        using: str,
        limit: int,
        only: models.Filter | None,
        params: models.SearchParams | None = None,
    ) -> models.QueryRequest:
        """Makes a search; the name of the vectors stands beside the client's query."""
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
        """Makes a search by terms; a corpus of None is all points."""
        # The client's field may not be empty: a filter without conditions is the filter of all points.
        params = models.SearchParams(idf=models.IdfCorpusParams(corpus=idf or models.Filter()))
        return self.request(vector, using, limit, only, params)

    def point(
        self, point_id: str, vectors: NamedVectors[models.SparseVector], payload: Mapping[str, object]
    ) -> models.PointStruct:
        """Makes a point."""
        return models.PointStruct(id=point_id, vector=dict(vectors), payload=dict(payload))

    def index(self, kind: FieldType) -> Index:
        """Makes the description of an index. The points of a tenant are stored together."""
        match kind:
            case "tenant":
                return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
            case "keyword":
                return models.PayloadSchemaType.KEYWORD
            case "number":
                return models.PayloadSchemaType.FLOAT
            case "integer":
                # Revisions are asked for as ranges ("after revision 7"), never one by one.
                return models.IntegerIndexParams(
                    type=models.IntegerIndexType.INTEGER, lookup=False, range=True
                )


CLIENT = Translation(_ClientTypes())


SERVER_INDEXED: Mapping[str, FieldType] = {
    **INDEXED, WRITER: "keyword", RECORDED: "number", START: "number", END: "number",
}  # fmt: skip
"""All fields that are filtered by: a server in strict mode, as in Qdrant's cloud, refuses a filter by another one."""


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
            # 16 bits where the embedded engine has 8 (`embedded_types`). Not measured.
            datatype=models.Datatype.FLOAT16,
            on_disk=True,
            # m=0 builds no graph of the token vectors: they are scored, never searched for.
            hnsw_config=models.HnswConfigDiff(m=0),
        )
    return vectors


SPARSE_VECTORS = {TERMS: models.SparseVectorParams(modifier=models.Modifier.IDF)}
