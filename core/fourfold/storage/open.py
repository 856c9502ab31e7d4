"""Picks a store by its location. Nothing heavy is imported before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.ports import Store
from fourfold.settings import Settings, directory_of, is_url
from fourfold.storage.manifest import Manifest


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A location (directory, ":memory:" or URL) and what must be true of the store found there."""

    location: str
    manifest: Manifest


def open_store(address: StoreAddress, settings: Settings) -> Store:
    """Opens the store, making it if it is not there; raises `StoreError` or `ConfigurationError`."""
    if is_url(address.location):
        from fourfold.storage.server import ServerStore

        return ServerStore.connect(address.location, address.manifest, settings)
    from fourfold.storage.embedded import EmbeddedStore

    if address.location == ":memory:":
        return EmbeddedStore.temporary(address.manifest)
    return EmbeddedStore.open(directory_of(address.location), address.manifest, settings.reserve_bytes)
