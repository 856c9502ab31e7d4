"""The first and the last of several times: where a question asks for one of them ("When did I first swim?"), what
fits alike stands in the order of time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fourfold.ports import Floats
from fourfold.recall.channels.ranked import Ranked
from fourfold.recall.plan import Plan
from fourfold.schema.records import UNKNOWN_TIME

# The three that follow are guesses.
_ALIKE = 0.05
"""Relevance below the best of what fits as well as that."""
_ALIKE_FUSED = 0.7
"""Share of the best fused score that it has at least: relevance alone is near 1 for too much in a large bank (with .4
LoCoMo's R@5 was lower by .008)."""
_MANY = 1000
"""Units of a bank in which that share counts in full."""


def in_asked_order(
    plan: Plan, ranking: Ranked, relevance: Floats, records: NDArray[np.void], units: int
) -> Ranked:
    """Returns `ranking` with the best units, as far as they fit alike, the earliest first or the latest first, as the
    question asks. `relevance` and `records` are those of its units, in its order; what has no time stays where it
    is. The bank has so many `units`."""
    if plan.asks_first == plan.asks_last or not len(ranking.rows):
        return ranking
    times = np.where(records["start"] == UNKNOWN_TIME, records["mentioned"], records["start"])
    is_alike = alike(relevance, ranking.scores, units, _ALIKE, _ALIKE_FUSED)
    places = np.flatnonzero(is_alike & (times != UNKNOWN_TIME))
    in_time = places[np.argsort(times[places] if plan.asks_first else -times[places], kind="stable")]
    rows = ranking.rows.copy()
    rows[places] = ranking.rows[in_time]
    return Ranked(rows, ranking.scores)


def alike(relevance: Floats, fused: Floats, units: int, fall: float, share: float) -> NDArray[np.bool_]:
    """Tells which of the best units of a bank of so many `units` fit a question as well as the best of them: their
    relevance is at most `fall` below its own, and in a bank of 1,000 units they have `share` of its fused score. In a
    small bank fused scores lie far apart whatever is said: the share falls to 0 for one unit."""
    least = share * min(1.0, math.log(max(1, units)) / math.log(_MANY))
    is_alike: NDArray[np.bool_] = (relevance >= relevance.max() - fall) & (fused >= least * fused.max())
    return is_alike
