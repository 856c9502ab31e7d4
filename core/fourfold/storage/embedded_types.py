"""Translates between our values and those of the embedded engine (`qdrant-edge-py`): the schema, filters, queries and
points. It opens nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import qdrant_edge as qe

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector
from fourfold.ports import Fields, Point, Query, Where
from fourfold.storage.filters import DENSE, TERMS, TOKENS, Ids, Match, Range, conditions, corpus
from fourfold.storage.manifest import Manifest

_DENSE_TYPE = qe.VectorStorageDatatype.Float16
_TOKENS_TYPE = qe.VectorStorageDatatype.Turbo8


def config_of(manifest: Manifest) -> qe.EdgeConfig:
    """The configuration of a new shard."""
    vectors = {DENSE: qe.EdgeVectorParams(manifest.dimension, qe.Distance.Cosine, datatype=_DENSE_TYPE)}
    if manifest.token_dimension:
        vectors[TOKENS] = qe.EdgeVectorParams(
            manifest.token_dimension,
            qe.Distance.Dot,
            multivector_config=qe.MultiVectorConfig(qe.MultiVectorComparator.MaxSim),
            datatype=_TOKENS_TYPE,
            memory=qe.Memory.Cold,
            hnsw_config=qe.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000),
        )
    return qe.EdgeConfig(
        vectors=vectors, sparse_vectors={TERMS: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)}
    )


def index_of(kind: str) -> Any:
    match kind:
        case "tenant":
            return qe.KeywordIndexParams(is_tenant=True)
        case "keyword":
            return qe.PayloadSchemaType.Keyword
        case _:
            return qe.IntegerIndexParams(lookup=False, range=True)


def filter_of(where: Where) -> qe.Filter | None:
    must: list[Any] = []
    for condition in conditions(where):
        match condition:
            case Ids(ids):
                must.append(qe.HasIdCondition(set(ids)))
            case Match(key, values) if len(values) == 1:
                must.append(qe.FieldCondition(key, match=qe.MatchValue(values[0])))
            case Match(key, values):
                must.append(qe.FieldCondition(key, match=qe.MatchAny(list(values))))
            case Range(key, gt, lte, lt):
                must.append(qe.FieldCondition(key, range=qe.RangeFloat(gt=gt, lte=lte, lt=lt)))
    return qe.Filter(must=must) if must else None


def payload_of(fields: Fields) -> Any:
    return True if fields.only is None else qe.PayloadSelector.Include(list(fields.only))


def request_of(query: Query, wanted: qe.Filter | None) -> qe.QueryRequest:
    params = None
    if query.terms is not None:
        nearest = qe.Query.Nearest(_sparse(query.terms), TERMS)
        params = qe.SearchParams(idf=qe.IdfParams(corpus=filter_of(corpus(query))))
    elif query.tokens is not None:
        nearest = qe.Query.Nearest(query.tokens.tolist(), TOKENS)
    elif query.vector is not None:
        nearest = qe.Query.Nearest(query.vector.tolist(), DENSE)
    else:
        raise StoreError("A query needs a vector, terms or tokens.")
    return qe.QueryRequest(query.limit, query=nearest, filter=wanted, with_payload=False, params=params)


def _sparse(vector: SparseVector) -> qe.SparseVector:
    return qe.SparseVector(vector.indices.tolist(), vector.values.tolist())


def to_edge(point: Point) -> qe.Point:
    return qe.Point(point.id, vectors_of(point), dict(point.payload))


def vectors_of(point: Point) -> Any:
    """The vectors of a point by name, as lists: the engine takes twice as long over arrays."""
    vectors: dict[str, Any] = {}
    if point.vector is not None:
        vectors[DENSE] = point.vector.tolist()
    if point.terms is not None and len(point.terms.indices):
        vectors[TERMS] = _sparse(point.terms)
    if point.tokens is not None and len(point.tokens):
        vectors[TOKENS] = point.tokens.tolist()
    return vectors


def from_edge(record: Any) -> Point:
    found: Any = record.vector or {}
    terms = found.get(TERMS)
    return Point(
        record.id.hex,
        record.payload or {},
        vector=np.array(found[DENSE], dtype=np.float32) if DENSE in found else None,
        terms=SparseVector(np.array(terms.indices, np.uint32), np.array(terms.values, np.float32))
        if terms is not None
        else None,
        tokens=np.array(found[TOKENS], dtype=np.float32) if TOKENS in found else None,
    )
