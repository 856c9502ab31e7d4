"""The store on a Qdrant server or cluster, through `qdrant-client`: the same schema as the embedded one."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from qdrant_client import QdrantClient, models

from fourfold.errors import StoreError, StoreVersionError
from fourfold.forks import abandon_in_children, never_free
from fourfold.ports import PAYLOAD, CopyDroppedError, Fields, Point, Query, Store, Where
from fourfold.schema.fields import KIND
from fourfold.schema.records import ERASED, erased_point, read_cursors
from fourfold.settings import Settings
from fourfold.storage.filters import MOST_BANKS
from fourfold.storage.manifest import Manifest
from fourfold.storage.server_collection import (
    check_version,
    current_collection,
    is_made_for,
    mapped,
    next_collection,
    open_collection,
    other_collections,
    switch_alias,
)
from fourfold.storage.server_leases import LEASE_SECONDS, Leases
from fourfold.storage.server_types import CLIENT
from fourfold.storage.translation import from_record, vector_names

if TYPE_CHECKING:
    from qdrant_client.conversions.common_types import PointId

log = logging.getLogger(__name__)

_PAGE = 1000
"""Records a request of a scan. A guess, not measured."""


_GRPC_OPTIONS = {f"grpc.{which}_reconnect_backoff_ms": 100 for which in ("initial", "min", "max")}
"""A server that was away is asked again after a tenth of a second, the least that gRPC knows. By itself it would let
up to two minutes pass, and fail each call in between."""


class ServerStore(Store):
    """One collection of a Qdrant server, shared by any number of processes."""

    # A cache would be one of this machine, of a store that other processes change: it would be out of date at each
    # start.
    cache = None

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        manifest: Manifest,
        where: str,
        *,
        copy: str | None = None,
        patience: float = 30.0,
    ) -> None:
        """Uses `client`, making the collection if it is missing; raises `StoreVersionError` if it was made by
        a newer schema or another embedder, and changes nothing then. `copy` is the collection where this is the copy
        of another store; otherwise the alias of `collection` says which one it is, where there is one. `patience` is
        how many seconds a bank is waited for that another process writes to."""
        self._client = client
        self._name = collection
        self._where = where
        self._copy: ServerStore | None = None
        self._closed = self._dropped = False
        # Revisions are counted by writer, so no two processes may have one name. Process ids and host names recur:
        # hence the random part; the others are for people who read the log.
        self.writer = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._leases = Leases(client, self.writer, patience)
        with mapped("open", where):
            self._collection = copy or current_collection(client, collection)
            self._manifest = open_collection(client, self._collection, manifest, where)
        abandon_in_children(self)

    @classmethod
    def connect(cls, url: str, manifest: Manifest, settings: Settings) -> ServerStore:
        """Connects to `url` with the api key, transport, timeout and collection of the settings."""
        try:
            client = QdrantClient(
                url=url,
                api_key=settings.api_key,
                prefer_grpc=settings.grpc,
                grpc_port=_grpc_port(url),
                grpc_options=dict(_GRPC_OPTIONS),  # the client adds to them
                timeout=round(settings.timeout) or 1,  # the client takes whole seconds
                check_compatibility=False,  # in the background, and it would only warn
            )
        except ValueError as error:  # it connects with its first call: here only the address is read
            raise StoreError(
                f"Could not connect to {url}: {error}. See that the address is right."
            ) from error
        with mapped("open", url):
            check_version(client, url)
        # At least until a killed process' lease is over, or the first call after that would fail.
        patience = max(settings.timeout, 2 * LEASE_SECONDS)
        return cls(client, settings.collection, manifest, url, patience=patience)

    def write(self, points: Sequence[Point]) -> None:
        """Writes all points as one upsert, and waits until it is applied."""
        if points:
            structs = [CLIENT.point(point) for point in points]
            with self._using("write to"):
                self._leases.check()
                self._client.upsert(self._collection, structs, wait=True)

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes points, and waits until that is applied."""
        if ids:
            with self._using("delete from"):
                self._leases.check()
                self._client.delete(self._collection, points_selector=list(ids), wait=True)

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Replaces points by one upsert that leaves nothing of `removed` but the ids, then deletes these; waits for
        both."""
        with self._using("erase"):
            self._drop_others()
        # Emptied first: the upsert is the commit, and whoever is cut off before the deletion has left no text behind.
        empty = [erased_point(point_id) for point_id in removed]
        self.write([*points, *empty])
        # By their kind, not their ids: those that another erasure was cut off before go as well.
        erased = models.FieldCondition(key=KIND, match=models.MatchValue(value=ERASED))
        with self._using("erase"):
            self._client.delete(self._collection, points_selector=models.Filter(must=[erased]), wait=True)
        return (
            "Qdrant has acknowledged the deletion: no query finds any of it. Its files keep the bytes until its "
            "optimiser builds those segments anew (by itself where a segment has 1,000 points and a fifth of them "
            "are deleted) and its write-ahead log moves on; snapshots made before that have them too, until you "
            "delete these. A change of the embedder (Memory.reembed) makes new files, and deletes the old ones."
        )

    @contextlib.contextmanager
    def held(self, bank: str) -> Iterator[None]:
        """Holds a lease of the bank; see `fourfold.storage.server_leases`."""
        with self._using("write to"):
            self._leases.take(self._collection, bank)
        try:
            yield
        finally:
            # One that cannot be given back, since the server is gone, is this process's own when it asks again.
            with contextlib.suppress(StoreError), mapped("write to", self._where):
                self._leases.give_back(self._collection, bank)

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens a second collection, named by the number after that of this one."""
        manifest = self._manifest.with_vectors(*vectors)
        name = next_collection(self._name, self._collection)
        with self._using("copy"):
            if not is_made_for(self._client, name, manifest):
                self._drop_others()
            self._copy = ServerStore(self._client, self._name, manifest, self._where, copy=name)
        return self._copy

    def adopt_copy(self) -> None:
        """Has the alias name the copy's collection, at once, and deletes the old one. Other processes still use the
        old one, so their calls fail and they have to be started anew. None may write meanwhile."""
        if self._copy is None:
            raise StoreError("There is no copy to adopt: begin one with copy_for, and write to it first.")
        with self._using("switch"):
            # Where no answer comes, it may have happened: nothing may be written to either until that is known.
            self._closed = True
            switch_alias(self._client, self._name, self._copy._collection)
            self._closed = False
            self._manifest, self._collection = self._copy._manifest, self._copy._collection
            self._copy = None
        try:
            with self._using("delete the old collection of"):
                self._drop_others()
        except StoreError as error:  # the memory has changed all the same
            log.warning("%s It goes with the next change of the embedder, or with the next erasure.", error)

    def _drop_others(self) -> None:
        """Deletes the copy, and what a change that was cut off has left of the old collection."""
        if current_collection(self._client, self._name) != self._collection:
            # What stands beside this collection is the memory by now.
            raise StoreVersionError(
                f"Another process has given the memory at {self._where} another embedder. Nothing was changed. "
                f"Open it anew with that one."
            )
        if self._copy is not None:
            self._copy._dropped = True
            self._copy = None
        for other in other_collections(self._client, self._name, self._collection):
            self._client.delete_collection(other)

    @contextlib.contextmanager
    def _using(self, doing: str) -> Iterator[None]:
        if self._dropped:
            raise CopyDroppedError("The copy was dropped, since something was erased meanwhile.")
        if self._closed:
            raise StoreError("The memory is closed. Open it again with Memory.open.")
        with mapped(doing, self._where):
            self._leases.touch(self._collection)
            yield

    def find_bytes(self, text: str) -> list[str]:
        """Returns an empty list: the files are the server's, out of reach."""
        return []

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Runs the queries as one batch, in one request."""
        if not queries:
            return []
        requests = CLIENT.requests(queries)
        with self._using("search"):
            responses = self._client.query_batch_points(self._collection, requests)
        return [
            [(uuid.UUID(str(hit.id)).hex, hit.score) for hit in response.points] for response in responses
        ]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields what `where` admits, page by page. A write between two pages may be seen or not."""
        offset: PointId | None = None
        only = CLIENT.filter(where)
        vectors = vector_names(fields, self._manifest)
        while True:
            with self._using("read"):
                records, offset = self._client.scroll(
                    self._collection,
                    scroll_filter=only,
                    limit=_PAGE,
                    offset=offset,
                    with_payload=True if fields.only is None else list(fields.only),
                    with_vectors=vectors or False,
                )
            yield from (from_record(record) for record in records)
            if offset is None:
                return

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counts points exactly, from the index of the field."""
        only = CLIENT.filter(where)
        with self._using("read"):
            facet = self._client.facet(self._collection, by, only, limit=MOST_BANKS, exact=True)
        return {str(hit.value): hit.count for hit in facet.hits}

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns the revisions, read at each call: other processes write as well."""
        return read_cursors(self, bank)

    def close(self) -> None:
        """Closes the connection."""
        self._closed = True
        with mapped("close", self._where):
            self._client.close()

    def abandon(self) -> None:
        """Closes the store in a forked child; the connection stays open, since it is the parent's too."""
        self._closed = True
        never_free(self._client)


def _grpc_port(url: str) -> int:
    """Returns the port after that of the URL, as Qdrant has them (6333 and 6334)."""
    return (urlsplit(url).port or 6333) + 1
