"""The constructors of the embedded engine (`qdrant-edge-py`), and the configuration of its shards. Opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import qdrant_edge as qe

from fourfold.ports import Fields
from fourfold.storage.filters import DENSE, TERMS, TOKENS, FieldType
from fourfold.storage.manifest import Manifest
from fourfold.storage.translation import Translation

_DENSE_TYPE = qe.VectorStorageDatatype.Float16
_TOKENS_TYPE = qe.VectorStorageDatatype.Turbo8


class _EdgeTypes:
    """See `EngineTypes`."""

    def has_ids(self, ids: Sequence[str]) -> qe.HasIdCondition:
        """Takes a set."""
        return qe.HasIdCondition(set(ids))

    def has_value(self, key: str, values: Sequence[str]) -> qe.FieldCondition:
        """One value is looked up; of several, any."""
        match_ = qe.MatchValue(values[0]) if len(values) == 1 else qe.MatchAny(list(values))
        return qe.FieldCondition(key, match=match_)

    def in_range(self, key: str, gt: float | None, lte: float | None, lt: float | None) -> qe.FieldCondition:
        """Of floats."""
        return qe.FieldCondition(key, range=qe.RangeFloat(gt=gt, lte=lte, lt=lt))

    def all_of(self, must: list[Any]) -> qe.Filter:
        """A conjunction."""
        return qe.Filter(must=must)

    def sparse(self, indices: list[int], values: list[float]) -> qe.SparseVector:
        """Positional."""
        return qe.SparseVector(indices, values)

    def request(
        self,
        vector: qe.SparseVector | list[float] | list[list[float]],
        using: str,
        limit: int,
        only: qe.Filter | None,
        params: qe.SearchParams | None = None,
    ) -> qe.QueryRequest:
        """The name of the vectors is a part of the query."""
        nearest = qe.Query.Nearest(vector, using)
        return qe.QueryRequest(limit, query=nearest, filter=only, with_payload=False, params=params)

    def term_request(
        self, vector: qe.SparseVector, using: str, limit: int, only: qe.Filter | None, idf: qe.Filter | None
    ) -> qe.QueryRequest:
        """No corpus is that of all points."""
        return self.request(vector, using, limit, only, qe.SearchParams(idf=qe.IdfParams(corpus=idf)))

    def point(self, point_id: str, vectors: dict[str, Any], payload: dict[str, Any]) -> qe.Point:
        """Positional."""
        return qe.Point(point_id, vectors, payload)

    def index(self, kind: FieldType) -> Any:
        """A tenant's points are stored together."""
        match kind:
            case "tenant":
                return qe.KeywordIndexParams(is_tenant=True)
            case "keyword":
                return qe.PayloadSchemaType.Keyword
            case "integer":
                return qe.IntegerIndexParams(lookup=False, range=True)


EDGE = Translation(_EdgeTypes())


def payload_of(fields: Fields) -> Any:
    """Returns what to read of a payload."""
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
            memory=qe.Memory.Cold,
            # m=0 builds no graph of the token vectors: they are scored, never searched for (docs/adr/0003).
            hnsw_config=qe.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000),
        )
    return qe.EdgeConfig(
        vectors=vectors, sparse_vectors={TERMS: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)}
    )
