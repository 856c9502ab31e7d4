"""Keeps the core profile: the lines that should be in every prompt.

A line stays as it is, and where it is, as long as it is true: a provider can cache a prompt only up to the first
change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from fourfold.consolidate.extracts import SummaryExtractor
from fourfold.consolidate.subjects import subject_of
from fourfold.errors import InputError, NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.language.text import asking, estimate_tokens
from fourfold.ports import Where
from fourfold.schema.core_profile import CoreRecord, core_point, read_core
from fourfold.schema.records import NEVER, UNKNOWN_TIME
from fourfold.schema.summaries import read_summaries, summary_id
from fourfold.schema.units import READ_UNIT, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import Change
from fourfold.values.reflection import CoreKind, CoreProfile, CoreProfileLine
from fourfold.values.rendering import one_line, render_entry, render_name, render_statement
from fourfold.values.statements import UNREAD_SALIENCE, Kind
from fourfold.values.units import Modality, Network, Unit

_MOST_OPEN = 5
"""Open matters of a profile. A guess, not measured."""
_MOST_TOKENS = 800
"""Tokens (estimated) of the lines that are found: twice what a profile has by default, so that a larger budget finds
something. Pinned lines come on top."""
_OPEN_EVERY = 4
"""In a small budget, one line in so many is an open matter. A guess, not measured."""
_STAYING = 0.7
"""The rank of a line that the profile had before is multiplied by this, so that one that is slightly better does not
push it out of a budget. A guess."""
_HEADINGS: dict[CoreKind, str] = {
    "pinned": "To keep in mind",
    "about": "Who this is about",
    "preference": "Held and preferred",
    "open": "Open matters",
}
_STRONG_BELIEF = 0.7
"""Confidence from which a belief is a preference, and the rank of a stated preference among beliefs. A guess."""
_OPEN_FOR = timedelta(days=60)
"""How long a plan without a date is an open matter. A guess, not measured."""
_LATEST_UNITS = 200
"""Units that preferences and open matters are looked for in, so that a refresh costs the same in a large bank. A
guess."""
_LEAST_SALIENCE = 0.35
"""Salience below which a statement is no line of a profile that has others. Of .1 to .45, by the facts that profiles
of twelve people told, and the share of lines that told one (docs/adr/0024)."""
_LEAST_SALIENCE_AHEAD = 0.15
"""The same of a plan whose time is known and has not passed: that it is open is sure. A guess."""
_FEWEST_LINES = 6
"""Lines that need not reach it: what little there is, is shown. A guess."""
_LONGEST_LINE = 60
"""Words of a line; a longer unit tells a story, and takes the room of several. A guess, not measured."""


def core_profile(services: Services, bank: str, budget: int) -> CoreProfile:
    """Returns the profile with the lines that fit into `budget` tokens, in order. Raises `InputError` for a budget
    that is not positive."""
    if budget <= 0:
        raise InputError(f"budget is {budget}: give a positive number of tokens.")
    record = read_core(services.store, bank)
    kept: set[CoreProfileLine] = set()
    for line in sorted(record.lines, key=lambda line: line.rank):
        lines = [each for each in record.lines if each in kept or each == line]
        if estimate_tokens(_text(lines)) <= budget:
            kept.add(line)
    lines = [line for line in record.lines if line in kept]
    return CoreProfile(_text(lines), tuple(lines), record.at)


def set_pinned(services: Services, bank: str, id_or_name: str, pinned: bool, reason: str) -> Change | None:
    """Pins a unit, or the summary of an entity, to the profile, or unpins it. Returns the change, None where it was
    so already. Raises `NotFoundError` for a unit that is not current, and for a name that the bank does not know."""
    with services.indexes.locked(bank) as index:
        pin_id, subject = _find_pinnable(index, id_or_name, pinned)
        record = read_core(services.store, bank)
        if (pin_id in record.pinned) == pinned:
            return None
        other_pins = tuple(other for other in record.pinned if other != pin_id)
        record = replace(record, pinned=(*other_pins, pin_id) if pinned else other_pins)
        return _write(services, index, record, "pin" if pinned else "unpin", subject, reason)


def _find_pinnable(index: BankIndex, id_or_name: str, pinned: bool) -> tuple[str, str]:
    """Returns the id of a unit or an entity, and the subject of the change in words (the log lists units anyway)."""
    unit_id = index.find(id_or_name)
    if unit_id is not None:
        row = index.row(unit_id)
        # A pin of a unit that was retired since can still be taken off.
        if row is not None and (not pinned or index.columns[row]["retired"] == NEVER):
            return unit_id, ""
    elif (entity := index.entity(id_or_name)) is not None:
        return entity.id, f'"{entity.name}"'
    raise NotFoundError(
        f'The bank "{index.bank}" has no unit {id_or_name} that holds now, and no entity of that name.'
    )


def refresh(services: Services, bank: str) -> None:
    """Brings the profile up to date with the bank; writes nothing where it is."""
    with services.indexes.locked(bank) as index:
        _write(services, index, read_core(services.store, bank))


def _write(
    services: Services,
    index: BankIndex,
    record: CoreRecord,
    operation: str = "core",
    subject: str = "",
    reason: str = "",
) -> Change | None:
    """Writes `record` with its lines brought up to date; None where that is what the store has."""
    is_derived = operation == "core"
    transaction = Transaction(
        services, index, services.clock.now(), operation, subject, reason, derived=is_derived
    )
    # Masked before they are compared: a line that the commit masks would be another one at every refresh.
    candidates = [
        replace(
            line,
            text=transaction.redaction.cover(line.text),
            speaker=transaction.redaction.cover(line.speaker),
        )
        for line in _candidates(services, index, record)
    ]
    lines = _next_lines(record, candidates, index)
    if lines != record.lines or record != read_core(services.store, index.bank):
        point = core_point(index.bank, CoreRecord(lines, record.pinned, transaction.now))
        transaction.put_record(point)
        return transaction.commit({})
    return None


def _next_lines(
    record: CoreRecord, candidates: Sequence[CoreProfileLine], index: BankIndex
) -> tuple[CoreProfileLine, ...]:
    """Returns the new lines of the profile: of each kind, those that it has before those that are added, and those
    that may no longer hold behind all others."""
    old_places = {line: place for place, line in enumerate(record.lines)}
    lines: list[CoreProfileLine] = []
    for kind in _HEADINGS:
        # What one kind says already (a pinned preference) is not said again by the next.
        said = {unit_id for line in lines for unit_id in line.evidence}
        of_kind = [line for line in candidates if line.kind == kind and not said.issuperset(line.evidence)]
        staying = sorted((line for line in of_kind if line in old_places), key=old_places.__getitem__)
        staying = [replace(line, rank=int(_STAYING * line.rank)) for line in staying]
        added = [line for line in of_kind if line not in old_places]
        lines += sorted([*staying, *added], key=lambda line: _is_superseded(index, line.evidence))
    return tuple(lines)


def _is_superseded(index: BankIndex, unit_ids: Sequence[str]) -> bool:
    """Whether something newer probably holds in place of one of these units."""
    rows = [index.row(unit_id) for unit_id in unit_ids]
    return any(row is not None and index.successors(row) for row in rows)


def _candidates(services: Services, index: BankIndex, record: CoreRecord) -> Iterator[CoreProfileLine]:
    """Yields the lines that may be in the profile, the best of each kind first. More than fit: a line that the
    profile has stays as long as it is among them, so that a slightly better one does not push it out."""
    pinned_units = [pin_id for pin_id in record.pinned if index.row(pin_id) is not None]
    for unit in _read(services, index, pinned_units):
        yield _line_of("pinned", unit, 0)
    pinned_names = [entity.name for entity in index.entities() if entity.id in record.pinned]
    yield from _summary_lines(services, index, "pinned", pinned_names)
    subject = subject_of(index)
    if subject is None:
        return
    if services.language_model is not None and subject.entity:
        # It wrote a summary, and better than an extract.
        yield from _summary_lines(services, index, "about", [subject.entity])
    units = _read(services, index, _most_salient(index, subject.rows))
    told = [unit for unit in units if _is_preference(unit)]
    if services.language_model is None:
        told += [unit for unit in units if _is_fact(unit)]
    yield from _extract_lines(index, told, subject.names)
    latest_first = _read(services, index, _latest(index, subject.rows))[::-1]
    yield from _open_lines(services, index, [unit for unit in latest_first if _is_open(unit, index)])


def _extract_lines(
    index: BankIndex, units: Sequence[Unit], names: Sequence[str]
) -> Iterator[CoreProfileLine]:
    """Yields what is most worth knowing of these units, with who says it."""
    best_first = sorted(units, key=lambda unit: -_worth(unit))
    enough = [unit for unit in best_first if _worth(unit) >= _LEAST_SALIENCE]
    chosen = enough if len(enough) > _FEWEST_LINES else best_first[:_FEWEST_LINES]
    chosen.sort(key=lambda unit: unit.said_order)
    extractor = SummaryExtractor(index.language, _MOST_TOKENS, lambda: None)
    for each in extractor.ranked(chosen, names):
        kind: CoreKind = "preference" if _is_preference(each.unit) else "about"
        speaker = each.unit.speaker or ""
        yield CoreProfileLine(kind, each.statement, (each.unit.id,), each.rank, speaker, each.said_at)


def _worth(unit: Unit) -> float:
    return UNREAD_SALIENCE if unit.salience is None else unit.salience


def _is_fact(unit: Unit) -> bool:
    return (
        unit.kind is Kind.STATEMENT and unit.network is not Network.BELIEF and unit.modality is Modality.FACT
    )


def _is_preference(unit: Unit) -> bool:
    """Whether a unit tells what somebody holds, likes or prefers for good, or asks for from now on."""
    if unit.kind is Kind.REQUEST:
        return unit.lasting and unit.modality is Modality.FACT
    is_strong = (unit.confidence or 0.0) >= _STRONG_BELIEF
    return unit.network is Network.BELIEF and is_strong and (unit.lasting or unit.salience is None)


def _open_lines(services: Services, index: BankIndex, units: Sequence[Unit]) -> Iterator[CoreProfileLine]:
    """Yields the lines of the first of `units`, of each the newest that was said of its matter before it: what became
    of a plan is no plan any more ("the trip is cancelled"), but belongs to it."""
    best = units[:_MOST_OPEN]
    newest_ids: dict[str, str] = {}
    for unit in best:
        row = index.row(unit.id)
        for newest in index.successors(row)[-1:] if row is not None else ():
            newest_ids[unit.id] = index.unit_ids[newest]
    newest_units = {unit.id: unit for unit in _read(services, index, list(newest_ids.values()))}
    listed = {unit.id for unit in best}
    for number, unit in enumerate(best, 1):
        newest_unit = newest_units.get(newest_ids.get(unit.id, ""))
        rank = number * _OPEN_EVERY
        if newest_unit is not None and newest_unit.id not in listed:
            yield _line_of("open", replace(newest_unit, text=newest_unit.claim), rank)
        yield _line_of("open", replace(unit, text=unit.claim), rank)


def _line_of(kind: CoreKind, unit: Unit, rank: int) -> CoreProfileLine:
    # Without its speaker: the line may be shown without, under who says them all.
    statement = render_statement(replace(unit, speaker=None))
    return CoreProfileLine(kind, statement, (unit.id,), rank, unit.speaker or "", unit.mentioned_at)


def _summary_lines(
    services: Services, index: BankIndex, kind: CoreKind, entities: Sequence[str]
) -> Iterator[CoreProfileLine]:
    """Yields the sentences of the summaries of `entities`."""
    ids = tuple(summary_id(index.bank, name) for name in entities)
    for summary in read_summaries(services.store, ids).values():
        for sentence in summary.sentences:
            yield CoreProfileLine(kind, sentence.text, sentence.evidence)


def _most_salient(index: BankIndex, rows: NDArray[np.intp]) -> list[str]:
    """Returns the ids of those of these units that are most worth knowing, oldest first."""
    best = rows[np.argsort(-index.columns[rows]["salience"], kind="stable")[:_LATEST_UNITS]]
    return [index.unit_ids[row] for row in _by_time(index, best).tolist()]


def _latest(index: BankIndex, rows: NDArray[np.intp]) -> list[str]:
    """Returns the ids of the latest of these units, oldest first."""
    return [index.unit_ids[row] for row in _by_time(index, rows)[-_LATEST_UNITS:].tolist()]


def _by_time(index: BankIndex, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    in_order: NDArray[np.intp] = rows[np.argsort(index.columns[rows]["mentioned"], kind="stable")]
    return in_order


def _is_open(unit: Unit, index: BankIndex) -> bool:
    """Whether a unit is a plan whose time has not passed, or a recent one without a time."""
    is_plan = (
        unit.modality is Modality.PLAN and unit.kind is Kind.STATEMENT and unit.network is not Network.BELIEF
    )
    if not is_plan or asking(unit.text) or len(unit.text.split()) > _LONGEST_LINE:
        return False
    # "Now" is the latest message, not the clock: in an imported conversation of last year its plans are still open.
    latest = float(index.columns["mentioned"].max())
    until = None if unit.occurred is None else unit.occurred.end or unit.occurred.start
    if until is not None:
        is_ahead, least = until.timestamp() >= latest, _LEAST_SALIENCE_AHEAD
    else:
        # Of a plan without a time nobody knows for how long it is one.
        said_at = UNKNOWN_TIME if unit.mentioned_at is None else unit.mentioned_at.timestamp()
        is_ahead = latest - said_at <= _OPEN_FOR.total_seconds() and said_at != UNKNOWN_TIME
        least = _LEAST_SALIENCE
    return is_ahead and (unit.salience is None or unit.salience >= least)


def _read(services: Services, index: BankIndex, ids: Sequence[str]) -> list[Unit]:
    """Returns the current units of `ids`, in that order."""
    if not ids:
        return []
    points = services.store.scan(Where(ids=tuple(ids)), READ_UNIT)
    units = {point.id: read_unit(point) for point in points}
    in_order = [units[unit_id] for unit_id in ids if unit_id in units]
    return [unit for unit in in_order if unit.bank == index.bank and unit.retired_at is None]


def _text(lines: Sequence[CoreProfileLine]) -> str:
    """Returns the lines under the headings of their kinds; headings without a line are left out. Who says all lines
    under a heading is named in it, once."""
    parts: list[str] = []
    for kind, heading in _HEADINGS.items():
        of_kind = [line for line in lines if line.kind == kind]
        shared = _shared_speaker(of_kind)
        said_by = f", in the words of {render_name(shared)}" if shared else ""
        parts += [f"{heading}{said_by}:"] if of_kind else []
        for line in of_kind:
            speaker = None if shared else line.speaker
            parts.append(f"- {render_entry(line.said_at, speaker, one_line(line.text))}")
    return "\n".join(parts)


def _shared_speaker(lines: Sequence[CoreProfileLine]) -> str:
    """Returns who says all of these lines, "" where they are several, or too few for a heading of theirs."""
    speakers = {line.speaker for line in lines}
    return speakers.pop() if len(speakers) == 1 and len(lines) >= _FEWEST_SHARED else ""


_FEWEST_SHARED = 3
"""Lines from which on who says all of them is named once, above them. A guess."""
