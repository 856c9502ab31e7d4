"""What language models cost a bank, as records of its store: one a writer, so that no two processes write
the same."""

from __future__ import annotations

from fourfold.ports import Point
from fourfold.schema.fields import BANK, KIND
from fourfold.schema.records import LEDGER, make_id
from fourfold.token_usage import Tokens


def ledger_point(bank: str, writer: str, spent: Tokens) -> Point:
    """Returns the record of all tokens that `writer` has spent on `bank`."""
    payload = {
        KIND: LEDGER,
        BANK: bank,
        "calls": spent.calls,
        "input": spent.input,
        "output": spent.output,
        "cached": spent.cached,
    }
    return Point(make_id(bank, LEDGER, writer), payload)


def read_ledger(point: Point) -> Tokens:
    """Returns the tokens that `ledger_point` wrote; `records.stamp_of` tells whose they are."""
    payload = point.payload
    return Tokens(
        int(payload["calls"]), int(payload["input"]), int(payload["output"]), int(payload["cached"])
    )
