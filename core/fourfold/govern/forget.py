"""Forgetting: units are retired, and what rested on them loses that, in one write. `as_of` still sees them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fourfold.errors import InputError, NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.index.columns import said_or_recorded
from fourfold.ingest.entries import drop_entries
from fourfold.ingest.pending_chunks import chunks_of_document
from fourfold.ingest.write import DocumentWriter, Origin
from fourfold.ports import Fields, Point, Where
from fourfold.schema.beliefs import is_belief, read_belief
from fourfold.schema.records import GONE, UNIT
from fourfold.schema.units import documents_of, is_retired, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import ForgetResult
from fourfold.values.rendering import quoted
from fourfold.values.units import Retirement, RetirementCause, require_aware


@dataclass(frozen=True, slots=True)
class Selection:
    """What to forget: exactly one of these is given. `tags` are those of units with any of them; `before` (aware)
    means what was said before it."""

    document: str | None = None
    unit: str | None = None
    entity: str | None = None
    tags: tuple[str, ...] | None = None
    before: datetime | None = None
    units: tuple[str, ...] | None = None
    """Ids; for pruning."""

    def __post_init__(self) -> None:
        names = ("document", "unit", "entity", "tags", "before", "units")
        criteria = [name for name in names if getattr(self, name) is not None]
        if len(criteria) != 1:
            listed = " and ".join(criteria) or "nothing"
            raise InputError(
                f"Say what to forget by one of document, unit, entity, tags and before; {listed} was given."
            )
        for name in ("document", "unit", "entity"):
            # What an unset variable gives: it would be everything without a document.
            if getattr(self, name) == "":
                raise InputError(f'{name} is "": name the {name} to forget.')
        if self.tags == ():
            raise InputError("tags is empty: name the tags whose units to forget.")
        require_aware(self.before, "before")

    @property
    def shown(self) -> str:
        """It, in words; a unit is among what was changed."""
        if self.document is not None:
            return f"document {quoted(self.document)}"
        if self.before is not None:
            return f"before {self.before:%Y-%m-%d %H:%M}"
        return f'"{self.entity}"' if self.entity is not None else ", ".join(self.tags or ())


def forget(services: Services, bank: str, selection: Selection, reason: str) -> ForgetResult:
    """Retires what `selection` names. Raises `NotFoundError` for what the bank never knew."""
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "forget", selection.shown, reason)
        if selection.document is not None:
            _forget_document(transaction, selection.document, reason)
        else:
            for point in selected(services, index, selection):
                _retire(transaction, point, reason)
        transaction.commit({})
    retired = tuple(unit for unit in transaction.changed() if unit.retired_at == transaction.now)
    beliefs = (read_belief(point) for point in transaction.units.values() if is_belief(point))
    return ForgetResult(retired, tuple(belief for belief in beliefs if belief.unit.retired_at is None))


def _retire(transaction: Transaction, point: Point, reason: str) -> None:
    """Retires a unit. One that a newer one took the place of is forgotten from then on: it is evidence no more."""
    unit = read_unit(point)
    if unit.retired_at is None or unit.retired_by_unit is not None:
        forgotten = Retirement(RetirementCause.FORGOTTEN, reason=reason)
        transaction.put_unit(
            point, replace(unit, retired_at=unit.retired_at or transaction.now, retirement=forgotten)
        )


def _forget_document(transaction: Transaction, document: str, reason: str) -> None:
    """Takes the document's messages from all that they say, its chunks, and its entries."""
    services, bank = transaction.services, transaction.index.bank
    chunks = chunks_of_document(services.store, bank, document)
    points = list(
        services.store.scan(Where(bank=bank, kind=UNIT, documents=(document,)), Fields(vectors=True))
    )
    dropped_entries = drop_entries(transaction, document)
    if not chunks and not points and not dropped_entries:
        raise NotFoundError(f'The bank "{bank}" has no document "{document}".')
    writer = DocumentWriter(transaction, Origin(document))
    writer.forget_all_but(set())
    for point in points:
        if is_retired(point) and set(documents_of(point)) == {document}:
            _retire(transaction, point, reason)
    for chunk in chunks:
        writer.put_chunk(chunk, GONE)


def selected(services: Services, index: BankIndex, selection: Selection) -> list[Point]:
    """The units that a selection names, retired ones included, with their vectors. Raises `NotFoundError`."""
    where = Where(bank=index.bank, kind=UNIT)
    if selection.unit is not None:
        full_id = index.find(selection.unit)
        if full_id is None:
            raise NotFoundError(f'The bank "{index.bank}" has no unit {selection.unit}.')
        where = replace(where, ids=(full_id,))
    elif selection.entity is not None:
        entity = index.require_entity(selection.entity)
        rows = index.units_mentioning(entity.name)
        where = replace(where, ids=tuple(index.unit_ids[row] for row in rows))
    elif selection.before is not None:
        rows = np.flatnonzero(said_or_recorded(index.columns) < selection.before.timestamp()).tolist()
        where = replace(where, ids=tuple(index.unit_ids[row] for row in rows))
    elif selection.units is not None:
        where = replace(where, ids=selection.units)
    elif selection.document is not None:
        where = replace(where, documents=(selection.document,))
    else:
        where = replace(where, tags=selection.tags)
    if where.ids == ():
        return []
    return list(services.store.scan(where, Fields(vectors=True)))
