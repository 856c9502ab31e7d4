"""Translates between our values and those of the embedded engine (`qdrant-edge-py`): the schema, filters, queries and
points. It opens nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector
from fourfold.ports import Fields, Point, Query, Where
from fourfold.storage.filters import TERMS, Ids, Match, Range, conditions, corpus
from fourfold.storage.manifest import Manifest
from fourfold.storage.vector_names import VectorNames

_DENSE_TYPE = qe.VectorStorageDatatype.Float16
_TOKENS_TYPE = qe.VectorStorageDatatype.Turbo8


def config_of(manifest: Manifest) -> qe.EdgeConfig:
    """The configuration of a new shard."""
    names = VectorNames(manifest.generation)
    vectors = {names.dense: qe.EdgeVectorParams(manifest.dimension, qe.Distance.Cosine, datatype=_DENSE_TYPE)}
    if manifest.token_dimension:
        vectors[names.tokens] = qe.EdgeVectorParams(
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


def made_beside(manifest: Manifest) -> list[qe.UpdateOperation]:
    """What makes the vectors of `manifest`, the next generation, in a shard that is there."""
    names = VectorNames(manifest.generation)
    operations = [
        qe.UpdateOperation.create_dense_vector(
            names.dense, manifest.dimension, qe.Distance.Cosine, datatype=_DENSE_TYPE
        )
    ]
    if manifest.token_dimension:
        several = qe.MultiVectorConfig(qe.MultiVectorComparator.MaxSim)
        operations.append(
            qe.UpdateOperation.create_dense_vector(
                names.tokens,
                manifest.token_dimension,
                qe.Distance.Dot,
                multivector_config=several,
                datatype=_TOKENS_TYPE,
            )
        )
    return operations


def drop_others(opened: qe.EdgeShard, shard: Path, manifest: Manifest) -> None:
    """Drops the vectors, and what payloads say of them, that are neither the present nor the next of `manifest`."""
    names = VectorNames(manifest.generation)
    kept = {names.dense, names.tokens} | ({names.next.dense, names.next.tokens} if manifest.next else set())
    there = json.loads((shard / "edge_config.json").read_text())["vectors"]
    gone = sorted(there.keys() - kept)
    if not gone:
        return
    for name in gone:
        opened.update(qe.UpdateOperation.delete_vector_name(name))
    others = [VectorNames(at) for at in (names.generation - 1, names.generation + 1) if at >= 0]
    fields = [name for other in others if other.dense not in kept for name in other.fields]
    opened.update(qe.UpdateOperation.delete_payload_by_filter(_every_unit(), fields))
    opened.flush()


def _every_unit() -> qe.Filter:
    return qe.Filter(must=[qe.FieldCondition("kind", match=qe.MatchValue("unit"))])


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


def payload_of(fields: Fields, names: VectorNames) -> Any:
    return True if fields.only is None else qe.PayloadSelector.Include(names.asked(fields.only))


def request_of(query: Query, wanted: qe.Filter | None, names: VectorNames) -> qe.QueryRequest:
    params = None
    if query.terms is not None:
        nearest = qe.Query.Nearest(_sparse(query.terms), TERMS)
        params = qe.SearchParams(idf=qe.IdfParams(corpus=filter_of(corpus(query))))
    elif query.tokens is not None:
        nearest = qe.Query.Nearest(query.tokens.tolist(), names.tokens)
    elif query.vector is not None:
        nearest = qe.Query.Nearest(query.vector.tolist(), names.dense)
    else:
        raise StoreError("A query needs a vector, terms or tokens.")
    return qe.QueryRequest(query.limit, query=nearest, filter=wanted, with_payload=False, params=params)


def _sparse(vector: SparseVector) -> qe.SparseVector:
    return qe.SparseVector(vector.indices.tolist(), vector.values.tolist())


def to_edge(point: Point, names: VectorNames) -> qe.Point:
    return qe.Point(point.id, vectors_of(point, names), names.stored(point.payload))


def vectors_of(point: Point, names: VectorNames) -> Any:
    """The vectors of a point by name, as lists: the engine takes twice as long over arrays."""
    vectors: dict[str, Any] = {}
    if point.vector is not None:
        vectors[names.dense] = point.vector.tolist()
    if point.terms is not None and len(point.terms.indices):
        vectors[TERMS] = _sparse(point.terms)
    if point.tokens is not None and len(point.tokens):
        vectors[names.tokens] = point.tokens.tolist()
    return vectors


def from_edge(record: Any, names: VectorNames) -> Point:
    found: Any = record.vector or {}
    terms = found.get(TERMS)
    return Point(
        record.id.hex,
        names.plain(record.payload or {}),
        vector=np.array(found[names.dense], dtype=np.float32) if names.dense in found else None,
        terms=SparseVector(np.array(terms.indices, np.uint32), np.array(terms.values, np.float32))
        if terms is not None
        else None,
        tokens=np.array(found[names.tokens], dtype=np.float32) if names.tokens in found else None,
    )
