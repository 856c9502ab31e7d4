"""A store's description of itself: the schema it was written by and the model its vectors came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fourfold.errors import StoreError, StoreVersionError

SCHEMA = 2
"""The version of the payloads' schema, raised with a change that an older Fourfold would misread. Only development
versions wrote 1."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The schema version, and the embedder with its two dimensions."""

    embedder: str
    dimension: int
    token_dimension: int
    schema: int = SCHEMA

    @property
    def vectors(self) -> tuple[str, int, int]:
        """The embedder of its vectors: its name and its two dimensions."""
        return self.embedder, self.dimension, self.token_dimension

    def to_json(self) -> dict[str, str | int]:
        """Returns the manifest as JSON values."""
        fields: dict[str, str | int] = asdict(self)
        return fields

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
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"The manifest of {where} is damaged ({error!r}). Nothing was changed. Restore it from a "
                f"backup, or open an empty location."
            ) from error

    def check(self, stored: Manifest, where: str) -> None:
        """Raises `StoreVersionError` where `stored`, the manifest of an existing store, does not fit."""
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
