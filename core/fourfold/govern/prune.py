"""Pruning: what has faded is archived (kept, not recalled), and what has been archived for long goes for good."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from fourfold.errors import ConfigurationError, InputError
from fourfold.govern.erase import erase
from fourfold.govern.forget import Selection
from fourfold.index.bank_index import BankIndex
from fourfold.index.retention import retention
from fourfold.ports import Where
from fourfold.schema.bookkeeping import updated_records
from fourfold.schema.records import UNIT
from fourfold.schema.units import RETIREMENT_ONLY, read_retirement, read_unit, retired_time
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import PrunePolicy, PruneResult
from fourfold.values.units import Network, Retirement, RetirementCause

_DAY = 86_400.0
_FADING = (Network.WORLD.value, Network.EXPERIENCE.value)


def prune(services: Services, bank: str, policy: PrunePolicy, dry_run: bool, reason: str) -> PruneResult:
    """Does what `policy` says, or with `dry_run` says what that would be. Raises `InputError`, and
    `ConfigurationError` where nothing decays."""
    _check(policy)
    if services.settings.decay is None:
        raise ConfigurationError(
            "Nothing fades: the setting decay is off. Give it a number of days to prune."
        )
    now = services.clock.now()
    with services.indexes.locked(bank) as index:
        faded = _faded(index, policy, now, services.settings.decay)
        transaction = Transaction(services, index, now, "prune", f"retention below {policy.below:g}", reason)
        for point in transaction.points(faded):
            unit = read_unit(point)
            transaction.put_unit(point, unit.retired(now, Retirement(RetirementCause.ARCHIVED)))
        archived = tuple(sorted(transaction.changed(), key=lambda unit: unit.said_order))
        expired = _long_archived(services, bank, policy, now)
        if dry_run:
            return PruneResult(archived, expired, True)
        if faded:
            transaction.commit({})
    receipt = erase(services, bank, Selection(units=expired), reason or "pruned").receipt if expired else None
    return PruneResult(archived, expired, False, receipt)


def note_uses(services: Services, bank: str) -> None:
    """Writes down what was recalled of a bank since the last time."""
    noted = services.recall_counts.pop(bank)
    if not noted:
        return
    with services.indexes.locked(bank) as index:
        uses = {
            unit: (int(index.columns[row]["uses"]) + more, at)
            for unit, (more, at) in noted.items()
            if (row := index.row(unit)) is not None
        }
        transaction = Transaction(services, index, services.clock.now(), "use", derived=True)
        transaction.records |= {point.id: point for point in updated_records(services.store, bank, uses)}
        transaction.commit({})


def _check(policy: PrunePolicy) -> None:
    if not 0 <= policy.below <= 1:
        raise InputError(f"below is {policy.below!r}: give a retention from 0 to 1.")
    if policy.keep < 0:
        raise InputError(f"keep is {policy.keep!r}: give a number of units, 0 for no bound.")
    if policy.delete_after is not None and policy.delete_after < 0:
        raise InputError(f"delete_after is {policy.delete_after!r}: give a number of days, or None.")
    for name in ("networks", "tags"):
        if getattr(policy, name) == ():
            raise InputError(f"{name} is empty, which nothing matches: leave it out.")
    if not set(policy.networks or ()) <= set(_FADING):
        raise InputError(
            f"Only {' and '.join(_FADING)} fade: beliefs fall by evidence, summaries follow facts."
        )


def _faded(index: BankIndex, policy: PrunePolicy, now: datetime, decay: float) -> list[str]:
    """The units to archive, those that have faded most first."""
    where = Where(networks=policy.networks or _FADING, tags=policy.tags)
    rows = np.flatnonzero(index.mask(where))
    retentions = retention(index, rows, now, decay)
    order = np.argsort(retentions, kind="stable")
    spare = max(0, int(index.live_mask().sum()) - policy.keep)
    faded = [
        int(rows[at])
        for at in order
        if retentions[at] < policy.below and not index.linked_units(int(rows[at]), "evidence")
    ]
    return [index.unit_ids[row] for row in faded[:spare]]


def _long_archived(services: Services, bank: str, policy: PrunePolicy, now: datetime) -> tuple[str, ...]:
    if policy.delete_after is None:
        return ()
    until = now.timestamp() - policy.delete_after * _DAY
    where = Where(bank=bank, kind=UNIT, networks=policy.networks, tags=policy.tags)
    points = services.store.scan(where, RETIREMENT_ONLY)
    archived = (p for p in points if read_retirement(p) == Retirement(RetirementCause.ARCHIVED))
    return tuple(sorted(p.id for p in archived if retired_time(p) <= until))
