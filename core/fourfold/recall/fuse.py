"""Fusion: one score out of what the channels say of each candidate.

Scores, not ranks, are fused: each channel is brought to [0, 1] over the candidates, weighted and summed, then
multiplied by what the question and the unit tell apart from words. Measured against reciprocal rank fusion
(Cormack et al. 2009) in docs/adr/0004.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Floats
from fourfold.recall.channels.ranked import Rows
from fourfold.recall.channels.temporal import nearness
from fourfold.recall.plan import Plan


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each channel and each factor counts. The defaults were measured (docs/adr/0004)."""

    keyword: float = 0.3
    semantic: float = 0.4
    rerank: float = 0.8
    graph: float = 0.05
    neighbour_keyword: float = 0.3
    """Share of a unit's keyword score that its neighbours in the session get."""
    neighbour_semantic: float = 0.5
    """Share of a unit's cosine that the unit before it gets (the one after has it in its vector already)."""
    neighbour_weight: float = 0.05
    """Share of a unit's fused score that its neighbours get: evidence comes in runs."""
    speaker: float = 0.5
    """Gain for units said by the one speaker whom the question names."""
    session: float = 0.25
    """Gain, at most, for units of the session that shares the most terms with the question."""
    dated: float = 0.5
    """Gain for units inside the dates that the question names."""
    when: float = 0.15
    """Gain for units that name a time, if the question asks for one; `count` the same for numbers."""
    count: float = 0.1
    asking: float = 0.25
    """Loss, at most, for units that are questions themselves."""
    strength: float = 0.05
    """Loss, at most, for units that have faded (docs/adr/0015)."""


@dataclass(frozen=True, slots=True)
class FusionInput:
    """The rows under consideration (sorted), and what is known of each once for all: its raw keyword score and its
    activation, 0 where it has none."""

    rows: Rows
    keyword: Floats
    graph: Floats


class Fusion:
    """Scores candidates; `fused` may be asked again once cosines and late interaction are known better.

    `remembered` is how well each candidate is, in (0, 1]; None where nothing fades. Build it under the index's lock.
    """

    def __init__(
        self,
        plan: Plan,
        index: BankIndex,
        candidates: FusionInput,
        weights: Weights,
        remembered: Floats | None = None,
    ) -> None:
        records = index.columns[candidates.rows]
        self._weights = weights
        self._before, self._after = (
            _positions(candidates.rows, records[side]) for side in ("previous", "next")
        )
        self.factors = _factors(plan, records, candidates.keyword, weights)
        """What each candidate's score is multiplied by, by name."""
        if remembered is not None:
            self.factors["strength"] = (1 - weights.strength * (1 - remembered)).astype(np.float32)
        self._factor = np.prod(list(self.factors.values()), axis=0)
        # Neighbours in the session share scores: an answer often stands beside the line with the question's words.
        self._words = weights.keyword * _scaled(
            self._with_neighbours(candidates.keyword, weights.neighbour_keyword)
        )
        self._words += weights.graph * _scaled(candidates.graph)

    def fused(self, semantic: Floats, rerank: Floats) -> Floats:
        """Returns one score a candidate; the arguments and the result are in the order of the candidates' rows."""
        weights = self._weights
        # Only the cosine of the unit after is added: the vector of the unit before is in the unit's own already
        # (docs/adr/0003).
        with_neighbours = semantic + weights.neighbour_semantic * _at(
            semantic, self._after, default=semantic.min(initial=0)
        )
        score = self._words + weights.semantic * _scaled(with_neighbours) + weights.rerank * _scaled(rerank)
        return self._with_neighbours(score * self._factor, weights.neighbour_weight)

    def _with_neighbours(self, scores: Floats, share: float) -> Floats:
        shared: Floats = scores + share * (_at(scores, self._before) + _at(scores, self._after))
        return shared


def _factors(plan: Plan, records: NDArray[np.void], keyword: Floats, weights: Weights) -> dict[str, Floats]:
    factors = {
        "asking": 1 - weights.asking * records["asking"],
        "session": 1 + weights.session * _by_session(keyword, records["session"]),
    }
    if plan.speaker >= 0:
        factors["speaker"] = 1 + weights.speaker * (records["speaker"] == plan.speaker)
    if plan.intervals:
        factors["dated"] = 1 + weights.dated * (nearness(plan, records) > 0)
    if plan.asks_when:
        factors["when"] = 1 + weights.when * records["dated"]
    if plan.asks_count:
        factors["count"] = 1 + weights.count * records["counts"]
    return {name: np.asarray(factor, dtype=np.float32) for name, factor in factors.items()}


def _scaled(scores: Floats) -> Floats:
    """Scales `scores` to [0, 1] by minimum and maximum; all zero where all are equal."""
    low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
    scaled: Floats = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return scaled


def _positions(rows: Rows, targets: NDArray[np.int32]) -> Rows:
    """Returns the place in `rows` (sorted) of each of `targets`; `len(rows)` for a target that is not among them."""
    if not len(rows):
        return np.zeros(0, dtype=np.intp)
    at = np.searchsorted(rows, targets)
    hit = rows[np.minimum(at, len(rows) - 1)] == targets
    return np.where(hit, at, len(rows))


def _at(scores: Floats, places: Rows, default: float = 0.0) -> Floats:
    """Returns the score at each place; `default` for place `len(scores)`, which stands for "not among them"."""
    return np.append(scores, np.float32(default))[places]


def _by_session(keyword: Floats, sessions: NDArray[np.int32]) -> Floats:
    """Returns the best keyword score of each candidate's session, scaled to [0, 1]."""
    if not len(keyword):
        return keyword
    labels, inverse = np.unique(sessions, return_inverse=True)
    best = np.zeros(len(labels), dtype=np.float32)
    np.maximum.at(best, inverse, keyword)
    return _scaled(best)[inverse]
