"""The store on a Qdrant server or cluster, through `qdrant-client`: the same schema as the embedded one."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import grpc
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from fourfold.errors import StoreError
from fourfold.forks import abandon_in_children, never_free
from fourfold.ports import PAYLOAD, CopyDroppedError, Fields, Point, Query, Store, Where
from fourfold.schema.fields import KIND
from fourfold.schema.records import MANIFEST, erased_point, read_cursors
from fourfold.settings import Settings
from fourfold.storage.filters import INDEXED, MOST_BANKS
from fourfold.storage.manifest import Manifest
from fourfold.storage.server_types import CLIENT, SPARSE_VECTORS, vectors_of
from fourfold.storage.translation import from_record, vector_names

if TYPE_CHECKING:
    from qdrant_client.conversions.common_types import PointId

log = logging.getLogger(__name__)

_PAGE = 1000
"""Records a request of a scan. A guess, not measured."""
# The manifest is a point like any other, since a collection has no place for metadata of ours. Its id is the same
# in every store, and its kind is one that no query asks for.
_MANIFEST_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "fourfold:manifest"))


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
    ) -> None:
        """Uses `client`, making the collection if it is missing; raises `StoreVersionError` if it was made by
        a newer schema or another embedder, and changes nothing then. `copy` is the collection where this is the copy
        of another store; otherwise the alias of `collection` says which one it is, where there is one."""
        self._client = client
        self._name = collection
        self._where = where
        self._copy: ServerStore | None = None
        self._closed = self._dropped = False
        # Revisions are counted by writer, so no two processes may have one name. Process ids and host names recur:
        # hence the random part; the others are for people who read the log.
        self.writer = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with _mapped("open", where):
            self._collection = copy or self._current() or collection
            if not client.collection_exists(self._collection):
                _create(client, self._collection, manifest)
            self._manifest = self._read_manifest(self._collection)
        manifest.check(self._manifest, where)
        abandon_in_children(self)

    @classmethod
    def connect(cls, url: str, manifest: Manifest, settings: Settings) -> ServerStore:
        """Connects to `url` with the api key, transport, timeout and collection of the settings."""
        try:
            client = QdrantClient(
                url=url,
                api_key=settings.api_key,
                prefer_grpc=settings.grpc,
                timeout=round(settings.timeout) or 1,  # the client takes whole seconds
                # It would make a request of its own now, and only warn. A server too old fails at the first call.
                check_compatibility=False,
            )
        except ValueError as error:  # it connects with its first call: here only the address is read
            raise StoreError(
                f"Could not connect to {url}: {error}. See that the address is right."
            ) from error
        return cls(client, settings.collection, manifest, url)

    def write(self, points: Sequence[Point]) -> None:
        """Writes all points as one upsert, and waits until it is applied."""
        if points:
            structs = [CLIENT.point(point) for point in points]
            with self._using("write to"):
                self._client.upsert(self._collection, structs, wait=True)

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes points, and waits until that is applied."""
        if ids:
            with self._using("delete from"):
                self._client.delete(self._collection, points_selector=list(ids), wait=True)

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Replaces points by one upsert that leaves nothing of `removed` but the ids, then deletes these; waits for
        both."""
        with self._using("erase"):
            self._drop_copy()
        # Emptied first: the upsert is the commit, and whoever is cut off before the deletion has left no text behind.
        empty = [erased_point(point_id) for point_id in removed]
        self.write([*points, *empty])
        self.delete(removed)
        return (
            "Qdrant has acknowledged the deletion: no query finds any of it. The bytes go when Qdrant's optimiser "
            "next builds the segments anew that held them (deleted_threshold), when its write-ahead log moves on, "
            "and, in snapshots and backups, when these are deleted."
        )

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens a second collection. Of the two names that a memory's collection may have, it takes the other one."""
        manifest = self._manifest.with_vectors(*vectors)
        name = self._other_name()
        with self._using("copy"):
            if self._client.collection_exists(name) and not self._is_copy_for(name, manifest):
                self._drop_copy()
            self._copy = ServerStore(self._client, self._name, manifest, self._where, copy=name)
        return self._copy

    def adopt_copy(self) -> None:
        """Has the alias name the copy's collection, at once, and deletes the old one. Other processes still use the
        old one, so their calls fail and they have to be started anew. None may write meanwhile."""
        if self._copy is None:
            raise StoreError("There is no copy to adopt: begin one with copy_for, and write to it first.")
        replaced = self._collection
        copy = self._other_name()
        alias = models.CreateAlias(collection_name=copy, alias_name=self._alias)
        operations: list[models.CreateAliasOperation | models.DeleteAliasOperation] = [
            models.CreateAliasOperation(create_alias=alias)
        ]
        with self._using("switch"):
            if self._current() is not None:
                drop = models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=self._alias))
                operations.insert(0, drop)
            # One request, which the server applies as a whole: at no moment is there no alias, or an alias of both.
            self._client.update_collection_aliases(operations)
            self._manifest = self._copy._manifest
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
        """Returns the collection that the alias names; None before another embedder was first given to the memory. No
        setting `collection` has a dot, so neither name is another memory's."""
        aliases = self._client.get_aliases().aliases
        return next((alias.collection_name for alias in aliases if alias.alias_name == self._alias), None)

    def _other_name(self) -> str:
        return f"{self._name}.2" if self._collection == self._name else self._name

    def _read_manifest(self, collection: str) -> Manifest:
        stored = self._client.retrieve(collection, [_MANIFEST_ID], with_payload=True)
        return Manifest.from_json((stored[0].payload or {}) if stored else {}, f"{self._where}/{collection}")

    def _is_copy_for(self, collection: str, manifest: Manifest) -> bool:
        """Returns whether a copy was begun for that manifest. One whose making was cut off has none."""
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
        if self._closed:
            raise StoreError("The memory is closed. Open it again with Memory.open.")
        with _mapped(doing, self._where):
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
        with _mapped("close", self._where):
            self._client.close()

    def abandon(self) -> None:
        """Closes the store in a forked child; the connection stays open, since it is the parent's too."""
        self._closed = True
        never_free(self._client)


@contextlib.contextmanager
def _mapped(doing: str, where: str) -> Iterator[None]:
    """Raises the client's failures as `StoreError`s that say what to do. Other errors are bugs of ours, and pass."""
    # Four families, since the client passes on what its transport raises: over gRPC, over HTTP, and of the socket.
    try:
        yield
    except (QdrantException, ApiException, grpc.RpcError, OSError) as error:
        raise StoreError(
            f"Could not {doing} {where}: {error}. See that the server runs, that the address and api key are "
            f"right, and that it is Qdrant 1.16 or newer."
        ) from error


def _create(client: QdrantClient, collection: str, manifest: Manifest) -> None:
    """Makes the collection and its indexes."""
    client.create_collection(
        collection, vectors_config=vectors_of(manifest), sparse_vectors_config=SPARSE_VECTORS
    )
    for name, kind in INDEXED.items():
        client.create_payload_index(collection, name, field_schema=CLIENT.types.index(kind), wait=True)
    # Last: a collection without it was not finished, and is not taken for a copy to go on with.
    client.upsert(collection, [_manifest_point(manifest)], wait=True)


def _manifest_point(manifest: Manifest) -> models.PointStruct:
    return models.PointStruct(id=_MANIFEST_ID, vector={}, payload={KIND: MANIFEST, **manifest.to_json()})
