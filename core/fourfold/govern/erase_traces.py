"""What an erasure leaves: units without links to what goes, vectors, summaries, the core profile and the change log
without a trace of it."""

from __future__ import annotations

from dataclasses import replace

from fourfold.govern.erasure import Erasure
from fourfold.govern.erasure_scope import ErasureScope
from fourfold.govern.reembed_units import renewed
from fourfold.ports import Where
from fourfold.schema.beliefs import READ_REASONS, is_belief, read_belief, reasons_of
from fourfold.schema.bookkeeping import progress_point, read_progress, use_point, uses_of
from fourfold.schema.changelog import record_point, records
from fourfold.schema.core_profile import core_point, read_core
from fourfold.schema.records import CORE, PROGRESS, SUMMARY, UNIT, USE, kind_of
from fourfold.schema.summaries import read_summary, summary_point
from fourfold.schema.units import RETIREMENT_ONLY, read_retirement, read_unit
from fourfold.values.units import Retirement, RetirementCause

_FOLLOWERS = 8
"""Units said after an erased one whose vectors are made anew: what it left in the next is a 2nd of it, then a 4th."""


def unlink_rest(erasure: Erasure) -> None:
    """Takes links to a gone unit, and what names it, out of the others."""
    index = erasure.index
    rows = [row for row in map(index.row, erasure.gone) if row is not None]
    linked = {neighbour for row in rows for neighbour in index.linked_units(row)}
    superseded = index.supersession.superseded_by(erasure.gone)
    affected = {index.unit_ids[row] for row in (*linked, *superseded)} | _replaced_by_gone(erasure)
    erased = Retirement(RetirementCause.ERASED)
    for stored in erasure.transaction.points(sorted(affected - erasure.gone.keys())):
        point = erasure.current(stored)
        unit = read_unit(point)
        amended = replace(
            unit,
            links=tuple(link for link in unit.links if link.to not in erasure.gone),
            retirement=erased if unit.retired_by_unit in erasure.gone else unit.retirement,
            superseded_by=None if unit.superseded_by in erasure.gone else unit.superseded_by,
        )
        if amended != unit:
            erasure.amend(point, amended, UNIT)


def _replaced_by_gone(erasure: Erasure) -> set[str]:
    """Returns the units that were retired in favour of one that goes."""
    replaced = tuple(erasure.index.unit_ids[row] for row in sorted(erasure.index.supersession.replaced))
    points = erasure.store.scan(Where(ids=replaced), RETIREMENT_ONLY) if replaced else ()
    retired = ((point.id, read_retirement(point)) for point in points)
    return {unit for unit, retirement in retired if retirement and retirement.by_unit in erasure.gone}


def same_words_elsewhere(erasure: Erasure) -> list[str]:
    """Returns the units that say what a gone one said in the same words, and stay: the receipt names them."""
    rows = {row for unit in erasure.gone.values() for row in erasure.index.with_text(unit.text)}
    unit_ids = [erasure.index.unit_ids[row] for row in sorted(rows)]
    return [unit for unit in unit_ids if unit not in erasure.gone]


def renew_followers(erasure: Erasure) -> None:
    """Makes the vectors of what was said right after a gone unit anew: they carry something of it."""
    transaction = erasure.transaction
    chains = [_followers(erasure, unit) for unit in erasure.gone]
    ids = list(dict.fromkeys(unit_id for chain in chains for unit_id in chain))
    stored = {p.id: erasure.current(p) for p in transaction.points(ids)}
    for chain in chains:
        followers = [stored[unit_id] for unit_id in chain]
        for point in renewed(transaction.services.embedder, followers, transaction.language):
            erasure.put(point, "vectors")


def _followers(erasure: Erasure, unit: str) -> list[str]:
    """Returns the units said right after a gone one, at most `_FOLLOWERS`, up to the next gone one, which has
    followers of its own."""
    index, chain = erasure.index, list[str]()
    row = index.row(unit)
    while row is not None and len(chain) < _FOLLOWERS:
        row = int(index.columns[row]["next"])
        if row < 0 or index.unit_ids[row] in erasure.gone:
            break
        chain.append(index.unit_ids[row])
    return chain


def rewrite_derived(erasure: Erasure, scope: ErasureScope) -> None:
    """Rewrites summaries, the core profile, counts of recalls, and what is noted of consolidation."""
    store, bank = erasure.store, erasure.bank
    for point in store.scan(Where(bank=bank, kind=SUMMARY)):
        summary = read_summary(point)
        sentences = tuple(s for s in summary.sentences if not scope.bears_on([s.text, *s.evidence]))
        if summary.entity in erasure.lost_entities or not sentences:
            erasure.dropped[point.id] = SUMMARY
        elif len(sentences) < len(summary.sentences):
            # Without a digest of its facts: the next consolidation makes it anew.
            erasure.put(summary_point(summary.of(sentences, erasure.transaction.now), ""), SUMMARY)
    core = read_core(store, bank)
    lines = tuple(
        line for line in core.lines if not scope.bears_on([line.text, line.speaker, *line.evidence])
    )
    pinned = tuple(item for item in core.pinned if item not in erasure.gone and item not in erasure.dropped)
    if core.at is not None:
        erasure.put(core_point(bank, replace(core, lines=lines, pinned=pinned)), CORE)
    for point in store.scan(Where(bank=bank, kind=USE)):
        uses = {unit: use for unit, use in uses_of(point).items() if unit not in erasure.gone}
        if len(uses) < len(uses_of(point)):
            erasure.put(use_point(point.id, bank, uses), USE)
    progress = read_progress(store, bank)
    if progress.failed:
        # A failure quotes what a model was asked.
        erasure.put(progress_point(bank, replace(progress, failed={})), PROGRESS)


def silence_reasons(erasure: Erasure, scope: ErasureScope) -> None:
    """Takes out the reasons that tell of it: of this erasure, of units that were forgotten, of what moved beliefs."""
    transaction, bank = erasure.transaction, erasure.bank
    if scope.is_told_by(transaction.reason):
        transaction.reason = ""
    units = erasure.store.scan(Where(bank=bank, kind=UNIT), READ_REASONS)
    telling = [point.id for point in units if any(map(scope.is_told_by, reasons_of(point)))]
    for stored in transaction.points([unit_id for unit_id in telling if unit_id not in erasure.gone]):
        point = erasure.current(stored)
        unit = read_unit(point)
        if unit.retirement is not None and scope.is_told_by(unit.retirement.reason):
            unit = replace(unit, retirement=replace(unit.retirement, reason=""))
        if not is_belief(point):
            erasure.amend(point, unit, UNIT)
            continue
        belief = read_belief(point)
        history = tuple(
            replace(change, reason="") if scope.is_told_by(change.reason) else change
            for change in belief.history
        )
        erasure.amend_belief(point, replace(belief, unit=unit, history=history))


def rewrite_log(erasure: Erasure, scope: ErasureScope) -> None:
    """Rewrites the records of the change log that bear on it. What they told of something by an earlier state is put
    in again as it is: its earlier bytes go with that."""
    final = {i for i, p in erasure.points.items() if kind_of(p) != UNIT}
    again: set[str] = set()
    for record in records(erasure.store, erasure.bank):
        rewritten = scope.without(record, final)
        if rewritten != record:
            erasure.put(record_point(rewritten), "record")
            again |= {i for i, steps in record.before.items() if rewritten.before.get(i) != steps}
    for point in erasure.transaction.points(list(again - erasure.gone.keys() - erasure.dropped.keys())):
        erasure.points.setdefault(point.id, point)
