"""One erasure while it is worked out: what goes, what is put in place of the rest, and the one rewriting of the store
that carries it out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Point, Store
from fourfold.schema.beliefs import with_history
from fourfold.schema.changelog import Record, record_point
from fourfold.schema.records import UNIT, cursor_point, stamped
from fourfold.schema.units import with_unit
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Belief
from fourfold.values.changes import Receipt
from fourfold.values.units import Operation, Unit, Verdict


@dataclass(slots=True)
class Erasure:
    """What an erasure comes to; the caller holds the lock of the bank's index. `transaction` says who, when and why,
    reads units, and is not committed: an erasure leaves nothing that could be undone."""

    transaction: Transaction
    gone: dict[str, Unit] = field(default_factory=dict)
    """The units that go, by id."""
    points: dict[str, Point] = field(default_factory=dict)
    """What is put in place of what there is, by id."""
    dropped: dict[str, str] = field(default_factory=dict)
    """By id, the kind of what goes besides the units."""
    lost_entities: set[str] = field(default_factory=set)
    """Entities that go, or are called otherwise."""
    lost_names: set[str] = field(default_factory=set)
    """Names and aliases that nobody says any more."""
    elsewhere: list[str] = field(default_factory=list)
    """Units that were said elsewhere too, and stay."""
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def index(self) -> BankIndex:
        """Returns the index of the bank, as it was before."""
        return self.transaction.index

    @property
    def bank(self) -> str:
        """Returns the name of the bank."""
        return self.transaction.index.bank

    @property
    def store(self) -> Store:
        """Returns the store that is rewritten."""
        return self.transaction.services.store

    def current(self, point: Point) -> Point:
        """Returns what a point of the store is by now, as far as this erasure has worked it out."""
        return self.points.get(point.id, point)

    def amend(self, point: Point, unit: Unit, kind: str) -> None:
        """Puts `unit` in place of what `point` says, with its vectors as they are; `kind` is what the receipt counts
        it as."""
        self.put(with_unit(point, unit), kind)

    def amend_belief(self, point: Point, belief: Belief) -> None:
        """Puts `belief` in place of what `point` says."""
        self.amend(with_history(point, belief), belief.unit, "belief")

    def put(self, point: Point, kind: str) -> None:
        """Puts `point` in place of what the store has of it."""
        if point.id not in self.points:
            self.counts[f"{kind} rewritten"] += 1
        self.points[point.id] = point

    def carry_out(self, surviving: tuple[str, ...]) -> Receipt:
        """Has the store do it all at once, with a record in the change log that names ids alone."""
        transaction, writer = self.transaction, self.store.writer
        removed = [*self.gone, *(point_id for point_id in self.dropped if point_id not in self.gone)]
        record = Record(
            transaction.record_id,
            self.bank,
            "erase",
            transaction.now,
            sum(self.index.revisions.values()) + 1,
            transaction.services.actor,
            transaction.reason,
            operations=tuple(Operation(Verdict.RETIRE, unit, "") for unit in sorted(self.gone)),
        )
        put = [point for point_id, point in self.points.items() if point_id not in removed]
        put += [record_point(record), cursor_point(self.bank, writer, transaction.revision)]
        guarantee = self.store.rewrite([stamped(p, writer, transaction.revision) for p in put], removed)
        counts = Counter({UNIT: len(self.gone)}) + Counter(self.dropped.values()) + self.counts
        return receipt_of(self.gone, transaction.now, counts, surviving, guarantee)


def receipt_of(
    units: Iterable[str], at: datetime, counts: Mapping[str, int], surviving: tuple[str, ...], guarantee: str
) -> Receipt:
    """Returns the receipt of an erasure of `units`, with a digest of their ids that can be compared later."""
    listed = tuple(sorted(units))
    digest = hashlib.sha256("\n".join(listed).encode()).hexdigest()
    return Receipt(listed, at, dict(counts), digest, surviving, guarantee)
