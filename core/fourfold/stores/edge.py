"""The embedded store: Qdrant's own engine (`qdrant-edge-py`) over one directory, owned by one process.

directory/
  owner.lock      held while the store is open; owner.json says by whom
  store/          appears whole (built aside, then renamed)
    manifest.json
    shard/        Qdrant's files
    cache/        graphs of large banks, made again where they are missing
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import qdrant_edge as qe
from filelock import FileLock

from fourfold.errors import StoreError, StoreLockedError
from fourfold.ports import PAYLOAD, Cache, Fields, Point, Query, Store, Where
from fourfold.stores.cache import DirectoryCache
from fourfold.stores.conditions import DENSE, INDEXED, TERMS, TOKENS, Ids, Match, Range, conditions, corpus
from fourfold.stores.directory import (
    check_space,
    disown,
    let_go,
    make_directory,
    own,
    owner,
    read_ahead,
    read_manifest,
)
from fourfold.stores.manifest import Manifest
from fourfold.stores.recent import Recent
from fourfold.stores.records import read_cursors
from fourfold.text import SparseVector

_PAGE = 1000
_FLUSH_BYTES = 32 * 2**20
_RECENT = 8192


class EdgeStore(Store):
    """Open it with `EdgeStore.open` or `EdgeStore.temporary`."""

    writer = "embedded"

    def __init__(self, directory: Path, lock: FileLock, shard: qe.EdgeShard, reserve: int) -> None:
        self._directory, self._lock, self._shard = directory, lock, shard
        self.cache: Cache | None = DirectoryCache(directory / "store" / "cache", reserve)
        self._reserve = reserve
        self._use = threading.Lock()
        self._recent = Recent(_RECENT)
        self._cursors: dict[str, Mapping[str, int]] = {}
        self._writes = self._unflushed = 0
        self._closed = False
        self._temporary = False

    @classmethod
    def open(cls, directory: Path, manifest: Manifest, reserve_bytes: int = 0) -> EdgeStore:
        """Opens the store in `directory`, making it if the directory is empty or missing.

        Raises `StoreLockedError` if another process has it open, `StoreVersionError` if its schema or
        embedder does not fit, `ConfigurationError` if the directory holds something else, and `StoreError`
        if it is damaged or cannot be written. None of these changes anything.
        """
        make_directory(directory)
        lock = own(directory)
        try:
            home = directory / "store"
            if not home.exists():
                _create(directory, manifest)
            manifest.check(read_manifest(home), str(directory))
            shard = _load(home, directory)
        except BaseException:
            lock.release()
            raise
        return cls(directory, lock, shard, reserve_bytes)

    @classmethod
    def temporary(cls, manifest: Manifest) -> EdgeStore:
        """A store in a new temporary directory, which `close` removes."""
        store = cls.open(Path(tempfile.mkdtemp(prefix="fourfold-")), manifest)
        store._temporary, store.cache = True, None
        return store

    def write(self, points: Sequence[Point]) -> None:
        """One upsert of all points: one record of the write-ahead log."""
        if not points:
            return
        with self._using("write"):
            # The engine writes through memory maps, and a map onto a full disk ends the process.
            check_space(self._directory, self._reserve)
            self._shard.update(qe.UpdateOperation.upsert_points([_to_edge(p) for p in points]))
            self._writes += 1
            self._recent.forget(point.id for point in points)
            for point in points:
                if point.payload.get("kind") == "cursor":
                    self._cursors.pop(point.payload["bank"], None)
            self._unflushed += sum(_bytes(p) for p in points)
            if self._unflushed > _FLUSH_BYTES:
                self._settle()

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """The queries as one planned batch."""
        if not queries:
            return []
        filters = {query.where: _filter(query.where) for query in queries}
        requests = [_request(query, filters[query.where]) for query in queries]
        with self._using("search"):
            found: Any = self._shard.query_batch(qe.QueryBatchRequest(requests))
        return [[(hit.id.hex, hit.score) for hit in hits] for hits in found]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Pages through what `where` admits."""
        terms = [TERMS] if fields.vectors or fields.terms else []
        wanted = terms + ([DENSE, TOKENS] if fields.vectors else [])
        if where.ids is not None and where == Where(ids=where.ids):  # no filter to evaluate: a plain lookup
            yield from self._look_up(where.ids, fields, wanted)
            return
        offset: Any = None
        while True:
            request = qe.ScrollRequest(
                offset=offset,
                limit=_PAGE,
                filter=_filter(where),
                with_payload=_payload(fields),
                with_vector=wanted or False,
            )
            with self._using("read"):
                records, offset = self._shard.scroll(request)
            yield from map(_from_edge, records)
            if offset is None:
                return

    def _look_up(self, ids: Sequence[str], fields: Fields, wanted: list[str]) -> list[Point]:
        """The points of these ids; payloads that were read lately need no reading."""
        only = fields.only if fields.only and not wanted else None
        with self._using("read"):
            known = {i: p for i in ids if (p := self._recent.get(i, only)) is not None} if only else {}
            unknown: list[Any] = [i for i in ids if i not in known]
            read = self._shard.retrieve(unknown, _payload(fields), wanted or False) if unknown else []
            found = [_from_edge(record) for record in read]
            if only:
                for point in found:
                    self._recent.put(point.id, only, point.payload)
        return [*(Point(i, payload) for i, payload in known.items()), *found]

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Read once, and again after a write: no other process can have written."""
        found, writes = self._cursors.get(bank), self._writes
        if found is None:
            found = read_cursors(self, bank)
            with self._use:
                if self._writes == writes:
                    self._cursors[bank] = found
        return found

    def close(self) -> None:
        """Flushes, and gives the directory up."""
        with self._use:
            if self._closed:
                return
            self._closed = True
            with _mapped("close", self._directory):
                if self._unflushed:
                    self._settle()
                self._shard.close()
        disown(self._directory, self._lock)
        if self._temporary:
            shutil.rmtree(self._directory, ignore_errors=True)

    def _settle(self) -> None:
        """Flushes, so that the next open has little of the log to replay. A flush leaves the last record in the
        log, so that one is made to be nothing."""
        self._shard.flush()
        self._shard.update(qe.UpdateOperation.delete_points([str(uuid.UUID(int=0))]))
        self._shard.flush()
        self._unflushed = 0

    @contextlib.contextmanager
    def _using(self, doing: str) -> Iterator[None]:
        with self._use:
            if self._closed:
                raise StoreError("The memory is closed. Open it again with Memory.open.")
            with _mapped(doing, self._directory):
                yield


def optimise(directory: Path) -> bool:
    """Merges segments and builds indexes in `directory`, which no process may have open; True if there was
    anything to do. Takes long and holds the interpreter: run it in a process of its own."""
    lock = own(directory)
    try:
        home = directory / "store"
        if not home.exists():
            raise StoreError(f"{directory} holds no Fourfold memory.")
        shard = _load(home, directory)
        with _mapped("compact", directory):
            changed = shard.optimize()
            shard.close()
        return changed
    finally:
        disown(directory, lock)


def _create(directory: Path, manifest: Manifest) -> None:
    aside = directory / "store.new"
    shutil.rmtree(aside, ignore_errors=True)
    with _mapped("create", directory):
        (aside / "shard").mkdir(parents=True)
        shard = qe.EdgeShard.create(str(aside / "shard"), _config(manifest))
        for name, kind in INDEXED.items():
            shard.update(qe.UpdateOperation.create_field_index(name, _index(kind)))
        shard.close()
        with (aside / "manifest.json").open("w") as file:
            json.dump(manifest.to_json(), file)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(directory / "store")


def _load(home: Path, directory: Path) -> qe.EdgeShard:
    if not (home / "shard" / "edge_config.json").exists():
        raise StoreError(
            f"The data of {directory} is missing or damaged (no {home / 'shard' / 'edge_config.json'}). Nothing "
            f"was changed. Restore the directory from a backup."
        )
    with _mapped("open", directory):
        shard = qe.EdgeShard.load(str(home / "shard"))
    let_go(home)
    read_ahead(home / "shard" / "segments")
    return shard


@contextlib.contextmanager
def _mapped(doing: str, directory: Path) -> Iterator[None]:
    """The engine raises bare `Exception`s (and, on broken files, panics that are `BaseException`s)."""
    try:
        yield
    except (StoreError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        if "WouldBlock" in str(error):
            raise StoreLockedError(
                f"{directory} is open in another process{owner(directory)}. Close it there first."
            ) from error
        raise StoreError(
            f"Could not {doing} {directory}: {error}. If this repeats, its files are damaged or the disk is full; "
            f"make room, or restore the directory from a backup."
        ) from error


def _config(manifest: Manifest) -> qe.EdgeConfig:
    vectors = {
        DENSE: qe.EdgeVectorParams(
            manifest.dimension, qe.Distance.Cosine, datatype=qe.VectorStorageDatatype.Float16
        )
    }
    if manifest.token_dimension:
        vectors[TOKENS] = qe.EdgeVectorParams(
            manifest.token_dimension,
            qe.Distance.Dot,
            multivector_config=qe.MultiVectorConfig(qe.MultiVectorComparator.MaxSim),
            datatype=qe.VectorStorageDatatype.Turbo8,
            memory=qe.Memory.Cold,
            hnsw_config=qe.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10_000),
        )
    return qe.EdgeConfig(
        vectors=vectors, sparse_vectors={TERMS: qe.EdgeSparseVectorParams(modifier=qe.Modifier.Idf)}
    )


def _index(kind: str) -> Any:
    match kind:
        case "tenant":
            return qe.KeywordIndexParams(is_tenant=True)
        case "keyword":
            return qe.PayloadSchemaType.Keyword
        case "integer":
            return qe.IntegerIndexParams(lookup=False, range=True)
        case _:
            return qe.PayloadSchemaType.Float


def _filter(where: Where) -> qe.Filter | None:
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


def _payload(fields: Fields) -> Any:
    return True if fields.only is None else qe.PayloadSelector.Include(list(fields.only))


def _request(query: Query, wanted: qe.Filter | None) -> qe.QueryRequest:
    params = None
    if query.terms is not None:
        nearest = qe.Query.Nearest(_sparse(query.terms), TERMS)
        params = qe.SearchParams(idf=qe.IdfParams(corpus=_filter(corpus(query))))
    elif query.tokens is not None:
        nearest = qe.Query.Nearest(query.tokens.tolist(), TOKENS)
    elif query.vector is not None:
        nearest = qe.Query.Nearest(query.vector.tolist(), DENSE)
    else:
        raise StoreError("A query needs a vector, terms or tokens.")
    return qe.QueryRequest(query.limit, query=nearest, filter=wanted, with_payload=False, params=params)


def _sparse(vector: SparseVector) -> qe.SparseVector:
    return qe.SparseVector(vector.indices.tolist(), vector.values.tolist())


def _bytes(point: Point) -> int:
    """About what a point takes in the log."""
    vectors = (point.vector, point.tokens)
    return 1000 + sum(v.nbytes for v in vectors if v is not None)


def _to_edge(point: Point) -> qe.Point:
    vectors: dict[str, Any] = {}  # lists: the engine takes twice as long over arrays
    if point.vector is not None:
        vectors[DENSE] = point.vector.tolist()
    if point.terms is not None and len(point.terms.indices):
        vectors[TERMS] = _sparse(point.terms)
    if point.tokens is not None and len(point.tokens):
        vectors[TOKENS] = point.tokens.tolist()
    return qe.Point(point.id, vectors, dict(point.payload))


def _from_edge(record: Any) -> Point:
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
