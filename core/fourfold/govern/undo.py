"""Takes writes back, one record of the log at a time: what a write made is retired, and what it changed is as it
was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fourfold.errors import InputError, NotFoundError
from fourfold.govern.edit_entities import invalidate_summaries
from fourfold.ports import Fields, Point, Where
from fourfold.schema.banks import name_of, read_entity
from fourfold.schema.changelog import Record, marked_undone, records, reverted
from fourfold.schema.chunks import CHUNKS, gone_chunk
from fourfold.schema.core_profile import without_pins
from fourfold.schema.entries import is_entry, tombstone_of_entry
from fourfold.schema.records import BANK, CORE, ENTITY, UNIT, USE, kind_of, tombstone
from fourfold.schema.units import entities_of, is_retired, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import Change
from fourfold.values.units import SHORT_ID, Retirement, RetirementCause

_FINAL = frozenset({"erase", "load", "fork", "restore", "use"})
_OF_ENTITIES = frozenset({"merge", "split", "rename"})


def history(services: Services, bank: str, unit: str | None, limit: int | None) -> list[Change]:
    """The changes of a bank, or of one unit, the latest first."""
    changes = [record.change() for record in records(services.store, bank)]
    if unit is not None:
        changes = [change for change in changes if unit in change.units]
    return changes[:limit]


def undo(services: Services, bank: str, change: str, reason: str) -> Change:
    """Takes back the write that `change` names (its id, or the beginning of it), and what a language model read out
    of the texts that it brought. Raises `NotFoundError`; `InputError` where it is undone already, final, or a later
    write has changed the same thing."""
    with services.indexes.locked(bank) as index:
        log = records(services.store, bank)
        record = _find(log, change, bank)
        undone_records = _with_readings(record, log)
        _check(undone_records, log)
        transaction = Transaction(
            services,
            index,
            services.clock.now(),
            "undo",
            record.subject or record.operation,
            reason,
            undoes=record.id,
        )
        _take_back(transaction, undone_records, log)
        marks = {undone.id for undone in undone_records} | {record.undoes}
        stored = {p.id: p for p in services.store.scan(Where(bank=bank, ids=tuple(marks - {""})))}
        for undone in undone_records:
            transaction.put_record(marked_undone(stored[undone.id], transaction.record_id))
        if record.undoes in stored:  # it was an undo: what that took back is there again
            transaction.put_record(marked_undone(stored[record.undoes], ""))
        restored = [read_entity(p) for p in transaction.records.values() if kind_of(p) == ENTITY]
        undo_change = transaction.commit({entity.name: entity for entity in restored})
    services.indexes.drop(bank)
    assert undo_change is not None
    return undo_change


def _find(log: Sequence[Record], change_id: str, bank: str) -> Record:
    prefix = change_id.strip().replace("-", "").lower()
    matches = [
        record
        for record in log
        if record.id == prefix or (len(prefix) >= SHORT_ID and record.id.startswith(prefix))
    ]
    if len(matches) != 1:
        raise NotFoundError(f'The bank "{bank}" has no change {change_id}; history() lists them.')
    return matches[0]


def _with_readings(record: Record, log: Sequence[Record]) -> list[Record]:
    """The record, and the later ones of what a language model read out of its chunks; the latest first."""
    chunks = set(record.created) if record.operation == "retain" else set()
    readings = [
        later
        for later in _later(record, log)
        if later.operation in ("read", "submit") and chunks & later.touched
    ]
    return [*readings, record]


def _later(record: Record, log: Sequence[Record]) -> list[Record]:
    """What came after it and still counts: neither taken back, nor itself the taking back of something."""
    return [later for later in log if later.order > record.order and not later.undone_by and not later.undoes]


def _check(undone_records: Sequence[Record], log: Sequence[Record]) -> None:
    record, mine = undone_records[-1], {undone.id for undone in undone_records}
    if record.undone_by:
        raise InputError(f"The change {record.id[:SHORT_ID]} ({record.operation}) is undone already.")
    if record.operation in _FINAL:
        raise InputError(f"That change ({record.operation}) is for good: it cannot be undone.")
    for undone in undone_records:
        later = [
            later_record
            for later_record in _later(undone, log)
            if later_record.id not in mine and not later_record.derived
        ]
        stands = [later_record for later_record in later if _at_odds(undone, later_record)]
        if stands:
            obstacles = "; ".join(
                f"{o.operation} {o.subject} ({o.id[:SHORT_ID]})".replace("  ", " ") for o in stands
            )
            raise InputError(f"Undo what came after it first: {obstacles}.")


def _at_odds(record: Record, later: Record) -> bool:
    """Whether a later write has changed what `record` did: it would be lost. An entity's names only grow, but by
    those who make entities one or two."""
    units = {operation.unit for operation in (*record.operations, *later.operations)}
    of_entities = record.operation in _OF_ENTITIES and later.operation in _OF_ENTITIES
    for point_id in record.touched & later.touched:
        if not (point_id in units or of_entities):
            continue
        fields = set(record.before.get(point_id, ()))
        if (
            point_id in record.created
            or point_id in later.created
            or fields & set(later.before.get(point_id, ()))
        ):
            return True
    return False


def _take_back(transaction: Transaction, undone_records: Sequence[Record], log: Sequence[Record]) -> None:
    """Stages what the touched points were, as far as no later write of what is derived has changed them since."""
    mine = {undone.id for undone in undone_records}
    touched = {identity for undone in undone_records for identity in undone.touched}
    # Of this bank: a log that came out of a file may name what another bank has by now.
    where = Where(bank=transaction.index.bank, ids=tuple(touched))
    now = {p.id: p for p in transaction.services.store.scan(where, Fields(vectors=True))}
    made_ids: set[str] = set()
    for undone in undone_records:
        since = [later_record for later_record in _later(undone, log) if later_record.id not in mine]
        made_ids |= set(undone.created)
        for identity, steps in undone.before.items():
            if identity not in now:
                continue  # it was erased
            changed_since = {name for later_record in since for name in later_record.before.get(identity, ())}
            own_steps = {name: step for name, step in steps.items() if name not in changed_since}
            try:
                now[identity] = reverted(now[identity], own_steps)
            except KeyError as error:
                raise InputError(f"What that change did is not there any more: see {identity}.") from error
    for identity in touched & now.keys():
        if kind_of(now[identity]) == USE:
            continue  # what was recalled was
        point = _unmade(transaction, now[identity]) if identity in made_ids else now[identity]
        if kind_of(point) == UNIT:
            transaction.put_unit(point)
        else:
            transaction.put_record(point)
    _tidy_entities(transaction, undone_records, now)


def _unmade(transaction: Transaction, point: Point) -> Point:
    """What is left of something that was made and is to be no more."""
    kind = kind_of(point)
    if kind == UNIT:
        if is_retired(point):
            return point
        retired_unit = replace(
            read_unit(point), retired_at=transaction.now, retirement=Retirement(RetirementCause.UNDONE)
        )
        transaction.put_unit(point, retired_unit)
        return transaction.units[point.id]
    if kind == BANK:
        return point  # it is there, if with nothing in it
    if kind == CORE:
        return without_pins(point)
    if kind in CHUNKS:
        return gone_chunk(point)
    return tombstone_of_entry(point) if is_entry(point) else tombstone(transaction.index.bank, point.id)


def _tidy_entities(
    transaction: Transaction, undone_records: Sequence[Record], now: Mapping[str, Point]
) -> None:
    """Entities that were made stay where other units mention them by now. What is told of those touched is made
    anew."""
    made_ids = {identity for undone in undone_records for identity in undone.created}
    names: list[str] = []
    for undone in undone_records:
        for identity in undone.touched & now.keys():
            if kind_of(now[identity]) != ENTITY:
                continue
            name = name_of(now[identity])
            names.append(name)
            if identity in made_ids and _mentioned(transaction, name):
                transaction.records.pop(identity, None)
    invalidate_summaries(transaction, names)


def _mentioned(transaction: Transaction, name: str) -> bool:
    """Whether a unit mentions the entity after this write, retired ones included."""
    rows = transaction.index.units_mentioning(name)
    units = (transaction.units.get(transaction.index.unit_ids[row]) for row in rows)
    return any(point is None or name in entities_of(point) for point in units)
