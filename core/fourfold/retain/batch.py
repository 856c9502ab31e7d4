"""What one write to one bank changes, before it is written: points by id, over those in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.beliefs import Belief
from fourfold.engine import Engine
from fourfold.language import Language
from fourfold.model import Entity, Unit
from fourfold.ports import Fields, Point, Where
from fourfold.reflections import Disposition
from fourfold.stores.derived import history_payload
from fourfold.stores.graph import BankGraph
from fourfold.stores.records import (
    Profile,
    bank_point,
    cursor_point,
    entity_point,
    read_unit,
    stamped,
    unit_payload,
)


@dataclass(slots=True)
class Batch:
    """Points to be written to `graph`'s bank, whose lock the caller holds. Nothing is changed before `commit`."""

    engine: Engine
    graph: BankGraph
    now: datetime
    language: Language | None = None
    """The language that this write settles for a bank that had none."""
    mission: str | None = None
    disposition: Disposition | None = None
    """How the bank reflects from this write on; None leaves that as it is."""
    derived: bool = False
    """Whether what is written follows from what the bank holds, and is no news to consolidation."""
    units: dict[str, Point] = field(default_factory=dict)
    others: dict[str, Point] = field(default_factory=dict)

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

    def change(self, belief: Belief) -> None:
        """`belief` in place of what the store has of it; it is there."""
        (point,) = self.points([belief.unit.id])
        self.amend(replace(point, payload={**point.payload, **history_payload(belief)}), belief.unit)

    def amend(self, point: Point, unit: Unit) -> None:
        """`unit` in place of what `point` says, its vectors as they are."""
        payload = {**point.payload, **unit_payload(unit, point.payload["order"])}
        self.units[unit.id] = replace(point, payload=payload)

    @property
    def spoken(self) -> Language:
        """The language its statements are in."""
        return self.language or self.graph.language

    @property
    def revision(self) -> int:
        """The number of this write among those of this process to the bank."""
        return self.graph.seen.get(self.engine.store.writer, 0) + 1

    def _profile(self) -> Profile:
        held = self.graph.profile or Profile(self.graph.bank, self.now)
        return replace(
            held,
            language=self.language or held.language,
            mission=held.mission if self.mission is None else self.mission,
            disposition=self.disposition or held.disposition,
        )

    def commit(self, entities: Mapping[str, Entity]) -> None:
        """Writes everything as one batch, then brings the graph up to date."""
        profile = self._profile()
        if not (self.units or self.others or entities) and profile == self.graph.profile:
            return
        bank, writer, revision = self.graph.bank, self.engine.store.writer, self.revision
        points = [*self.units.values(), *self.others.values()]
        points += [entity_point(bank, entity) for entity in entities.values()]
        if profile != self.graph.profile:
            points.append(bank_point(profile))
        points.append(cursor_point(bank, writer, revision))
        self.engine.store.write([stamped(p, writer, revision, self.derived) for p in points])
        if self.language is not None and len(self.graph):
            self.engine.graphs.forget(bank)  # the terms of everything in it may be others now
            return
        self.graph.profile = profile
        for entity in entities.values():
            self.graph.add_entity(entity)
        for point in self.units.values():
            self.graph.add(point)
        for point in self.others.values():
            self.graph.documents.note(point)
        self.graph.seen[writer] = revision
