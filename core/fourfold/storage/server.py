"""The store on a Qdrant server or cluster, through `qdrant-client`: the same schema as the embedded one."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import grpc
import numpy as np
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from fourfold.errors import StoreError
from fourfold.language.text import SparseVector
from fourfold.ports import PAYLOAD, CopyDroppedError, Fields, Point, Query, Store, Where
from fourfold.schema.records import read_cursors
from fourfold.settings import Settings
from fourfold.storage.filters import (
    DENSE,
    INDEXED,
    MOST_BANKS,
    TERMS,
    TOKENS,
    Ids,
    Match,
    Range,
    conditions,
    corpus,
)
from fourfold.storage.manifest import Manifest

log = logging.getLogger(__name__)

_PAGE = 1000
_MANIFEST_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "fourfold:manifest"))


class ServerStore(Store):
    """One collection of a Qdrant server, shared by any number of processes."""

    cache = None

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        manifest: Manifest,
        where: str,
        *,
        copy: str | None = None,
    ) -> None:
        """Uses `client`, making the collection if it is missing; raises `StoreVersionError` if it was made by
        a newer schema or another embedder, and changes nothing then. `copy` is the collection where this is the copy
        of another store; otherwise the alias of `collection` says which one it is, where there is one."""
        self._client, self._name, self._where = client, collection, where
        self._copy: ServerStore | None = None
        self._dropped = False
        self.writer = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with _mapped("open", where):
            self._collection = copy or self._current() or collection
            if not client.collection_exists(self._collection):
                _create(client, self._collection, manifest)
            found = self._read_manifest(self._collection)
        manifest.check(found, where)

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
            with self._using("write to"):
                self._client.upsert(self._collection, [_to_client(p) for p in points], wait=True)

    def delete(self, ids: Sequence[str]) -> None:
        """Deleted, and awaited."""
        if ids:
            with self._using("delete from"):
                self._client.delete(self._collection, points_selector=list(ids), wait=True)

    def rewrite(self, points: Sequence[Point], gone: Sequence[str]) -> str:
        """One upsert that leaves nothing of `gone` but the ids, then their deletion, both awaited."""
        with self._using("erase"):
            self._drop_copy()
        empty = [Point(one, {"kind": "erased"}) for one in gone]
        self.write([*points, *empty])
        self.delete(gone)
        return (
            "Qdrant has acknowledged the deletion: no query finds any of it. The bytes go when Qdrant's optimiser "
            "next builds the segments anew that held them (deleted_threshold), when its write-ahead log moves on, "
            "and, in snapshots and backups, when these are deleted."
        )

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """A second collection. Of the two names that a memory's collection may have, it takes the other one."""
        manifest, name = Manifest(*vectors), self._other_name()
        with self._using("copy"):
            if self._client.collection_exists(name) and not self._is_copy_for(name, manifest):
                self._drop_copy()
            self._copy = ServerStore(self._client, self._name, manifest, self._where, copy=name)
        return self._copy

    def adopt_copy(self) -> None:
        """Changes the alias that says which collection it is, at once, and deletes the other one. Other processes are
        still at that one, so what they do fails, and they have to be started anew. None may write meanwhile."""
        replaced, copy = self._collection, self._other_name()
        alias = models.CreateAlias(collection_name=copy, alias_name=self._alias)
        operations: list[Any] = [models.CreateAliasOperation(create_alias=alias)]
        with self._using("switch"):
            if self._current() is not None:
                drop = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=self._alias))
                operations.insert(0, drop)
            self._client.update_collection_aliases(operations)
            self._collection, self._copy = copy, None
        try:
            with self._using("delete the old collection of"):
                self._client.delete_collection(replaced)
        except StoreError as error:  # the memory has changed all the same
            log.warning("%s It goes with the next change of the embedder, or with the next erasure.", error)

    @property
    def _alias(self) -> str:
        return f"{self._name}.current"

    def _current(self) -> str | None:
        """The collection that the alias names; None before another embedder was first given to the memory. No setting
        `collection` has a dot, so neither name is another memory's."""
        aliases = self._client.get_aliases().aliases
        return next((one.collection_name for one in aliases if one.alias_name == self._alias), None)

    def _other_name(self) -> str:
        return f"{self._name}.2" if self._collection == self._name else self._name

    def _read_manifest(self, collection: str) -> Manifest:
        stored = self._client.retrieve(collection, [_MANIFEST_ID], with_payload=True)
        return Manifest.from_json((stored[0].payload or {}) if stored else {}, f"{self._where}/{collection}")

    def _is_copy_for(self, collection: str, manifest: Manifest) -> bool:
        """Whether a copy was begun for that manifest. One whose making was cut off has none."""
        with contextlib.suppress(StoreError):
            return self._read_manifest(collection) == manifest
        return False

    def _drop_copy(self) -> None:
        """Deletes the copy, or what a change that was cut off has left of the old collection."""
        if self._copy is not None:
            self._copy._dropped = True
            self._copy = None
        if self._client.collection_exists(self._other_name()):
            self._client.delete_collection(self._other_name())

    @contextlib.contextmanager
    def _using(self, doing: str) -> Iterator[None]:
        if self._dropped:
            raise CopyDroppedError("The copy was dropped, since something was erased meanwhile.")
        with _mapped(doing, self._where):
            yield

    def holding(self, text: str) -> list[str]:
        """Nothing: the files are the server's."""
        return []

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """The queries as one batch."""
        if not queries:
            return []
        with self._using("search"):
            found = self._client.query_batch_points(self._collection, [_request(q) for q in queries])
        return [[(uuid.UUID(str(hit.id)).hex, hit.score) for hit in response.points] for response in found]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Pages through what `where` admits."""
        offset: Any = None
        wanted = ([DENSE, TOKENS] if fields.vectors else []) + (
            [TERMS] if fields.vectors or fields.terms else []
        )
        while True:
            with self._using("read"):
                records, offset = self._client.scroll(
                    self._collection,
                    scroll_filter=_filter(where),
                    limit=_PAGE,
                    offset=offset,
                    with_payload=True if fields.only is None else list(fields.only),
                    with_vectors=wanted or False,
                )
            yield from (_from_client(record) for record in records)
            if offset is None:
                return

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counted exactly, from the index."""
        with self._using("read"):
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
    except StoreError:
        raise
    except (QdrantException, ApiException, grpc.RpcError, OSError, ValueError, RuntimeError) as error:
        raise StoreError(
            f"Could not {doing} {where}: {error}. See that the server runs, that the address and api key are "
            f"right, and that it is Qdrant 1.16 or newer."
        ) from error


