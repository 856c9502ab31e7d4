"""The semantic channel: units whose dense vector is near the question's (cosine)."""

from __future__ import annotations

from fourfold.ports import Query, Where
from fourfold.recall.plan import Plan


def query(plan: Plan, where: Where, limit: int) -> Query:
    """Asks for the `limit` nearest units; with `where.ids`, the cosine of just those."""
    return Query(where, limit, vector=plan.vector)
