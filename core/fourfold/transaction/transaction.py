"""What one write to one bank changes, before it is written: points by id, over those in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.language.languages import Language
from fourfold.ports import Fields, Point, Where
from fourfold.schema.changelog import UNLOGGED, Difference, Record, difference, record_id, record_point
from fourfold.schema.derived import history_payload
from fourfold.schema.units import (
    NEVER,
    Profile,
    bank_point,
    cursor_point,
    entity_point,
    read_unit,
    stamped,
    unit_payload,
)
from fourfold.services import Services
from fourfold.values.beliefs import Belief
from fourfold.values.changes import Change
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entity, Operation, Unit, Verdict


@dataclass(slots=True)
class Transaction:
    """Points to be written to `graph`'s bank, whose lock the caller holds. Nothing is changed before `commit`."""

    engine: Services
    graph: BankIndex
    now: datetime
    operation: str = "retain"
    """What is being done, for the record of it; `subject` says it in words, `reason` why, `reasons` why a unit was
    changed. `undoes` is the record that it takes back."""
    subject: str = ""
    reason: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    undoes: str = ""
    fixed_language: Language | None = None
    """The language that this write settles for a bank that had none."""
    mission: str | None = None
    disposition: Disposition | None = None
    """How the bank reflects from this write on; None leaves that as it is."""
    rules: tuple[RedactionRule, ...] | None = None
    """What the bank holds back from this write on."""
    derived: bool = False
    """Whether what is written follows from what the bank holds, and is no news to consolidation."""
    units: dict[str, Point] = field(default_factory=dict)
    records: dict[str, Point] = field(default_factory=dict)

    def points(self, ids: Sequence[str]) -> list[Point]:
        """The points of units as this write would leave them, with their vectors."""
        wanted = tuple(dict.fromkeys(i for i in ids if i not in self.units))
        held = [self.units[i] for i in dict.fromkeys(ids) if i in self.units]
        if not wanted:
            return held
        return held + list(self.engine.store.scan(Where(ids=wanted), Fields(vectors=True)))

    def read(self, ids: Sequence[str]) -> list[Unit]:
        """The units as this write would leave them, in the order of `ids`."""
        stored = tuple(i for i in ids if i not in self.units)
        found = {p.id: p for p in self.engine.store.scan(Where(ids=stored))} if stored else {}
        return [read_unit(p) for i in ids if (p := self.units.get(i) or found.get(i)) is not None]

    def changed(self) -> list[Unit]:
        """All units in it."""
        return [read_unit(point) for point in self.units.values()]

    def put_belief(self, belief: Belief) -> None:
        """`belief` in place of what the store has of it; it is there."""
        (point,) = self.points([belief.unit.id])
        self.put_unit(replace(point, payload={**point.payload, **history_payload(belief)}), belief.unit)

    def put_unit(self, point: Point, unit: Unit) -> None:
        """`unit` in place of what `point` says, its vectors as they are."""
        payload = {**point.payload, **unit_payload(unit, point.payload["order"])}
        self.units[unit.id] = replace(point, payload=payload)

    @property
    def language(self) -> Language:
        """The language its statements are in."""
        return self.fixed_language or self.graph.language

    @property
    def revision(self) -> int:
        """The number of this write among those of this process to the bank."""
        return self.graph.seen.get(self.engine.store.writer, 0) + 1

    @property
    def record_id(self) -> str:
        """The id of the record that this write will leave."""
        return record_id(self.graph.bank, self.engine.store.writer, self.revision)

    def _profile(self) -> Profile:
        held = self.graph.profile or Profile(self.graph.bank, self.now)
        return replace(
            held,
            language=self.fixed_language or held.language,
            mission=held.mission if self.mission is None else self.mission,
            disposition=self.disposition or held.disposition,
            rules=held.rules if self.rules is None else self.rules,
        )

    def commit(self, entities: Mapping[str, Entity]) -> Change | None:
        """Writes everything as one batch with the record of it, then brings the graph up to date. The record; None
        where nothing changed."""
        profile = self._profile()
        if not (self.units or self.records or entities) and profile == self.graph.profile:
            return None
        bank, writer, revision = self.graph.bank, self.engine.store.writer, self.revision
        points = [*self.units.values(), *self.records.values()]
        points += [entity_point(bank, entity) for entity in entities.values()]
        if profile != self.graph.profile:
            points.append(bank_point(profile))
        record = self._record(points)
        if record is not None:
            points.append(record_point(record))
        points.append(cursor_point(bank, writer, revision))
        self.engine.store.write([stamped(p, writer, revision, self.derived) for p in points])
        if self.fixed_language is not None and len(self.graph):
            self.engine.graphs.forget(bank)  # the terms of everything in it may be others now
        else:
            self.graph.profile = profile
            for entity in entities.values():
                self.graph.add_entity(entity)
            for point in self.units.values():
                self.graph.add(point)
            for point in self.records.values():
                self.graph.note(point)
            self.graph.seen[writer] = revision
        return None if record is None else record.change()

    def _record(self, points: Sequence[Point]) -> Record | None:
        """What this write makes and changes; None where it is nothing that anybody would take back."""
        logged = [point for point in points if point.payload["kind"] not in UNLOGGED]
        old = tuple(p.id for p in logged if p.id not in self.units or self.graph.row(p.id) is not None)
        stored = {p.id: p.payload for p in self.engine.store.scan(Where(ids=old))} if old else {}
        made = tuple(point.id for point in logged if point.id not in stored)
        steps = {p.id: difference(stored[p.id], p.payload) for p in logged if p.id in stored}
        before = {identity: found for identity, found in steps.items() if found}
        if not (made or before or self.undoes):
            return None
        return Record(
            id=self.record_id,
            bank=self.graph.bank,
            what=self.operation,
            at=self.now,
            order=sum(self.graph.seen.values()) + 1,
            by=self.engine.actor,
            reason=self.reason,
            shown=self.subject,
            derived=self.derived,
            made=made,
            before=before,
            operations=self._operations(made, before),
            undoes=self.undoes,
        )

    def _operations(self, made: Sequence[str], before: Mapping[str, Difference]) -> tuple[Operation, ...]:
        """What became of each unit."""
        found = [(unit, Verdict.ADD) for unit in made if unit in self.units]
        for unit, point in self.units.items():
            if unit in before:
                retired = "retired" in before[unit] and point.payload["retired"] != NEVER
                found.append((unit, Verdict.RETIRE if retired else Verdict.UPDATE))
        return tuple(Operation(verdict, unit, self.reasons.get(unit, "")) for unit, verdict in found)
