"""Writes answers and errors in words that a model can act on."""

from __future__ import annotations

from collections.abc import Iterable

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, ValidationError

from fourfold import Belief, Unit
from fourfold.values.rendering import fenced, one_line, render_unit
from fourfold.values.units import SHORT_ID
from fourfold_mcp.schemas import AS_MESSAGES, AS_STRING

_TITLE_LENGTH = 80
"""Characters of a unit's title. A guess, not measured: a line of a list."""


def tool_result(text: str, answer: BaseModel) -> CallToolResult:
    """Returns a tool's answer, to read as `text` and as data."""
    # Both, since clients show a model either the one or the other.
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=answer.model_dump(mode="json")
    )


def unit_line(unit: Unit) -> str:
    """Returns when a unit was said, what it says, and the id by which it can be fetched or forgotten."""
    # The id in the text too: a client that shows the text alone could otherwise not forget (docs/log.md, M4).
    return f"{render_unit(unit)} (id {unit.id[:SHORT_ID]})"


def unit_lines(units: Iterable[Unit]) -> list[str]:
    """Returns one line of a list for each unit."""
    return [f"- {unit_line(unit)}" for unit in units]


def title_of(unit: Unit) -> str:
    """Returns the beginning of what a unit says."""
    return one_line(unit.text)[:_TITLE_LENGTH]


def belief_lines(beliefs: Iterable[Belief]) -> list[str]:
    """Returns one line of a list for each belief, with how sure the bank is of it."""
    return [
        f"- ({belief.confidence:.2f}) {fenced(belief.statement)} ({_held_by(belief)}id {belief.unit.id[:SHORT_ID]})"
        for belief in beliefs
    ]


def _held_by(belief: Belief) -> str:
    return f"held by {fenced(belief.unit.speaker)}, " if belief.unit.speaker else ""


def wrong_arguments(tool: str, error: ValidationError) -> str:
    """Returns what is wrong with the arguments of a call, one line each, without the values: these may be private."""
    lines = []
    # Without pydantic's links, which are of no use to a model.
    for problem in error.errors(include_url=False, include_input=False):
        place = [str(part) for part in problem["loc"] if part not in (AS_STRING, AS_MESSAGES)]
        name = ".".join(place) or "arguments"
        message = problem["msg"]
        lines.append(f"- {name}: {message[:1].lower()}{message[1:]}")
    return "\n".join(
        [f"Nothing was done: {tool} was called with wrong arguments. Call it again with:", *lines]
    )
