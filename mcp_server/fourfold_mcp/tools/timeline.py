"""The tool `timeline`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import Interval
from fourfold.values.changes import DIARY, TimelineKind
from fourfold_mcp.formatting import tool_result, unit_lines
from fourfold_mcp.schemas import TimelineAnswer, UnitShape
from fourfold_mcp.tools.base import READS, BankName, During, Tool, ToolContext, scope_of


async def timeline(
    ctx: ToolContext,
    what: Annotated[
        list[TimelineKind] | None,
        Field(description="Leave out for events, plans and changes. States are all else that was stated."),
    ] = None,
    about: Annotated[str | None, Field(description="Whom or what; leave out for everything.")] = None,
    during: During = None,
    limit: Annotated[int, Field(ge=1, le=200, description="Most entries; the latest are kept.")] = 50,
    bank: BankName = None,
) -> Annotated[CallToolResult, TimelineAnswer]:
    """List what happened and what is planned, in order of time, each event once, and what changed from what: for
    histories, "when did ...", "what was before ...", or a review of a day, a week or a month. For a question about
    one thing use `recall`."""
    memory_bank = await scope_of(ctx).bank(bank)
    interval = None if during is None else Interval.from_iso(during)
    events = await memory_bank.timeline(what=what or DIARY, entity=about, during=interval, limit=limit)
    # A belief has a move at a time, and is the same belief.
    units = list({event.unit.id: event.unit for event in events}.values())
    answer = TimelineAnswer(bank=memory_bank.name, units=[UnitShape.of(unit) for unit in units])
    return tool_result(
        "\n".join(unit_lines(units)) or f"Nothing in {memory_bank.name} happened then.", answer
    )


TOOL = Tool(timeline, title="Timeline", summary="List what happened, in order of time", annotations=READS)
