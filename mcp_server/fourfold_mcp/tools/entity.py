"""The tool `entity`, and what the resource of an entity shows as well."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import NotFoundError, Unit
from fourfold.values.changes import DIARY
from fourfold.values.rendering import fenced, one_line
from fourfold.values.wording import counted
from fourfold_mcp.formatting import tool_result, unit_lines
from fourfold_mcp.schemas import EntityAnswer, UnitShape
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of

if TYPE_CHECKING:
    from fourfold import AsyncBank

_MAX_LATEST = 10
"""Units in an answer. A guess, not measured: `timeline` has the rest."""


async def entity(
    ctx: ToolContext,
    name: Annotated[str, Field(max_length=200, description="A person, place, project or thing.")],
    bank: BankName = None,
) -> Annotated[CallToolResult, EntityAnswer]:
    """Sum up what is known of one person, place, project or thing: its other names, its summary, and what was
    said of it last. For all that happened to it, in order, use `timeline`."""
    answer, latest = await describe_entity(await scope_of(ctx).bank(bank), name, _MAX_LATEST)
    aliases = f", also called {', '.join(map(one_line, answer.aliases))}" if answer.aliases else ""
    mentions = f": {counted(answer.mentions, 'mention')}" if answer.mentions else ""
    heading = f"{fenced(answer.name)}{aliases}{mentions}."
    lines = [heading, answer.summary, *unit_lines(latest)]
    return tool_result("\n".join(line for line in lines if line), answer)


TOOL = Tool(
    entity,
    title="About an entity",
    summary="Sum up what is known of someone or something",
    annotations=READS,
)


async def describe_entity(bank: AsyncBank, name: str, max_units: int) -> tuple[EntityAnswer, list[Unit]]:
    """Returns what the bank knows of an entity, and its latest `max_units` units, the earliest first. Raises
    `NotFoundError`."""
    about = info = None
    # An entity that was named lately or seldom has no summary; a user who is nowhere named is no entity.
    with suppress(NotFoundError):
        about = await bank.summary(name)
    with suppress(NotFoundError):
        info = await bank.entity(name)
    if about is not None and about.is_of_user_beside(info):
        return EntityAnswer(
            bank=bank.name,
            name=about.entity,
            kind="person",
            aliases=[],
            mentions=0,
            summary=about.text,
            latest=[],
        ), []
    info = info or await bank.entity(name)
    # Beliefs are left to the tool `beliefs`.
    events = await bank.timeline(what=(*DIARY, "states"), entity=info.name, limit=max_units)
    latest = [event.unit for event in events]
    answer = EntityAnswer(
        bank=bank.name,
        name=info.name,
        kind=info.kind,
        aliases=list(info.aliases),
        mentions=info.mentions,
        summary="" if about is None else about.text,
        latest=[UnitShape.of(unit) for unit in latest],
    )
    return answer, latest
