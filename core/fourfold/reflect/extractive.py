"""Reflection without a language model: the units that bear on the question best, quoted and cited, within a
budget."""

from __future__ import annotations

from collections.abc import Iterable

from fourfold.language.text import estimate_tokens
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_unit
from fourfold.values.units import Hit, Recall

MOST_HITS = 48
_NOTHING, _FULL = 0.32, 0.9
"""Late-interaction scores of the best unit that stand for no support and for the best there is (docs/adr/0011)."""
_SUPPORTED = 0.3
_HEAD = "An extract from memory, not a composed answer:"
_WEAK = "The memory holds nothing that clearly answers this. What comes nearest (an extract):"
_NONE = "The memory holds nothing on this."


def quoted(question: str, found: Recall, budget: int) -> Reflection:
    """The answer made of `found`, best first, at most `budget` tokens of citations."""
    citations = list(_within(found.hits, budget))
    strength = _strength(found.hits)
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
        trace=ReflectionTrace((question,), found.trace.milliseconds),
    )


def _within(hits: Iterable[Hit], budget: int) -> Iterable[Citation]:
    left = budget
    for hit in hits:
        quote = render_unit(hit.unit)
        size = estimate_tokens(quote)
        if size <= left:
            left -= size
            yield Citation(hit.unit, quote)


def _strength(hits: Iterable[Hit]) -> float:
    """How well the best unit fits, from 0 to 1; one half where the embedder has no token vectors to tell by."""
    scores = [hit.channels["rerank"].score for hit in hits if "rerank" in hit.channels]
    if not scores:
        return 0.5 if any(True for _ in hits) else 0.0
    return round(min(1.0, max(0.0, (max(scores) - _NOTHING) / (_FULL - _NOTHING))), 2)
