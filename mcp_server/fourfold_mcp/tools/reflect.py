"""The tool `reflect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import Belief, Reflection
from fourfold_mcp.formatting import belief_lines, tool_result, unit_lines
from fourfold_mcp.schemas import BeliefShape, ReflectAnswer, UnitShape
from fourfold_mcp.tools.base import WRITES, BankName, Budget, Tool, ToolContext, scope_of

if TYPE_CHECKING:
    from fourfold import AsyncBank

_MAX_BELIEFS = 12
"""Beliefs in an answer. A guess, not measured: as many as one reads through."""


async def reflect(
    ctx: ToolContext,
    question: Annotated[str, Field(max_length=10_000, description="What to think about.")],
    budget: Budget = 2048,
    bank: BankName = None,
) -> Annotated[CallToolResult, ReflectAnswer]:
    """Think a question over with everything remembered: the evidence, what is believed about it and how sure, and
    the character to judge it by. Where no language model is set up, it lays these out and you draw the
    conclusion. For a plain look-up use `recall`."""
    memory_bank = await scope_of(ctx).bank(bank)
    reflection = await memory_bank.reflect(question, budget=budget)
    beliefs = await _relevant_beliefs(memory_bank, question, budget)
    answer = ReflectAnswer(
        bank=memory_bank.name,
        answer=reflection.answer,
        supported=reflection.supported,
        extract=reflection.extract,
        evidence=[UnitShape.of(unit) for citation in reflection.citations for unit in citation.units],
        beliefs=[BeliefShape.of(belief) for belief in beliefs],
        disposition=reflection.frame,
    )
    return tool_result("\n".join(_lines(reflection, beliefs)), answer)


# With a language model a reflection forms beliefs, so it is no read-only tool.
TOOL = Tool(
    reflect,
    title="Reflect",
    summary="Think a question over with everything remembered",
    annotations=WRITES,
)


async def _relevant_beliefs(bank: AsyncBank, question: str, budget: int) -> list[Belief]:
    """Returns the beliefs that bear on a question by their words, and those about an entity that it names, the surest
    first."""
    recalled = await bank.recall(question, budget=budget, networks=["belief"])
    recalled_ids = {hit.unit.id for hit in recalled.hits}
    entities = set(recalled.trace.entities)
    relevant = [
        belief
        for belief in await bank.beliefs()
        if belief.unit.id in recalled_ids or entities.intersection(belief.unit.entities)
    ]
    return relevant[:_MAX_BELIEFS]


def _lines(reflection: Reflection, beliefs: list[Belief]) -> list[str]:
    """Returns the answer, or, where it is an extract, the evidence to draw a conclusion from."""
    about_beliefs = ["Beliefs, with how sure they are:", *belief_lines(beliefs)] if beliefs else []
    if not reflection.extract:
        return [reflection.answer, *about_beliefs]
    lines = ["No language model is set up here, so the conclusion is yours to draw."]
    if reflection.citations:
        heading = "Evidence" if reflection.supported else "Nothing answers this clearly. What comes nearest"
        lines += [f"{heading}:", *unit_lines(u for citation in reflection.citations for u in citation.units)]
    else:
        lines.append("No statement bears on it.")
    return [*lines, *about_beliefs, reflection.frame]
