"""The names that the fields of payloads have in a store, as far as filters and indexes of a store need them.

A store that was written once has to open for good, so a name stays as it was first stored even where a clearer one is
used for it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any, Final

from fourfold.ports import Fields, Point

KIND: Final = "kind"
BANK: Final = "bank"
LIVE_BANK: Final = "held_in"
"""The bank of a unit that is not retired; null once it is."""
NETWORK: Final = "network"
TAGS: Final = "tags"
DOCUMENTS: Final = "documents"
WRITER: Final = "writer"
REVISION: Final = "revision"
RECORDED: Final = "recorded"
"""When the write of the record was made, in epoch seconds."""
START: Final = "from"
END: Final = "to"
"""When what a unit states took place, in epoch seconds: `[START, END)`."""

Payload = Mapping[str, Any]
"""What a store has of a record beside its vectors: by field, a JSON value."""


def with_fields(point: Point, fields: Payload) -> Point:
    """Returns the record `point` with `fields` in place of what it has under their names; vectors stay."""
    return replace(point, payload={**point.payload, **fields})


def with_payload_of(point: Point, state: Point) -> Point:
    """Returns the record `point` with the payload of `state`, another state of it; the vectors of `point` stay."""
    return replace(point, payload=state.payload)


def field_names(point: Point) -> Set[str]:
    """Returns the names of the fields that the record `point` has."""
    return point.payload.keys()


def differing_fields(point: Point, other: Point) -> dict[str, Any]:
    """Returns those fields of `point` that `other` has with another value, by name."""
    shared = point.payload.keys() & other.payload.keys()
    return {name: point.payload[name] for name in shared if point.payload[name] != other.payload[name]}


def combined(*parts: Fields) -> Fields:
    """Returns what to read of a record to have the fields that any of `parts` names, and the vectors and terms if one
    of them asks for these."""
    names = [name for part in parts for name in part.only or ()]
    return Fields(
        vectors=any(part.vectors for part in parts),
        terms=any(part.terms for part in parts),
        only=tuple(dict.fromkeys(names)),
    )
