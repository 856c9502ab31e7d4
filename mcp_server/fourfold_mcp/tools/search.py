"""The tool `search`, which assistants that know no other tools call: OpenAI's connectors ask for `search` and
`fetch` with these parameters and answers."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold_mcp.formatting import title_of, tool_result
from fourfold_mcp.schemas import SearchAnswer, SearchHit
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of
from fourfold_mcp.uris import unit_uri

_MAX_RESULTS = 10
"""Results of a search. A guess, not measured."""


async def search(
    ctx: ToolContext,
    query: Annotated[str, Field(max_length=10_000, description="What to look for, in words.")],
    bank: BankName = None,
) -> Annotated[CallToolResult, SearchAnswer]:
    """Search the memory and list what was found by id and title, to read with `fetch`. Assistants that can use
    `recall` should: it brings the statements themselves."""
    memory_bank = await scope_of(ctx).bank(bank)
    recalled = await memory_bank.recall(query, limit=_MAX_RESULTS, budget=None)
    units = [hit.unit for hit in recalled.hits]
    results = [
        SearchHit(id=unit.id, title=title_of(unit), url=unit_uri(memory_bank.name, unit.id)) for unit in units
    ]
    answer = SearchAnswer(results=results)
    # As JSON in the text too: OpenAI's connectors read the results from there.
    return tool_result(answer.model_dump_json(), answer)


TOOL = Tool(search, title="Search", summary="Search the memory", annotations=READS)
