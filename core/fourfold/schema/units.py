"""Units in a store: records out of units, and units out of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np

from fourfold.language.enrichment import enriched
from fourfold.language.text import SparseVector, asking, counts, estimate_tokens
from fourfold.ports import Fields, Floats, Point
from fourfold.schema.fields import (
    BANK,
    DOCUMENTS,
    END,
    KIND,
    LIVE_BANK,
    NETWORK,
    RECORDED,
    START,
    TAGS,
    with_fields,
)
from fourfold.schema.records import NEVER, UNIT, UNKNOWN_TIME, from_iso, to_iso
from fourfold.values.statements import Kind
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
"""The line that a unit answers counts this much of the unit's own words in late interaction (docs/adr/0003)."""
RATED = frozenset({"asking", "counts", "size"})
"""Fields that say what ranking asks of a text; another version may find otherwise."""
_RETIRED = "retired"
_STORED_CAUSES = {
    RetirementCause.REPLACED: "replace",
    RetirementCause.REEXTRACTED: "extraction",
    RetirementCause.FORGOTTEN: "forget",
    RetirementCause.UNSUPPORTED: "evidence",
    RetirementCause.UNDONE: "undo",
    RetirementCause.ERASED: "erased",
    RetirementCause.ARCHIVED: "archive",
}
"""The words that stand for these causes in a store; for a superseded unit, its successor's id stands there. They are
older than the names of the causes, and stay: a store may have been written by any version."""
_CAUSES = {stored: cause for cause, stored in _STORED_CAUSES.items()}
_REASON = ": "
"""Separates the word of a cause from the reason that was given ("forget: asked to")."""


def unit_payload(unit: Unit, order: int) -> dict[str, object]:
    """Returns the payload of a unit, the `order`-th of its write, without what `with_vectors` adds."""
    # Times are stored twice, as text for reading and in seconds for filters. What ranking asks of a text (the share
    # of questions, whether it counts something, its size) is stored too: an index would work it out at each build.
    start, end = time_span(unit)
    occurred = unit.occurred
    return {
        KIND: UNIT,
        BANK: unit.bank,
        LIVE_BANK: unit.bank if unit.retired_at is None else None,
        "text": unit.text,
        NETWORK: unit.network.value,
        DOCUMENTS: list(unit.source.documents),
        "messages": list(unit.source.messages),
        "said_at": [to_iso(time) for time in unit.source.times],
        "offsets": [unit.source.start, unit.source.end],
        "mentioned_at": to_iso(unit.mentioned_at),
        "recorded_at": unit.recorded_at.isoformat(),
        "occurred": occurred and [to_iso(occurred.start), to_iso(occurred.end)],
        "retired_at": to_iso(unit.retired_at),
        "retired_by": _stored_retirement(unit.retirement),
        RECORDED: unit.recorded_at.timestamp(),
        _RETIRED: NEVER if unit.retired_at is None else unit.retired_at.timestamp(),
        START: start,
        END: end,
        "speaker": unit.speaker,
        "confidence": unit.confidence,
        "entities": list(unit.entities),
        TAGS: list(unit.tags),
        "context": unit.context,
        "session": unit.session,
        "passage": unit.passage,
        "links": [[link.to, link.kind, round(link.weight, 4)] for link in unit.links],
        "order": order,
        "asking": round(enriched("modality", unit.text, 0.0, asking, unit.text), 3),
        "counts": enriched("modality", unit.text, False, counts, unit.text),
        "size": estimate_tokens(unit.text),
        "modality": unit.modality.value,
        "aspects": list(astuple(unit.aspects)),
        "superseded_by": unit.superseded_by,
        "pending": unit.pending,
        "chunk": unit.chunk,
        "sort": unit.kind.value,
        "lasting": unit.lasting,
        "attribute": unit.attribute,
        "salience": unit.salience,
        "telling": unit.telling and list(unit.telling),
    }


@dataclass(frozen=True, slots=True)
class UnitVectors:
    """Vectors by which a unit is searched: its vector, (dimension,); its terms; its token rows, (n, token_dimension),
    with those of the unit before it at the end; `[start, end)` of those rows that are of its own text; and the
    numbers of the centroids nearest to these."""

    vector: Floats
    terms: SparseVector
    tokens: Floats
    own_tokens: tuple[int, int]
    centroids: Sequence[int]


