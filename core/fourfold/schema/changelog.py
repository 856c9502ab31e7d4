"""The log of a bank, as it lies in a store: one record for each write that changed something, with what that was
before. Read backwards it takes the bank to any earlier moment; one record of it takes back one write.

A record names what the write created, and of what it changed only the fields that were others before. Vectors are not
in it: a unit's text, and so its vectors, stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK, KIND, LIVE_BANK, RECORDED, REVISION, WRITER, Payload, with_fields
from fourfold.schema.records import CURSOR, LEDGER, OPERATION, PROGRESS, kind_of, make_id
from fourfold.values.changes import Change
from fourfold.values.units import Operation, Verdict

UNLOGGED = frozenset({CURSOR, PROGRESS, LEDGER, OPERATION})
"""Kinds that tell how far something is; nobody goes back to an earlier one."""
_STAMPS = frozenset({WRITER, REVISION, "derived"})
"""Fields that every write changes; they say nothing of what it did."""
_OPERATION, _BEFORE, _UNDONE_BY = "what", "before", "undone"

Difference = Mapping[str, Sequence[Any]]
"""By field, what it was: ["was", value], ["first", n] (the first n of what the list is now), ["absent"], or of an
object ["keys", {key: [value], or [] where it had none}]."""


@dataclass(frozen=True, slots=True)
class Record:
    """One write, in which `operation` was done by `actor` to `subject`. `order` places it among those of its bank,
    `created` are the ids that were not there before, `before` says of the others what they were. `undone_by` is the
    id of the record that took it back, `undoes` of the one that it takes back."""

    id: str
    bank: str
    operation: str
    at: datetime
    order: int
    actor: str = ""
    reason: str = ""
    subject: str = ""
    derived: bool = False
    created: tuple[str, ...] = ()
    before: Mapping[str, Difference] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()
    """What became of each unit."""
    undone_by: str = ""
    undoes: str = ""

    @property
    def touched(self) -> set[str]:
        """The ids of all records that it created or changed."""
        return {*self.created, *self.before}

    def change(self) -> Change:
        """Returns the write as the history of a bank shows it."""
        return Change(
            id=self.id,
            operation=self.operation,
            at=self.at,
            actor=self.actor,
            reason=self.reason,
            subject=self.subject,
            operations=self.operations,
            undone=bool(self.undone_by),
            derived=self.derived,
        )


def record_id(bank: str, writer: str, revision: int) -> str:
    """Returns the id of the record of a writer's `revision`-th write to a bank."""
    return make_id(bank, OPERATION, writer, str(revision))


def record_point(record: Record) -> Point:
    """Returns a record of the log as a point of the store."""
    payload = {
        KIND: OPERATION,
        BANK: record.bank,
        _OPERATION: record.operation,
        "at": record.at.isoformat(),
        RECORDED: record.at.timestamp(),
        "order": record.order,
        "by": record.actor,
        "reason": record.reason,
        "shown": record.subject,
        # Not "derived": that field is the stamp of the write that put the record here, an undo's for instance.
        "follows": record.derived,
        "made": list(record.created),
        _BEFORE: dict(record.before),
        "operations": [[op.verdict.value, op.unit, op.reason] for op in record.operations],
        _UNDONE_BY: record.undone_by,
        "undoes": record.undoes,
    }
    return Point(record.id, payload)


def read_record(point: Point) -> Record:
    """Returns the record that `record_point` wrote."""
    p = point.payload
    return Record(
        id=point.id,
        bank=p[BANK],
        operation=p[_OPERATION],
        at=datetime.fromisoformat(p["at"]),
        order=int(p["order"]),
        actor=p["by"],
        reason=p["reason"],
        subject=p["shown"],
        derived=p["follows"],
        created=tuple(p["made"]),
        before=p[_BEFORE],
        operations=tuple(
            Operation(Verdict(verdict), unit, reason) for verdict, unit, reason in p["operations"]
        ),
        undone_by=p[_UNDONE_BY],
        undoes=p["undoes"],
    )


READ_OPERATION = Fields(only=(_OPERATION,))
"""What `operation_of` looks at."""


def operation_of(point: Point) -> str:
    """Returns which operation a record of the log is of ("retain", "forget")."""
    return str(point.payload[_OPERATION])


def marked_undone(point: Point, undone_by: str) -> Point:
    """Returns a record of the log as one that the write with the id `undone_by` took back; for "", as one that
    counts."""
    return with_fields(point, {_UNDONE_BY: undone_by})


def not_undone_by(point: Point, later: Collection[str]) -> Point:
    """Returns a record of the log as if none of the writes with the ids `later` had taken it back; any other record
    as it is."""
    if kind_of(point) != OPERATION or point.payload[_UNDONE_BY] not in later:
        return point
    return marked_undone(point, "")


