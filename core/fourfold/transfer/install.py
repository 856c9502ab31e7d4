"""Puts the records of a whole bank into a store, in parts. The bank is there once its profile is, which comes last;
what a process that was stopped has left behind is taken away before it is begun again, or when the memory is
opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from fourfold.errors import InputError
from fourfold.ports import Point, Store, Where
from fourfold.schema.changelog import Record, record_id, record_point
from fourfold.schema.consolidation_state import ConsolidationState as Consolidated
from fourfold.schema.consolidation_state import progress_point
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

_AT_ONCE = 500


def ensure_absent(services: Services, bank: str) -> None:
    """Sees to it that nothing is called `bank`: raises `InputError` where a bank is, and takes the remains of an
    arrival away."""
    if any(True for _ in services.store.scan(Where(bank=bank, kind=BANK), KIND_ONLY)):
        raise InputError(f'There is a bank "{bank}" already: choose another name, or merge into it.')
    with services.indexes.installing(bank):
        _clear(services.store, bank)


def install_bank(
    services: Services,
    bank: str,
    points: Iterable[Point],
    what: str,
    shown: str,
    settled: bool,
    policy: RedactionPolicy,
) -> None:
    """Writes `points`, all records of `bank` with its profile among them. `settled` says that consolidation has taken
    all of it in. Like a transaction, it masks what `policy` holds back, or raises `InputError`, with nothing of the
    bank left, for a unit that was not redacted before it was embedded."""
    redacted = (policy.redact_point(point, None) for point in points)
    try:
        with services.indexes.installing(bank):
            _install(services, bank, redacted, what, shown, settled)
    except InputError:
        _clear(services.store, bank)
        raise
    services.indexes.forget(bank)


def _install(
    services: Services, bank: str, points: Iterable[Point], what: str, shown: str, settled: bool
) -> None:
    store = services.store
    mark = arriving_point(bank)
    store.write([mark])
    last: list[Point] = []
    order = 0
    for part in _parts(points):
        last += [point for point in part if kind_of(point) == BANK]
        order = max([order, *(place_of(p)[1] for p in part if kind_of(p) == OPERATION)])
        store.write([stamped(p, store.writer, 1, settled) for p in part if kind_of(p) != BANK])
    revision = order + 1
    record = Record(
        record_id(bank, store.writer, revision),
        bank,
        what,
        services.clock.now(),
        revision,
        services.actor,
        subject=shown,
    )
    done = {store.writer: revision} if settled else {}
    last += [
        record_point(record),
        progress_point(bank, Consolidated(done)),
        cursor_point(bank, store.writer, revision),
    ]
    store.write([stamped(point, store.writer, revision, settled) for point in last])
    store.delete([mark.id])


def roll_back(store: Store) -> list[str]:
    """Takes away the remains of banks that never arrived; their names. Only for a store of one process."""
    left = sorted(bank_of(point) for point in store.scan(Where(kind=ARRIVING)))
    for bank in left:
        _clear(store, bank)
    return left


def _clear(store: Store, bank: str) -> None:
    """Deletes what there is of a bank that has no profile, its mark last."""
    mark_id = arriving_point(bank).id
    if any(True for _ in store.scan(Where(bank=bank, kind=BANK), KIND_ONLY)):
        store.delete([mark_id])  # it arrived; only the mark was left
        return
    ids = [point.id for point in store.scan(Where(bank=bank), KIND_ONLY) if point.id != mark_id]
    for first in range(0, len(ids), _AT_ONCE):
        store.delete(ids[first : first + _AT_ONCE])
    store.delete([mark_id])


def _parts(points: Iterable[Point]) -> Iterator[list[Point]]:
    stream = iter(points)
    while part := list(islice(stream, _AT_ONCE)):
        yield part
