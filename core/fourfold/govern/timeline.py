"""Reads a bank in the order of time: what held and until when, and what was believed. No ranking: what meets the
conditions is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Where
from fourfold.schema.beliefs import read_belief
from fourfold.schema.records import UNIT, UNKNOWN_TIME
from fourfold.schema.units import read_unit, seconds_of
from fourfold.services import Services
from fourfold.values.changes import Event
from fourfold.values.units import Interval, Network, Unit

_TOLD = (Network.WORLD.value, Network.EXPERIENCE.value)


def timeline(
    services: Services, bank: str, entity: str | None, during: Interval | None, limit: int | None
) -> list[Event]:
    """The facts and experiences of `bank` that mention `entity` and meet `during`, and how beliefs about it moved
    then, the latest `limit` of them, by when they occurred or were said; what has no time comes first. Raises
    `NotFoundError` for an entity it does not know."""
    index = services.indexes.get(bank)
    with index.lock:
        name = None if entity is None else index.require_entity(entity).name
        ids = [index.unit_ids[row] for row in _rows(index, name, during, limit)]
    facts = _facts(services, ids)
    believed = [event for event in _believed(services, bank, name) if during is None or _meets(event, during)]
    events = sorted([*facts, *believed], key=_place)
    return events[-(limit or len(events)) :] if events else []


def _place(event: Event) -> float:
    return UNKNOWN_TIME if event.at is None else event.at.timestamp()


def _rows(index: BankIndex, name: str | None, during: Interval | None, limit: int | None) -> list[int]:
    where = Where(networks=_TOLD, occurred=None if during is None else seconds_of(during))
    mask = index.mask(where, history=True)
    if name is not None:
        mentioning = index.units_mentioning(name)
        mask &= np.isin(np.arange(len(mask)), mentioning)
    rows = np.flatnonzero(mask)
    in_order = rows[np.lexsort((rows, index.columns["start"][rows]))]
    return [int(row) for row in in_order[-(limit or len(rows)) :]]


def _facts(services: Services, ids: list[str]) -> list[Event]:
    units = _read(services, ids)
    successors = _read(services, [unit.retired_by_unit for unit in units.values()])
    return [_fact(units[unit_id], successors) for unit_id in ids if unit_id in units]


def _fact(unit: Unit, successors: dict[str, Unit]) -> Event:
    newer = successors.get(unit.retired_by_unit or "")
    return Event(
        at=_begins(unit),
        unit=unit,
        replaces=tuple(link.to for link in unit.links if link.kind == "supersedes"),
        replaced_by=newer.id if newer else unit.superseded_by,
        until=None if newer is None else _begins(newer),
    )


def _begins(unit: Unit) -> datetime | None:
    return (unit.occurred.start if unit.occurred is not None else None) or unit.mentioned_at


def _believed(services: Services, bank: str, name: str | None) -> Iterator[Event]:
    """Every move of a belief, of those that are held no longer too, but for what was forgotten."""
    where = Where(bank=bank, kind=UNIT, networks=(Network.BELIEF.value,))
    for belief in map(read_belief, services.store.scan(where)):
        forgotten = belief.unit.retired_at is not None and belief.unit.retired_by_unit is None
        if not forgotten and (name is None or name in belief.unit.entities):
            for change in belief.history:
                yield Event(at=change.said, unit=belief.unit, assessment=change)


def _meets(event: Event, during: Interval) -> bool:
    start, end = seconds_of(during)
    return event.at is not None and start <= event.at.timestamp() < end


def _read(services: Services, ids: Sequence[str | None]) -> dict[str, Unit]:
    unit_ids = tuple({unit_id for unit_id in ids if unit_id is not None})
    return {p.id: read_unit(p) for p in services.store.scan(Where(ids=unit_ids))} if unit_ids else {}
