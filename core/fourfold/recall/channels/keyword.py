"""The keyword channel: BM25 over stems, with the IDF of this bank alone."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.ports import Query
from fourfold.recall.channels.channel import Channel, Question


@dataclass(frozen=True, kw_only=True)
class Keyword(Channel):
    """See `Channel`. The weights were measured (docs/adr/0004)."""

    name: str = "keyword"
    weight: float = 0.3
    illegible_weight: float | None = 0.7
    # An answer often stands beside the line with the question's words.
    from_before: float = 0.3
    from_after: float = 0.3

    def query(self, question: Question) -> Query | None:
        """Asks for the best units that share a term with the question; None if it has no terms."""
        terms = question.plan.terms
        if not len(terms.indices):
            return None
        return Query(question.where, question.most, terms=terms, corpus=question.corpus)
