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


def with_superseded(plan: Plan, index: BankIndex, candidates: Candidates) -> Candidates:
    """Returns `candidates` with, behind each of the best units, those that it superseded, the latest first, where the
    question asks for what was before, or names a time in which that held."""
    rows: list[int] = []
    places: list[int] = []
    with index.lock:
        listed = set(candidates.rows.tolist())
        for place, row in enumerate(candidates.rows.tolist()):
            rows.append(row)
            places.append(place)
            for former in _predecessors(plan, index, row) if place < _BEST else ():
                if former not in listed:
                    listed.add(former)
                    rows.append(former)
                    places.append(place)
    if len(rows) == len(candidates.rows):
        return candidates
    place_of_row = np.array(places, dtype=np.intp)
    return replace(
        candidates,
        rows=np.array(rows, dtype=np.intp),
        scores=candidates.scores[place_of_row],
        fused=candidates.fused[place_of_row],
        factors={name: factor[place_of_row] for name, factor in candidates.factors.items()},
    )


def _predecessors(plan: Plan, index: BankIndex, row: int) -> list[int]:
    """Returns the units that a unit superseded, directly or through others, as far as the question asks for them."""
    earlier: list[int] = []
    todo = [row]
    while todo and len(earlier) < _MOST:
        newer = todo.pop(0)
        for older in index.replaced_by(newer):
            if older not in earlier and (plan.asks_before or _held_at_named_time(plan, index, older, newer)):
                earlier.append(older)
                todo.append(older)
    return earlier


def _held_at_named_time(plan: Plan, index: BankIndex, older: int, newer: int) -> bool:
    """Tells whether a time that the question names lies between the moments at which the two were said."""
    since, until = (float(index.columns[row]["mentioned"]) for row in (older, newer))
    named_times = ((i.start, i.end) for i in plan.intervals)
    return any(
        end is not None and since < end.timestamp() <= until and (start is None or start.timestamp() < until)
        for start, end in named_times
    )
