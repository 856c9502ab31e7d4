"""The tool `retain`: statements that the client's model wrote, or a text, which is read by the language model of the
settings, by the client's own through sampling (an extra, `FOURFOLD_SAMPLING=1`), or by the built-in extractor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Resolve, Sample
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, CreateMessageResult
from pydantic import Discriminator, Field, Tag

from fourfold import Message, ModelOutputError, RetainResult, Verdict
from fourfold.integrations.host_errors import raise_as
from fourfold.values.rendering import fenced
from fourfold.values.wording import render_verdicts
from fourfold_mcp.formatting import tool_result, unit_lines
from fourfold_mcp.schemas import (
    AS_MESSAGES,
    AS_STRING,
    MAX_TEXT_LENGTH,
    RetainAnswer,
    SaidMessage,
    StatedFact,
    UnitShape,
)
from fourfold_mcp.tools.base import WRITES, BankName, Tool, ToolContext, scope_of, subscriptions_of

if TYPE_CHECKING:
    from fourfold import AsyncBank
    from fourfold.ports import LanguageModel

_MOST_MESSAGES = 1000
"""Messages of one call. A guess, not measured."""
_REPORT_SECONDS = 0.5
"""Seconds between two reports of progress. A guess, not measured: often enough for a bar to move."""

# Told apart by their type alone, so that what is wrong with the one is not said of the other too.
Text = Annotated[
    Annotated[str, Field(max_length=MAX_TEXT_LENGTH), Tag(AS_STRING)]
    | Annotated[list[SaidMessage], Field(max_length=_MOST_MESSAGES), Tag(AS_MESSAGES)],
    Discriminator(lambda value: AS_MESSAGES if isinstance(value, list) else AS_STRING),
    Field(description="What was said, word for word; or its messages, each with who said it and when."),
]
Facts = Annotated[list[StatedFact] | None, Field(max_length=100)]
About = Annotated[str, Field(max_length=500, description="What this was, in a few words.")]
Replaced = Annotated[
    list[str] | None,
    Field(description="Ids of statements that no longer hold because of this: they are retired for it."),
]
Labels = Annotated[list[str] | None, Field(description="Labels to narrow later recalls by.")]


@raise_as(ToolError)
async def _ask_client_model(
    ctx: ToolContext, text: str | list[SaidMessage], context: str, bank: str | None
) -> Sample | None:
    """Returns the question to the client's model; None where it may not be asked, is not needed, or would be asked
    more than one question."""
    scope = scope_of(ctx)
    capabilities = ctx.client_capabilities
    if not isinstance(text, str) or not text.strip():
        return None
    if not (scope.sampling and capabilities and capabilities.sampling is not None):
        return None
    if (await scope.memory()).language_model is not None:
        return None
    from fourfold_mcp.sampling import sampling_request  # loads numpy: only where it is needed

    request = (await scope.bank(bank)).extraction_request(text, context=context)
    return None if request is None else sampling_request(request)


async def retain(
    ctx: ToolContext,
    sampled: Annotated[CreateMessageResult | None, Resolve(_ask_client_model)],
    text: Text = "",
    facts: Facts = None,
    context: About = "",
    tags: Labels = None,
    replaces: Replaced = None,
    bank: BankName = None,
) -> Annotated[CallToolResult, RetainAnswer]:
    """Remember something for later conversations. Prefer `facts`: write each durable fact, preference, decision
    or plan as one sentence with names instead of pronouns, its entities, and a date if one is known. Give `text`
    instead to have a passage kept as it was said. Give one of the two. Not for small talk or secrets. Telling
    the same thing twice is harmless; a new value replaces the old one."""
    messages = text if isinstance(text, str) else [message.message() for message in text]
    if bool(messages.strip() if isinstance(messages, str) else messages) == bool(facts):
        raise ToolError("Give either text or facts: facts for statements you wrote, text for a passage.")
    memory_bank = await scope_of(ctx).bank(bank)
    if facts:
        statements = [fact.fact() for fact in facts]
        result = await memory_bank.retain_facts(
            statements, context=context, tags=tags or [], replaces=replaces or []
        )
        return await _answer(ctx, memory_bank, result, "the caller", [])
    model, warnings = await _language_model(ctx, memory_bank, messages, context, sampled)
    async with _progress(ctx) as report:
        reader = memory_bank if model is None else await _with_model(ctx, memory_bank, model)
        result = await reader.retain(
            messages, context=context, tags=tags or [], replaces=replaces or [], progress=report
        )
    reader_name = "the built-in extractor" if model is None else model.name
    return await _answer(ctx, memory_bank, result, reader_name, warnings)


TOOL = Tool(retain, title="Remember", summary="Remember something for later", annotations=WRITES)


async def _language_model(
    ctx: ToolContext,
    bank: AsyncBank,
    messages: str | list[Message],
    context: str,
    sampled: CreateMessageResult | None,
) -> tuple[LanguageModel | None, list[str]]:
    """Returns the model that reads the text, and warnings: what the client's model answered, if it was asked, else
    the memory's model; None for the built-in extractor."""
    configured = (await scope_of(ctx).memory()).language_model
    # The client's model is asked about a text alone (`_ask_client_model`).
    if sampled is None or not isinstance(messages, str):
        return configured, []
    request = bank.extraction_request(messages, context=context)
    if request is None:
        return configured, []
    from fourfold_mcp.sampling import SampledModel

    try:
        return SampledModel(request, sampled), []
    except ModelOutputError:
        warning = "Your client's model did not answer as asked: the text is kept as it was said."
        return configured, [warning]


