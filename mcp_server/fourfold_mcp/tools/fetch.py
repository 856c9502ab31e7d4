"""The tool `fetch`, the counterpart of `search`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold_mcp.formatting import title_of, tool_result, unit_line
from fourfold_mcp.schemas import FetchAnswer
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of
from fourfold_mcp.uris import unit_uri


async def fetch(
    ctx: ToolContext,
    id: Annotated[str, Field(max_length=64, description="An id that search or recall gave.")],
    bank: BankName = None,
) -> Annotated[CallToolResult, FetchAnswer]:
    """Read one memory in full by its id: what it says, where it comes from, what it rests on."""
    memory_bank = await scope_of(ctx).bank(bank)
    unit = await memory_bank.unit(id)
    metadata = {
        "network": unit.network.value,
        "said": unit.mentioned_at.isoformat() if unit.mentioned_at else "",
        "speaker": unit.speaker or "",
        "entities": ", ".join(unit.entities),
        "document": unit.source.document,
    }
    answer = FetchAnswer(
        id=unit.id,
        title=title_of(unit),
        text=unit_line(unit),
        url=unit_uri(memory_bank.name, unit.id),
        metadata={name: value for name, value in metadata.items() if value},
    )
    return tool_result(answer.model_dump_json(), answer)


TOOL = Tool(fetch, title="Fetch", summary="Read one memory in full", annotations=READS)
