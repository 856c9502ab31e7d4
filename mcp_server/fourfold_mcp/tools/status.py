"""The tool `status`."""

from __future__ import annotations

from typing import Annotated

from mcp_types import CallToolResult

from fourfold.values.rendering import one_line
from fourfold.values.wording import counted
from fourfold_mcp.formatting import tool_result
from fourfold_mcp.schemas import BankShape, StatusAnswer
from fourfold_mcp.tools.base import READS, BankName, Tool, ToolContext, scope_of


async def status(ctx: ToolContext, bank: BankName = None) -> Annotated[CallToolResult, StatusAnswer]:
    """Say which memories there are, how much is in them, and whether anything waits to be taken in."""
    scope = scope_of(ctx)
    memory_bank = await scope.bank(bank)
    banks = [BankShape(name=info.name, units=info.units) for info in await scope.banks()]
    bank_status = await memory_bank.status()
    answer = StatusAnswer(
        bank=memory_bank.name,
        banks=banks,
        pending=bank_status.pending,
        unread=bank_status.pending_chunks,
        enrichment_failures=dict(bank_status.enrichment_failures),
        notes=list(scope.notes),
    )
    return tool_result("\n".join([f"Usual bank: {scope.default}", *_lines(answer)]), answer)


TOOL = Tool(status, title="Status", summary="Say which memories there are", annotations=READS)


def _lines(answer: StatusAnswer) -> list[str]:
    lines = [f"{one_line(bank.name)}: {counted(bank.units, 'unit')}" for bank in answer.banks] or [
        "Nothing is remembered yet."
    ]
    if answer.pending:
        lines.append(
            f"Yet to move the beliefs and summaries of {answer.bank}: {counted(answer.pending, 'unit')}."
        )
    if answer.unread:
        lines.append(
            f"Yet to be read by the language model, of {answer.bank}: {counted(answer.unread, 'passage')}."
        )
    if failures := sum(answer.enrichment_failures.values()):
        lines.append(
            f"{failures} times a text of {answer.bank} was kept without a part of its reading (see the log)."
        )
    return [*lines, *answer.notes]
