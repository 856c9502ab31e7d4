"""The rerank: late interaction (ColBERT, Khattab and Zaharia 2020) between the question's tokens and those of
each candidate. For every token of the question, weighted by IDF, the most similar token of the unit counts."""

from __future__ import annotations

from fourfold.ports import Query, Where
from fourfold.recall.plan import Plan


def query(plan: Plan, where: Where, limit: int) -> Query | None:
    """MaxSim of the units `where` names; None where the embedder has no token vectors. The weights sum to 1,
    so a score is a mean similarity."""
    return Query(where, limit, tokens=plan.tokens) if len(plan.tokens) else None
