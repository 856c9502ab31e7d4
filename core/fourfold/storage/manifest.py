"""What a store says of itself: the schema it was written by and the model its vectors came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fourfold.errors import StoreError, StoreVersionError

SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """The schema version, the embedder with its two dimensions, and how many embedders there were before it.
    `next` is the one whose vectors are being made."""

    embedder: str
    dimension: int
    token_dimension: int
    schema: int = SCHEMA
    generation: int = 0
    next: tuple[str, int, int] | None = None

    @property
    def vectors(self) -> tuple[str, int, int]:
        """What its vectors are of."""
        return self.embedder, self.dimension, self.token_dimension

    def followed_by(self, vectors: tuple[str, int, int]) -> Manifest:
        """The manifest once those vectors have taken the place of these."""
        return Manifest(*vectors, schema=self.schema, generation=self.generation + 1)

    def to_json(self) -> dict[str, Any]:
        """The manifest as JSON values."""
        return asdict(self)

    @staticmethod
    def from_json(found: Mapping[str, Any], where: str) -> Manifest:
        """Reads what `to_json` wrote; raises `StoreError` if it is damaged."""
        try:
            return Manifest(
                str(found["embedder"]),
                int(found["dimension"]),
                int(found["token_dimension"]),
                int(found["schema"]),
                int(found.get("generation") or 0),
                _vectors(found.get("next")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"The manifest of {where} is damaged ({error!r}). Nothing was changed. Restore it from a "
                f"backup, or open an empty location."
            ) from error

    def check(self, found: Manifest, where: str) -> None:
        """Raises `StoreVersionError` where `found`, the manifest of an existing store, does not fit."""
        if found.schema > self.schema:
            raise StoreVersionError(
                f"{where} was written by a newer Fourfold (schema {found.schema}, this one knows "
                f"{self.schema}). Nothing was changed. Run pip install -U fourfold."
            )
        if found.vectors != self.vectors:
            raise StoreVersionError(
                f'{where} holds vectors of "{found.embedder}" ({found.dimension} dimensions), but the embedder '
                f'is "{self.embedder}" ({self.dimension}). Nothing was changed. Open it with the embedder it '
                f"was made with, and change that by Memory.reembed or fourfold reembed."
            )


def _vectors(found: Any) -> tuple[str, int, int] | None:
    return None if found is None else (str(found[0]), int(found[1]), int(found[2]))
