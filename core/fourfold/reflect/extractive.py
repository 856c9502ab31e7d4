"""Answers without a language model: quotes the units that fit the question best, with citations, within a budget.

In the order of recall, the best with the rest of what was said in the same breath, and what stands in one passage in
one line: quoting only telling sentences helped multi-hop questions and hurt single-hop ones (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fourfold.language.text import estimate_tokens
from fourfold.reflect.support import Support
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_passage, render_statement, render_unit
from fourfold.values.results import Hit, Recall
from fourfold.values.units import Unit

MOST_HITS = 48
"""Units that are recalled for an extract. A guess, not measured."""
_WHOLE_PASSAGES = 8
"""Best hits that are quoted with the rest of their passage. Of 4, 6, 7, 8, 9, 10 and all, 8 was best, by less than
other conversations may differ (docs/adr/0011)."""
_HEAD = "An extract from memory, not a composed answer:"
_WEAK = "The memory holds nothing that clearly answers this. What comes nearest (an extract):"
_NONE = "The memory holds nothing on this."


Passages = Mapping[str, tuple[Unit, ...]]
"""By the id of a unit, those of its passage, in order."""


def extract(question: str, recall: Recall, passages: Passages, support: Support, budget: int) -> Reflection:
    """Returns an answer that quotes the hits of `recall`, best first, with at most `budget` tokens of citations;
    `passages` are those that its hits stand in."""
    citations = list(_citations(_lines_within(recall.hits, passages, budget), passages))
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


def _lines_within(hits: Iterable[Hit], passages: Passages, budget: int) -> list[list[Unit]]:
    """Returns the units of each line, the hit that opened it first. One that is too long for what is left of the
    budget is skipped, not the end."""
    remaining = budget
    lines: dict[str, list[Unit]] = {}
    quoted: set[str] = set()
    for rank, hit in enumerate(hits):
        label = _line_label(hit.unit)
        beside = passages.get(hit.unit.id, ()) if rank < _WHOLE_PASSAGES else ()
        for unit in (hit.unit, *beside):
            if unit.id in quoted:
                continue
            text = render_statement(unit) if label in lines else render_unit(unit)
            size = estimate_tokens(text) + (label in lines)
            if size <= remaining:
                remaining -= size
                quoted.add(unit.id)
                lines.setdefault(label, []).append(unit)
    return list(lines.values())


def _line_label(unit: Unit) -> str:
    """Returns what the units of one line share: their passage, and when it was last said."""
    return f"{unit.passage} {unit.mentioned_at}" if unit.passage else unit.id


def _citations(lines: Iterable[list[Unit]], passages: Passages) -> Iterator[Citation]:
    for best, *context in lines:
        places = {unit.id: place for place, unit in enumerate(passages.get(best.id, ()))}
        in_order = sorted([best, *context], key=lambda unit: places.get(unit.id, len(places)))
        yield Citation(best, render_passage(in_order), tuple(context))
