"""Answers without a language model: quotes the units that fit the question best, with citations, within a budget.

Whole units, in the order of recall: quoting only telling sentences helped multi-hop questions and hurt single-hop
ones (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Iterable

from fourfold.language.text import estimate_tokens
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_unit
from fourfold.values.results import Hit, Recall

MOST_HITS = 48
"""Units that are recalled for an extract. A guess, not measured."""
_NO_SUPPORT = 0.32
"""Late-interaction score of the best unit that stands for a strength of 0; the default of `Settings.relevance`, below
which recall leaves units out."""
_FULL_SUPPORT = 0.9
"""Late-interaction score of the best unit that stands for a strength of 1. A guess, not measured."""
_SUPPORTED = 0.3
"""Strength from which an answer counts as supported, a score of 0.49: 2 of 50 off-topic questions reach it, and 19
of 20 questions with an answer (docs/adr/0011)."""
_HEAD = "An extract from memory, not a composed answer:"
_WEAK = "The memory holds nothing that clearly answers this. What comes nearest (an extract):"
_NONE = "The memory holds nothing on this."


def extract(question: str, recall: Recall, budget: int) -> Reflection:
    """Returns an answer that quotes the hits of `recall`, best first, with at most `budget` tokens of citations."""
    citations = list(_citations_within(recall.hits, budget))
    strength = _strength(recall.hits)
    supported = bool(citations) and strength >= _SUPPORTED
    lines = [f"[{number}] {citation.quote}" for number, citation in enumerate(citations, 1)]
    head = _HEAD if supported else _WEAK if citations else _NONE
    return Reflection(
        question,
        "\n".join([head, *lines]),
        tuple(citations),
        supported=supported,
        strength=strength,
        extract=True,
        trace=ReflectionTrace((question,), recall.trace.milliseconds),
    )


def _citations_within(hits: Iterable[Hit], budget: int) -> Iterable[Citation]:
    """Yields a citation of each hit that still fits; one that is too long is skipped, not the end."""
    remaining = budget
    for hit in hits:
        quote = render_unit(hit.unit)
        size = estimate_tokens(quote)
        if size <= remaining:
            remaining -= size
            yield Citation(hit.unit, quote)


def _strength(hits: Iterable[Hit]) -> float:
    """Returns how well the best unit fits, from 0 to 1; 0.5 where the embedder has no token vectors to tell by."""
    scores = [hit.channels["late_interaction"].score for hit in hits if "late_interaction" in hit.channels]
    if not scores:
        return 0.5 if any(True for _ in hits) else 0.0
    strength = (max(scores) - _NO_SUPPORT) / (_FULL_SUPPORT - _NO_SUPPORT)
    return round(min(1.0, max(0.0, strength)), 2)