def _create(client: QdrantClient, collection: str, manifest: Manifest) -> None:
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


def _request(query: Query) -> models.QueryRequest:
    params = None
    vector: Any
    if query.terms is not None:
        vector, using = _sparse(query.terms), TERMS
        params = models.SearchParams(
            idf=models.IdfCorpusParams(corpus=_filter(corpus(query)) or models.Filter())
        )
    elif query.tokens is not None:
        vector, using = query.tokens.tolist(), TOKENS
    elif query.vector is not None:
        vector, using = query.vector.tolist(), DENSE
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


def _to_client(point: Point) -> models.PointStruct:
    return models.PointStruct(id=point.id, vector=_vectors(point), payload=dict(point.payload))


def _vectors(point: Point) -> dict[str, Any]:
    vectors: dict[str, Any] = {}
    if point.vector is not None:
        vectors[DENSE] = point.vector.tolist()
    if point.terms is not None and len(point.terms.indices):
        vectors[TERMS] = _sparse(point.terms)
    if point.tokens is not None and len(point.tokens):
        vectors[TOKENS] = point.tokens.tolist()
    return vectors


def _from_client(record: models.Record) -> Point:
    found: Any = record.vector or {}
    terms = found.get(TERMS)
    return Point(
        uuid.UUID(str(record.id)).hex,
        record.payload or {},
        vector=np.array(found[DENSE], dtype=np.float32) if DENSE in found else None,
        terms=SparseVector(np.array(terms.indices, np.uint32), np.array(terms.values, np.float32))
        if terms is not None
        else None,
        tokens=np.array(found[TOKENS], dtype=np.float32) if TOKENS in found else None,
    )
