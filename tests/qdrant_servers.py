"""Memories on a Qdrant server: the one whose URL is in `FOURFOLD_TEST_QDRANT_URL`, over gRPC, on the next port, or
over HTTP where `FOURFOLD_GRPC` is "false"; or else on qdrant-client's own engine."""

from __future__ import annotations

import os
import uuid
import warnings
from typing import cast
from urllib.parse import urlsplit

from qdrant_client import QdrantClient

from fourfold import Memory, Settings
from fourfold.ports import Clock
from fourfold.settings import load_settings
from fourfold.storage.manifest import Manifest
from fourfold.storage.server import ServerStore
from fourfold.testing import HashEmbedder

SERVER = os.environ.get("FOURFOLD_TEST_QDRANT_URL")
GRPC = load_settings().grpc


class Renamed(HashEmbedder):
    """An embedder whose vectors only its name tells from those of `HashEmbedder`."""

    name = "renamed"


def new_client() -> QdrantClient:
    """Connects to the server, or makes one of its own."""
    if SERVER is None:
        return QdrantClient(":memory:")
    port = (urlsplit(SERVER).port or 6333) + 1
    return QdrantClient(SERVER, prefer_grpc=GRPC, grpc_port=port, timeout=60, check_compatibility=False)


def new_collection() -> str:
    """Returns the name of a collection that no other test has."""
    return f"test-{uuid.uuid4().hex}"


def manifest_of(embedder: HashEmbedder) -> Manifest:
    """Returns the manifest of a store for an embedder."""
    return Manifest(embedder.name, embedder.dimension, embedder.token_dimension)


def opened(
    client: object,
    collection: str,
    embedder: HashEmbedder | None = None,
    *,
    patience: float = 60.0,
    clock: Clock | None = None,
    settings: Settings | None = None,
) -> Memory:
    """Opens the memory on `client`, as another process would."""
    embedder = embedder or HashEmbedder()
    with warnings.catch_warnings():  # the client's own engine has no payload indexes, and says so
        warnings.simplefilter("ignore")
        store = ServerStore(
            cast("QdrantClient", client), collection, manifest_of(embedder), "memory", patience=patience
        )
    return Memory(store, embedder, clock=clock, settings=settings)