def unit_point(unit: Unit, order: int, vectors: UnitVectors, attributes: Sequence[str] = ()) -> Point:
    """Returns a unit, the `order`-th of its write, as a record of the store. `attributes` are the keys of what its
    text gives a value."""
    return with_vectors(with_attributes(Point(unit.id, unit_payload(unit, order)), attributes), vectors)


def with_vectors(point: Point, vectors: UnitVectors) -> Point:
    """Returns the record of a unit with these vectors, and with what its payload says of them."""
    described = with_fields(point, {"own": list(vectors.own_tokens), "codes": list(vectors.centroids)})
    return replace(described, vector=vectors.vector, terms=vectors.terms, tokens=vectors.tokens)


def with_unit(point: Point, unit: Unit) -> Point:
    """Returns the record `point` saying what `unit` is now; its vectors and its place in its write stay."""
    return with_fields(point, unit_payload(unit, point.payload["order"]))


def with_attributes(point: Point, attributes: Sequence[str]) -> Point:
    """Returns the record `point` with these keys of what its text gives a value."""
    return with_fields(point, {"attributes": list(attributes)})


def with_confidence(point: Point, confidence: float | None) -> Point:
    """Returns the record `point` with another confidence."""
    return with_fields(point, {"confidence": confidence})


RETIREMENT_ONLY = Fields(only=(_RETIRED, "retired_by"))
"""What `is_retired`, `retired_time` and `read_retirement` look at."""


class TextReadings(NamedTuple):
    """What a unit's record has beside the unit itself: its place in the bank's order, its attributes, where its own
    token rows begin and end, and the codes of the centroids nearest to them."""

    order: int
    attributes: tuple[str, ...]
    own: tuple[int, int]
    codes: tuple[int, ...]


def text_readings(point: Point) -> TextReadings:
    """Returns what a unit's record has beside the unit itself."""
    payload = point.payload
    return TextReadings(
        payload["order"], tuple(payload["attributes"]), tuple(payload["own"]), tuple(payload["codes"])
    )


def is_retired(point: Point) -> bool:
    """Returns whether a unit's record says that it holds no more."""
    return retired_time(point) != NEVER


def retired_time(point: Point) -> float:
    """Returns when a unit was retired, in epoch seconds; `NEVER` where it holds."""
    return float(point.payload[_RETIRED])


READ_TIMES = Fields(only=(BANK, RECORDED, _RETIRED))
"""What `unit_as_of` looks at."""


def unit_as_of(point: Point, at: float) -> Point | None:
    """Returns a unit's record as it was at a moment (epoch seconds), by the times in its payload alone: None where it
    was not recorded yet, and not retired where that came later."""
    payload = point.payload
    if payload[RECORDED] > at:
        return None
    if not at < payload[_RETIRED] < NEVER:
        return point
    live = {_RETIRED: NEVER, "retired_at": None, "retired_by": None, LIVE_BANK: payload[BANK]}
    return with_fields(point, live)


SPOKEN_ONLY = Fields(only=("speaker", "text"))
"""What `speaker_of` and `text_of` look at."""


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


def network_of(point: Point) -> Network:
    """Returns the network that a unit belongs to."""
    return Network(point.payload[NETWORK])


def modality_of(point: Point) -> Modality:
    """Returns whether a unit is stated, asked, quoted and so on."""
    return Modality(point.payload["modality"])


def documents_of(point: Point) -> tuple[str, ...]:
    """Returns the document of each message that says a unit; of a chunk or an entry, its one document."""
    return tuple(point.payload[DOCUMENTS])


def messages_of(point: Point) -> tuple[str, ...]:
    """Returns the messages that say a unit, or that a chunk covers."""
    return tuple(point.payload["messages"])


def tags_of(point: Point) -> tuple[str, ...]:
    """Returns the tags of a unit."""
    return tuple(point.payload[TAGS])


def successor_of(point: Point) -> str | None:
    """Returns the id of the unit that probably holds in place of this one; None where none does."""
    successor: str | None = point.payload["superseded_by"]
    return successor


