"""What one write to one bank changes, before it is written: points by id, over those in the store.

Everything that holds for every write happens in `Transaction.commit`, so that no caller can forget it: what rests on
retired units loses them (`cascade`), what the bank holds back is masked or refused (`redaction`), the tokens of
language models are booked (`token_accounts`), and the change log gets its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.errors import StoreError
from fourfold.index.bank_index import BankIndex
from fourfold.language.pack import Language
from fourfold.language.text import clean
from fourfold.ports import PAYLOAD, Fields, Point, Where
from fourfold.schema.banks import Profile, bank_point, entity_point, profile_id
from fourfold.schema.beliefs import with_history
from fourfold.schema.changelog import (
    UNLOGGED,
    Difference,
    Record,
    difference,
    record_id,
    record_point,
)
from fourfold.schema.entries import entry_point
from fourfold.schema.records import (
    ARRIVING,
    arriving_point,
    bank_of,
    cursor_point,
    kind_of,
    stamp_of,
    stamped,
)
from fourfold.schema.units import is_retired, read_unit, with_unit
from fourfold.services import Services
from fourfold.transaction.cascade import cascade_retirements
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force, stored_rules
from fourfold.values.beliefs import Belief
from fourfold.values.changes import Change
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entity, Entry, Operation, Unit, Verdict


@dataclass(slots=True)
class Transaction:
    """Points to be written to `index`'s bank, whose lock the caller holds. Nothing is changed before `commit`.

    `operation` names what is being done ("retain", "forget") for the change log, `subject` describes it in words,
    `reason` says why, and `reasons` why each unit was changed.
    """

    services: Services
    index: BankIndex
    now: datetime
    operation: str = "retain"
    subject: str = ""
    reason: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    undoes: str = ""
    """The id of the change that this one takes back."""
    fixed_language: Language | None = None
    """The language that this write fixes for a bank that had none."""
    mission: str | None = None
    disposition: Disposition | None = None
    """How the bank reflects from this write on; None leaves that as it is."""
    keeps_rules: bool = False
    """Whether the bank keeps the redaction rules that the caller asked for from this write on."""
    derived: bool = False
    """Whether what is written follows from what the bank holds, and is nothing new to consolidation."""
    units: dict[str, Point] = field(default_factory=dict)
    records: dict[str, Point] = field(default_factory=dict)
    """Points other than units: chunks, entries, summaries, the core profile."""
    redaction: RedactionPolicy = field(init=False)
    _units_read: dict[str, tuple[Point, Unit]] = field(default_factory=dict)
    """By id, the staged points as units: what a write compares it reads again and again."""

    def __post_init__(self) -> None:
        self.subject, self.reason = clean(self.subject), clean(self.reason)
        self.redaction = RedactionPolicy(rules_in_force(self.services, self.index))

    def points(self, ids: Sequence[str]) -> list[Point]:
        """Returns the points of units as this write would leave them, with their vectors."""
        missing = tuple(dict.fromkeys(i for i in ids if i not in self.units))
        staged = [self.units[i] for i in dict.fromkeys(ids) if i in self.units]
        if not missing:
            return staged
        return staged + self._own_points(missing, Fields(vectors=True))

    def read(self, ids: Sequence[str]) -> list[Unit]:
        """Returns the units as this write would leave them, in the order of `ids`; unknown ids are left out."""
        stored = tuple(i for i in ids if i not in self.units)
        points = self._own_points(stored, PAYLOAD) if stored else ()
        units = {point.id: read_unit(point) for point in points}
        units |= {i: self._staged(i) for i in ids if i in self.units}
        return [units[i] for i in ids if i in units]

    def _own_points(self, ids: tuple[str, ...], fields: Fields) -> list[Point]:
        # By ids alone, the embedded store's fast path; a file that was loaded may have named another bank's.
        points = self.services.store.scan(Where(ids=ids), fields)
        return [point for point in points if bank_of(point) == self.index.bank]

    def changed(self) -> list[Unit]:
        """Returns all units that are staged."""
        return [self._staged(unit_id) for unit_id in self.units]

    def _staged(self, unit_id: str) -> Unit:
        point = self.units[unit_id]
        read_point, unit = self._units_read.get(unit_id, (None, None))
        if unit is None or read_point is not point:  # it is another point once the unit was staged again
            unit = read_unit(point)
            self._units_read[unit_id] = point, unit
        return unit

    def put_unit(self, point: Point, unit: Unit | None = None) -> None:
        """Stages a unit as it lies in `point`, or, where `unit` is given, `unit` in place of what `point` says of it,
        with the vectors of `point`."""
        if unit is not None:
            point = with_unit(point, unit)
            self._units_read[point.id] = point, unit
        self.units[point.id] = point

    def put_new_unit(self, point: Point, unit: Unit) -> None:
        """Stages a new unit, and the record that says it."""
        self.units[point.id] = point
        self._units_read[point.id] = point, unit

    def put_belief(self, belief: Belief) -> None:
        """Stages `belief` in place of what the store has of it. Its vectors stay."""
        (point,) = self.points([belief.unit.id])
        self.put_unit(with_history(point, belief), belief.unit)

    def put_record(self, point: Point) -> None:
        """Stages a point other than a unit: a chunk, a summary, the core profile, or what is left of one that is
        gone."""
        self.records[point.id] = point

    def put_entry(self, entry: Entry, order: int) -> None:
        """Stages an entry, the `order`-th of its kind in this write. Raises `InputError` for one that the bank's
        rules leave out."""
        self.put_record(entry_point(self.index.bank, self.redaction.redact_entry(entry), order))

    @property
    def language(self) -> Language:
        """The language of the bank, as this write leaves it."""
        return self.fixed_language or self.index.language

    @property
    def revision(self) -> int:
        """The number that this write gets among those of this process to the bank."""
        return self.index.revisions.get(self.services.store.writer, 0) + 1

    @property
    def record_id(self) -> str:
        """The id of the record that this write will leave."""
        return record_id(self.index.bank, self.services.store.writer, self.revision)

    def commit(self, entities: Mapping[str, Entity]) -> Change | None:
        """Writes everything staged, and `entities`, as one batch with its record in the change log, then brings the
        index up to date. Returns the record; None where nothing changed that anybody would take back.

        Raises `InputError`, with nothing written, where a text is staged that the bank holds back and that cannot be
        masked any more, since it is embedded already.
        """
        if self.derived and self.index.profile is None:
            return None  # the bank was erased meanwhile, and what follows from it went with it
        # Before anything is redacted or logged: what falls with a unit is a part of the same change, and of its undo.
        cascade_retirements(self)
        bank, writer, revision = self.index.bank, self.services.store.writer, self.revision
        booking = self.services.token_accounts.unbooked(bank)
        profile = self._profile()
        staged = self.units or self.records or entities or booking is not None
        if not staged and profile == self.index.profile:
            return None
        named_points = [entity_point(bank, entity) for entity in entities.values()]
        if profile != self.index.profile:
            named_points.append(bank_point(profile))
        stored = self._stored([*self.units.values(), *self.records.values(), *named_points])
        self._redact(named_points, entities.values(), stored)
        points = [*self.units.values(), *self.records.values(), *named_points]
        record = self._record(points, stored)
        if record is not None:
            points.append(record_point(record))
        if booking is not None:
            points.append(booking.point)
        # The cursor goes with the rest: other processes read from it that there is something new to them.
        points.append(cursor_point(bank, writer, revision))
        self._write([stamped(p, writer, revision, self.derived) for p in points])
        # The index and the account follow the store: had the write failed, they would be ahead of it.
        if booking is not None:
            booking.confirm()
        self._update_index(profile, entities)
        return None if record is None else record.change()

    def _write(self, points: Sequence[Point]) -> None:
        store, bank = self.services.store, self.index.bank
        if self.index.profile is not None:
            store.write(points)
            return
        # A new bank: a load of one of its name must not take it for what an earlier load has left.
        with self.services.indexes.installing(bank):
            for point in store.scan(Where(ids=(arriving_point(bank).id, profile_id(bank)))):
                # Another process' first write to a bank on a server is no other bank.
                if kind_of(point) == ARRIVING or stamp_of(point).writer == store.writer:
                    raise StoreError(
                        f'A bank "{bank}" was loaded meanwhile, or its loading was stopped. Nothing was written. Try '
                        f"again; if that fails, load it again, or close the memory and open it."
                    )
            store.write(points)

    def _profile(self) -> Profile:
        profile = self.index.profile or Profile(self.index.bank, self.now)
        rules = profile.rules
        if self.keeps_rules and self.services.redaction is not None:
            rules = stored_rules(self.services.redaction)
        return replace(
            profile,
            language=self.fixed_language or profile.language,
            mission=profile.mission if self.mission is None else self.redaction.redact(clean(self.mission)),
            disposition=self.disposition or profile.disposition,
            rules=rules,
        )

    def _stored(self, points: Sequence[Point]) -> dict[str, Point]:
        """Returns what the store has of the records that the change log tells of, by id, without vectors."""
        logged = [point.id for point in points if kind_of(point) not in UNLOGGED]
        # A unit that the index does not know is new: asking the store for it would cost every retain a read.
        ids = tuple(i for i in logged if i not in self.units or self.index.row(i) is not None)
        return {point.id: point for point in self.services.store.scan(Where(ids=ids))} if ids else {}

    def _redact(
        self,
        named_points: Sequence[Point],
        entities: Iterable[Entity],
        stored: Mapping[str, Point],
    ) -> None:
        """Masks what is staged, or raises `InputError`. What is only logged in part (cursors, records of the change
        log) has no text of the bank's."""
        policy = self.redaction
        if not policy.rules:
            return
        policy.check_entities(entities, self.index)
        for points in (self.units, self.records):
            for identity, point in points.items():
                if kind_of(point) not in UNLOGGED:
                    points[identity] = policy.redact_point(point, stored.get(identity))
        for point in named_points:
            policy.redact_point(point, stored.get(point.id))

    def _update_index(self, profile: Profile, entities: Mapping[str, Entity]) -> None:
        if self.fixed_language is not None and len(self.index):
            # The terms of everything in the index may be other ones now: it is built anew at its next use.
            self.services.indexes.drop(self.index.bank)
            return
        self.index.profile = profile
        for entity in entities.values():
            self.index.add_entity(entity)
        for point in self.units.values():
            self.index.add_unit(point)
        for point in self.records.values():
            self.index.add_record(point)
        self.index.revisions[self.services.store.writer] = self.revision

    def _record(self, points: Sequence[Point], stored: Mapping[str, Point]) -> Record | None:
        """Returns the change log's record of this write; None where it is nothing that anybody would take back."""
        logged = [point for point in points if kind_of(point) not in UNLOGGED]
        created = tuple(point.id for point in logged if point.id not in stored)
        steps = {point.id: difference(stored[point.id], point) for point in logged if point.id in stored}
        before = {identity: changes for identity, changes in steps.items() if changes}
        if not (created or before or self.undoes):
            return None
        return Record(
            id=self.record_id,
            bank=self.index.bank,
            operation=self.operation,
            at=self.now,
            order=sum(self.index.revisions.values()) + 1,
            actor=self.services.actor,
            reason=self.redaction.cover(self.reason) if self.reason else "",
            subject=self.redaction.redact(self.subject),
            derived=self.derived,
            created=created,
            before=before,
            operations=self._operations(created, before),
            undoes=self.undoes,
        )

    def _operations(self, created: Sequence[str], before: Mapping[str, Difference]) -> tuple[Operation, ...]:
        """Returns what became of each unit."""
        verdicts = [(unit, Verdict.ADD) for unit in created if unit in self.units]
        for unit, point in self.units.items():
            if unit in before:
                retires = "retired" in before[unit] and is_retired(point)
                verdicts.append((unit, Verdict.RETIRE if retires else Verdict.UPDATE))
        reasons = {unit: self.redaction.redact(self.reasons.get(unit, "")) for unit, _ in verdicts}
        return tuple(Operation(verdict, unit, reasons[unit]) for unit, verdict in verdicts)


def book_spending(services: Services, bank: str) -> None:
    """Writes down what language models cost the bank, where no other write did so. A bank that nothing was ever
    written to has no account."""
    if services.token_accounts.unbooked(bank) is None:
        return
    with services.indexes.locked(bank) as index:
        if index.profile is not None:
            Transaction(services, index, services.clock.now(), "account", derived=True).commit({})
