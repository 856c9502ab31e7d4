"""Reads a bank in the order of time: what happened and is going to, what held and until when, what was believed. No
ranking: what meets the conditions is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fourfold.govern.events import is_of_one_matter, told_as
from fourfold.govern.retellings import retellings
from fourfold.index.bank_index import BankIndex
from fourfold.language.pack import Language
from fourfold.ports import Where
from fourfold.schema.beliefs import read_belief
from fourfold.schema.records import UNIT, UNKNOWN_TIME
from fourfold.schema.units import READ_UNIT, read_unit, seconds_of
from fourfold.services import Services
from fourfold.values.changes import Event, TimelineKind
from fourfold.values.units import Interval, Network, Unit

_TOLD = (Network.WORLD.value, Network.EXPERIENCE.value, Network.BELIEF.value)


def timeline(
    services: Services,
    bank: str,
    what: Collection[TimelineKind],
    entity: str | None,
    during: Interval | None,
    limit: int | None,
) -> list[Event]:
    """Returns what `bank` tells of the kinds `what` that mentions `entity` and meets `during`, the latest `limit` of
    it, by when it occurred or was said; what has no time comes first. Raises `NotFoundError` for an entity that the
    bank does not know."""
    index = services.indexes.get(bank)
    with index.lock:
        name = None if entity is None else index.require_entity(entity).name
        ids = [index.unit_ids[row] for row in _rows(index, name, during)]
        language = index.language
    teller = _Teller(services, language, what)
    believed = _believed(services, bank, name) if "beliefs" in what else iter(())
    events = [*teller.events(ids), *(each for each in believed if during is None or _meets(each, during))]
    return sorted(events, key=_place)[-(limit or len(events)) :] if events else []


def _place(event: Event) -> tuple[float, float]:
    """Returns when an event began, and the contrary of when it had ended: a month comes before its first day."""
    if event.at is None:
        return UNKNOWN_TIME, 0.0
    began = event.at.timestamp()
    return began, -began if event.occurred is None else -seconds_of(event.occurred)[1]


def _rows(index: BankIndex, name: str | None, during: Interval | None) -> list[int]:
    where = Where(networks=_TOLD, occurred=None if during is None else seconds_of(during))
    mask = index.mask(where, history=True)
    if name is not None:
        mentioning = index.units_mentioning(name)
        mask &= np.isin(np.arange(len(mask)), mentioning)
    rows = np.flatnonzero(mask)
    return [int(row) for row in rows[np.lexsort((rows, index.columns["start"][rows]))]]


@dataclass(frozen=True, slots=True)
class _Teller:
    """Makes events of the units of one bank."""

    services: Services
    language: Language
    what: Collection[TimelineKind]

    def events(self, ids: Sequence[str]) -> list[Event]:
        """Returns the events that the units of these ids tell, in the order of the ids."""
        units = _read(self.services, ids)
        newer = [unit.retired_by_unit or unit.superseded_by for unit in units.values()]
        older = [unit_id for unit in units.values() for unit_id in _replaced(unit)]
        linked = _read(self.services, [*newer, *older])
        told = []
        for unit_id in ids:
            if (unit := units.get(unit_id)) is not None:
                kind, is_change = told_as(unit, self.language), _is_change(unit, linked)
                # A preference may be a change as well, though it is told as a belief.
                is_told_change = is_change and (kind is not None or unit.network is Network.BELIEF)
                if kind in self.what or (is_told_change and "changes" in self.what):
                    told.append((unit, kind in ("events", "plans") and not is_change))
        return self._told_once(told, linked)

    def _told_once(self, told: Sequence[tuple[Unit, bool]], linked: Mapping[str, Unit]) -> list[Event]:
        """Returns an event for each of these units, but for those that only tell again of what another does. Beside
        each stands whether it may: what is or was a change stands for itself, and so does a state."""
        again = retellings([unit for unit, may_be_told_again in told if may_be_told_again], self.language)
        retold = {unit.id for units in again.values() for unit in units}
        return [
            _fact(unit, linked, tuple(again.get(unit.id, ()))) for unit, _ in told if unit.id not in retold
        ]


def _is_change(unit: Unit, linked: Mapping[str, Unit]) -> bool:
    """Whether a unit took the place of another, or lost its own."""
    older = [linked[unit_id] for unit_id in _replaced(unit) if unit_id in linked]
    newer = linked.get(unit.superseded_by or "")
    is_sure = unit.retired_by_unit is not None or any(each.retired_by_unit == unit.id for each in older)
    return (
        is_sure
        or any(is_of_one_matter(each, unit) for each in older)
        or (newer is not None and is_of_one_matter(unit, newer))
    )


def _replaced(unit: Unit) -> tuple[str, ...]:
    """Returns the ids of the units whose place a unit took, or probably took."""
    return tuple(link.to for link in unit.links if link.kind == "supersedes")


def _fact(unit: Unit, linked: Mapping[str, Unit], told_again: tuple[Unit, ...]) -> Event:
    newer = linked.get(unit.retired_by_unit or "")
    event = Event(
        at=unit.mentioned_at,
        unit=unit,
        replaces=_replaced(unit),
        replaced_by=newer.id if newer else unit.superseded_by,
        until=None if newer is None else _begins(newer),
        retellings=told_again,
    )
    return replace(event, at=(event.occurred.start if event.occurred is not None else None) or event.at)


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
    if not unit_ids:
        return {}
    return {p.id: read_unit(p) for p in services.store.scan(Where(ids=unit_ids), READ_UNIT)}
