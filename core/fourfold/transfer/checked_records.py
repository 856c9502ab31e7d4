"""Reads the records of a bank out of a file as typed values, and makes each record anew of its value: whatever a file
says, a store gets nothing but what Fourfold would have written itself. A file's checksum tells that it is whole, not
who wrote it; and who signed it may be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from fourfold.errors import InputError
from fourfold.ingest import checked_entries
from fourfold.ports import Floats, Point
from fourfold.schema import records
from fourfold.schema.banks import bank_point, entity_point, read_entity, read_profile
from fourfold.schema.beliefs import is_belief, read_belief, with_history
from fourfold.schema.bookkeeping import use_point, uses_of
from fourfold.schema.changelog import Record, read_record, record_point
from fourfold.schema.chunks import CHUNKS, chunk_point, has_text, read_chunk_point, recorded_at, state_of
from fourfold.schema.core_profile import CoreRecord, core_point, read_core_point
from fourfold.schema.entries import entry_point, is_entry, order_of, read_entry, tombstone_of_entry
from fourfold.schema.fields import RECORDED, REVISION, WRITER, field_names, with_fields
from fourfold.schema.records import bank_of, kind_of, tombstone
from fourfold.schema.rekey import id_by_name
from fourfold.schema.summaries import facts_digest_of, read_summary, summary_point
from fourfold.schema.units import read_unit, text_readings, unit_payload
from fourfold.storage.jsonl import from_line
from fourfold.transfer.file_format import Export, Header
from fourfold.transfer.typed import check_typed
from fourfold.validation import check_name, check_tags
from fourfold.values.beliefs import Belief
from fourfold.values.chunks import Chunk
from fourfold.values.reflection import Disposition
from fourfold.values.summaries import Summary
from fourfold.values.units import Entity, Entry, Network, Unit

_ID = re.compile(r"[0-9a-f]{32}")
_STAMPS = frozenset({WRITER, REVISION, "derived"})
"""Fields that the write to the store sets."""
_LARGEST_COMPONENT = float(np.finfo(np.float16).max)
"""Of a vector: the engine keeps floats of two bytes."""


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record as the store is to have it, and the ids of other records that it names. `logged` is what it says, if
    it is one of the change log; `line` is its place in the file."""

    point: Point
    named: tuple[str, ...] = ()
    logged: Record | None = None
    line: int = 0


def read_records(file: Export, ids: Container[str] | None = None) -> Iterator[CheckedRecord]:
    """Yields the records of a file, or those of these `ids` alone. Raises `InputError`, which names the line, for
    what is no record of its bank."""
    header = file.header
    for number, line in file.records():
        with at_line(file.path, number):
            point = from_line(line.decode())
            if kind_of(point) == records.OLD_CHANGE or (ids is not None and point.id not in ids):
                continue
            _check_vectors(point, header)
            made = checked_record(point, header.bank)
        yield CheckedRecord(made.point, made.named, made.logged, number)


