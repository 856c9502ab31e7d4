"""The store on a Qdrant server or cluster, through `qdrant-client`: the same schema as the embedded one."""

from __future__ import annotations

import contextlib
import os
import platform
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import grpc
import numpy as np
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector
from fourfold.ports import PAYLOAD, Fields, Point, Query, Store, Where
from fourfold.schema.records import read_cursors
from fourfold.settings import Settings
from fourfold.storage.filters import (
    INDEXED,
    MOST_BANKS,
    TERMS,
    Ids,
    Match,
    Range,
    conditions,
    corpus,
)
from fourfold.storage.manifest import Manifest
from fourfold.storage.vector_names import VectorNames

_PAGE = 1000
_MANIFEST_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "fourfold:manifest"))


class ServerStore(Store):
    """One collection of a Qdrant server, shared by any number of processes."""

    cache = None

    def __init__(self, client: QdrantClient, collection: str, manifest: Manifest, where: str) -> None:
        """Uses `client`, making the collection if it is missing; raises `StoreVersionError` if it was made by
        a newer schema or another embedder, and changes nothing then."""
        self._client, self._collection, self._where = client, collection, where
        self.writer = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with _mapped("open", where):
            if client.collection_exists(collection):
                stored = client.retrieve(collection, [_MANIFEST_ID], with_payload=True)
                described = (stored[0].payload or {}) if stored else {}
                found = Manifest.from_json(described, f"{where}/{collection}")
                manifest.check(found, where)
                manifest = found
            else:
                _create(client, collection, manifest)
        self._manifest, self._names = manifest, VectorNames(manifest.generation)

    @classmethod
    def connect(cls, url: str, manifest: Manifest, settings: Settings) -> ServerStore:
        """Connects to `url` with the api key, transport, timeout and collection of the settings."""
        with _mapped("connect to", url):
            client = QdrantClient(
                url=url,
                api_key=settings.api_key,
                prefer_grpc=settings.grpc,
                timeout=round(settings.timeout) or 1,
                check_compatibility=False,
            )
        return cls(client, settings.collection, manifest, url)

    def write(self, points: Sequence[Point]) -> None:
        """One upsert of all points, awaited."""
        if points:
            with _mapped("write to", self._where):
                self._client.upsert(self._collection, [_to_client(p, self._names) for p in points], wait=True)

    def delete(self, ids: Sequence[str]) -> None:
        """Deleted, and awaited."""
        if ids:
            with _mapped("delete from", self._where):
                self._client.delete(self._collection, points_selector=list(ids), wait=True)

    def rewrite(self, points: Sequence[Point], gone: Sequence[str]) -> str:
        """One upsert that leaves nothing of `gone` but the ids, then their deletion, both awaited."""
        empty = [Point(one, {"kind": "erased"}) for one in gone]
        self.write([*points, *empty])
        self.delete(gone)
        return (
            "Qdrant has acknowledged the deletion: no query finds any of it. The bytes go when Qdrant's optimiser "
            "next builds the segments anew that held them (deleted_threshold), when its write-ahead log moves on, "
            "and, in snapshots and backups, when these are deleted."
        )

    def prepare(self, vectors: tuple[str, int, int]) -> None:
        """Named vectors are added to the collection, after those that were given up are gone."""
        if self._manifest.next == vectors:
            return
        with _mapped("prepare", self._where):
            self._note(replace(self._manifest, next=None))
            self._drop_others()
            for name, config in _beside(self._manifest.followed_by(vectors)).items():
                self._client.create_vector_name(self._collection, name, config)
            self._note(replace(self._manifest, next=vectors))

    def lacking(self, bank: str) -> set[str]:
        """Those without a vector of that name, which is given last."""
        missing = models.HasVectorCondition(has_vector=self._names.next.dense)
        wanted = _filter(Where(bank=bank, kind="unit")) or models.Filter()
        found: set[str] = set()
        offset: Any = None
        while True:
            with _mapped("read", self._where):
                records, offset = self._client.scroll(
                    self._collection,
                    scroll_filter=models.Filter(must=wanted.must, must_not=[missing]),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=False,
                )
            found |= {uuid.UUID(str(record.id)).hex for record in records}
            if offset is None:
                return found

    def add_next(self, points: Sequence[Point]) -> None:
        """The payload first: its vectors say that a unit is done."""
        names = self._names.next
        with _mapped("write to", self._where):
            for point in points:
                told = names.of_vectors(point.payload)
                self._client.set_payload(self._collection, told, [point.id], wait=False)
            vectors = [
                models.PointVectors(id=p.id, vector=_vectors(replace(p, terms=None), names)) for p in points
            ]
            self._client.update_vectors(self._collection, vectors, wait=True)

    def switch(self) -> None:
        """The manifest says which are current; the old ones go after that. Other processes have to be started
        anew."""
        with _mapped("switch", self._where):
            assert self._manifest.next is not None
            self._note(self._manifest.followed_by(self._manifest.next))
            self._names = VectorNames(self._manifest.generation)
            self._drop_others()

    def _note(self, manifest: Manifest) -> None:
        self._client.upsert(self._collection, [_manifest_point(manifest)], wait=True)
        self._manifest = manifest

    def _drop_others(self) -> None:
        """Drops the vectors that are neither the present nor the next ones, and what payloads say of them."""
        names = self._names
        kept = {names.dense, names.tokens} | (
            {names.next.dense, names.next.tokens} if self._manifest.next else set()
        )
        there = self._client.get_collection(self._collection).config.params.vectors
        for name in sorted((there if isinstance(there, dict) else {}).keys() - kept):
            self._client.delete_vector_name(self._collection, name)
        others = [VectorNames(at) for at in (names.generation - 1, names.generation + 1) if at >= 0]
        fields = [name for other in others if other.dense not in kept for name in other.fields]
        units = _filter(Where(kind="unit")) or models.Filter()
        self._client.delete_payload(self._collection, fields, models.FilterSelector(filter=units), wait=True)

    def holding(self, text: str) -> list[str]:
        """Nothing: the files are the server's."""
        return []

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """The queries as one batch."""
        if not queries:
            return []
        with _mapped("search", self._where):
            found = self._client.query_batch_points(
                self._collection, [_request(q, self._names) for q in queries]
            )
        return [[(uuid.UUID(str(hit.id)).hex, hit.score) for hit in response.points] for response in found]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Pages through what `where` admits."""
        offset: Any = None
        names = self._names
        wanted = ([names.dense, names.tokens] if fields.vectors else []) + (
            [TERMS] if fields.vectors or fields.terms else []
        )
        while True:
            with _mapped("read", self._where):
                records, offset = self._client.scroll(
                    self._collection,
                    scroll_filter=_filter(where),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=True if fields.only is None else names.asked(fields.only),
                    with_vectors=wanted or False,
                )
            yield from (_from_client(record, names) for record in records)
            if offset is None:
                return

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counted exactly, from the index."""
        with _mapped("read", self._where):
            found = self._client.facet(self._collection, by, _filter(where), limit=MOST_BANKS, exact=True)
        return {str(hit.value): hit.count for hit in found.hits}

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Read anew each time: other processes write as well."""
        return read_cursors(self, bank)

    def close(self) -> None:
        """Closes the connection."""
        with _mapped("close", self._where):
            self._client.close()


@contextlib.contextmanager
def _mapped(doing: str, where: str) -> Iterator[None]:
    try:
        yield
    except (QdrantException, ApiException, grpc.RpcError, OSError, ValueError, RuntimeError) as error:
        raise StoreError(
            f"Could not {doing} {where}: {error}. See that the server runs, that the address and api key are "
            f"right, and that it is Qdrant 1.16 or newer."
        ) from error


def _create(client: QdrantClient, collection: str, manifest: Manifest) -> None:
    names = VectorNames(manifest.generation)
    vectors = {
        names.dense: models.VectorParams(
            size=manifest.dimension, distance=models.Distance.COSINE, datatype=models.Datatype.FLOAT16
        )
    }
    if manifest.token_dimension:
        vectors[names.tokens] = models.VectorParams(
            size=manifest.token_dimension,
            distance=models.Distance.DOT,
            multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
            datatype=models.Datatype.FLOAT16,
            on_disk=True,
            hnsw_config=models.HnswConfigDiff(m=0),
        )
    client.create_collection(
        collection,
        vectors_config=vectors,
        sparse_vectors_config={TERMS: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    for name, kind in INDEXED.items():
        client.create_payload_index(collection, name, field_schema=_index(kind), wait=True)
    client.upsert(
        collection,
        [_manifest_point(manifest)],
        wait=True,
    )


def _manifest_point(manifest: Manifest) -> models.PointStruct:
    return models.PointStruct(id=_MANIFEST_ID, vector={}, payload={"kind": "manifest", **manifest.to_json()})


def _beside(manifest: Manifest) -> dict[str, models.DenseVectorNameConfig]:
    """The vectors of `manifest`, the next generation, for a collection that is there."""
    names = VectorNames(manifest.generation)
    made = {
        names.dense: models.DenseVectorConfig(
            size=manifest.dimension,
            distance=models.Distance.COSINE,
            datatype=models.VectorStorageDatatype.FLOAT16,
        )
    }
    if manifest.token_dimension:
        made[names.tokens] = models.DenseVectorConfig(
            size=manifest.token_dimension,
            distance=models.Distance.DOT,
            multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM),
            datatype=models.VectorStorageDatatype.FLOAT16,
        )
    return {name: models.DenseVectorNameConfig(dense=config) for name, config in made.items()}


def _index(kind: str) -> Any:
    match kind:
        case "tenant":
            return models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        case "keyword":
            return models.PayloadSchemaType.KEYWORD
        case _:
            return models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=False, range=True)


def _filter(where: Where) -> models.Filter | None:
    must: list[Any] = []
    for condition in conditions(where):
        match condition:
            case Ids(ids):
                must.append(models.HasIdCondition(has_id=list(ids)))
            case Match(key, values) if len(values) == 1:
                must.append(models.FieldCondition(key=key, match=models.MatchValue(value=values[0])))
            case Match(key, values):
                must.append(models.FieldCondition(key=key, match=models.MatchAny(any=list(values))))
            case Range(key, gt, lte, lt):
                must.append(models.FieldCondition(key=key, range=models.Range(gt=gt, lte=lte, lt=lt)))
    return models.Filter(must=must) if must else None


def _request(query: Query, names: VectorNames) -> models.QueryRequest:
    params = None
    vector: Any
    if query.terms is not None:
        vector, using = _sparse(query.terms), TERMS
        params = models.SearchParams(
            idf=models.IdfCorpusParams(corpus=_filter(corpus(query)) or models.Filter())
        )
    elif query.tokens is not None:
        vector, using = query.tokens.tolist(), names.tokens
    elif query.vector is not None:
        vector, using = query.vector.tolist(), names.dense
    else:
        raise StoreError("A query needs a vector, terms or tokens.")
    return models.QueryRequest(
        query=vector,
        using=using,
        limit=query.limit,
        filter=_filter(query.where),
        with_payload=False,
        params=params,
    )


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=vector.indices.tolist(), values=vector.values.tolist())


def _to_client(point: Point, names: VectorNames) -> models.PointStruct:
    return models.PointStruct(id=point.id, vector=_vectors(point, names), payload=names.stored(point.payload))


def _vectors(point: Point, names: VectorNames) -> dict[str, Any]:
    vectors: dict[str, Any] = {}
    if point.vector is not None:
        vectors[names.dense] = point.vector.tolist()
    if point.terms is not None and len(point.terms.indices):
        vectors[TERMS] = _sparse(point.terms)
    if point.tokens is not None and len(point.tokens):
        vectors[names.tokens] = point.tokens.tolist()
    return vectors


def _from_client(record: models.Record, names: VectorNames) -> Point:
    found: Any = record.vector or {}
    terms = found.get(TERMS)
    return Point(
        uuid.UUID(str(record.id)).hex,
        names.plain(record.payload or {}),
        vector=np.array(found[names.dense], dtype=np.float32) if names.dense in found else None,
        terms=SparseVector(np.array(terms.indices, np.uint32), np.array(terms.values, np.float32))
        if terms is not None
        else None,
        tokens=np.array(found[names.tokens], dtype=np.float32) if names.tokens in found else None,
    )
