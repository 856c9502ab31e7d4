"""Picks a store by its location. Nothing heavy is imported before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from fourfold.errors import ConfigurationError
from fourfold.keys import Cipher
from fourfold.ports import Store
from fourfold.settings import Settings, directory_of, is_directory, is_url
from fourfold.storage.manifest import Manifest


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A location (directory, ":memory:" or URL) and what must be true of the store found there."""

    location: str
    manifest: Manifest


def open_store(address: StoreAddress, settings: Settings) -> Store:
    """Opens the store, making it if it is not there, encrypted where the settings name a key; raises `StoreError` or
    `ConfigurationError`."""
    if settings.key_file is None:
        return _open(address, settings)
    from fourfold.storage.encrypted import EncryptedStore

    cipher = Cipher.of_file(settings.key_file, "store")
    _refuse_inside(address.location, settings.key_file)
    manifest = address.manifest.encrypted(cipher.fingerprint)
    return EncryptedStore(_open(replace(address, manifest=manifest), settings), cipher)


def _refuse_inside(location: str, key_file: Path) -> None:
    """Raises `ConfigurationError` for a key that lies in the memory's own directory: some names there are the
    memory's, and who copies the directory would have the key with it."""
    key_path = key_file.expanduser().resolve()
    if is_directory(location) and directory_of(location).resolve() in key_path.parents:
        raise ConfigurationError(
            f"The key {key_file} is in the directory of the memory. Move it somewhere else."
        )


def _open(address: StoreAddress, settings: Settings) -> Store:
    if is_url(address.location):
        from fourfold.storage.server import ServerStore

        return ServerStore.connect(address.location, address.manifest, settings)
    from fourfold.storage.embedded import EmbeddedStore

    if address.location == ":memory:":
        return EmbeddedStore.temporary(address.manifest)
    return EmbeddedStore.open(directory_of(address.location), address.manifest, settings.reserve_bytes)
