"""The tool `retain`: statements that the client's model wrote, or a text, which is read by the language model of the
settings, by the client's own through sampling (an extra, `FOURFOLD_SAMPLING=1`), or by the built-in extractor."""

# Annotations stay objects here: the protocol's library looks them up by their values, which in part are local.
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, Resolve, Sample
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, CreateMessageResult, SamplingMessage, TextContent
from pydantic import Field

from fourfold import FourfoldError, ModelOutputError, RetainResult, Verdict
from fourfold_mcp.formatting import answer, as_tool_error, lines_of
from fourfold_mcp.schemas import RetainAnswer, StatedFact, UnitShape
from fourfold_mcp.scope import BankScope
from fourfold_mcp.subscriptions import Subscriptions
from fourfold_mcp.tools.reading import BankName

if TYPE_CHECKING:
    from fourfold import AsyncBank
    from fourfold.ports import PromptMessage

LONGEST_TEXT = 200_000
_MOST_TOKENS = 4096
_REPORT_SECONDS = 0.5
_DID = {"ADD": "new", "UPDATE": "brought up to date", "RETIRE": "replaced", "NOOP": "known already"}

Text = Annotated[str, Field(max_length=LONGEST_TEXT, description="What was said, word for word.")]
Facts = Annotated[list[StatedFact] | None, Field(max_length=100)]
About = Annotated[str, Field(max_length=500, description="What this was, in a few words.")]
Labels = Annotated[list[str] | None, Field(description="Labels to narrow later recalls by.")]
Ctx = Context[Any, Any]


def retaining(access: BankScope, changes: Subscriptions) -> Callable[..., Awaitable[CallToolResult]]:
    """The tool, for what `access` reaches."""

    async def sampled(ctx: Ctx, text: str, context: str, bank: str | None) -> Sample | None:
        can = ctx.client_capabilities
        if not (access.sampling and text.strip() and can is not None and can.sampling is not None):
            return None
        try:
            return await _question(access, text, context, bank)
        except FourfoldError as error:
            raise ToolError(str(error)) from error

    @as_tool_error
    async def retain(
        ctx: Ctx,
        read: Annotated[CreateMessageResult | None, Resolve(sampled)],
        text: Text = "",
        facts: Facts = None,
        context: About = "",
        tags: Labels = None,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, RetainAnswer]:
        """Remember something for later conversations. Prefer `facts`: write each durable fact, preference, decision
        or plan as one sentence with names instead of pronouns, its entities, and a date if one is known. Give `text`
        instead to have a passage kept as it was said. Give one of the two. Not for small talk or secrets. Telling
        the same thing twice is harmless; a new value replaces the old one."""
        if bool(text.strip()) == bool(facts):
            raise ToolError("Give either text or facts: facts for statements you wrote, text for a passage.")
        kept, labels = await access.bank(bank), tags or []
        if facts:
            stated = [one.fact() for one in facts]
            done = await kept.retain_facts(stated, context=context, tags=labels)
            return await _said(kept, done, "the caller", changes)
        memory, warnings = await access.memory(), list[str]()
        model = memory.services.language_model
        if read is not None:
            from fourfold_mcp.sampling import (
                SampledModel,  # with the memory: a client waits for the first answer
            )

            try:
                model = SampledModel(await _asked(access, text, context, bank), read)
            except ModelOutputError:
                warnings.append(
                    "Your client's model did not answer as asked: the text is kept as it was said."
                )
        async with _reporting(ctx) as report:
            reading = kept if model is None else memory.bank(kept.name, llm=model)
            done = await reading.retain(text, context=context, tags=labels, progress=report)
        extracted = "the built-in extractor" if model is None else model.name
        return await _said(kept, done, extracted, changes, warnings)

    return retain


async def _asked(
    access: BankScope, text: str, context: str, bank: str | None
) -> "list[PromptMessage] | None":
    """What a language model is asked about a text; None where that is more than one question."""
    from fourfold.ingest import RetainRequest, extraction_turns

    kept = await access.bank(bank)
    return extraction_turns((await access.memory()).services, RetainRequest(kept.name, text, context=context))


async def _question(access: BankScope, text: str, context: str, bank: str | None) -> Sample | None:
    """The question to the client's model; None where it is not needed, or would be more than one."""
    if (await access.memory()).services.language_model is not None:
        return None
    turns = await _asked(access, text, context, bank)
    if turns is None:
        return None
    from fourfold_mcp.sampling import SHAPE

    told_first = "\n\n".join([*(turn.text for turn in turns if turn.role == "system"), SHAPE])
    said = "\n\n".join(turn.text for turn in turns if turn.role != "system")
    message = SamplingMessage(role="user", content=TextContent(type="text", text=said))
    return Sample([message], system_prompt=told_first, max_tokens=_MOST_TOKENS)


async def _said(
    kept: "AsyncBank",
    done: RetainResult,
    extracted: str,
    changes: Subscriptions,
    warnings: Sequence[str] = (),
) -> CallToolResult:
    """What a retain did, in words and as data."""
    await changes.retained(kept, done.units)
    counts = {verdict.value: done.count(verdict) for verdict in Verdict if done.count(verdict)}
    shape = RetainAnswer(
        bank=kept.name,
        units=[UnitShape.of(unit) for unit in done.units],
        operations=counts,
        extracted_by=extracted,
        pending=done.pending,
        warnings=[*warnings, *done.warnings],
    )
    did = ", ".join(f"{n} {_DID[verdict]}" for verdict, n in counts.items()) or "nothing to remember in it"
    lines = [f"Remembered in {kept.name}, as read by {extracted} ({did}):", *lines_of(done.units)]
    return answer("\n".join([*lines, *await _replaced(kept, done), *shape.warnings]), shape)


async def _replaced(bank: "AsyncBank", done: RetainResult) -> list[str]:
    """What holds no longer by a retain, in words."""
    retired = [operation.unit for operation in done.operations if operation.verdict is Verdict.RETIRE]
    return [f"No longer so: {(await bank.unit(unit)).text}" for unit in retired]


@asynccontextmanager
async def _reporting(ctx: Ctx) -> AsyncIterator[Callable[[int, int], None]]:
    """A progress to hand to long work, in whatever thread; what it says is passed on now and then."""
    latest: list[tuple[int, int]] = []

    async def pass_on() -> None:
        while True:
            await asyncio.sleep(_REPORT_SECONDS)
            if latest:
                done, total = latest.pop()
                await ctx.report_progress(done, total)

    def report(done: int, total: int) -> None:
        latest[:] = [(done, total)]

    reporting = asyncio.create_task(pass_on())
    try:
        yield report
    finally:
        reporting.cancel()
