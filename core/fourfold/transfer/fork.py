"""Copies a bank under another name: as it is, or as it was at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from fourfold.consolidate.run import pending
from fourfold.errors import NotFoundError
from fourfold.govern.reembed_units import renew_units
from fourfold.index.as_of import BankView, points_as_of
from fourfold.ports import Point, Progress, Where
from fourfold.schema.changelog import not_undone_by, records
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.rekey import ID_FIELDS, LEFT_BEHIND, Rekeyer
from fourfold.services import Services
from fourfold.transfer.export import bank_points
from fourfold.transfer.install import ensure_absent, install_bank, roll_back
from fourfold.transfer.redact import policy_for, redact_records, redacts_units

__all__ = ["fork", "restore", "roll_back"]


def fork(services: Services, bank: str, name: str, progress: Progress | None) -> None:
    """Copies `bank`, its history included, to a new bank called `name`, which is there whole or not at all. Raises
    `NotFoundError`, and `InputError` for a name that is taken."""
    _copy(services, bank, name, None, progress)


def restore(services: Services, bank: str, name: str, moment: datetime, progress: Progress | None) -> None:
    """The same of `bank` as it was at `moment`, with its history until then."""
    _copy(services, bank, name, moment, progress)


def _copy(
    services: Services, bank: str, name: str, moment: datetime | None, progress: Progress | None
) -> None:
    with services.indexes.locked(bank) as index:
        if index.profile is None:
            raise NotFoundError(f'There is no bank "{bank}".')
        ensure_absent(services, name)
        renaming = Rekeyer(bank, name)
        for point in services.store.scan(Where(bank=bank), ID_FIELDS):
            if kind_of(point) not in LEFT_BEHIND:
                renaming.note(point)
        points: Iterable[Point] = bank_points(services, index, progress=progress)
        if moment is not None:
            points = _then(
                services.indexes.view(bank, moment), points, _later(services, bank, moment), moment
            )
        what, shown = (
            ("fork", f'"{bank}"')
            if moment is None
            else ("restore", f'"{bank}" as of {moment:%Y-%m-%d %H:%M}')
        )
        policy = policy_for(services, index.profile)
        moved = redact_records(map(renaming.moved, points), services, policy)
        if redacts_units(services.store.scan(Where(bank=bank, kind=UNIT)), policy):
            moved = renew_units(services.embedder, moved, index.language)
        settled = moment is None and not pending(services, bank)
        install_bank(services, name, moved, what, shown, settled, policy)


def _later(services: Services, bank: str, moment: datetime) -> set[str]:
    return {record.id for record in records(services.store, bank, moment)}


def _then(view: BankView, points: Iterable[Point], later: set[str], moment: datetime) -> Iterator[Point]:
    """The records as they were; `later` are those of the log that tell of what came after."""
    for point in points_as_of(points, view.overrides, moment):
        if point.id not in later:
            yield not_undone_by(point, later)
