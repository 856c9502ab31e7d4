"""Late interaction (ColBERT, Khattab and Zaharia 2020) between the question's tokens and those of a unit: for every
token of the question, weighted by IDF, the most similar token of the unit counts.

It comes in two steps (PLAID, Santhanam et al. 2022): an estimate over every unit of the bank, from the centroids of
their tokens, finds candidates; the engine then scores the best of them exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.models.products import product
from fourfold.ports import Floats, Query, Where
from fourfold.recall.channels.channel import Channel, Estimate, Question
from fourfold.recall.plan import Plan
from fourfold.schema.units import PREVIOUS_WEIGHT


@dataclass(frozen=True, kw_only=True)
class LateInteraction(Channel):
    """See `Channel`. The weight was measured (docs/adr/0004)."""

    name: str = "late_interaction"
    weight: float = 0.8
    illegible_weight: float | None = 0.0
    unlisted_as_last: bool = True
    stand_in: str | None = "semantic"

    def estimate(self, question: Question) -> Estimate | None:
        """Estimates what `exact_query` would score each unit of the bank; None where the embedder has no centroids or
        no token vectors. The semantic and the keyword channel miss some answers for good (docs/adr/0006)."""
        return estimate(question.plan, question.index, question.centroids)

    def exact_query(self, question: Question, where: Where, limit: int) -> Query | None:
        """Asks for MaxSim; None where the embedder has no token vectors. The weights of the tokens sum to 1, so
        that a score is a mean similarity."""
        tokens = question.plan.tokens
        return Query(where, limit, tokens=tokens) if len(tokens) else None


def estimate(plan: Plan, index: BankIndex, centroids: Floats | None) -> Estimate | None:
    """Estimates the weighted MaxSim of each row of `index`, and of the passage of each, from the `centroids` that are
    nearest to its tokens; None without centroids or tokens. The caller holds the index's lock."""
    if centroids is None or not len(plan.tokens):
        return None
    own = index.postings.best(product(plan.tokens, centroids.T), len(index))
    # The words of the line before count too, at 0.9: chat lines lean on it. Embedding each line together with the one
    # before would cost twice the embedding for .787 in place of .784 of R@10 (docs/adr/0003).
    previous = np.ascontiguousarray(index.columns["previous"])
    carried = own.take(previous, axis=1)
    carried *= np.float32(PREVIOUS_WEIGHT)
    carried[:, np.flatnonzero(previous < 0)] = -np.inf
    most_similar = np.maximum(own, carried, out=carried)
    return Estimate(most_similar.sum(axis=0), _by_passage(most_similar, index.columns["passage"]))


def _by_passage(most_similar: Floats, passages: NDArray[np.int32]) -> Floats:
    """Returns for each unit the MaxSim of its passage as a whole, (units,), given the largest similarity of each
    question token with each unit, (tokens, units). Units of one passage have rows one after the other."""
    starts = np.flatnonzero(np.append(True, (passages[1:] != passages[:-1]) | (passages[1:] < 0)))
    of_passage = np.maximum.reduceat(most_similar, starts, axis=1).sum(axis=0)
    return np.repeat(of_passage, np.diff(np.append(starts, len(passages))))