def links_of(point: Point) -> list[Link]:
    """Returns the links of a unit to others."""
    return [Link(to, kind, weight) for to, kind, weight in point.payload["links"]]


def chunk_of(point: Point) -> str | None:
    """Returns the id of the chunk that a unit was read from; None for one that was not, and for other records."""
    chunk: str | None = point.payload.get("chunk")
    return chunk


def entities_of(point: Point) -> tuple[str, ...]:
    """Returns the names of the entities that a unit mentions, or that a summary is of."""
    return tuple(point.payload["entities"])


def own_tokens(point: Point) -> Floats:
    """Returns the token rows of a unit's own text, out of all that are stored for it; (0, 1) without any."""
    start, end = point.payload["own"]
    return np.zeros((0, 1), np.float32) if point.tokens is None else point.tokens[start:end]


def time_span(unit: Unit) -> tuple[float, float]:
    """Returns the seconds `[start, end)` by which a unit is found in time: `occurred`, else the second in which it
    was said. Where neither is known they are `UNKNOWN_TIME` both, a stretch without length that meets no other."""
    if unit.occurred is not None:
        return seconds_of(unit.occurred)
    if unit.mentioned_at is None:
        return UNKNOWN_TIME, UNKNOWN_TIME
    mentioned = unit.mentioned_at.timestamp()
    return mentioned, mentioned + 1


def seconds_of(interval: Interval) -> tuple[float, float]:
    """Returns an interval in epoch seconds, `[start, end)`; an open side is `NEVER` away."""
    start, end = interval.start, interval.end
    return (-NEVER if start is None else start.timestamp()), (NEVER if end is None else end.timestamp())


READ_UNIT = Fields(
    only=tuple(
        "bank text network documents messages said_at offsets mentioned_at recorded_at occurred retired_at "
        "retired_by speaker confidence entities tags context session passage links modality aspects superseded_by "
        "pending chunk sort lasting attribute salience telling".split()
    )
)
"""What `read_unit` looks at."""


def read_unit(point: Point) -> Unit:
    """Returns the unit that `unit_payload` described."""
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
            tuple(from_iso(time) for time in p.get("said_at", ())),  # stores are older than the field
        ),
        mentioned_at=from_iso(p["mentioned_at"]),
        recorded_at=datetime.fromisoformat(p["recorded_at"]),
        speaker=p["speaker"],
        occurred=None if occurred is None else Interval(from_iso(occurred[0]), from_iso(occurred[1])),
        confidence=p["confidence"],
        entities=tuple(p["entities"]),
        tags=tuple(p["tags"]),
        context=p["context"],
        session=p["session"],
        passage=p.get("passage", ""),  # stores are older than the field
        links=tuple(links_of(point)),
        retired_at=from_iso(p["retired_at"]),
        retirement=read_retirement(point),
        modality=Modality(p["modality"]),
        aspects=Aspects(*p["aspects"]),
        superseded_by=p["superseded_by"],
        pending=p["pending"],
        chunk=p["chunk"],
        # Stores are older than these fields.
        kind=Kind(p.get("sort", Kind.STATEMENT)),
        lasting=p.get("lasting", False),
        attribute=p.get("attribute", ""),
        salience=p.get("salience"),
        telling=tuple(p["telling"]) if p.get("telling") else None,
    )


def read_retirement(point: Point) -> Retirement | None:
    """Returns why a unit was retired, None where it holds."""
    return parse_retirement(point.payload["retired_by"])


def parse_retirement(stored: str | None) -> Retirement | None:
    """Returns the retirement that a record has in words; None for None."""
    if stored is None:
        return None
    word, _, reason = stored.partition(_REASON)
    # No cause reads like an id, so a word that is no cause is the id of the successor.
    cause = _CAUSES.get(word)
    return Retirement.superseded_by(word) if cause is None else Retirement(cause, reason=reason)


def _stored_retirement(retirement: Retirement | None) -> str | None:
    if retirement is None:
        return None
    if retirement.by_unit is not None:
        return retirement.by_unit
    word = _STORED_CAUSES[retirement.cause]
    return f"{word}{_REASON}{retirement.reason}" if retirement.reason else word
