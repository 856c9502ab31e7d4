"""Merges one bank into another: what it holds is reconciled with what is there as if it were said again, statement by
statement, with its sources, times and names. Doing it again adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from fourfold.errors import InputError, NotFoundError
from fourfold.index.bank_index import BankIndex
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
from fourfold.values.units import Entity, Unit, Verdict

_BATCH_SIZE = 256
"""Units, or beliefs, of one write; a guess, not measured. Whatever is embedded for a write is in memory at once."""


def absorb(
    services: Services, bank: str, source: Services, source_bank: str, progress: Progress | None
) -> RetainResult:
    """Takes the current units, beliefs and entries of `source_bank`, a bank of `source`, into `bank`, and returns
    what became of the units; `source_bank` stays as it is. `progress` is called with (done, total) units. Raises
    `NotFoundError` and `InputError`."""
    if services.store is source.store and bank == source_bank:
        raise InputError("A bank cannot be merged into itself.")
    merge = _Merge(services, bank, source_bank, _entities(source, source_bank))
    points = _current_units(source, source_bank)
    if source.indexes.get(source_bank).profile is None:
        raise NotFoundError(f'There is no bank "{source_bank}" to merge.')
    absorbed_count = 0
    for origin, group in groupby(points, key=_origin):
        units = list(group)
        for start in range(0, len(units), _BATCH_SIZE):
            batch = units[start : start + _BATCH_SIZE]
            merge.absorb_units(origin, batch)
            absorbed_count += len(batch)
            if progress is not None:
                progress(absorbed_count, len(points))
    # After all units: a belief rests on units of any document, and its evidence is named by what became of them here.
    merge.move_beliefs(points)
    merge.copy_entries(source)
    outcome = merge.outcome
    return RetainResult(
        tuple(outcome.units.values()), tuple(outcome.operations), redacted=dict(outcome.redacted)
    )


def _current_units(source: Services, source_bank: str) -> list[Point]:
    """Returns the units that were not retired, those of one origin together: a write is of one document. Origins come
    in the order of their earliest units, so that newer values still come after those whose place they take."""
    points = list(source.store.scan(Where(bank=source_bank, kind=UNIT, live=True)))
    earliest: dict[Origin, tuple[float, int]] = {}
    for point in points:
        place = place_of(point)
        earliest[_origin(point)] = min(place, earliest.get(_origin(point), place))
    return sorted(points, key=lambda p: (earliest[_origin(p)], str(_origin(p)), *place_of(p)))


def _origin(point: Point) -> Origin:
    return Origin(next(iter(documents_of(point)), ""), context_of(point), tags_of(point))


def _entities(source: Services, source_bank: str) -> dict[str, Entity]:
    entities = map(read_entity, source.store.scan(Where(bank=source_bank, kind=ENTITY)))
    return {entity.name: entity for entity in entities}


@dataclass(slots=True)
class _Merge:
    """The bank `bank` taking in the bank `source_bank`, whose entities `entities` are by name. `absorbed` has, by
    unit of `source_bank`, the unit that stands for it here: a new one, or one that said the same."""

    services: Services
    bank: str
    source_bank: str
    entities: dict[str, Entity]
    absorbed: dict[str, str] = field(default_factory=dict)
    new_ids: set[str] = field(default_factory=set)
    """The units that this merge made. Their times do not tell: each of its writes has a time of its own."""
    outcome: Outcome = field(default_factory=Outcome)

    def absorb_units(self, origin: Origin, points: Sequence[Point]) -> None:
        """Reconciles units of one origin with those of the bank, in one write."""
        index = self.services.indexes.get(self.bank)
        by_key = {self._key(unit): unit for unit in map(read_unit, points)}
        # Before anything is embedded, by the rules of the bank that takes them in: the other may have had none.
        with index.lock:
            policy = RedactionPolicy(rules_in_force(self.services, index), self.outcome.redacted)
            statements = redact_statements([self._statement(u) for u in by_key.values()], policy, index)
        units = [by_key[statement.key] for statement in statements]
        origin = replace(origin, context=policy.redact(origin.context))
        work = embed_under_lock(self.services, self.bank, statements, origin.context, index.language)
        with work as (index, embedded):
            transaction = self._transaction(index)
            writer = DocumentWriter(transaction, origin)
            apply_options(transaction, language_to_fix(self.services, index, None, []), BankOptions())
            unit_ids = writer.add_all(statements, embedded)
            self.absorbed |= {unit.id: unit_id for unit, unit_id in zip(units, unit_ids, strict=True)}
            self._add_sources(writer, units, unit_ids)
            writer.commit()
        self.outcome.add(writer)
        verdicts = (Verdict.ADD, Verdict.UPDATE)
        self.new_ids.update(
            operation.unit for operation in writer.operations if operation.verdict in verdicts
        )

    def move_beliefs(self, points: Sequence[Point]) -> None:
        """Gives the beliefs that are new here the history they had, and those that were here already the evidence
        that the other bank had for them."""
        beliefs = [read_belief(point) for point in points if is_belief(point)]
        for start in range(0, len(beliefs), _BATCH_SIZE):
            with self.services.indexes.locked(self.bank) as index:
                transaction = self._transaction(index)
                facts = {unit.id: unit for unit in transaction.read(list(self.absorbed.values()))}
                for belief in beliefs[start : start + _BATCH_SIZE]:
                    self._move_belief(belief, facts, transaction)
                transaction.commit({})

    def copy_entries(self, source: Services) -> None:
        """Copies the entries of the other bank, except those whose key the bank has itself: which of two values is
        right, nobody can tell here."""
        points = [point for point in source.store.scan(Where(bank=self.source_bank)) if is_entry(point)]
        by_id = {id_in_bank(point, self.bank): point for point in points}
        with self.services.indexes.locked(self.bank) as index:
            transaction = self._transaction(index)
            present: set[str] = set()
            if by_id:
                where = Where(bank=self.bank, ids=tuple(by_id))
                present = {point.id for point in self.services.store.scan(where) if is_entry(point)}
            for identity, point in by_id.items():
                if identity not in present and not transaction.redaction.excludes_value(value_of(point)):
                    transaction.put_record(replace(in_bank(point, self.bank), id=identity))
            transaction.keeps_rules = True
            transaction.commit({})
        self.outcome.redacted.update(transaction.redaction.counts)

    def _transaction(self, index: BankIndex) -> Transaction:
        now = self.services.clock.now()
        return Transaction(self.services, index, now, "merge", f'the bank "{self.source_bank}"')

    def _key(self, unit: Unit) -> str:
        return f"{self.source_bank}:{unit.id}"

    def _statement(self, unit: Unit) -> Statement:
        mentions = []
        for name in unit.entities:
            entity = self.entities.get(name, Entity("", name))
            mentions.append(Mention(entity.name, entity.aliases, entity.kind))
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

    def _add_sources(self, writer: DocumentWriter, units: Sequence[Unit], unit_ids: Sequence[str]) -> None:
        """Adds to each unit of `unit_ids` all messages that say it in the other bank: a statement, by which it came
        here, names only the first."""
        for unit, unit_id in zip(units, unit_ids, strict=True):
            (point,) = writer.transaction.points([unit_id])
            present = read_unit(point)
            missing = [pair for pair in unit.source.evidence if pair not in present.source.evidence]
            if missing and unit.source.messages:
                source = present.source.said_by([*present.source.evidence, *missing], unit.source)
                writer.transaction.put_unit(point, replace(present, source=source))

    def _move_belief(self, belief: Belief, facts: dict[str, Unit], transaction: Transaction) -> None:
        """Stages the belief that stands for `belief` here, with what moved it there; `facts` are the units here."""
        if belief.unit.id not in self.absorbed:  # a rule of the bank left it out
            return
        for point in transaction.points([self.absorbed[belief.unit.id]]):
            if not is_belief(point):
                continue
            present = read_belief(point)
            if present.unit.id in self.new_ids and len(present.history) == 1:
                transaction.put_belief(self._with_history(present, belief))
            else:
                transaction.put_belief(self._with_evidence(present, belief, facts, transaction))

    def _with_history(self, present: Belief, belief: Belief) -> Belief:
        """Returns `present` with the confidence and the history that `belief` has, except for what units did to it
        that are not here."""
        evidence = {unit_id for change in belief.history for unit_id in change.evidence}
        moved = belief.erased({unit_id for unit_id in evidence if unit_id not in self.absorbed}) or belief
        for unit_id in moved.evidence:
            moved = moved.resting(unit_id, self.absorbed.get(unit_id, unit_id))
        unit = replace(present.unit, confidence=moved.confidence)
        return replace(present, unit=unit, history=moved.history)

    def _with_evidence(
        self, present: Belief, belief: Belief, facts: dict[str, Unit], transaction: Transaction
    ) -> Belief:
        """Returns `present`, reinforced by each fact that `belief` rests on."""
        for unit_id in belief.evidence:
            fact = facts.get(self.absorbed.get(unit_id, ""))
            if fact is not None and fact.id != present.unit.id:
                reason = f'as the bank "{self.source_bank}" had it'
                present = present.assessed(Effect.REINFORCE, fact, reason, transaction.now)
        return present
