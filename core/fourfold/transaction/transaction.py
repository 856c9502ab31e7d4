"""What one write to one bank changes, before it is written: points by id, over those in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.language.languages import Language
from fourfold.ports import Fields, Point, Where
from fourfold.schema.banks import Profile, bank_point, entity_point
from fourfold.schema.beliefs import history_payload
from fourfold.schema.changelog import (
    UNLOGGED,
    Difference,
    Record,
    difference,
    record_id,
    record_point,
)
from fourfold.schema.records import NEVER, cursor_point, stamped
from fourfold.schema.units import read_unit, unit_payload
from fourfold.services import Services
from fourfold.values.beliefs import Belief
from fourfold.values.changes import Change
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entity, Operation, Unit, Verdict


@dataclass(slots=True)
class Transaction:
    """Points to be written to `index`'s bank, whose lock the caller holds. Nothing is changed before `commit`."""

    services: Services
    index: BankIndex
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
        missing = tuple(dict.fromkeys(i for i in ids if i not in self.units))
        held = [self.units[i] for i in dict.fromkeys(ids) if i in self.units]
        if not missing:
            return held
        return held + list(self.services.store.scan(Where(ids=missing), Fields(vectors=True)))

    def read(self, ids: Sequence[str]) -> list[Unit]:
        """The units as this write would leave them, in the order of `ids`."""
        stored = tuple(i for i in ids if i not in self.units)
        found = {p.id: p for p in self.services.store.scan(Where(ids=stored))} if stored else {}
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
        return self.fixed_language or self.index.language

    @property
    def revision(self) -> int:
        """The number of this write among those of this process to the bank."""
        return self.index.revisions.get(self.services.store.writer, 0) + 1

    @property
    def record_id(self) -> str:
        """The id of the record that this write will leave."""
        return record_id(self.index.bank, self.services.store.writer, self.revision)

    def _profile(self) -> Profile:
        held = self.index.profile or Profile(self.index.bank, self.now)
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
        if not (self.units or self.records or entities) and profile == self.index.profile:
            return None
        bank, writer, revision = self.index.bank, self.services.store.writer, self.revision
        points = [*self.units.values(), *self.records.values()]
        points += [entity_point(bank, entity) for entity in entities.values()]
        if profile != self.index.profile:
            points.append(bank_point(profile))
        record = self._record(points)
        if record is not None:
            points.append(record_point(record))
        points.append(cursor_point(bank, writer, revision))
        self.services.store.write([stamped(p, writer, revision, self.derived) for p in points])
        if self.fixed_language is not None and len(self.index):
            self.services.indexes.forget(bank)  # the terms of everything in it may be others now
        else:
            self.index.profile = profile
            for entity in entities.values():
                self.index.add_entity(entity)
            for point in self.units.values():
                self.index.add(point)
            for point in self.records.values():
                self.index.note_record(point)
            self.index.revisions[writer] = revision
        return None if record is None else record.change()

    def _record(self, points: Sequence[Point]) -> Record | None:
        """What this write makes and changes; None where it is nothing that anybody would take back."""
        logged = [point for point in points if point.payload["kind"] not in UNLOGGED]
        old = tuple(p.id for p in logged if p.id not in self.units or self.index.row(p.id) is not None)
        stored = {p.id: p.payload for p in self.services.store.scan(Where(ids=old))} if old else {}
        made = tuple(point.id for point in logged if point.id not in stored)
        steps = {p.id: difference(stored[p.id], p.payload) for p in logged if p.id in stored}
        before = {identity: found for identity, found in steps.items() if found}
        if not (made or before or self.undoes):
            return None
        return Record(
            id=self.record_id,
            bank=self.index.bank,
            what=self.operation,
            at=self.now,
            order=sum(self.index.revisions.values()) + 1,
            by=self.services.actor,
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
