"""Puts the records of a whole bank into a store, in parts. The bank is there once its profile is, which comes last;
what a process that was stopped has left behind is taken away before it is begun again, or when the memory is
opened."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice

from fourfold.errors import InputError, StoreError
from fourfold.ports import Point, Store, Where
from fourfold.schema.bookkeeping import ConsolidationState, progress_point
from fourfold.schema.changelog import Record, record_id, record_point
from fourfold.schema.records import (
    ARRIVING,
    BANK,
    KIND_ONLY,
    OPERATION,
    arriving_point,
    bank_of,
    cursor_point,
    kind_of,
    place_of,
    stamped,
)
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy

_BATCH_SIZE = 500
"""Records of one write to the store; a guess, not measured."""


def ensure_absent(services: Services, bank: str) -> None:
    """Raises `InputError` where there is a bank called `bank`, and deletes what an install that was stopped has left
    under that name."""
    # Under the lock of installs: what another thread is writing at this moment is no remains.
    with services.indexes.installing(bank):
        _make_room(services.store, bank)


def _make_room(store: Store, bank: str) -> None:
    if any(True for _ in store.scan(Where(bank=bank, kind=BANK), KIND_ONLY)):
        raise InputError(f'There is a bank "{bank}" already: choose another name, or merge into it.')
    _delete_remains(store, bank)


def install_bank(
    services: Services,
    bank: str,
    points: Iterable[Point],
    operation: str,
    subject: str,
    is_consolidated: bool,
    policy: RedactionPolicy,
) -> None:
    """Writes `points`, all records of `bank` with its profile among them, and one record of the change log with
    `operation` and `subject`. `is_consolidated` says that consolidation has taken all of them in. Like a transaction,
    it masks what `policy` redacts, or raises `InputError` for a unit that was not redacted before it was embedded.
    Where it raises, nothing of the bank is left."""
    redacted = (policy.redact_point(point, None) for point in points)
    with services.indexes.installing(bank):
        # Once more: since the caller asked, others may have made the bank, which takes this lock too.
        _make_room(services.store, bank)
        try:
            _install(services, bank, redacted, operation, subject, is_consolidated)
        except BaseException:
            # Whoever uses the name next, in this process too, must not find half of a bank. What cannot be taken away
            # now (the disk is full) is when the memory is opened, or the bank installed again.
            with contextlib.suppress(StoreError):
                _delete_remains(services.store, bank)
            raise
        finally:
            # Whoever asked for the bank before it was there got an index of what there was, which must not stay.
            services.indexes.drop(bank)


def _install(
    services: Services,
    bank: str,
    points: Iterable[Point],
    operation: str,
    subject: str,
    is_consolidated: bool,
) -> None:
    store = services.store
    # The mark goes first and is deleted last, and the profile is in the last write: whenever the process is killed,
    # either the mark tells what to take away, or the bank is there.
    mark = arriving_point(bank)
    store.write([mark])
    profile_points, last_order = _write_all_but_profile(store, points, is_consolidated)
    # After the newest record of the log that came along, or history would list this one in the midst of the past.
    revision = last_order + 1
    record = Record(
        record_id(bank, store.writer, revision),
        bank,
        operation,
        services.clock.now(),
        revision,
        services.actor,
        subject=subject,
    )
    consolidated_revisions = {store.writer: revision} if is_consolidated else {}
    final_points = [
        *profile_points,
        record_point(record),
        progress_point(bank, ConsolidationState(consolidated_revisions)),
        cursor_point(bank, store.writer, revision),
    ]
    store.write([stamped(point, store.writer, revision, is_consolidated) for point in final_points])
    store.delete([mark.id])


def _write_all_but_profile(
    store: Store, points: Iterable[Point], is_consolidated: bool
) -> tuple[list[Point], int]:
    """Writes all records but the profile. Returns the profile, in a list, and the place of the newest record of the
    change log among the others (0 where there is none)."""
    profile_points: list[Point] = []
    last_order = 0
    for batch in _batches(points):
        profile_points += [point for point in batch if kind_of(point) == BANK]
        log_orders = [place_of(point)[1] for point in batch if kind_of(point) == OPERATION]
        last_order = max([last_order, *log_orders])
        records = [point for point in batch if kind_of(point) != BANK]
        # Marked as derived where consolidation has taken them in: it would take them in once more otherwise.
        store.write([stamped(point, store.writer, 1, is_consolidated) for point in records])
    return profile_points, last_order


def roll_back(store: Store) -> list[str]:
    """Deletes what installs that were stopped have left, and returns the names of those banks. Only for a store of
    one process: on a server, another process may be installing at this moment."""
    banks = sorted(bank_of(point) for point in store.scan(Where(kind=ARRIVING)))
    for bank in banks:
        _delete_remains(store, bank)
    return banks


def _delete_remains(store: Store, bank: str) -> None:
    """Deletes what there is of a bank that has no profile, its mark last: stopped here too, it is done again."""
    mark_id = arriving_point(bank).id
    if any(True for _ in store.scan(Where(bank=bank, kind=BANK), KIND_ONLY)):
        store.delete([mark_id])  # killed after the last write: the bank is there
        return
    ids = [point.id for point in store.scan(Where(bank=bank), KIND_ONLY) if point.id != mark_id]
    for start in range(0, len(ids), _BATCH_SIZE):
        store.delete(ids[start : start + _BATCH_SIZE])
    store.delete([mark_id])


def _batches(points: Iterable[Point]) -> Iterator[list[Point]]:
    stream = iter(points)
    while batch := list(islice(stream, _BATCH_SIZE)):
        yield batch