async def _with_model(ctx: ToolContext, bank: AsyncBank, model: LanguageModel) -> AsyncBank:
    return (await scope_of(ctx).memory()).bank(bank.name, llm=model)


async def _answer(
    ctx: ToolContext, bank: AsyncBank, result: RetainResult, extracted_by: str, warnings: list[str]
) -> CallToolResult:
    """Returns what a retain did, in words and as data, and tells those who follow the bank."""
    await subscriptions_of(ctx).notify_retained(bank, result.units)
    counts = {verdict: result.count(verdict) for verdict in Verdict if result.count(verdict)}
    answer = RetainAnswer(
        bank=bank.name,
        units=[UnitShape.of(unit) for unit in result.units],
        operations={verdict.value: count for verdict, count in counts.items()},
        extracted_by=extracted_by,
        pending=result.pending,
        warnings=[*warnings, *result.warnings],
    )
    heading = f"Remembered in {bank.name}, as read by {extracted_by}"
    lines = [f"{heading} ({render_verdicts(counts)}):", *unit_lines(result.units)]
    return tool_result("\n".join([*lines, *await _retired_lines(bank, result), *answer.warnings]), answer)


async def _retired_lines(bank: AsyncBank, result: RetainResult) -> list[str]:
    """Returns a line for each unit that a retain replaced."""
    # Said in the answer, so that a model that replaced the wrong one sees it at once and can put it right.
    retired = [operation.unit for operation in result.operations if operation.verdict is Verdict.RETIRE]
    return [f"No longer so: {fenced((await bank.unit(unit)).text)}" for unit in retired]


@asynccontextmanager
async def _progress(ctx: ToolContext) -> AsyncIterator[Callable[[int, int], None]]:
    """Yields a callback for `retain(progress=...)`, whose latest call is reported to the client now and then."""
    latest: list[tuple[int, int]] = []

    async def report_latest() -> None:
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            if latest:
                await ctx.report_progress(*latest.pop())

    def remember(done: int, total: int) -> None:
        # Called from a worker thread: replacing the items of a list is atomic, awaiting there is impossible.
        latest[:] = [(done, total)]

    reporting = asyncio.create_task(report_latest())
    try:
        yield remember
    finally:
        reporting.cancel()
