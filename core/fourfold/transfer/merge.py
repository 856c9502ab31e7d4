"""Merges one bank into another: what it holds is reconciled with what is there as if it were said again, statement by
statement, with its sources, times and names. Doing it again adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from fourfold.errors import InputError, NotFoundError
from fourfold.ingest.bank_options import BankOptions, apply_options, language_to_fix
from fourfold.ingest.embed import embed_under_lock
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.ingest.pipeline import Outcome
from fourfold.ingest.redact import redact_statements
from fourfold.ingest.write import DocumentWriter, Origin
from fourfold.ports import Point, Progress, Where
from fourfold.schema.banks import read_entity
from fourfold.schema.beliefs import is_belief, read_belief
from fourfold.schema.entries import id_in_bank, is_entry, value_of
from fourfold.schema.records import ENTITY, UNIT, in_bank, place_of
from fourfold.schema.units import context_of, documents_of, read_unit, tags_of
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Belief, Effect
from fourfold.values.results import RetainResult
from fourfold.values.units import Entity, Unit

_AT_ONCE = 256


def absorb(
    services: Services, bank: str, source: Services, other: str, progress: Progress | None
) -> RetainResult:
    """Takes what `other`, a bank of `source`, holds now into `bank`; `other` stays as it is. Raises `NotFoundError`
    and `InputError`."""
    if services.store is source.store and bank == other:
        raise InputError("A bank cannot be merged into itself.")
    merging = _Merging(services, bank, other, {})
    merging.names = _entities(source, other)
    points = _held(source, other)
    if source.indexes.get(other).profile is None:
        raise NotFoundError(f'There is no bank "{other}" to merge.')
    done = 0
    for origin, group in groupby(points, key=_origin):
        units = list(group)
        for first in range(0, len(units), _AT_ONCE):
            merging.take(origin, units[first : first + _AT_ONCE])
            done += len(units[first : first + _AT_ONCE])
            if progress is not None:
                progress(done, len(points))
    merging.rest_beliefs(points)
    merging.keep_entries(source)
    outcome = merging.outcome
    return RetainResult(
        tuple(outcome.units.values()), tuple(outcome.operations), redacted=dict(outcome.redacted)
    )


def _held(source: Services, other: str) -> list[Point]:
    """The units that hold now, those of one origin together, in the order they came."""
    points = list(source.store.scan(Where(bank=other, kind=UNIT, live=True)))
    first: dict[Origin, tuple[float, int]] = {}
    for point in points:
        place = place_of(point)
        first[_origin(point)] = min(place, first.get(_origin(point), place))
    return sorted(points, key=lambda p: (first[_origin(p)], str(_origin(p)), *place_of(p)))


def _origin(point: Point) -> Origin:
    return Origin(next(iter(documents_of(point)), ""), context_of(point), tags_of(point))


def _entities(source: Services, other: str) -> dict[str, Entity]:
    found = map(read_entity, source.store.scan(Where(bank=other, kind=ENTITY)))
    return {entity.name: entity for entity in found}


@dataclass(slots=True)
class _Merging:
    """The bank that takes another in; `made` is by unit of the other the one that it came to."""

    services: Services
    bank: str
    other: str
    made: dict[str, str]
    names: dict[str, Entity] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)

    def take(self, origin: Origin, points: Sequence[Point]) -> None:
        """Reconciles units of one origin, in one write."""
        index = self.services.indexes.get(self.bank)
        by_key = {self._key(unit): unit for unit in map(read_unit, points)}
        with index.lock:
            policy = RedactionPolicy(rules_in_force(self.services, index), self.outcome.redacted)
            statements = redact_statements([self._statement(u) for u in by_key.values()], policy, index)
        units = [by_key[statement.key] for statement in statements]
        origin = replace(origin, context=policy.redact(origin.context))
        work = embed_under_lock(self.services, self.bank, statements, origin.context, index.language)
        with work as (index, embedded):
            transaction = Transaction(
                self.services, index, self.services.clock.now(), "merge", f'the bank "{self.other}"'
            )
            writer = DocumentWriter(transaction, origin)
            apply_options(transaction, language_to_fix(self.services, index, None, []), BankOptions())
            made = writer.add_all(statements, embedded)
            self.made |= {unit.id: new for unit, new in zip(units, made, strict=True)}
            self._add_sources(writer, units, made)
            writer.commit()
        self.outcome.add(writer)

    def rest_beliefs(self, points: Sequence[Point]) -> None:
        """Gives beliefs the history they had, where they are new, and the evidence, where they were there."""
        beliefs = [read_belief(point) for point in points if is_belief(point)]
        for first in range(0, len(beliefs), _AT_ONCE):
            with self.services.indexes.locked(self.bank) as index:
                transaction = Transaction(
                    self.services, index, self.services.clock.now(), "merge", f'the bank "{self.other}"'
                )
                facts = {unit.id: unit for unit in transaction.read(list(self.made.values()))}
                for belief in beliefs[first : first + _AT_ONCE]:
                    if belief.unit.id not in self.made:
                        continue
                    for point in transaction.points([self.made[belief.unit.id]]):
                        if is_belief(point):
                            transaction.put_belief(
                                self._rested(read_belief(point), belief, facts, transaction)
                            )
                transaction.commit({})

    def keep_entries(self, source: Services) -> None:
        """Keeps what the other bank keeps word for word, but for what is kept under the same key here."""
        points = [p for p in source.store.scan(Where(bank=self.other)) if is_entry(p)]
        moved = {id_in_bank(point, self.bank): point for point in points}
        with self.services.indexes.locked(self.bank) as index:
            transaction = Transaction(
                self.services, index, self.services.clock.now(), "merge", f'the bank "{self.other}"'
            )
            where = Where(bank=self.bank, ids=tuple(moved))
            there = {p.id for p in self.services.store.scan(where) if is_entry(p)} if moved else set()
            for identity, point in moved.items():
                if identity not in there and not transaction.redaction.excludes_value(value_of(point)):
                    transaction.put_record(replace(in_bank(point, self.bank), id=identity))
            transaction.keeps_rules = True
            transaction.commit({})
        self.outcome.redacted.update(transaction.redaction.counts)

    def _key(self, unit: Unit) -> str:
        return f"{self.other}:{unit.id}"

    def _statement(self, unit: Unit) -> Statement:
        mentions = []
        for name in unit.entities:
            known = self.names.get(name, Entity("", name))
            mentions.append(Mention(known.name, known.aliases, known.kind))
        return Statement(
            text=unit.text,
            key=self._key(unit),
            messages=unit.source.messages[:1] or (self._key(unit),),
            at=unit.mentioned_at,
            network=unit.network,
            speaker=unit.speaker,
            start=unit.source.start,
            end=unit.source.end,
            mentions=tuple(mentions),
            occurred=unit.occurred,
            confidence=unit.confidence,
            modality=unit.modality,
            aspects=unit.aspects,
        )

    def _add_sources(self, writer: DocumentWriter, units: Sequence[Unit], made: Sequence[str]) -> None:
        """All that says a unit besides its first source."""
        for unit, new in zip(units, made, strict=True):
            (point,) = writer.transaction.points([new])
            held = read_unit(point)
            more = [pair for pair in unit.source.evidence if pair not in held.source.evidence]
            if more and unit.source.messages:
                source = held.source.said_by([*held.source.evidence, *more])
                writer.transaction.put_unit(point, replace(held, source=source))

    def _rested(self, held: Belief, told: Belief, facts: dict[str, Unit], transaction: Transaction) -> Belief:
        """The belief as it is here, with what moved it there."""
        gone = {unit for change in told.history for unit in change.evidence if unit not in self.made}
        if len(held.history) == 1 and held.unit.recorded_at == transaction.now:
            moved = told.erased(gone) or told
            for unit in moved.evidence:
                moved = moved.resting(unit, self.made.get(unit, unit))
            now = replace(held.unit, confidence=moved.confidence)
            return replace(held, unit=now, history=moved.history)
        for unit in told.evidence:
            fact = facts.get(self.made.get(unit, ""))
            if fact is not None and fact.id != held.unit.id:
                held = held.assessed(
                    Effect.REINFORCE, fact, f'as the bank "{self.other}" had it', transaction.now
                )
        return held
