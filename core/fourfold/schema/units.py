"""Units in a store: points out of units, and units out of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from fourfold.language.text import SparseVector, asking, counts, estimate_tokens
from fourfold.ports import Fields, Floats, Point
from fourfold.schema.records import NEVER, from_iso, to_iso
from fourfold.values.units import (
    Aspects,
    Interval,
    Link,
    Modality,
    Network,
    Retirement,
    RetirementCause,
    Source,
    Unit,
)

PREVIOUS_WEIGHT = 0.9
"""The line a unit answers counts this much of its own words in late interaction (docs/adr/0003)."""
_STORED_CAUSES = {
    RetirementCause.REPLACED: "replace",
    RetirementCause.REEXTRACTED: "extraction",
    RetirementCause.FORGOTTEN: "forget",
    RetirementCause.UNSUPPORTED: "evidence",
    RetirementCause.UNDONE: "undo",
    RetirementCause.ERASED: "erased",
    RetirementCause.ARCHIVED: "archive",
}
"""The words that stand for these causes in a store, as they always did; for a superseded unit, its successor's id
stands there."""
_CAUSES = {stored: cause for cause, stored in _STORED_CAUSES.items()}
_REASON = ": "
"""Stands between "forget" and the reason that was given."""


def unit_payload(unit: Unit, order: int) -> dict[str, Any]:
    """The payload of a unit, the `order`-th of its retain. Times are kept twice: as written, for reading, and
    in seconds, for filters; and what ranking asks of the text is kept as well, for the graph to load fast."""
    start, end = when(unit)
    return {
        "kind": "unit",
        "bank": unit.bank,
        "held_in": unit.bank if unit.retired_at is None else None,
        "text": unit.text,
        "network": unit.network.value,
        "documents": list(unit.source.documents),
        "messages": list(unit.source.messages),
        "offsets": [unit.source.start, unit.source.end],
        "mentioned_at": unit.mentioned_at.isoformat(),
        "recorded_at": unit.recorded_at.isoformat(),
        "occurred": None
        if unit.occurred is None
        else [to_iso(unit.occurred.start), to_iso(unit.occurred.end)],
        "retired_at": to_iso(unit.retired_at),
        "retired_by": _stored_retirement(unit.retirement),
        "recorded": unit.recorded_at.timestamp(),
        "retired": NEVER if unit.retired_at is None else unit.retired_at.timestamp(),
        "from": start,
        "to": end,
        "speaker": unit.speaker,
        "confidence": unit.confidence,
        "entities": list(unit.entities),
        "tags": list(unit.tags),
        "context": unit.context,
        "session": unit.session,
        "links": [[link.to, link.kind, round(link.weight, 4)] for link in unit.links],
        "order": order,
        "asking": round(asking(unit.text), 3),
        "counts": counts(unit.text),
        "size": estimate_tokens(unit.text),
        "modality": unit.modality.value,
        "aspects": list(astuple(unit.aspects)),
        "superseded_by": unit.superseded_by,
        "pending": unit.pending,
        "chunk": unit.chunk,
    }


@dataclass(frozen=True, slots=True)
class UnitVectors:
    """What is searched of a unit: its vector, (dimension,); its terms; its token rows, (n, token_dimension), with
    those of the unit before it at the end; `[start, end)` of those rows that are of its own text; and the numbers of
    the centroids nearest to these."""

    vector: Floats
    terms: SparseVector
    tokens: Floats
    own_tokens: tuple[int, int]
    centroids: Sequence[int]


def unit_point(unit: Unit, order: int, vectors: UnitVectors, attributes: Sequence[str] = ()) -> Point:
    """Returns a unit, the `order`-th of its write, as a record of the store. `attributes` are the keys of what its
    text gives a value."""
    payload = {**unit_payload(unit, order), "attributes": list(attributes)}
    return with_vectors(Point(unit.id, payload), vectors)


def with_vectors(point: Point, vectors: UnitVectors) -> Point:
    """Returns the record of a unit with these vectors, and with what its payload says of them."""
    described = {"own": list(vectors.own_tokens), "codes": list(vectors.centroids)}
    return replace(
        point,
        payload={**point.payload, **described},
        vector=vectors.vector,
        terms=vectors.terms,
        tokens=vectors.tokens,
    )


def with_unit(point: Point, unit: Unit) -> Point:
    """Returns the record `point` saying what `unit` is now; its vectors and its place in its write stay."""
    return replace(point, payload={**point.payload, **unit_payload(unit, point.payload["order"])})


RETIREMENT_ONLY = Fields(only=("retired", "retired_by"))
"""What `is_retired` and `read_retirement` look at."""


def is_retired(point: Point) -> bool:
    """Returns whether a unit's record says that it holds no more."""
    return bool(point.payload["retired"] != NEVER)


