"""The constructors of the embedded engine (`qdrant-edge-py`), and the configuration of its shards. Opens nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import qdrant_edge as qe

from fourfold.ports import Fields
from fourfold.storage.filters import DENSE, TERMS, TOKENS, FieldType
from fourfold.storage.manifest import Manifest
from fourfold.storage.translation import NamedVectors, Translation

_DENSE_TYPE = qe.VectorStorageDatatype.Float16
"""Of the 50 nearest .999 are those that 32 bits give, and the search takes 1.05 instead of 1.5 ms (docs/adr/0001)."""
_TOKENS_TYPE = qe.VectorStorageDatatype.Turbo8
"""8 bits: 30 rows of 128 for 10,000 units take 108 MB (docs/adr/0001)."""

Condition: TypeAlias = qe.HasIdCondition | qe.FieldCondition
Index: TypeAlias = qe.KeywordIndexParams | qe.IntegerIndexParams | qe.PayloadSchemaType


class _EdgeTypes:
    """See `EngineTypes`."""

    def has_ids(self, ids: Sequence[str]) -> Condition:
        """Makes a condition of a set, which the engine takes."""
        return qe.HasIdCondition(set(ids))

    def has_value(self, key: str, values: Sequence[str]) -> Condition:
        """Makes a condition of one value, or of any of several."""
        match_ = qe.MatchValue(values[0]) if len(values) == 1 else qe.MatchAny(list(values))
        return qe.FieldCondition(key, match=match_)

    def in_range(self, key: str, gt: float | None, lte: float | None, lt: float | None) -> Condition:
        """Makes a condition of floats."""
        return qe.FieldCondition(key, range=qe.RangeFloat(gt=gt, lte=lte, lt=lt))

    def all_of(self, must: list[Condition]) -> qe.Filter:
        """Makes a conjunction."""
        return qe.Filter(must=[*must])

    def sparse(self, indices: list[int], values: list[float]) -> qe.SparseVector:
        """Makes a sparse vector."""
        return qe.SparseVector(indices, values)

    def request(
        self,
        vector: qe.SparseVector | list[float] | list[list[float]],
        using: str,
        limit: int,
        only: qe.Filter | None,
        params: qe.SearchParams | None = None,
    ) -> qe.QueryRequest:
        """Makes a search; the name of the vectors is a part of the engine's query."""
        nearest = qe.Query.Nearest(vector, using)
        return qe.QueryRequest(limit, query=nearest, filter=only, with_payload=False, params=params)

    def term_request(
        self, vector: qe.SparseVector, using: str, limit: int, only: qe.Filter | None, idf: qe.Filter | None
    ) -> qe.QueryRequest:
        """Makes a search by terms; a corpus of None is all points."""
        return self.request(vector, using, limit, only, qe.SearchParams(idf=qe.IdfParams(corpus=idf)))

    def point(
        self, point_id: str, vectors: NamedVectors[qe.SparseVector], payload: Mapping[str, object]
    ) -> qe.Point:
        """Makes a point."""
        return qe.Point(point_id, dict(vectors), dict(payload))

    def index(self, kind: FieldType) -> Index:
        """Makes the description of an index. The points of a tenant are stored together."""
        match kind:
            case "tenant":
                return qe.KeywordIndexParams(is_tenant=True)
            case "keyword":
                return qe.PayloadSchemaType.Keyword
            case "integer":
                # Revisions are asked for as ranges ("after revision 7"), never one by one.
                return qe.IntegerIndexParams(lookup=False, range=True)
            case "number":
                return qe.PayloadSchemaType.Float


EDGE = Translation(_EdgeTypes())


def payload_of(fields: Fields) -> bool | qe.PayloadSelector:
    """Returns the selector of what to read of a payload."""
    return True if fields.only is None else qe.PayloadSelector.Include(list(fields.only))


def config_of(manifest: Manifest) -> qe.EdgeConfig:
    """Returns the configuration of a new shard."""
    vectors = {DENSE: qe.EdgeVectorParams(manifest.dimension, qe.Distance.Cosine, datatype=_DENSE_TYPE)}
    if manifest.token_dimension:
        vectors[TOKENS] = qe.EdgeVectorParams(
            manifest.token_dimension,
            qe.Distance.Dot,
            multivector_config=qe.MultiVectorConfig(qe.MultiVectorComparator.MaxSim),
            datatype=_TOKENS_TYPE,
            # Read for the candidates of a recall alone, so they need not be in memory with the rest.
            memory=qe.Memory.Cold,
            # m=0 builds no graph of the token vectors: they are scored, never searched for. The signature
            # asks for the other two numbers, which have no effect then.
            hnsw_config=qe.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000),
        )
    return qe.EdgeConfig(
        vectors=vectors,
        # Vectors of terms hold a document's weights alone: the engine multiplies them with the IDF at each query, so
        # that they stay true as the bank grows.
        sparse_vectors={TERMS: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)},
    )
