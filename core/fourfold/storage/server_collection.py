"""The collections of a memory on a Qdrant server: what they are called, how one is made, what it says of itself."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import grpc
from qdrant_client import QdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from fourfold.errors import StoreError, StoreVersionError
from fourfold.schema.sealed import SEALED
from fourfold.storage.manifest import Manifest
from fourfold.storage.server_types import CLIENT, SERVER_INDEXED, SPARSE_VECTORS, vectors_of

OLDEST = (1, 19)
"""The first version that weighs the words of a question by one bank alone (`SearchParams.idf`). Older ones do not
know the parameter and weigh by all banks, without a word."""

# Four families, since the client passes on what its transport raises: over gRPC, over HTTP, and of the socket.
_CLIENT_ERRORS = (QdrantException, ApiException, grpc.RpcError, OSError)


@contextlib.contextmanager
def mapped(doing: str, where: str) -> Iterator[None]:
    """Raises the client's failures as `StoreError`s that say what to do. Other errors are bugs of ours, and pass."""
    try:
        yield
    except _CLIENT_ERRORS as error:
        raise StoreError(
            f"Could not {doing} {where}: {_told(error)}. See that the server runs, that the address and api key are "
            f"right (gRPC has a port of its own; FOURFOLD_GRPC=false does without it), and that nobody has given the "
            f"memory another embedder: it has to be opened anew then."
        ) from error


def _told(error: Exception) -> str:
    """Returns what an error says, in one line. One of gRPC says besides where it came from, at length."""
    text = f"{error.code().name}: {error.details()}" if isinstance(error, grpc.Call) else str(error)
    return " ".join(text.split()) or type(error).__name__


def check_version(client: QdrantClient, where: str) -> None:
    """Raises `StoreVersionError` for a server that would leave out a part of what it is asked."""
    version = client.info().version
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is not None and (int(numbers[1]), int(numbers[2])) < OLDEST:
        raise StoreVersionError(
            f"{where} is Qdrant {version}, which is too old: it would weigh the words of one bank by those of all. "
            f"Nothing was changed. Use Qdrant {'.'.join(map(str, OLDEST))} or newer."
        )


def open_collection(client: QdrantClient, collection: str, manifest: Manifest, where: str) -> Manifest:
    """Returns the manifest of the collection, which is made if it is missing, and finished if its making was cut off.
    Raises `StoreVersionError` where it does not fit `manifest`, and `StoreError` where it is another program's; both
    change nothing."""
    if not client.collection_exists(collection):
        _create(client, collection, manifest)
    info = client.get_collection(collection)
    if info.config.metadata is None:
        raise StoreError(
            f'The collection "{collection}" of {where} was not made by Fourfold. Nothing was changed. Choose '
            f"another name with FOURFOLD_COLLECTION."
        )
    stored = Manifest.from_json(info.config.metadata, f"{where}/{collection}")
    manifest.check(stored, where)
    first, _ = client.scroll(collection, limit=1, with_payload=[SEALED])
    for record in first:
        stored.check_record(record.payload or {}, where)
    for name, kind in SERVER_INDEXED.items():
        if name not in info.payload_schema:
            client.create_payload_index(collection, name, field_schema=CLIENT.types.index(kind), wait=True)
    return stored


def is_made_for(client: QdrantClient, collection: str, manifest: Manifest) -> bool:
    """Returns whether there is such a collection, with that manifest."""
    return (
        client.collection_exists(collection)
        and client.get_collection(collection).config.metadata == manifest.to_json()
    )


def _create(client: QdrantClient, collection: str, manifest: Manifest) -> None:
    try:
        client.create_collection(
            collection,
            vectors_config=vectors_of(manifest),
            sparse_vectors_config=SPARSE_VECTORS,
            # A cluster would make one for each of its machines, and a write to several is not whole or not at all.
            shard_number=1,
            # Here and not in a point: so there is never a collection without it.
            metadata=manifest.to_json(),
        )
    except _CLIENT_ERRORS:
        # Another process may have made it since it was looked for.
        if not client.collection_exists(collection):
            raise


def alias_of(name: str) -> str:
    """Returns the alias that says which collection is the memory's. No setting `collection` has a dot, so it is no
    other memory's."""
    return f"{name}.current"


def current_collection(client: QdrantClient, name: str) -> str:
    """Returns the collection that the alias names; `name` itself before another embedder was first given to the
    memory."""
    aliases = client.get_aliases().aliases
    named = (alias.collection_name for alias in aliases if alias.alias_name == alias_of(name))
    return next(named, name)


def next_collection(name: str, current: str) -> str:
    """Returns the name of the copy that is to take the place of `current`. Names do not recur: a process that still
    has an older one must not find the vectors of another embedder under it."""
    _, _, number = current.removeprefix(name).partition(".")
    return f"{name}.{int(number or 1) + 1}"


def other_collections(client: QdrantClient, name: str, current: str) -> list[str]:
    """Returns the memory's collections beside `current`: a copy, or what a change that was cut off has left."""
    pattern = re.compile(rf"{re.escape(name)}(\.\d+)?")
    names = (collection.name for collection in client.get_collections().collections)
    return [other for other in names if other != current and pattern.fullmatch(other)]


def switch_alias(client: QdrantClient, name: str, copy: str) -> None:
    """Has the alias name `copy`, at once."""
    # One operation alone, which replaces what the alias was: the server saves after each of several, and one that is
    # killed between a deletion and a creation would have no alias left.
    create = models.CreateAlias(collection_name=copy, alias_name=alias_of(name))
    client.update_collection_aliases([models.CreateAliasOperation(create_alias=create)])
