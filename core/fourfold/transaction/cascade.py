"""What becomes of beliefs, summaries and the core profile when units they rest on are forgotten: nothing keeps a
citation of what is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Fields, Point, Where
from fourfold.schema.beliefs import read_belief
from fourfold.schema.core_profile import core_point, read_core
from fourfold.schema.records import gone_point
from fourfold.schema.summaries import read_summaries, summary_id, summary_point
from fourfold.schema.units import read_retirement, read_unit
from fourfold.values.units import Retirement, RetirementCause, Unit

if TYPE_CHECKING:  # the transaction calls the cascade
    from fourfold.transaction.transaction import Transaction

_REASON = "what it rested on was forgotten"


def cascade_retirements(transaction: Transaction) -> None:
    """Takes the units that `transaction` retires, other than for a newer one, from what rests on them. A belief
    that all evidence is gone of is retired, and is no evidence any more itself."""
    gone: dict[str, Unit] = {}
    while new := [read_unit(point) for point in _newly_forgotten(transaction) if point.id not in gone]:
        gone |= {unit.id: unit for unit in new}
        for point in transaction.points(dependents(transaction.index, (unit.id for unit in new))):
            belief = read_belief(point) if "history" in point.payload else None
            if belief is not None and belief.unit.retired_at is None and belief.unit.id not in gone:
                changed = belief.without(set(gone), _REASON, transaction.now)
                if changed.rests_on_nothing:
                    left = replace(
                        changed.unit,
                        retired_at=transaction.now,
                        retirement=Retirement(RetirementCause.UNSUPPORTED),
                    )
                    changed = replace(changed, unit=left)
                transaction.put_belief(changed)
    if gone:
        _rewrite_summaries(transaction, gone.values())
        _rewrite_core(transaction, gone)


def _newly_forgotten(transaction: Transaction) -> list[Point]:
    """Returns the staged units that are forgotten, and were not before: what rests on the others lost them when they
    were, and must not lose them twice."""
    forgotten = [point for point in transaction.units.values() if _forgotten(point)]
    known = tuple(point.id for point in forgotten if transaction.index.row(point.id) is not None)
    stored = (
        transaction.services.store.scan(Where(ids=known), Fields(only=("retired_at", "retired_by")))
        if known
        else ()
    )
    before = {point.id for point in stored if _forgotten(point)}
    return [point for point in forgotten if point.id not in before]


def _forgotten(point: Point) -> bool:
    """Whether a unit is retired, and not since a newer one says what holds now, nor since it has faded."""
    retirement = read_retirement(point.payload)
    spared = (RetirementCause.SUPERSEDED, RetirementCause.ARCHIVED)
    return point.payload["retired_at"] is not None and (retirement is None or retirement.cause not in spared)


def dependents(index: BankIndex, units: Iterable[str]) -> list[str]:
    """The units that have one of `units` for evidence, or are evidence of one."""
    found: dict[str, None] = {}
    for row in map(index.row, units):
        for other, kinds in index.graph.adj.get(row, {}).items() if row is not None else ():
            if isinstance(other, int) and "evidence" in kinds:
                found[index.unit_ids[other]] = None
    return list(found)


def _rewrite_summaries(transaction: Transaction, gone: Iterable[Unit]) -> None:
    """Leaves out the sentences that rest on what is gone."""
    bank, lost = transaction.index.bank, {unit.id for unit in gone}
    entities = {entity for unit in gone for entity in unit.entities}
    summaries = read_summaries(
        transaction.services.store, tuple(summary_id(bank, name) for name in sorted(entities))
    )
    for summary in summaries.values():
        kept = tuple(one for one in summary.sentences if lost.isdisjoint(one.evidence))
        if len(kept) < len(summary.sentences):
            transaction.put_record(
                summary_point(summary.of(kept, transaction.now), "")
                if kept
                else gone_point(bank, summary.unit.id)
            )


def _rewrite_core(transaction: Transaction, gone: Collection[str]) -> None:
    core = read_core(transaction.services.store, transaction.index.bank)
    lines = tuple(line for line in core.lines if not set(line.evidence) & set(gone))
    pinned = tuple(unit for unit in core.pinned if unit not in gone)
    if (lines, pinned) != (core.lines, core.pinned):
        changed = replace(core, lines=lines, pinned=pinned, at=transaction.now)
        transaction.put_record(core_point(transaction.index.bank, changed))
