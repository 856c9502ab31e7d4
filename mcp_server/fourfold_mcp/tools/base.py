"""What every tool is made of: `Tool`, the state of the server that its function gets at, and parameters that several
tools share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from fourfold_mcp.scope import BankScope
from fourfold_mcp.subscriptions import Subscriptions

BankName = Annotated[str | None, Field(description="Which memory to use. Leave it out for the usual one.")]
Budget = Annotated[int, Field(ge=64, le=16_384, description="Most tokens of memories to bring back.")]
Tags = Annotated[list[str] | None, Field(description="Only what has one of these labels.")]
During = Annotated[
    str | None,
    Field(description="Only what happened then: 2026, 2026-05, 2026-05-08 or 2026-05-01/2026-05-08."),
]

# Hints by which clients ask their user or do not. No tool reaches beyond the memory, so the world is closed;
# telling the same twice is harmless, so all are idempotent.
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
WRITES = READS.model_copy(update={"read_only_hint": False})
DELETES = WRITES.model_copy(update={"destructive_hint": True})


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the server.

    Its name is that of `function`, a coroutine function: one of its parameters is a `ToolContext`, the others are
    what a client sees as a JSON schema, by their annotations with pydantic's `Field`. The function's docstring is
    what a model chooses the tool by. `summary` is a line for lists that people read, such as the bundle's.
    """

    function: Callable[..., Awaitable[CallToolResult]]
    title: str
    summary: str
    annotations: ToolAnnotations

    @property
    def name(self) -> str:
        """The name by which a client calls it."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """The docstring of the function, without the line breaks of the source."""
        return " ".join((self.function.__doc__ or "").split())


@dataclass(frozen=True, slots=True)
class ServerState:
    """The state that lives as long as the server: the SDK hands it to tools in their context, as the lifespan's."""

    scope: BankScope
    subscriptions: Subscriptions


# Any: the SDK's second parameter is the request of whatever transport, which no tool looks at.
ToolContext = Context[ServerState, Any]


def scope_of(ctx: ToolContext) -> BankScope:
    """Returns the banks that the request may reach."""
    return ctx.request_context.lifespan_context.scope


def subscriptions_of(ctx: ToolContext) -> Subscriptions:
    """Returns the subscriptions, which are told of changes."""
    return ctx.request_context.lifespan_context.subscriptions
