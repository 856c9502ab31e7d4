"""What held before: questions about the past reach facts that newer ones took the place of, right behind these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.recall.plan import Plan
from fourfold.recall.search import Candidates

# Both are guesses, not measured.
_BEST = 10
"""Hits behind which earlier values are shown."""
_MOST = 8
"""Earlier values that are followed from one unit."""


def with_superseded(plan: Plan, index: BankIndex, found: Candidates) -> Candidates:
    """`found`, and behind each of its best units those that it took the place of, the latest first, where the
    question asks for what was before, or names a time in which that held."""
    rows: list[int] = []
    places: list[int] = []
    with index.lock:
        there = set(found.rows.tolist())
        for place, row in enumerate(found.rows.tolist()):
            rows.append(row)
            places.append(place)
            for former in _former(plan, index, row) if place < _BEST else ():
                if former not in there:
                    there.add(former)
                    rows.append(former)
                    places.append(place)
    if len(rows) == len(found.rows):
        return found
    taken = np.array(places, dtype=np.intp)
    return replace(
        found,
        rows=np.array(rows, dtype=np.intp),
        scores=found.scores[taken],
        factors={name: factor[taken] for name, factor in found.factors.items()},
    )


def _former(plan: Plan, index: BankIndex, row: int) -> list[int]:
    """The units that a unit took the place of, that these did, and so on, as far as the question asks for them."""
    found: list[int] = []
    todo = [row]
    while todo and len(found) < _MOST:
        newer = todo.pop(0)
        for older in index.replaced_by(newer):
            if older not in found and (plan.asks_before or _held_then(plan, index, older, newer)):
                found.append(older)
                todo.append(older)
    return found


def _held_then(plan: Plan, index: BankIndex, older: int, newer: int) -> bool:
    """Whether a time that the question names lies between the saying of the two."""
    since, until = (float(index.columns[row]["mentioned"]) for row in (older, newer))
    named = ((i.start, i.end) for i in plan.intervals)
    return any(
        end is not None and since < end.timestamp() <= until and (start is None or start.timestamp() < until)
        for start, end in named
    )
