"""Dates units of which nobody knew when they were said, once their messages come again and tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.text import asking
from fourfold.schema.records import NEVER, UNKNOWN_TIME
from fourfold.schema.units import read_unit
from fourfold.transaction.transaction import Transaction
from fourfold.values.units import Interval, Message, Operation, Source, Unit, Verdict


def add_times(transaction: Transaction, document: str, messages: Sequence[Message]) -> Iterator[Operation]:
    """Stages the units that hold, have no time and are said by one of `messages`, which `document` knows and which
    have one now, as said then; yields what was done. The caller holds the lock of the bank's index."""
    index = transaction.index
    for message in messages:
        rows = index.documents.quoting(document, str(message.id)) if message.known_time else []
        columns = index.columns[rows]
        is_undated = (columns["mentioned"] == UNKNOWN_TIME) & (columns["retired"] == NEVER)
        undated = [index.unit_ids[row] for row, chosen in zip(rows, is_undated, strict=True) if chosen]
        source = Source(document, (str(message.id),), times=(message.known_time,))
        for point in transaction.points(undated) if undated else ():
            unit = read_unit(point)
            dated = unit.said_by(unit.source.evidence, source)
            transaction.put_unit(
                point, replace(dated, occurred=unit.occurred or _occurred(dated, transaction))
            )
            yield Operation(Verdict.UPDATE, unit.id, "told by now when it was said")


def _occurred(unit: Unit, transaction: Transaction) -> Interval | None:
    """Returns the time that a unit tells of, as said when it was; None for a question, which asks for it."""
    text = unit.text
    if enriched("modality", text, 0.0, asking, text) >= 1:
        return None
    times = enriched("times", text, [], find_times, text, unit.mentioned_at, transaction.language)
    return times[0].interval if times else None
