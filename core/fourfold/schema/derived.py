"""How what is derived from units lies in a store: the history of beliefs, summaries, core profiles, and how far
consolidation got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.units import READ_UNIT, UnitVectors, make_id, read_unit, unit_payload, unit_point
from fourfold.values.beliefs import Assessment, Belief, Effect
from fourfold.values.reflection import CoreProfileLine, Failure
from fourfold.values.units import Sentence, Summary


def history_payload(belief: Belief) -> dict[str, Any]:
    """What a belief's payload has beside its unit's."""
    return {
        "history": [
            [
                c.at.isoformat(),
                c.said.isoformat(),
                c.effect.value,
                c.before,
                c.after,
                c.reason,
                list(c.evidence),
            ]
            for c in belief.history
        ]
    }


def belief_point(belief: Belief, order: int, vectors: UnitVectors, attributes: Sequence[str] = ()) -> Point:
    """Returns a belief, the `order`-th unit of its write, as a record of the store."""
    point = unit_point(belief.unit, order, vectors, attributes)
    return replace(point, payload={**point.payload, **history_payload(belief)})


READ_BELIEF = Fields(only=(*(READ_UNIT.only or ()), "history"))
"""What `read_belief` looks at."""


def read_belief(point: Point) -> Belief:
    """The belief that a unit's payload and `history_payload` described."""
    history = tuple(
        Assessment(
            datetime.fromisoformat(at),
            datetime.fromisoformat(said),
            Effect(effect),
            before,
            after,
            reason,
            tuple(evidence),
        )
        for at, said, effect, before, after, reason, evidence in point.payload["history"]
    )
    return Belief(read_unit(point), history)


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


@dataclass(frozen=True, slots=True)
class CoreRecord:
    """The lines of a bank's core profile in the order they came to be, and the units that were pinned."""

    lines: tuple[CoreProfileLine, ...] = ()
    pinned: tuple[str, ...] = ()
    at: datetime | None = None


def core_point(bank: str, core: CoreRecord) -> Point:
    """A core profile as a record of the store."""
    payload: dict[str, Any] = {
        "kind": "core",
        "bank": bank,
        "pinned": list(core.pinned),
        "at": core.at and core.at.isoformat(),
    }
    payload |= {"lines": [[line.kind, line.text, list(line.evidence)] for line in core.lines]}
    return Point(make_id(bank, "core"), payload)


def read_core(store: Store, bank: str) -> CoreRecord:
    """The core profile of `bank`; an empty one where there is none yet."""
    for point in store.scan(Where(bank=bank, kind="core", ids=(make_id(bank, "core"),))):
        p = point.payload
        lines = tuple(CoreProfileLine(kind, text, tuple(evidence)) for kind, text, evidence in p["lines"])
        return CoreRecord(lines, tuple(p["pinned"]), datetime.fromisoformat(p["at"]) if p["at"] else None)
    return CoreRecord()


@dataclass(frozen=True, slots=True)
class ConsolidationState:
    """How far consolidation is in a bank: by writer, the revision up to which its units are taken in; and what
    failed, by key ("summary:Ana")."""

    done: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, Failure] = field(default_factory=dict)

    def behind(self, cursors: Mapping[str, int]) -> dict[str, int]:
        """By writer, the revision after which there is something to take in."""
        return {w: self.done.get(w, 0) for w, written in cursors.items() if self.done.get(w, 0) < written}

    def noted(self, key: str, failure: Failure | None) -> ConsolidationState:
        """With that failure in place of an earlier one; without any for None."""
        failed = {k: v for k, v in self.failed.items() if k != key}
        return replace(self, failed=failed | ({key: failure} if failure else {}))


def progress_point(bank: str, progress: ConsolidationState) -> Point:
    """How far consolidation is, as a record of the store."""
    failed = {key: [f.what, f.reason, f.attempts] for key, f in progress.failed.items()}
    payload = {"kind": "progress", "bank": bank, "done": dict(progress.done), "failed": failed}
    return Point(make_id(bank, "progress"), payload)


def read_progress(store: Store, bank: str) -> ConsolidationState:
    """How far consolidation is in `bank`."""
    for point in store.scan(Where(ids=(make_id(bank, "progress"),))):
        p = point.payload
        return ConsolidationState(dict(p["done"]), {key: Failure(*f) for key, f in p["failed"].items()})
    return ConsolidationState()


def gone_point(bank: str, identity: str) -> Point:
    """What is left in place of a record that is no more."""
    return Point(identity, {"kind": "gone", "bank": bank, "documents": [""], "messages": []})
