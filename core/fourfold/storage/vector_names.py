"""Vectors of one embedder after another's in one store: each generation has names of its own, for the vectors
and for what a payload says of them, so that the next can be made while the present one answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fourfold.storage.filters import DENSE, TOKENS

_OF_VECTORS = ("own", "codes")
"""Fields of a payload that say something of the vectors."""


@dataclass(frozen=True, slots=True)
class VectorNames:
    """The names of one generation, 0 for the first."""

    generation: int
    dense: str = field(init=False)
    tokens: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dense", f"{DENSE}{self._mark}")
        object.__setattr__(self, "tokens", f"{TOKENS}{self._mark}")

    @property
    def _mark(self) -> str:
        return str(self.generation) if self.generation else ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a stored payload that are this generation's."""
        return tuple(f"{name}{self._mark}" for name in _OF_VECTORS)

    @property
    def next(self) -> VectorNames:
        """Those of the generation after this."""
        return VectorNames(self.generation + 1)

    def stored(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """A payload as it is stored."""
        if not self.generation:
            return dict(payload)
        names = dict(zip(_OF_VECTORS, self.fields, strict=True))
        return {names.get(name, name): value for name, value in payload.items()}

    def of_vectors(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What a payload says of the vectors, as it is stored."""
        return {name: value for name, value in self.stored(payload).items() if name in self.fields}

    def plain(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """A payload as it is read: without what is of other generations."""
        others = {
            name
            for at in (self.generation - 1, self.generation + 1)
            if at >= 0
            for name in VectorNames(at).fields
        }
        if not self.generation and others.isdisjoint(stored):
            return dict(stored)
        names = dict(zip(self.fields, _OF_VECTORS, strict=True))
        return {names.get(name, name): value for name, value in stored.items() if name not in others}

    def asked(self, only: tuple[str, ...]) -> list[str]:
        """The fields to ask for where these are wanted."""
        names = dict(zip(_OF_VECTORS, self.fields, strict=True))
        return [names.get(name, name) for name in only]
