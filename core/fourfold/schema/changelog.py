"""The log of a bank, as it lies in a store: one record for each write that changed something, with what that was
before. Read backwards it takes the bank to any earlier moment; one record of it takes back one write.

A record names what the write made, and of what it changed only the fields that were others before. Vectors are not
in it: a unit's text, and so its vectors, stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from fourfold.ports import Point, Store, Where
from fourfold.schema.records import OPERATION, kind_of, make_id
from fourfold.values.changes import Change
from fourfold.values.units import Operation, Verdict

UNLOGGED = frozenset({"cursor", "progress", "ledger", OPERATION})
"""Kinds that tell how far something is; nobody goes back to an earlier one."""
_STAMPS = frozenset({"writer", "revision", "derived"})

Payload = Mapping[str, Any]
Difference = Mapping[str, Sequence[Any]]
"""By field, what it was: ["was", value], ["first", n] (the first n of what the list is now), ["absent"], or of an
object ["keys", {key: [value], or [] where it had none}]."""


@dataclass(frozen=True, slots=True)
class Record:
    """One write: `order` places it among those of its bank, `made` are the ids that were not there before, `before`
    says of the others what they were. `undone` is the id of the record that took it back, `undoes` of the one that it
    takes back."""

    id: str
    bank: str
    what: str
    at: datetime
    order: int
    by: str = ""
    reason: str = ""
    shown: str = ""
    derived: bool = False
    made: tuple[str, ...] = ()
    before: Mapping[str, Difference] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()
    undone: str = ""
    undoes: str = ""

    @property
    def touched(self) -> set[str]:
        """The ids of all that it made or changed."""
        return {*self.made, *self.before}

    def change(self) -> Change:
        """As it is shown."""
        return Change(
            self.id, self.what, self.at, self.by, self.reason, self.shown, self.operations,
            bool(self.undone), self.derived,
        )  # fmt: skip


def record_id(bank: str, writer: str, revision: int) -> str:
    """The id of the record of a writer's `revision`-th write to a bank."""
    return make_id(bank, OPERATION, writer, str(revision))


def record_point(record: Record) -> Point:
    """A record as a point of the store."""
    payload = {
        "kind": OPERATION,
        "bank": record.bank,
        "what": record.what,
        "at": record.at.isoformat(),
        "recorded": record.at.timestamp(),
        "order": record.order,
        "by": record.by,
        "reason": record.reason,
        "shown": record.shown,
        "follows": record.derived,
        "made": list(record.made),
        "before": dict(record.before),
        "operations": [[op.verdict.value, op.unit, op.reason] for op in record.operations],
        "undone": record.undone,
        "undoes": record.undoes,
    }
    return Point(record.id, payload)


def read_record(point: Point) -> Record:
    """The record that `record_point` described."""
    p = point.payload
    return Record(
        id=point.id,
        bank=p["bank"],
        what=p["what"],
        at=datetime.fromisoformat(p["at"]),
        order=int(p["order"]),
        by=p["by"],
        reason=p["reason"],
        shown=p["shown"],
        derived=p["follows"],
        made=tuple(p["made"]),
        before=p["before"],
        operations=tuple(Operation(Verdict(v), unit, reason) for v, unit, reason in p["operations"]),
        undone=p["undone"],
        undoes=p["undoes"],
    )


def not_undone_by(point: Point, later: Collection[str]) -> Point:
    """Returns a record of the log as if none of the writes with the ids `later` had taken it back; any other record
    as it is."""
    if kind_of(point) != OPERATION or point.payload["undone"] not in later:
        return point
    return replace(point, payload={**point.payload, "undone": ""})


def records(store: Store, bank: str, since: datetime | None = None) -> list[Record]:
    """The records of a bank, of writes later than `since` if that is given, the latest first."""
    where = Where(bank=bank, kind=OPERATION, since=None if since is None else since.timestamp())
    found = map(read_record, store.scan(where))
    return sorted(found, key=lambda record: (record.order, record.at, record.id), reverse=True)


def difference(before: Payload, after: Payload) -> dict[str, list[Any]]:
    """What leads from `after` back to `before`."""
    found: dict[str, list[Any]] = {}
    for name in before.keys() | after.keys():
        if name in _STAMPS or (name in before and name in after and before[name] == after[name]):
            continue
        if name not in before:
            found[name] = ["absent"]
            continue
        found[name] = _step(before[name], after.get(name))
    return found


def _step(old: Any, new: Any) -> list[Any]:
    match old, new:
        case list(), list() if old and new[: len(old)] == old:
            return ["first", len(old)]
        case dict(), dict():
            names = (name for name in old.keys() | new.keys() if old.get(name, _step) != new.get(name, _step))
            return ["keys", {name: [old[name]] if name in old else [] for name in names}]
        case _:
            return ["was", old]


def reverted(payload: Payload, steps: Difference) -> dict[str, Any]:
    """`payload` as it was before."""
    back = dict(payload)
    for name, (how, *value) in steps.items():
        match how:
            case "absent":
                back.pop(name, None)
            case "first":
                back[name] = back[name][: int(value[0])]
            case "keys":
                changed = {key: was[0] for key, was in value[0].items() if was}
                back[name] = {k: v for k, v in back[name].items() if k not in value[0]} | changed
            case _:
                back[name] = value[0]
    return back


def earlier(store: Store, log: Iterable[Record]) -> dict[str, Point | None]:
    """What the points that the records touch were before the first of them, by id; None for what was not there. The
    latest record comes first."""
    listed = list(log)
    ids = tuple({one for record in listed for one in record.before})
    found: dict[str, Point | None] = {point.id: point for point in store.scan(Where(ids=ids))} if ids else {}
    for record in listed:
        for identity in record.made:
            found[identity] = None
        for identity, steps in record.before.items():
            if (point := found.get(identity)) is not None:
                found[identity] = Point(identity, reverted(point.payload, steps))
    return found
