"""Summaries of entities in a store."""

from __future__ import annotations

from fourfold.ports import Point, Store, Where
from fourfold.schema.records import make_id
from fourfold.schema.units import (
    read_unit,
    unit_payload,
)
from fourfold.values.units import Sentence, Summary


def summary_id(bank: str, entity: str) -> str:
    """The id of the summary of an entity."""
    return make_id(bank, "summary", entity.casefold())


def summary_point(summary: Summary, seen: str) -> Point:
    """A summary as a record of the store; `seen` stands for the facts it was made of."""
    payload = unit_payload(summary.unit, 0) | {"kind": "summary", "held_in": None, "seen": seen}
    payload |= {"sentences": [[s.text, list(s.evidence)] for s in summary.sentences]}
    return Point(summary.unit.id, payload | {"extract": summary.extract})


def read_summary(point: Point) -> Summary:
    """The summary that `summary_point` described."""
    p = point.payload
    sentences = tuple(Sentence(text, tuple(evidence)) for text, evidence in p["sentences"])
    return Summary(read_unit(point), sentences, p["extract"])


def read_summaries(store: Store, ids: tuple[str, ...]) -> dict[str, Summary]:
    """The summaries of these ids, by id, as far as they are there."""
    found = store.scan(Where(ids=ids)) if ids else ()
    return {p.id: read_summary(p) for p in found if p.payload["kind"] == "summary"}
