"""What whoever retains it says to hold no longer: it is kept as a retired unit. Knows nothing of what replaces it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.ingest.extract.statement import Statement
from fourfold.schema.units import read_unit
from fourfold.transaction.transaction import Transaction
from fourfold.values.units import Retirement, RetirementCause, Unit


def has_ended(statement: Statement, now: datetime) -> bool:
    """Tells whether a statement held until a moment that is past."""
    return statement.ended_at is not None and statement.ended_at <= now


def is_noted_end(statement: Statement, index: BankIndex, document: str) -> bool:
    """Tells whether the document has said before of a statement that it ended: a file that is read again adds
    nothing."""
    return statement.ended_at is not None and bool(index.documents.quoting(document, statement.messages[0]))


def end_unit(transaction: Transaction, unit_id: str, statement: Statement, document: str) -> Unit | None:
    """Retires the unit that says `statement`, which has ended, and returns it as it is staged; None where another
    document says it too, which knows of no end."""
    (point,) = transaction.points([unit_id])
    unit = read_unit(point)
    if set(unit.source.documents) != {document}:
        return None
    reason = f"held until {statement.ended_at:%Y-%m-%d}"
    ended_unit = replace(
        unit,
        retired_at=transaction.now,
        retirement=Retirement(RetirementCause.FORGOTTEN, reason=reason),
        superseded_by=None,
    )
    transaction.put_unit(point, ended_unit)
    return ended_unit
