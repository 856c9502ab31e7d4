"""Dates units of which nobody knew when they were said, once their messages come again and tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fourfold.index.bank_index import BankIndex
from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.text import asking
from fourfold.schema.records import NEVER, UNKNOWN_TIME
from fourfold.schema.units import read_unit
from fourfold.transaction.transaction import Transaction
from fourfold.values.units import Interval, Message, Source, Unit


def add_times(transaction: Transaction, document: str, messages: Sequence[Message]) -> None:
    """Stages the units that hold, have no time and are said by one of `messages`, which `document` knows and which
    have one now, as said then. The caller holds the lock of the bank's index."""
    index = transaction.index
    for message in messages:
        rows = index.documents.quoting(document, str(message.id)) if message.known_time else []
        undated = [index.unit_ids[row] for row in rows if _is_undated(index, row)]
        source = Source(document, (str(message.id),), times=(message.known_time,))
        for point in transaction.points(undated) if undated else ():
            unit = read_unit(point)
            dated = unit.said_by(unit.source.evidence, source)
            dated = replace(dated, occurred=unit.occurred or _occurred(dated, transaction))
            successors = transaction.read([unit.superseded_by] if unit.superseded_by else [])
            if any(dated.said_order > successor.said_order for successor in successors):
                dated = replace(dated, superseded_by=None)  # it gave way since it had no time
            transaction.put_unit(point, dated)


def _is_undated(index: BankIndex, row: int) -> bool:
    columns = index.columns[row]
    return bool(columns["mentioned"] == UNKNOWN_TIME and columns["retired"] == NEVER)


def _occurred(unit: Unit, transaction: Transaction) -> Interval | None:
    """Returns the time that a unit tells of, as said when it was; None for a question, which asks for it."""
    text = unit.text
    if enriched("modality", text, 0.0, asking, text) >= 1:
        return None
    times = enriched("times", text, [], find_times, text, unit.mentioned_at, transaction.language)
    return times[0].interval if times else None
