"""What an erasure takes away: units, beliefs that rest on them alone, and the texts that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from fourfold.govern.erasure import Erasure
from fourfold.govern.erasure_scope import ErasureScope
from fourfold.govern.forget import Selection, selected
from fourfold.ports import Point, Where
from fourfold.schema.beliefs import is_belief, read_belief
from fourfold.schema.chunks import CHUNKS, chunk_point, has_text, read_chunk_point, state_of
from fourfold.schema.entries import is_entry, value_of
from fourfold.schema.records import CHUNK, GONE_ENTRY, KIND_ONLY, kind_of
from fourfold.schema.units import read_unit
from fourfold.transaction.cascade import dependents
from fourfold.values.beliefs import Belief
from fourfold.values.units import Network, RetirementCause, Unit

_ENTRY = "entry"
"""What a receipt calls the entries of all kinds."""


def choose_units(erasure: Erasure, selection: Selection) -> bool:
    """Chooses the units that go; one that was said elsewhere too only loses a source. Returns whether there is a
    document of the name in `selection` at all."""
    services, document = erasure.transaction.services, selection.document
    selected_units = [(point, read_unit(point)) for point in selected(services, erasure.index, selection)]
    for point, unit in selected_units:
        evidence = () if document is None else unit.source.evidence
        other_evidence = [pair for pair in evidence if pair[0] != document]
        if other_evidence:
            erasure.elsewhere.append(unit.id)
            _keep_sources(erasure, point, unit, other_evidence)
        else:
            erasure.gone[unit.id] = unit
    _add_versions(erasure, [unit for _, unit in selected_units])
    if document is None:
        return False
    where = Where(bank=erasure.bank, documents=(document,))
    return any(True for _ in services.store.scan(where, KIND_ONLY))


def _keep_sources(erasure: Erasure, point: Point, unit: Unit, evidence: list[tuple[str, str]]) -> None:
    """Leaves a unit with these sources alone."""
    unit = unit.said_by(evidence)
    if unit.network is Network.BELIEF:
        # How often a judgement was said moves its confidence.
        erasure.amend_belief(point, replace(read_belief(point), unit=unit).stated(erasure.transaction.now))
    else:
        erasure.amend(point, unit, "source")


def _add_versions(erasure: Erasure, units: Iterable[Unit]) -> None:
    """Adds what a unit was edited from, and what it was edited to before that was undone: other words for the same
    source."""
    todo = [unit for unit in units if unit.id in erasure.gone]
    while todo:
        unit = todo.pop()
        row = erasure.index.row(unit.id)
        linked = [] if row is None else erasure.index.linked_units(row, "supersedes")
        ids = [erasure.index.unit_ids[other] for other in linked]
        for other in erasure.transaction.read([unit_id for unit_id in ids if unit_id not in erasure.gone]):
            # An older value from another message is not an older version of this one, and stays.
            shares_source = not set(other.source.evidence).isdisjoint(unit.source.evidence)
            if shares_source and (other.retired_by_unit == unit.id or _is_undone(other)):
                erasure.gone[other.id] = other
                todo.append(other)


def _is_undone(unit: Unit) -> bool:
    return unit.retirement is not None and unit.retirement.cause is RetirementCause.UNDONE


def reassess_beliefs(erasure: Erasure) -> list[Belief]:
    """Makes beliefs what they were had that which goes never been; those of it alone go as well. Returns those that
    changed and stay."""
    changed: dict[str, Belief] = {}
    newly_erased = list(erasure.gone)
    # A belief that goes may have moved another one, so this goes on until none follows.
    while newly_erased:
        points = erasure.transaction.points(
            [i for i in dependents(erasure.index, newly_erased) if i not in erasure.gone]
        )
        newly_erased = []
        for point in (p for p in points if is_belief(p)):
            current = erasure.current(point)
            belief = read_belief(current)
            remaining = belief.erased(set(erasure.gone))
            if remaining is None:
                erasure.gone[point.id] = belief.unit
                erasure.points.pop(point.id, None)
                changed.pop(point.id, None)
                newly_erased.append(point.id)
            elif remaining.history != belief.history:
                erasure.amend_belief(current, remaining)
                changed[point.id] = remaining
    return list(changed.values())


def drop_texts(erasure: Erasure, document: str | None, scope: ErasureScope) -> None:
    """Drops the chunks and the entries that hold what goes: all of `document`, of others those that do."""
    store, bank = erasure.store, erasure.bank
    documents = {document_name for unit in erasure.gone.values() for document_name in unit.source.documents}
    evidence = {pair for unit in erasure.gone.values() for pair in unit.source.evidence}
    for name in sorted(documents if document is None else documents | {document}):
        for point in store.scan(Where(bank=bank, documents=(name,))):
            kind = kind_of(point)
            if name == document and (kind in CHUNKS or is_entry(point) or kind == GONE_ENTRY):
                erasure.dropped[point.id] = CHUNK if kind in CHUNKS else _ENTRY
            elif kind in CHUNKS and has_text(point):
                _shorten(erasure, point, evidence)
            elif is_entry(point) and scope.says(value_of(point)):
                erasure.dropped[point.id] = _ENTRY


def _shorten(erasure: Erasure, point: Point, evidence: set[tuple[str, str]]) -> None:
    """Takes the pieces of messages that go out of a chunk, and what was said before it, which may be one of them."""
    chunk = read_chunk_point(point)
    pieces = tuple(piece for piece in chunk.pieces if (chunk.document, piece.message) not in evidence)
    if not pieces:
        erasure.dropped[point.id] = CHUNK
    elif len(pieces) < len(chunk.pieces) or chunk.before:
        units = tuple(unit for unit in chunk.units if unit not in erasure.gone)
        shortened = replace(chunk, pieces=pieces, before=(), units=units, failed="")
        erasure.put(chunk_point(erasure.bank, shortened, state_of(point), erasure.transaction.now), CHUNK)