@contextmanager
def at_line(path: Path, number: int) -> Iterator[None]:
    """Has whatever is wrong with a line of a file raise `InputError` that names it."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}, line {number}: {error} Nothing was loaded.") from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        # What the readers of `schema` raise for a field that is missing, or of another form.
        raise InputError(
            f"{path}, line {number}: it is no record of a bank ({error!r}). Nothing was loaded."
        ) from error


def checked_record(point: Point, bank: str) -> CheckedRecord:
    """Returns a record of `bank`, made anew. Raises `InputError` for one that the bank cannot have, and what readers
    raise for one that they cannot read."""
    if bank_of(point) != bank:
        raise InputError(f'it is of the bank "{bank_of(point)}", in a file of the bank "{bank}".')
    made = _made_anew(point, bank)
    for identity in (point.id, *made.named):
        if not (isinstance(identity, str) and _ID.fullmatch(identity)):
            raise InputError(f"{identity!r} is no id: ids are 32 hexadecimal digits.")
    if id_by_name(made.point, bank) not in (None, point.id):
        raise InputError(f"its id {point.id} is not that of what it says.")
    unknown = field_names(point) - field_names(made.point) - _STAMPS
    if unknown:
        raise InputError(f"no {kind_of(point)} has {', '.join(sorted(unknown))}.")
    return made


def _made_anew(point: Point, bank: str) -> CheckedRecord:
    """Returns the record of the value that `point` reads as."""
    kind = records.ENTRY_PREFIX if is_entry(point) else kind_of(point)
    reader = _READERS.get(kind)
    if reader is None:
        raise InputError(f'"{kind}" is no kind of record that an export has.')
    return reader(point, bank)


def _profile(point: Point, bank: str) -> CheckedRecord:
    profile = read_profile(point)
    check_typed(profile.created_at, datetime, "created_at")
    check_typed(profile.mission, str, "mission")
    check_typed(profile.disposition, Disposition, "disposition")
    for rule in profile.rules:
        check_typed(rule.entity, str | None, rule.name)
    return CheckedRecord(bank_point(profile))


def _entity(point: Point, bank: str) -> CheckedRecord:
    entity = read_entity(point)
    check_typed(entity, Entity, "entity")
    return CheckedRecord(entity_point(bank, entity))


def _core(point: Point, bank: str) -> CheckedRecord:
    core = read_core_point(point)
    check_typed(core, CoreRecord, "core")
    return CheckedRecord(core_point(bank, core), (*core.pinned, *_flat(line.evidence for line in core.lines)))


def _uses(point: Point, bank: str) -> CheckedRecord:
    uses = uses_of(point)
    for unit_id, use in uses.items():
        check_typed(tuple(use), tuple[int, float], unit_id)
        if use[0] < 0:
            raise InputError(f"{unit_id} was used {use[0]} times.")
    return CheckedRecord(use_point(point.id, bank, uses), tuple(uses))


def _unit(point: Point, bank: str) -> CheckedRecord:
    belief = read_belief(point) if is_belief(point) else Belief(read_unit(point), ())
    _check_unit(belief.unit)
    if is_belief(point) != (belief.unit.network is Network.BELIEF):
        raise InputError("a belief has a history, and nothing else has one.")
    order, attributes, own, codes = text_readings(point)
    check_typed(order, int, "order")
    check_typed(attributes, tuple[str, ...], "attributes")
    _check_span(own, "own")
    check_typed(codes, tuple[int, ...], "codes")
    if any(code not in range(2**16) for code in codes):
        raise InputError("codes are numbers of 16 bits.")
    of_text = {"own": list(own), "codes": list(codes), "attributes": list(attributes)}
    made = Point(point.id, {**unit_payload(belief.unit, order), **of_text}, *_vectors(point))
    named = _named_by(belief.unit)
    if is_belief(point):
        named += _check_history(belief)
        made = with_history(made, belief)
    return CheckedRecord(made, named)


def _check_unit(unit: Unit) -> None:
    check_typed(unit, Unit, unit.network.value)
    for name, share in (("confidence", unit.confidence), ("salience", unit.salience)):
        _check_share(share, name)
    for link in unit.links:
        _check_share(link.weight, "weight")
    check_tags(unit.tags)
    for document in unit.source.documents:
        check_name(document, "document")
    lengths = {len(unit.source.messages), len(unit.source.documents), len(unit.source.times)}
    if len(lengths) > 1:
        raise InputError("each of its messages has a document and a time.")
    _check_span((unit.source.start, unit.source.end), "offsets")
    if unit.telling is not None:
        _check_span(unit.telling, "telling")
    if not unit.text:
        raise InputError("its text is empty.")


def _named_by(unit: Unit) -> tuple[str, ...]:
    others = (unit.superseded_by, unit.retired_by_unit, unit.chunk)
    return (*(link.to for link in unit.links), *(other for other in others if other))


def _check_history(belief: Belief) -> tuple[str, ...]:
    """Returns the ids of the units that moved a belief."""
    check_typed(belief, Belief, "belief")
    for change in belief.history:
        _check_share(change.before, "before")
        _check_share(change.after, "after")
    belief.evidence  # noqa: B018  raises where something is lost that was never there
    return tuple(_flat(change.evidence for change in belief.history))


def _summary(point: Point, bank: str) -> CheckedRecord:
    summary = read_summary(point)
    check_typed(summary, Summary, "summary")
    _check_unit(summary.unit)
    named = (*_named_by(summary.unit), *summary.evidence)
    return CheckedRecord(summary_point(summary, facts_digest_of(point)), named)


def _logged(point: Point, bank: str) -> CheckedRecord:
    record = read_record(point)
    check_typed(record, Record, "change")
    if record.order < 0:
        raise InputError(f"order is {record.order}: changes are counted from 1.")
    for steps in record.before.values():
        for name, step in steps.items():
            _check_step(step, name)
    named = [*record.touched, *(operation.unit for operation in record.operations)]
    named += [other for other in (record.undone_by, record.undoes) if other]
    return CheckedRecord(record_point(record), tuple(named), record)


def _check_step(step: Sequence[Any], place: str) -> None:
    """Raises `InputError` for what is no step back to what a field was; see `changelog.Difference`."""
    match step:
        case ["was", _] | ["absent"]:
            return
        case ["first", int(count)] if count >= 0:
            return
        case ["keys", dict(members)] if all(isinstance(m, list) and len(m) <= 1 for m in members.values()):
            return
    raise InputError(f"nothing leads back to what {place} was.")


def _chunk(point: Point, bank: str) -> CheckedRecord:
    if not has_text(point):
        return CheckedRecord(tombstone(bank, point.id))
    chunk, recorded = read_chunk_point(point), recorded_at(point)
    check_typed(chunk, Chunk, "chunk")
    check_typed(recorded, float, RECORDED)
    check_name(chunk.document, "document")
    check_tags(chunk.tags)
    made = chunk_point(bank, chunk, state_of(point), datetime.fromtimestamp(recorded, UTC))
    # As the file has it: the way over a moment rounds it to microseconds.
    return CheckedRecord(with_fields(made, {RECORDED: recorded}), chunk.units)


def _entry(point: Point, bank: str) -> CheckedRecord:
    entry, order = read_entry(point), order_of(point)
    check_typed(entry, Entry, "entry")
    check_typed((entry.created_at, entry.updated_at), tuple[datetime, datetime], "entry")
    check_typed(order, int, "order")
    check_name(entry.document, "document")
    if entry.revision is not None and entry.revision < 1:
        raise InputError(f"revision is {entry.revision}: revisions are counted from 1.")
    (checked,) = checked_entries((entry,))
    return CheckedRecord(entry_point(bank, checked, order))


def _gone_entry(point: Point, bank: str) -> CheckedRecord:
    return CheckedRecord(tombstone_of_entry(point))


_READERS: Mapping[str, Callable[[Point, str], CheckedRecord]] = {
    records.UNIT: _unit,
    records.SUMMARY: _summary,
    records.ENTITY: _entity,
    records.BANK: _profile,
    records.CORE: _core,
    records.OPERATION: _logged,
    records.USE: _uses,
    **dict.fromkeys(CHUNKS, _chunk),
    records.ENTRY_PREFIX: _entry,
    records.GONE_ENTRY: _gone_entry,
}
"""By kind, what makes a record anew."""


def _check_span(span: Any, place: str) -> None:
    check_typed(span, tuple[int, int], place)
    if not 0 <= span[0] <= span[1]:
        raise InputError(f"{place} is {list(span)}: a span ends where it begins, or later.")


def _check_share(share: float | None, place: str) -> None:
    if share is not None and not 0 <= share <= 1:
        raise InputError(f"{place} is {share}: it is from 0 to 1.")


def _flat(groups: Iterable[Sequence[str]]) -> Iterator[str]:
    return (item for group in groups for item in group)


# vectors ----------------------------------------------------------------------------------------------------


def _vectors(point: Point) -> tuple[Any, Any, Any]:
    return point.vector, point.terms, point.tokens


def _check_vectors(point: Point, header: Header) -> None:
    """Raises `InputError` where a record has other vectors than the header says, or none that can be searched."""
    is_searched = header.vectors and kind_of(point) == records.UNIT
    if (point.vector is not None) != is_searched or (
        not is_searched and any(map(_is_there, _vectors(point)))
    ):
        raise InputError("units have vectors where the header says so, and nothing else has.")
    if point.vector is not None:
        _check_array(point.vector, (header.dimension,), "vector")
    if point.tokens is not None:
        _check_array(point.tokens, (len(point.tokens), header.token_dimension), "tokens")
    if point.terms is not None:
        indices, values = point.terms.indices, point.terms.values
        _check_array(values, (indices.size,), "terms")
        if indices.ndim != 1 or len(np.unique(indices)) != indices.size:
            raise InputError("a term is in the terms of a unit once.")


def _is_there(array: object) -> bool:
    return array is not None


def _check_array(array: Floats, shape: tuple[int, ...], place: str) -> None:
    if array.shape != shape:
        raise InputError(f"{place} is of the shape {array.shape}, not {shape}.")
    # The comparison is false for what is no number, too.
    if not (np.abs(array) <= _LARGEST_COMPONENT).all():
        raise InputError(f"{place} has what is no finite number.")
