"""The rerank: late interaction (ColBERT, Khattab and Zaharia 2020) between the question's tokens and those of
each candidate. For every token of the question, weighted by IDF, the most similar token of the unit counts."""

from __future__ import annotations

from collections.abc import Mapping

from fourfold.ports import Query, Where
from fourfold.recall.plan import Plan


def relevant(plan: Plan, scores: Mapping[int, float], floor: float) -> bool:
    """Whether any of `scores` reaches the relevance floor. A question that names a date, or has no word of its own,
    is asked without one (docs/adr/0005)."""
    if plan.intervals or not len(plan.terms.indices) or not scores:
        return True
    return max(scores.values()) >= floor


def query(plan: Plan, where: Where, limit: int) -> Query | None:
    """MaxSim of the units `where` names; None where the embedder has no token vectors. The weights sum to 1,
    so a score is a mean similarity."""
    return Query(where, limit, tokens=plan.tokens) if len(plan.tokens) else None