def in_bank_before(point: Point, old: str, new: str) -> Point:
    """Returns a record of the log with the bank `new` for `old` in what records were before."""
    return with_fields(
        point,
        {
            _BEFORE: {
                identity: _steps_in_bank(steps, old, new)
                for identity, steps in point.payload[_BEFORE].items()
            }
        },
    )


def _steps_in_bank(steps: Difference, old: str, new: str) -> dict[str, Sequence[Any]]:
    renamed = {name: ["was", new] for name in (LIVE_BANK, BANK) if steps.get(name) == ["was", old]}
    return {**steps, **renamed}


def records(store: Store, bank: str, since: datetime | None = None) -> list[Record]:
    """Returns the records of a bank, of writes later than `since` if that is given, the latest first."""
    where = Where(bank=bank, kind=OPERATION, since=None if since is None else since.timestamp())
    return latest_first(map(read_record, store.scan(where)))


def latest_first(log: Iterable[Record]) -> list[Record]:
    """Returns the records of a bank's log in the order in which they are taken back."""
    # By their number, not by the time alone: clocks of several writers differ, and may be set back.
    return sorted(log, key=lambda record: (record.order, record.at, record.id), reverse=True)


def records_after(store: Store, bank: str, moment: datetime) -> tuple[list[Record], datetime]:
    """Returns the records of what came after the state in which a bank was at `moment`, the latest first, and the
    time up to which the writes before them go: `moment`, or a later one.

    A clock that is set back gives a write an earlier time than those before it. They count as no later than it: what
    a bank was is always the outcome of its first so many writes."""
    later = records(store, bank, moment)
    if not later:
        return [], moment
    at = moment.timestamp()
    log = [point.payload for point in store.scan(Where(bank=bank, kind=OPERATION), _TIME_AND_ORDER)]
    last = max((payload["order"] for payload in log if payload[RECORDED] <= at), default=0)
    reached = max((payload for payload in log if payload["order"] <= last), key=_recorded, default=None)
    return (
        [record for record in later if record.order > last],
        moment if reached is None else max(moment, datetime.fromisoformat(reached["at"])),
    )


_TIME_AND_ORDER = Fields(only=(RECORDED, "at", "order"))


def _recorded(payload: Payload) -> float:
    return float(payload[RECORDED])


def difference(before: Point, after: Point) -> dict[str, list[Any]]:
    """Returns what leads from the payload of `after` back to that of `before`."""
    steps: dict[str, list[Any]] = {}
    was, now = before.payload, after.payload
    for name in was.keys() | now.keys():
        if name in _STAMPS or (name in was and name in now and was[name] == now[name]):
            continue
        steps[name] = _step(was[name], now.get(name)) if name in was else ["absent"]
    return steps


def _step(was: Any, now: Any) -> list[Any]:
    """Returns the step from the value of a field back to an earlier one."""
    # Of a list that grew and an object that changed in part, the difference alone: a full copy of what changed took
    # 20 times the bytes for a line that was said again (docs/adr/0015).
    match was, now:
        case list(), list() if was and now[: len(was)] == was:
            return ["first", len(was)]
        case dict(), dict():
            absent = object()
            names = [
                name for name in was.keys() | now.keys() if was.get(name, absent) != now.get(name, absent)
            ]
            return ["keys", {name: [was[name]] if name in was else [] for name in names}]
        case _:
            return ["was", was]


def reverted(point: Point, steps: Difference) -> Point:
    """Returns the record `point` as it was before `steps`, its vectors as they are."""
    return replace(point, payload=_reverted_payload(point.payload, steps))


def _reverted_payload(payload: Payload, steps: Difference) -> dict[str, Any]:
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


def states_before(store: Store, log: Iterable[Record]) -> dict[str, Point | None]:
    """Returns what the points that the records touch were before the earliest of them, by id; None for what was not
    there. The latest record comes first."""
    log = list(log)
    ids = tuple({identity for record in log for identity in record.before})
    points: dict[str, Point | None] = {}
    if ids:
        # By ids alone, the embedded store's fast path; a log that came out of a file may name another bank's.
        stored = store.scan(Where(ids=ids))
        points.update((point.id, point) for point in stored if point.payload[BANK] == log[0].bank)
    for record in log:
        for identity in record.created:
            points[identity] = None
        for identity, steps in record.before.items():
            # What was erased since is in no store, whatever the log says that it was.
            if (point := points.get(identity)) is not None:
                points[identity] = Point(identity, _reverted_payload(point.payload, steps))
    return points
