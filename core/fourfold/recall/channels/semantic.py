"""The semantic channel: units whose dense vector is near the question's (cosine)."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.ports import Query, Where
from fourfold.recall.channels.channel import Channel, Question


@dataclass(frozen=True, kw_only=True)
class Semantic(Channel):
    """See `Channel`. The weights were measured (docs/adr/0004, 0019)."""

    name: str = "semantic"
    weight: float = 0.5
    illegible_weight: float | None = 0.0
    # Of the line before nothing is added: its vector is in the unit's own already (docs/adr/0003).
    from_after: float = 0.3
    unlisted_as_last: bool = True

    def query(self, question: Question) -> Query:
        """Asks for the nearest units."""
        # A third of what is scored exactly comes from the vectors: more of them changed nothing (docs/adr/0006).
        return Query(question.where, question.most // 3, vector=question.plan.vector)

    def exact_query(self, question: Question, where: Where, limit: int) -> Query:
        """Asks for the cosine of each."""
        return Query(where, limit, vector=question.plan.vector)
