"""The tool `recall`."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import Interval
from fourfold_mcp.formatting import tool_result, unit_lines
from fourfold_mcp.schemas import RecallAnswer, UnitShape
from fourfold_mcp.tools.base import READS, BankName, Budget, During, Tags, Tool, ToolContext, scope_of

NetworkName = Literal["world", "experience", "summary", "belief"]


async def recall(
    ctx: ToolContext,
    question: Annotated[str, Field(max_length=10_000, description="A whole question, with names.")],
    budget: Budget = 2048,
    networks: Annotated[list[NetworkName] | None, Field(description="Only these kinds of memories.")] = None,
    tags: Tags = None,
    during: During = None,
    bank: BankName = None,
) -> Annotated[CallToolResult, RecallAnswer]:
    """Look up what is remembered. Call this before answering anything that may depend on the user, their people,
    projects, preferences or on earlier conversations. Returns dated statements, best first, with their ids."""
    memory_bank = await scope_of(ctx).bank(bank)
    interval = None if during is None else Interval.from_iso(during)
    recalled = await memory_bank.recall(
        question, budget=budget, networks=networks, tags=tags, during=interval
    )
    units = [hit.unit for hit in recalled.hits]
    answer = RecallAnswer(bank=memory_bank.name, units=[UnitShape.of(unit) for unit in units])
    return tool_result(
        "\n".join(unit_lines(units)) or f"Nothing in {memory_bank.name} bears on that.", answer
    )


TOOL = Tool(recall, title="Recall", summary="Look up what is remembered", annotations=READS)
