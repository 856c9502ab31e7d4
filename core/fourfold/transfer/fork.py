"""Copies a bank under another name: as it is, or as it was at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from fourfold.consolidate.run import pending
from fourfold.errors import NotFoundError
from fourfold.govern.reembed_units import renew_units
from fourfold.index.as_of import BankView, points_as_of
from fourfold.ports import Point, Progress, Where
from fourfold.schema.changelog import not_undone_by
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.rekey import ID_FIELDS, LEFT_BEHIND, Rekeyer
from fourfold.services import Services
from fourfold.transfer.export import bank_points
from fourfold.transfer.install import ensure_absent, install_bank
from fourfold.transfer.redact import policy_for, redact_records, redacts_units


def fork(services: Services, bank: str, name: str, progress: Progress | None) -> None:
    """Copies `bank`, its history included, to a new bank called `name`, which is there whole or not at all. Raises
    `NotFoundError`, and `InputError` for a name that is taken."""
    _copy(services, bank, name, None, progress)


def restore(services: Services, bank: str, name: str, moment: datetime, progress: Progress | None) -> None:
    """Copies `bank` as it was at `moment`, with its history until then, as `fork` does."""
    _copy(services, bank, name, moment, progress)


def _copy(
    services: Services, bank: str, name: str, moment: datetime | None, progress: Progress | None
) -> None:
    # Under the lock of the bank that is copied, until the copy is there: it is of one moment.
    with services.indexes.locked(bank) as index:
        if index.profile is None:
            raise NotFoundError(f'There is no bank "{bank}".')
        ensure_absent(services, name)
        # All ids are made before the first record is written: any record may name any other.
        rekeyer = Rekeyer(bank, name)
        for point in services.store.scan(Where(bank=bank), ID_FIELDS):
            if kind_of(point) not in LEFT_BEHIND:
                rekeyer.note(point)
        points: Iterable[Point] = bank_points(services, index, progress=progress)
        if moment is not None:
            points = _points_at(services.indexes.view(bank, moment), points)
            operation, subject = "restore", f'"{bank}" as of {moment:%Y-%m-%d %H:%M}'
        else:
            operation, subject = "fork", f'"{bank}"'
        policy = policy_for(services, index.profile)
        rekeyed = redact_records(map(rekeyer.moved, points), services, policy)
        # The vectors of a text that is masked now would still find it by what it does not say any more.
        if redacts_units(services.store.scan(Where(bank=bank, kind=UNIT)), policy):
            rekeyed = renew_units(services.embedder, rekeyed, index.language)
        # What consolidation had taken in by that moment is not known, so a restored bank is taken in once more.
        is_consolidated = moment is None and not pending(services, bank)
        install_bank(services, name, rekeyed, operation, subject, is_consolidated, policy)


def _points_at(view: BankView, points: Iterable[Point]) -> Iterator[Point]:
    """Yields the records as they were in the past of `view`. The records of the change log that came after are left
    out, and what they had undone counts again."""
    past = points if view.moment is None else points_as_of(points, view.overrides, view.moment)
    for point in past:
        if point.id not in view.later:
            yield not_undone_by(point, view.later)
