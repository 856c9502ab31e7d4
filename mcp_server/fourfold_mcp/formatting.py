"""Answers and errors in words that a model can act on."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable
from typing import ParamSpec, TypeVar

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, ValidationError

from fourfold import Belief, FourfoldError, Unit
from fourfold.values.units import SHORT_ID

P = ParamSpec("P")
T = TypeVar("T")


def as_tool_error(tool: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Has a tool tell the model what went wrong, in the words of the library's errors."""

    @functools.wraps(tool)
    async def telling(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await tool(*args, **kwargs)
        except FourfoldError as error:
            raise ToolError(str(error)) from error

    return telling


def answer(text: str, shape: BaseModel) -> CallToolResult:
    """A result to read and the same as data."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=shape.model_dump(mode="json")
    )


def lines_of(units: Iterable[Unit]) -> list[str]:
    """One line a unit: when it was said, what it says, and the id by which it can be fetched or forgotten."""
    from fourfold.recall.prompt import (
        render,  # with the memory, not before: a client waits for the first answer
    )

    return [f"- {render(unit)} (id {unit.id[:SHORT_ID]})" for unit in units]


def believed(beliefs: Iterable[Belief]) -> list[str]:
    """One line a belief, with how sure the bank is of it."""
    return [f"- ({one.confidence:.2f}) {one.statement} (id {one.unit.id[:SHORT_ID]})" for one in beliefs]


def wrong_arguments(tool: str, error: ValidationError) -> str:
    """What is wrong with the arguments of a call, one line each, without the values."""
    lines = []
    for one in error.errors(include_url=False, include_input=False):
        name = ".".join(map(str, one["loc"])) or "arguments"
        lines.append(f"- {name}: {one['msg'][:1].lower()}{one['msg'][1:]}")
    return "\n".join(
        [f"Nothing was done: {tool} was called with wrong arguments. Call it again with:", *lines]
    )
