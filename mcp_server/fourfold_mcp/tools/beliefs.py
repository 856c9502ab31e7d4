"""The tool `beliefs`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold_mcp.formatting import belief_lines, tool_result
from fourfold_mcp.schemas import BeliefsAnswer, BeliefShape
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of


async def beliefs(
    ctx: ToolContext,
    about: Annotated[
        str | None, Field(description="Whom or what about, in any words; leave out for all.")
    ] = None,
    holder: Annotated[
        str | None, Field(description="Whose: a name; user or agent where nobody is named.")
    ] = None,
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0,
    bank: BankName = None,
) -> Annotated[CallToolResult, BeliefsAnswer]:
    """List opinions and judgements with their confidence, the surest first. For facts use `recall`."""
    memory_bank = await scope_of(ctx).bank(bank)
    matching = await memory_bank.beliefs(about, holder=holder, min_confidence=min_confidence)
    answer = BeliefsAnswer(bank=memory_bank.name, beliefs=[BeliefShape.of(belief) for belief in matching])
    return tool_result(
        "\n".join(belief_lines(matching)) or f"{memory_bank.name} holds no such beliefs.", answer
    )


TOOL = Tool(beliefs, title="Beliefs", summary="List opinions and how sure they are", annotations=READS)
