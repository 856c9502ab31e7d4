"""Checks what the records of a file are together, before the first of them is written: one bank with one profile,
whose records take no other bank's place and name none of its, and whose change log leads back to what the bank can
have been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from fourfold.errors import InputError
from fourfold.ports import Point, Store, Where
from fourfold.schema import records
from fourfold.schema.banks import Profile, name_of, read_profile
from fourfold.schema.changelog import Difference, Record, latest_first, reverted
from fourfold.schema.fields import differing_fields
from fourfold.schema.records import KIND_ONLY, kind_of
from fourfold.schema.rekey import Rekeyer
from fourfold.schema.units import RATED, chunk_of, entities_of
from fourfold.transfer.checked_records import CheckedRecord, at_line, checked_record, read_records
from fourfold.transfer.file_format import Export

_BATCH_SIZE = 500
"""Ids that a store is asked for at once; a guess, not measured."""


@dataclass(slots=True)
class _Contents:
    """What there is in a file: the lines of the records by their ids, of those that they name (as units, or in the
    log as any), and of the entities that units mention; the change log by the ids of its records."""

    lines: dict[str, int] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    named_units: dict[str, int] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    mentioned: dict[str, int] = field(default_factory=dict)
    entities: set[str] = field(default_factory=set)
    log: dict[str, Record] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)

    def add(self, record: CheckedRecord) -> None:
        """Adds a record; raises `InputError` for a second one of the same id."""
        point, line = record.point, record.line
        if point.id in self.lines:
            raise InputError(f"its id is that of line {self.lines[point.id]} too.")
        self.lines[point.id] = line
        self.named |= dict.fromkeys(record.named, line)
        if record.logged is None:
            self.named_units |= dict.fromkeys(set(record.named) - {chunk_of(point)}, line)
        if kind_of(point) in (records.UNIT, records.SUMMARY):  # a summary reads as a unit
            self.units.add(point.id)
        match kind_of(point):
            case records.UNIT:
                self.mentioned |= dict.fromkeys(entities_of(point), line)
            case records.ENTITY:
                self.entities.add(name_of(point))
            case records.BANK:
                self.profiles.append(read_profile(point))
        if record.logged is not None:
            self.log[point.id] = record.logged


def check_contents(store: Store, file: Export, rekeyer: Rekeyer) -> Profile:
    """Reads all of a file, has `rekeyer` note its records, and returns the profile of its bank. Raises `InputError`
    for what `store` must not take in."""
    contents, path = _Contents(), file.path
    for record in read_records(file):
        with at_line(path, record.line):
            contents.add(record)
        rekeyer.note(record.point)
    if len(contents.profiles) != 1:
        raise InputError(f"{path} has no profile of its bank. Nothing was loaded.")
    for name, line in contents.mentioned.items():
        with at_line(path, line):
            if name not in contents.entities:
                raise InputError(f'it mentions "{name}", which is no entity of the file.')
    for identity in contents.named_units.keys() & contents.lines.keys() - contents.units:
        with at_line(path, contents.named_units[identity]):
            raise InputError(f"it names {identity} as a unit, and that is none.")
    _check_ids(store, path, contents, rekeyer)
    _check_log(file, contents)
    return contents.profiles[0]


def _check_ids(store: Store, path: Path, contents: _Contents, rekeyer: Rekeyer) -> None:
    """Raises `InputError` for a record that would be written over one of another bank, and for one that names one:
    what it names is read, and an undo writes it."""
    places = {rekeyer.new_id(identity): line for identity, line in (contents.named | contents.lines).items()}
    ids = list(places)
    for start in range(0, len(ids), _BATCH_SIZE):
        where = Where(ids=tuple(ids[start : start + _BATCH_SIZE]))
        for point in store.scan(where, KIND_ONLY):
            with at_line(path, places[point.id]):
                raise InputError(f"{point.id} is the id of a record of another bank.")


def _check_log(file: Export, contents: _Contents) -> None:
    """Raises `InputError` where going back in the log comes to what is no record of the bank: a look at an earlier
    moment would, and an undo would write it."""
    log = latest_first(contents.log.values())
    states = _touched(file, log)
    for record in log:
        with at_line(file.path, contents.lines[record.id]):
            for other in (record.undone_by, record.undoes):
                if other in contents.lines and other not in contents.log:
                    raise InputError(f"{other} is no change of the log.")
            for identity in record.touched & contents.log.keys():
                raise InputError(f"{identity} is a change of the log: those are not made or changed by one.")
            # What a later record made is looked at as well: an undo asks for no order.
            for identity, steps in record.before.items():
                if identity in states:
                    states[identity] = reverted(states[identity], steps)
                    _check_state(states[identity], steps, file.header.bank)


def _check_state(state: Point, steps: Difference, bank: str) -> None:
    """Raises `InputError`, or what reading raises, for a state of a record, as `steps` led to it, that is none."""
    # A look back reads the fields as they are in the log: what follows from others has to follow from them there.
    differing = differing_fields(state, checked_record(state, bank).point)
    for name in steps.keys() & differing.keys() - RATED:
        raise InputError(f"{state.id} cannot have had {differing[name]!r} for {name}.")


def _touched(file: Export, log: Iterable[Record]) -> dict[str, Point]:
    """Returns the records that the log tells of, by id, without their vectors."""
    ids = {identity for record in log for identity in record.before}
    if not ids:
        return {}
    points = (record.point for record in read_records(file, ids))
    return {point.id: replace(point, vector=None, terms=None, tokens=None) for point in points}
