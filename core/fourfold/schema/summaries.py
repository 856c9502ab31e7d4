"""Summaries of entities in a store."""

from __future__ import annotations

from fourfold.ports import Point, Store, Where
from fourfold.schema.fields import KIND, LIVE_BANK
from fourfold.schema.records import SUMMARY, kind_of, make_id
from fourfold.schema.units import read_unit, unit_payload
from fourfold.values.summaries import Sentence, Summary


def summary_id(bank: str, entity: str) -> str:
    """Returns the id of the summary of the entity with that name in `bank`; case is ignored."""
    return make_id(bank, SUMMARY, entity.casefold())


def is_summary(point: Point) -> bool:
    """Returns whether a record is a summary's. What is left of one that is gone has its id, and is none."""
    return kind_of(point) == SUMMARY


def summary_point(summary: Summary, facts_digest: str) -> Point:
    """Returns a summary as a record of the store. `facts_digest` stands for the facts that it was made of: while
    theirs is the same, the summary is current; "" is no digest of any facts, so that it is made anew."""
    payload = unit_payload(summary.unit, 0)
    payload |= {
        KIND: SUMMARY,
        # Not live like a unit: no channel of a recall finds it, it comes with the entity that it is of.
        LIVE_BANK: None,
        "seen": facts_digest,
        "sentences": [[sentence.text, list(sentence.evidence)] for sentence in summary.sentences],
        "extract": summary.extract,
    }
    return Point(summary.unit.id, payload)


def facts_digest_of(point: Point) -> str:
    """Returns what stands for the facts that a summary was made of."""
    return str(point.payload["seen"])


def read_summary(point: Point) -> Summary:
    """Returns the summary that `summary_point` wrote."""
    payload = point.payload
    sentences = tuple(Sentence(text, tuple(evidence)) for text, evidence in payload["sentences"])
    return Summary(read_unit(point), sentences, payload["extract"])


def read_summaries(store: Store, ids: tuple[str, ...]) -> dict[str, Summary]:
    """Returns those of the summaries with these ids that are there, by id."""
    points = store.scan(Where(ids=ids)) if ids else ()
    return {point.id: read_summary(point) for point in points if is_summary(point)}
