"""A store's description of itself: the schema it was written by, the model its vectors came from, and which key
encrypts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from fourfold.errors import ConfigurationError, StoreError, StoreVersionError
from fourfold.schema.fields import Payload
from fourfold.schema.sealed import is_sealed

SCHEMA = 2
"""The version of the payloads' schema, raised with a change that an older Fourfold would misread. Only development
versions wrote 1."""
ENCRYPTED_SCHEMA = 3
"""That of an encrypted store: an older Fourfold knows no keys, takes it for one of a newer version, and leaves it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The schema version, the embedder with its two dimensions, and the fingerprint of the key that the store is
    encrypted with ("" for none)."""

    embedder: str
    dimension: int
    token_dimension: int
    schema: int = SCHEMA
    key: str = ""

    def encrypted(self, key: str) -> Manifest:
        """Returns the manifest of a store that is encrypted with the key of this fingerprint."""
        return replace(self, key=key, schema=ENCRYPTED_SCHEMA)

    def with_vectors(self, embedder: str, dimension: int, token_dimension: int) -> Manifest:
        """Returns the manifest of a copy of the store with the vectors of another embedder."""
        fresh = Manifest(embedder, dimension, token_dimension)
        return fresh.encrypted(self.key) if self.key else fresh

    @property
    def vectors(self) -> tuple[str, int, int]:
        """The embedder of its vectors: its name and its two dimensions."""
        return self.embedder, self.dimension, self.token_dimension

    def to_json(self) -> dict[str, str | int]:
        """Returns the manifest as JSON values."""
        return {name: value for name, value in asdict(self).items() if value != ""}

    @staticmethod
    def from_json(fields: Mapping[str, Any], where: str) -> Manifest:
        """Reads what `to_json` wrote; raises `StoreError` if it is damaged."""
        try:
            if int(fields.get("generation") or 0):
                # Development versions before 0.1.0 kept several embedders' vectors in one store, by other names.
                raise StoreVersionError(
                    f"{where} was given another embedding model by a development version of Fourfold, which named "
                    f"its vectors otherwise. Nothing was changed. Export its banks with that version, and load them."
                )
            return Manifest(
                str(fields["embedder"]),
                int(fields["dimension"]),
                int(fields["token_dimension"]),
                int(fields["schema"]),
                str(fields.get("key", "")),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # JSON has "Infinity"
            raise StoreError(
                f"The manifest of {where} is damaged ({error!r}). Nothing was changed. Restore it from a "
                f"backup, or open an empty location."
            ) from error

    def check(self, stored: Manifest, where: str) -> None:
        """Raises `StoreVersionError` where `stored`, the manifest of an existing store, does not fit, and
        `ConfigurationError` where it is encrypted with another key."""
        if stored.key != self.key:
            raise ConfigurationError(_key_error(stored, where, self.key != ""))
        # An older schema opens as it is; a newer one may have records that this version would lose or misread.
        if stored.schema > self.schema:
            raise StoreVersionError(
                f"{where} was written by a newer Fourfold (schema {stored.schema}, this one knows "
                f"{self.schema}). Nothing was changed. Run pip install -U fourfold."
            )
        if stored.vectors != self.vectors:
            raise StoreVersionError(
                f'{where} holds vectors of "{stored.embedder}" ({stored.dimension} dimensions), but the embedder '
                f'is "{self.embedder}" ({self.dimension}). Nothing was changed. Open it with the embedder it '
                f"was made with, and change that by Memory.reembed or fourfold reembed."
            )

    def check_record(self, payload: Payload, where: str) -> None:
        """Raises `StoreError` where this names no key, and a record of its store is encrypted: what is written would
        be in clear beside what is not."""
        if not self.key and is_sealed(payload):
            raise StoreError(
                f"The manifest of {where} is damaged: it names no key, and the records are encrypted. Nothing was "
                f"changed. Restore the manifest from a backup."
            )


def _key_error(stored: Manifest, where: str, has_key: bool) -> str:
    if not stored.key:
        return (
            f"{where} is not encrypted, and a memory is from its beginning or not at all. Nothing was changed. Leave "
            f"the key out (key_file, FOURFOLD_KEY_FILE), or export its banks and load them into a new memory."
        )
    which = "with another key" if has_key else "and there is no key"
    return (
        f"{where} is encrypted {which}. Nothing was changed. Name the file of the key that it was made with, with "
        f"FOURFOLD_KEY_FILE or Settings(key_file=...); without it nobody can read it."
    )
