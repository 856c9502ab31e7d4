"""The tool `forget`. It asks the user first, by elicitation where the client can, else by the argument `confirm`."""

# Annotations stay objects here: the protocol's library looks them up by their values, which in part are local.
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from fourfold import FourfoldError, InputError
from fourfold_mcp.formatting import answer, as_tool_error
from fourfold_mcp.schemas import BeliefShape, ForgetAnswer, UnitShape
from fourfold_mcp.scope import BankScope
from fourfold_mcp.subscriptions import Subscriptions
from fourfold_mcp.tools.reading import BankName

if TYPE_CHECKING:
    from fourfold import AsyncBank

UnitId = Annotated[str | None, Field(description="The id of one memory, as recall gives it.")]
EntityName = Annotated[str | None, Field(description="Everything that mentions this name.")]
Labels = Annotated[list[str] | None, Field(description="Everything with one of these labels.")]
Confirm = Annotated[bool, Field(description="True once the user has agreed.")]


class Agreed(BaseModel):
    """What the user says to it."""

    forget: bool = Field(description="Forget it")


def forgetting(access: BankScope, changes: Subscriptions) -> Callable[..., Awaitable[CallToolResult]]:
    """The tool, for what `access` reaches."""

    async def asked(
        ctx: Context[Any, Any],
        confirm: bool,
        unit: str | None,
        entity: str | None,
        tags: list[str] | None,
        bank: str | None,
    ) -> Agreed | Elicit[Agreed]:
        try:
            what = await _described(await access.bank(bank), unit, entity, tags)
        except FourfoldError as error:
            raise ToolError(str(error)) from error
        if confirm:
            return Agreed(forget=True)
        can = ctx.client_capabilities
        if can is None or can.elicitation is None:
            raise ToolError(
                f"Nothing was forgotten yet. Ask the user whether to forget {what}, then call forget again with "
                f"confirm=true."
            )
        return Elicit(f"Forget {what}? It will not be recalled any more.", Agreed)

    @as_tool_error
    async def forget(
        agreed: Annotated[ElicitationResult[Agreed], Resolve(asked)],
        unit: UnitId = None,
        entity: EntityName = None,
        tags: Labels = None,
        confirm: Confirm = False,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, ForgetAnswer]:
        """Forget one memory, all that mentions a name, or all with a label, when the user asks for it. Give one of
        the three. The user is asked first where that is possible; else ask yourself, and call it with confirm=true
        after they have agreed. Beliefs that rested on it fall with it."""
        kept = await access.bank(bank)
        if not (isinstance(agreed, AcceptedElicitation) and agreed.data.forget):
            return answer(
                "Nothing was forgotten: the user did not agree.",
                ForgetAnswer(bank=kept.name, units=[], beliefs=[]),
            )
        done = await kept.forget(unit=unit, entity=entity, tags=tags, reason="asked for by the user")
        await changes.forgot(kept, done)
        shape = ForgetAnswer(
            bank=kept.name,
            units=[UnitShape.of(one) for one in done.units],
            beliefs=[BeliefShape.of(one) for one in done.beliefs],
        )
        fallen = [f"Less sure now ({one.confidence:.2f}): {one.statement}" for one in done.beliefs]
        lines = [f"Forgot {len(done.units)}:", *(f"- {one.text}" for one in done.units), *fallen]
        return answer("\n".join(lines), shape)

    return forget


async def _described(bank: "AsyncBank", unit: str | None, entity: str | None, tags: list[str] | None) -> str:
    """What is to be forgotten, in words; raises `FourfoldError`."""
    if sum(one is not None for one in (unit, entity, tags)) != 1:
        raise InputError("Say what to forget by one of unit, entity and tags.")
    if unit is not None:
        return f'"{(await bank.unit(unit)).text}"'
    if entity is not None:
        known = await bank.entity(entity)
        return f'all that mentions "{known.name}" ({known.mentions} memories)'
    return f"all that is labelled {' or '.join(tags or ())}"
