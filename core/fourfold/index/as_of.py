"""A bank as it was at a moment: an index of its own, and the records that were others then, both from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from fourfold.index.bank_index import READ_INDEXED, BankIndex
from fourfold.ports import PAYLOAD, Fields, Point, Store, Where
from fourfold.schema.beliefs import READ_AS_OF, record_as_of
from fourfold.schema.changelog import records, records_after, states_before
from fourfold.schema.fields import combined, with_payload_of
from fourfold.schema.records import NEVER
from fourfold.schema.units import READ_UNIT, read_unit
from fourfold.values.units import Unit


@dataclass(frozen=True, slots=True)
class BankView:
    """A view of one bank, as it is or as it was at `moment`."""

    store: Store
    index: BankIndex
    overrides: Mapping[str, Point | None] = field(default_factory=dict)
    """By id, the records that the store has otherwise by now, as they were (None: not there)."""
    moment: datetime | None = None
    """None for the bank as it is, and as it was at a moment since which nothing has changed."""
    later: frozenset[str] = frozenset()
    """The ids of the records of the change log that came after."""

    @property
    def past(self) -> bool:
        """Whether it is of a moment since which something has changed."""
        return self.moment is not None

    def read(self, ids: Iterable[str], fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields the records of these ids, without vectors, as they are or were."""
        ids = tuple(dict.fromkeys(ids))
        if self.moment is None:
            if ids:
                yield from self.store.scan(Where(ids=ids), fields)
            return
        unchanged = tuple(identity for identity in ids if identity not in self.overrides)
        if fields.only is not None:
            fields = combined(fields, READ_AS_OF)
        stored = self.store.scan(Where(ids=unchanged), fields) if unchanged else ()
        changed = (self.overrides[identity] for identity in ids if identity in self.overrides)
        yield from points_as_of(
            chain(stored, (point for point in changed if point is not None)), self.overrides, self.moment
        )

    def units(self, ids: Iterable[str]) -> dict[str, Unit]:
        """Returns the units of these ids, by id, as they are or were."""
        return {point.id: read_unit(point) for point in self.read(ids, READ_UNIT)}


def is_unchanged_since(store: Store, index: BankIndex, moment: datetime) -> bool:
    """Returns whether nothing has changed in the bank since that moment."""
    at = moment.timestamp()
    with index.lock:
        rows = index.columns
        is_later = (rows["recorded"] > at) | ((rows["retired"] > at) & (rows["retired"] != NEVER))
    # The columns first: they answer without the store where a unit came later, as after most moments.
    return not is_later.any() and not records(store, index.bank, moment)


def view_as_of(store: Store, bank: str, moment: datetime) -> BankView:
    """Returns `bank` as it was at `moment`. What came without a record in its log (an older version wrote it, or it
    was loaded without its log) goes by the times in the payloads."""
    log, reached = records_after(store, bank, moment)
    overrides = states_before(store, log)
    index = BankIndex(bank)
    index.add_records(points_as_of(store.scan(Where(bank=bank), READ_INDEXED), overrides, reached))
    return BankView(store, index, overrides, reached, frozenset(record.id for record in log))


def points_as_of(
    points: Iterable[Point], overrides: Mapping[str, Point | None], moment: datetime
) -> Iterator[Point]:
    """Yields those of `points` that were there at `moment`, as they were, with the vectors that they have.
    `overrides` has by id what the log says that they were (None: not there); the rest goes by the times in the
    payloads."""
    for point in points:
        logged = overrides.get(point.id, point)
        then = None if logged is None else record_as_of(logged, moment)
        if then is not None:
            # A record of the log has no vectors: those of a unit never change.
            yield with_payload_of(point, then)
