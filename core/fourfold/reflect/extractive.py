"""Answers without a language model: quotes the units that fit the question best, with citations, within a budget.

Whole units, in the order of recall: quoting only telling sentences helped multi-hop questions and hurt single-hop
ones (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Iterable

from fourfold.language.text import estimate_tokens
from fourfold.reflect.support import Support
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_unit
from fourfold.values.results import Hit, Recall

MOST_HITS = 48
"""Units that are recalled for an extract. A guess, not measured."""
_HEAD = "An extract from memory, not a composed answer:"
_WEAK = "The memory holds nothing that clearly answers this. What comes nearest (an extract):"
_NONE = "The memory holds nothing on this."


def extract(question: str, recall: Recall, support: Support, budget: int) -> Reflection:
    """Returns an answer that quotes the hits of `recall`, best first, with at most `budget` tokens of citations."""
    citations = list(_citations_within(recall.hits, budget))
    supported = bool(citations) and support.is_answered
    lines = [f"[{number}] {citation.quote}" for number, citation in enumerate(citations, 1)]
    head = _HEAD if supported else _WEAK if citations else _NONE
    return Reflection(
        question,
        "\n".join([head, *lines]),
        tuple(citations),
        supported=supported,
        strength=support.strength,
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
