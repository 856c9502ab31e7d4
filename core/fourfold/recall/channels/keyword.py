"""The keyword channel: BM25 over stems, with the IDF of this bank alone."""

from __future__ import annotations

from fourfold.ports import Query, Where
from fourfold.recall.plan import Plan


def query(plan: Plan, where: Where, limit: int) -> Query | None:
    """Asks for the `limit` best units that share a term with the question; None if it has no terms."""
    return Query(where, limit, terms=plan.terms) if len(plan.terms.indices) else None
