"""A bank as it was at a moment: a graph of its own, and the payloads that were others then, both from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.index.build import READ, build_index
from fourfold.ports import PAYLOAD, Fields, Point, Store, Where
from fourfold.schema.beliefs import READ_BELIEF, is_belief, read_belief
from fourfold.schema.changelog import earlier, records
from fourfold.schema.records import NEVER, UNIT, kind_of
from fourfold.schema.units import READ_UNIT, read_unit, unit_as_of
from fourfold.values.units import Unit


@dataclass(frozen=True, slots=True)
class BankView:
    """A bank, now or then: its graph, and by id what the store has otherwise by now (None: what was not there)."""

    store: Store
    index: BankIndex
    changed: Mapping[str, Point | None] = field(default_factory=dict)
    moment: datetime | None = None

    @property
    def past(self) -> bool:
        """Whether it is of a moment since which something has changed."""
        return self.moment is not None

    def read(self, ids: Iterable[str], fields: Fields = PAYLOAD) -> Iterator[Point]:
        """The points of these ids, without vectors, as they are or were."""
        wanted = tuple(dict.fromkeys(ids))
        stored = tuple(one for one in wanted if one not in self.changed)
        if stored:
            yield from self.store.scan(Where(ids=stored), fields)
        for one in wanted:
            if (point := self.changed.get(one)) is not None:
                yield point

    def units(self, ids: Iterable[str]) -> dict[str, Unit]:
        """The units of these ids, by id, as they are or were."""
        points = self.read(ids, READ_BELIEF if self.past else READ_UNIT)
        return {point.id: self._then(point) for point in points}

    def _then(self, point: Point) -> Unit:
        """The unit: a belief with the confidence that it had then, and what was retired later not retired."""
        unit, moment = read_unit(point), self.moment
        if moment is None:
            return unit
        if is_belief(point):
            unit = replace(unit, confidence=read_belief(point).at(moment))
        later = unit.retired_at is not None and unit.retired_at > moment
        return replace(unit, retired_at=None, retirement=None) if later else unit


def is_now(store: Store, index: BankIndex, moment: datetime) -> bool:
    """Whether nothing has changed in the bank since that moment."""
    at = moment.timestamp()
    with index.lock:
        rows = index.columns
        later = (rows["recorded"] > at) | ((rows["retired"] > at) & (rows["retired"] != NEVER))
    return not later.any() and not records(store, index.bank, moment)


def view_as_of(store: Store, bank: str, moment: datetime) -> BankView:
    """`bank` as it was at `moment`. What came without a record of it (an older version wrote it, or it was loaded
    without its log) goes by the times in the payloads."""
    changed = earlier(store, records(store, bank, moment))
    index = BankIndex(bank)
    stored = store.scan(Where(bank=bank), Fields(terms=True, only=READ))
    build_index(index, map(_indexed_fields, points_as_of(stored, changed, moment)))
    return BankView(store, index, changed, moment)


def points_as_of(
    points: Iterable[Point], changed: Mapping[str, Point | None], moment: datetime
) -> Iterator[Point]:
    """Yields those of `points` that were there at `moment`, with their payloads of then. `changed` has by id what the
    log says that they were (None: not there); the rest goes by the times in the payloads."""
    at = moment.timestamp()
    for point in points:
        then = changed.get(point.id, point)
        if then is not None and kind_of(then) == UNIT:
            then = unit_as_of(then, at)
        if then is not None:
            yield replace(point, payload=then.payload)


def _indexed_fields(point: Point) -> Point:
    """Returns a record with the fields that an index reads: what comes out of the log has all of them."""
    return replace(point, payload={name: value for name, value in point.payload.items() if name in READ})