def unit_as_of(point: Point, at: float) -> Point | None:
    """Returns a unit's record as it was at a moment (epoch seconds), by the times in its payload alone: None where it
    was not recorded yet, and not retired where that came later."""
    payload = point.payload
    if payload["recorded"] > at:
        return None
    if not at < payload["retired"] < NEVER:
        return point
    live = {"retired": NEVER, "retired_at": None, "retired_by": None, "held_in": payload["bank"]}
    return replace(point, payload={**payload, **live})


def text_of(point: Point) -> str:
    """Returns what a unit's record says, without reading the rest of it."""
    return str(point.payload["text"])


def speaker_of(point: Point) -> str | None:
    """Returns who said a unit; None where nobody is named."""
    speaker: str | None = point.payload["speaker"]
    return speaker


def context_of(point: Point) -> str:
    """Returns the context that a unit was retained with."""
    return str(point.payload["context"])


def entities_of(point: Point) -> tuple[str, ...]:
    """Returns the names of the entities that a unit mentions, or that a summary is of."""
    return tuple(point.payload["entities"])


def own_tokens(point: Point) -> Floats:
    """Returns the token rows of a unit's own text, out of all that are stored for it."""
    start, end = point.payload["own"]
    return np.zeros((0, 1), np.float32) if point.tokens is None else point.tokens[start:end]


def when(unit: Unit) -> tuple[float, float]:
    """The seconds `[start, end)` by which a unit is found in time: `occurred`, else the second it was said."""
    mentioned = unit.mentioned_at.timestamp()
    if unit.occurred is None:
        return mentioned, mentioned + 1
    return seconds_of(unit.occurred)


def seconds_of(interval: Interval) -> tuple[float, float]:
    """An interval in seconds `[start, end)`; an open side is as far as it can be."""
    start, end = interval.start, interval.end
    return (-NEVER if start is None else start.timestamp()), (NEVER if end is None else end.timestamp())


READ_UNIT = Fields(
    only=tuple(
        "bank text network documents messages offsets mentioned_at recorded_at occurred retired_at retired_by "
        "speaker confidence entities tags context session links modality aspects superseded_by pending chunk".split()
    )
)
"""What `read_unit` looks at."""


def read_unit(point: Point) -> Unit:
    """The unit that `unit_payload` described."""
    p = point.payload
    occurred = p["occurred"]
    return Unit(
        id=point.id,
        bank=p["bank"],
        text=p["text"],
        network=Network(p["network"]),
        source=Source(
            p["documents"][0] if p["documents"] else "",
            tuple(p["messages"]),
            int(p["offsets"][0]),
            int(p["offsets"][1]),
            tuple(p["documents"]),
        ),
        mentioned_at=datetime.fromisoformat(p["mentioned_at"]),
        recorded_at=datetime.fromisoformat(p["recorded_at"]),
        speaker=p["speaker"],
        occurred=None if occurred is None else Interval(from_iso(occurred[0]), from_iso(occurred[1])),
        confidence=p["confidence"],
        entities=tuple(p["entities"]),
        tags=tuple(p["tags"]),
        context=p["context"],
        session=p["session"],
        links=tuple(Link(to, kind, weight) for to, kind, weight in p["links"]),
        retired_at=from_iso(p["retired_at"]),
        retirement=read_retirement(p),
        modality=Modality(p["modality"]),
        aspects=Aspects(*p["aspects"]),
        superseded_by=p["superseded_by"],
        pending=p["pending"],
        chunk=p["chunk"],
    )


def read_retirement(payload: Mapping[str, Any]) -> Retirement | None:
    """Returns why the unit of this payload was retired, None where it holds. Only the field `retired_by` is read."""
    stored = payload["retired_by"]
    if stored is None:
        return None
    word, _, reason = str(stored).partition(_REASON)
    cause = _CAUSES.get(word)
    return Retirement.superseded_by(word) if cause is None else Retirement(cause, reason=reason)


def _stored_retirement(retirement: Retirement | None) -> str | None:
    if retirement is None:
        return None
    if retirement.by_unit is not None:
        return retirement.by_unit
    word = _STORED_CAUSES[retirement.cause]
    return f"{word}{_REASON}{retirement.reason}" if retirement.reason else word
