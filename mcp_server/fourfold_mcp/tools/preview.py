"""The tool `preview`.

A tool of its own, since it only reads: a client need not ask its user, and one that may not write can call it. It
takes a text alone; the messages that `retain` takes as well would treble what its schema costs in every context.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import Message, Preview
from fourfold.values.rendering import render_previewed
from fourfold_mcp.formatting import tool_result, unit_line
from fourfold_mcp.schemas import MAX_TEXT_LENGTH, PreviewAnswer, StatementShape
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of

if TYPE_CHECKING:
    from fourfold import AsyncBank


async def preview(
    ctx: ToolContext,
    text: Annotated[str, Field(max_length=MAX_TEXT_LENGTH)],
    speaker: Annotated[str | None, Field(description="The name of who said it.")] = None,
    bank: BankName = None,
) -> Annotated[CallToolResult, PreviewAnswer]:
    """Show what `retain` would make of each sentence of a text, what it would replace and hold back. Remembers
    nothing."""
    memory_bank = await scope_of(ctx).bank(bank)
    previewed = await memory_bank.preview([Message(text, speaker)])
    answer = PreviewAnswer(
        bank=memory_bank.name,
        statements=[StatementShape.of(statement) for statement in previewed],
        redacted=dict(previewed.redacted),
        warnings=list(previewed.warnings),
    )
    return tool_result("\n".join(await _lines(memory_bank, previewed)), answer)


TOOL = Tool(preview, title="Preview", summary="Show what would be remembered of a text", annotations=READS)


async def _lines(bank: AsyncBank, previewed: Preview) -> list[str]:
    lines = [f"Nothing was remembered. As read by the built-in extractor, {bank.name} would take it for:"]
    lines += [f"- {label}: {line}" for label, line in map(render_previewed, previewed)]
    replaced = [unit for statement in previewed for unit in statement.replaces]
    outdated = [unit for statement in previewed for unit in statement.outdates]
    lines += await _named(bank, "Would be no longer so", replaced)
    lines += await _named(bank, "May have changed", outdated)
    lines += [f"Held back by {rule}: {count}." for rule, count in previewed.redacted.items()]
    return [*lines, *previewed.warnings]


async def _named(bank: AsyncBank, outcome: str, units: Iterable[str]) -> list[str]:
    return [f"{outcome}: {unit_line(await bank.unit(unit))}" for unit in dict.fromkeys(units)]
