"""Takes forgotten units from the beliefs, summaries and the core profile that rest on them: nothing derived keeps a
citation of what is gone. Every transaction does this as it commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Point, Where
from fourfold.schema.beliefs import is_belief, read_belief
from fourfold.schema.core_profile import core_point, read_core
from fourfold.schema.records import tombstone
from fourfold.schema.summaries import read_summaries, summary_id, summary_point
from fourfold.schema.units import RETIREMENT_ONLY, is_retired, read_retirement, read_unit
from fourfold.values.units import Retirement, RetirementCause, Unit

if TYPE_CHECKING:  # the transaction calls the cascade
    from fourfold.transaction.transaction import Transaction

_REASON = "what it rested on was forgotten"


def cascade_retirements(transaction: Transaction) -> None:
    """Takes the units that `transaction` retires, other than for a newer one, from what rests on them. A belief
    that all evidence is gone of is retired, and is no evidence any more itself."""
    forgotten: dict[str, Unit] = {}
    while newly_forgotten := [
        read_unit(point) for point in _newly_forgotten(transaction) if point.id not in forgotten
    ]:
        forgotten |= {unit.id: unit for unit in newly_forgotten}
        for point in transaction.points(dependents(transaction.index, (unit.id for unit in newly_forgotten))):
            belief = read_belief(point) if is_belief(point) else None
            if belief is not None and belief.unit.retired_at is None and belief.unit.id not in forgotten:
                changed = belief.without(set(forgotten), _REASON, transaction.now)
                if changed.rests_on_nothing:
                    retired = replace(
                        changed.unit,
                        retired_at=transaction.now,
                        retirement=Retirement(RetirementCause.UNSUPPORTED),
                    )
                    changed = replace(changed, unit=retired)
                transaction.put_belief(changed)
    if forgotten:
        _rewrite_summaries(transaction, forgotten.values())
        _rewrite_core(transaction, forgotten)


def _newly_forgotten(transaction: Transaction) -> list[Point]:
    """Returns the staged units that are forgotten, and were not before: what rests on the others lost them when they
    were, and must not lose them twice."""
    forgotten = [point for point in transaction.units.values() if _forgotten(point)]
    ids = tuple(point.id for point in forgotten if transaction.index.row(point.id) is not None)
    stored = transaction.services.store.scan(Where(ids=ids), RETIREMENT_ONLY) if ids else ()
    before = {point.id for point in stored if _forgotten(point)}
    return [point for point in forgotten if point.id not in before]


def _forgotten(point: Point) -> bool:
    """Returns whether a unit is retired for good: not since a newer one says what holds now (which derived records
    follow by themselves), nor since it has faded (it is still known, and still a reason)."""
    retirement = read_retirement(point)
    spared = (RetirementCause.SUPERSEDED, RetirementCause.ARCHIVED)
    return is_retired(point) and (retirement is None or retirement.cause not in spared)


def dependents(index: BankIndex, units: Iterable[str]) -> list[str]:
    """Returns the ids of the units that have one of `units` for evidence, or are evidence of one. An edge of the
    index has no direction; callers look at the history."""
    ids: dict[str, None] = {}
    for row in map(index.row, units):
        for linked in index.linked_units(row, "evidence") if row is not None else ():
            ids[index.unit_ids[linked]] = None
    return list(ids)


def _rewrite_summaries(transaction: Transaction, forgotten: Iterable[Unit]) -> None:
    """Stages the summaries without the sentences that rest on forgotten units."""
    bank, forgotten_ids = transaction.index.bank, {unit.id for unit in forgotten}
    entities = {entity for unit in forgotten for entity in unit.entities}
    summaries = read_summaries(
        transaction.services.store, tuple(summary_id(bank, name) for name in sorted(entities))
    )
    for summary in summaries.values():
        sentences = tuple(
            sentence for sentence in summary.sentences if forgotten_ids.isdisjoint(sentence.evidence)
        )
        if len(sentences) < len(summary.sentences):
            transaction.put_record(
                summary_point(summary.of(sentences, transaction.now), "")
                if sentences
                else tombstone(bank, summary.unit.id)
            )


def _rewrite_core(transaction: Transaction, forgotten: Collection[str]) -> None:
    core = read_core(transaction.services.store, transaction.index.bank)
    lines = tuple(line for line in core.lines if not set(line.evidence) & set(forgotten))
    pinned = tuple(unit for unit in core.pinned if unit not in forgotten)
    if (lines, pinned) != (core.lines, core.pinned):
        changed = replace(core, lines=lines, pinned=pinned, at=transaction.now)
        transaction.put_record(core_point(transaction.index.bank, changed))
