"""The tool `forget`. It asks the user first, by elicitation where the client can, else by the argument `confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Elicit, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from fourfold import ForgetResult, InputError
from fourfold.integrations.host_errors import raise_as
from fourfold.values.rendering import fenced, one_line
from fourfold.values.wording import counted
from fourfold_mcp.formatting import tool_result
from fourfold_mcp.schemas import BeliefShape, ForgetAnswer, UnitShape
from fourfold_mcp.tools.base import DELETES, BankName, Tool, ToolContext, scope_of, subscriptions_of

if TYPE_CHECKING:
    from fourfold import AsyncBank

UnitId = Annotated[str | None, Field(description="The id of one memory, as recall gives it.")]
EntityName = Annotated[str | None, Field(description="Everything that mentions this name.")]
Labels = Annotated[list[str] | None, Field(description="Everything with one of these labels.")]
Confirm = Annotated[bool, Field(description="True once the user has agreed.")]


class Agreed(BaseModel):
    """The user's answer to the question whether to forget."""

    forget: bool = Field(description="Forget it")


@raise_as(ToolError)
async def _ask_user(
    ctx: ToolContext,
    confirm: bool,
    unit: str | None,
    entity: str | None,
    tags: list[str] | None,
    bank: str | None,
) -> Agreed | Elicit[Agreed]:
    """Returns the question to the user, or that they have agreed already. Raises `ToolError` for a client that cannot
    ask: its model has to."""
    # Before `confirm` is looked at: what cannot be forgotten is an error also for a model that says it has asked.
    selection = await _describe(await scope_of(ctx).bank(bank), unit, entity, tags)
    if confirm:
        return Agreed(forget=True)
    capabilities = ctx.client_capabilities
    if capabilities is None or capabilities.elicitation is None:
        raise ToolError(
            f"Nothing was forgotten yet. Ask the user whether to forget {selection}, then call forget again with "
            f"confirm=true."
        )
    return Elicit(f"Forget {selection}? It will not be recalled any more.", Agreed)


async def forget(
    ctx: ToolContext,
    agreed: Annotated[ElicitationResult[Agreed], Resolve(_ask_user)],
    unit: UnitId = None,
    entity: EntityName = None,
    tags: Labels = None,
    confirm: Confirm = False,
    bank: BankName = None,
) -> Annotated[CallToolResult, ForgetAnswer]:
    """Forget one memory, all that mentions a name, or all with a label, when the user asks for it. Give one of
    the three. The user is asked first where that is possible; else ask yourself, and call it with confirm=true
    after they have agreed. Beliefs that rested on it fall with it."""
    memory_bank = await scope_of(ctx).bank(bank)
    # Declining is an answer and no error: the model has nothing to mend.
    if not (isinstance(agreed, AcceptedElicitation) and agreed.data.forget):
        nothing = ForgetAnswer(bank=memory_bank.name, units=[], beliefs=[])
        return tool_result("Nothing was forgotten: the user did not agree.", nothing)
    result = await memory_bank.forget(unit=unit, entity=entity, tags=tags, reason="asked for by the user")
    await subscriptions_of(ctx).notify_forgotten(memory_bank, result)
    answer = ForgetAnswer(
        bank=memory_bank.name,
        units=[UnitShape.of(unit) for unit in result.units],
        beliefs=[BeliefShape.of(belief) for belief in result.beliefs],
    )
    return tool_result("\n".join(_lines(result)), answer)


TOOL = Tool(forget, title="Forget", summary="Forget, when the user asks for it", annotations=DELETES)


def _lines(result: ForgetResult) -> list[str]:
    return [
        f"Forgot {counted(len(result.units), 'statement')}:",
        *(f"- {fenced(unit.text)}" for unit in result.units),
        *(
            f"Less sure now ({belief.confidence:.2f}): {fenced(belief.statement)}"
            for belief in result.beliefs
        ),
    ]


async def _describe(bank: AsyncBank, unit: str | None, entity: str | None, tags: list[str] | None) -> str:
    """Returns in words what is to be forgotten. Raises `InputError` unless exactly one of the three is given, and
    `NotFoundError` where nothing fits."""
    if sum(selector is not None for selector in (unit, entity, tags)) != 1:
        raise InputError("Say what to forget by one of unit, entity and tags.")
    if unit is not None:
        return f'"{one_line((await bank.unit(unit)).text)}"'
    if entity is not None:
        # The name as the bank has it: the user is asked about Ana Sousa where the model said Ana.
        entity_info = await bank.entity(entity)
        mentions = counted(entity_info.mentions, "memory", "memories")
        return f'all that mentions "{one_line(entity_info.name)}" ({mentions})'
    return f"all that is labelled {' or '.join(map(one_line, tags or ()))}"
