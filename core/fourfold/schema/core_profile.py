"""A bank's core profile in a store, and the units and entities that were pinned to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import repeat
from typing import Any

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK, KIND, with_fields
from fourfold.schema.records import CORE, from_iso, make_id
from fourfold.values.reflection import CoreProfileLine

_PINNED = "pinned"
"""The field of what is pinned, and the kind of the lines that it has."""


@dataclass(frozen=True, slots=True)
class CoreRecord:
    """The lines of a bank's core profile in the order in which they were made, the ids of the units and entities that
    were pinned, and when the profile was last made (None: never)."""

    lines: tuple[CoreProfileLine, ...] = ()
    pinned: tuple[str, ...] = ()
    at: datetime | None = None


def core_id(bank: str) -> str:
    """Returns the id of the core profile of `bank`."""
    return make_id(bank, CORE)


def core_point(bank: str, core: CoreRecord) -> Point:
    """Returns a core profile as a record of the store."""
    payload = {
        KIND: CORE,
        BANK: bank,
        _PINNED: list(core.pinned),
        "at": core.at and core.at.isoformat(),
        "lines": [
            [
                line.kind,
                line.text,
                list(line.evidence),
                line.speaker,
                line.said_at and line.said_at.isoformat(),
            ]
            for line in core.lines
        ],
        "ranks": [line.rank for line in core.lines],
    }
    return Point(core_id(bank), payload)


READ_PINNED = Fields(only=(_PINNED,))
"""What `pinned_of` looks at."""


def pinned_of(point: Point) -> tuple[str, ...]:
    """Returns the ids of the units and entities that were pinned, by the record of a core profile."""
    return tuple(point.payload[_PINNED])


def without_pins(point: Point) -> Point:
    """Returns the record of a core profile with nothing pinned, and without the lines of what was."""
    core = read_core_point(point)
    lines = tuple(line for line in core.lines if line.kind != _PINNED)
    return with_fields(point, core_point(point.payload[BANK], replace(core, lines=lines, pinned=())).payload)


def read_core(store: Store, bank: str) -> CoreRecord:
    """Returns the core profile of `bank`; an empty one where there is none yet."""
    for point in store.scan(Where(bank=bank, kind=CORE, ids=(core_id(bank),))):
        return read_core_point(point)
    return CoreRecord()


def read_core_point(point: Point) -> CoreRecord:
    """Returns the core profile that `core_point` wrote."""
    payload = point.payload
    ranks = payload.get("ranks") or repeat(0)  # an older version kept none
    lines = tuple(_read_line(row, rank) for row, rank in zip(payload["lines"], ranks, strict=False))
    return CoreRecord(lines, pinned_of(point), from_iso(payload["at"]))


def _read_line(row: Sequence[Any], rank: int) -> CoreProfileLine:
    kind, text, evidence, *said = row
    speaker, said_at = said or ("", None)  # an older version kept neither
    return CoreProfileLine(kind, text, tuple(evidence), rank, speaker, from_iso(said_at))
