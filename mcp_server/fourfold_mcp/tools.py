"""The tools: each hands over to a bank and puts the answer into words and into its shape."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Literal, ParamSpec, TypeVar

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, Field

from fourfold import AsyncBank, AsyncMemory, FourfoldError, Interval, NotFoundError, Verdict
from fourfold_mcp.shapes import (
    BankShape,
    BeliefsAnswer,
    BeliefShape,
    EntityAnswer,
    ForgetAnswer,
    RecallAnswer,
    ReflectAnswer,
    RetainAnswer,
    StatedFact,
    StatusAnswer,
    UnitShape,
    span,
)

P = ParamSpec("P")
T = TypeVar("T")
LONGEST_TEXT = 200_000

BankName = Annotated[str | None, Field(description="Which memory to use. Leave it out for the usual one.")]
Budget = Annotated[int, Field(ge=64, le=16_384, description="Most tokens of memories to bring back.")]
Tags = Annotated[list[str] | None, Field(description="Only what has one of these labels.")]
NetworkName = Literal["world", "experience", "summary", "belief"]


def told(tool: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
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


class Tools:
    """The tools of one server. `opened` opens the memory, at the first call that needs it; `notes` are what `status`
    has to tell besides."""

    def __init__(
        self, opened: Callable[[], Awaitable[AsyncMemory]], bank: str, notes: Sequence[str] = ()
    ) -> None:
        self._opened, self._default, self._notes = opened, bank, notes

    async def _bank(self, name: str | None) -> AsyncBank:
        return (await self._opened()).bank(self._default if name is None else name)

    @told
    async def retain(
        self,
        text: Annotated[
            str, Field(max_length=LONGEST_TEXT, description="What was said, word for word.")
        ] = "",
        facts: Annotated[list[StatedFact] | None, Field(max_length=100)] = None,
        context: Annotated[str, Field(max_length=500, description="What this was, in a few words.")] = "",
        tags: Annotated[list[str] | None, Field(description="Labels to narrow later recalls by.")] = None,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, RetainAnswer]:
        """Remember something for later conversations. Prefer `facts`: write each durable fact, preference, decision
        or plan as one sentence with names instead of pronouns, its entities, and a date if one is known. Give `text`
        instead to have a passage kept as it was said. Give one of the two. Not for small talk or secrets. Telling
        the same thing twice is harmless; a new value replaces the old one."""
        if bool(text.strip()) == bool(facts):
            raise ToolError("Give either text or facts: facts for statements you wrote, text for a passage.")
        kept, labels = await self._bank(bank), tags or []
        if facts:
            extracted, stated = "the caller", [one.fact() for one in facts]
            done = await kept.retain_facts(stated, context=context, tags=labels)
        else:
            model = (await self._opened()).engine.model
            extracted = "the built-in extractor" if model is None else model.name
            done = await kept.retain(text, context=context, tags=labels)
        counts = {verdict.value: done.count(verdict) for verdict in Verdict if done.count(verdict)}
        shape = RetainAnswer(
            bank=kept.name,
            units=[UnitShape.of(unit) for unit in done.units],
            operations=counts,
            extracted_by=extracted,
            pending=done.pending,
            warnings=list(done.warnings),
        )
        lines = [f"- {unit.text}" for unit in done.units]
        did = ", ".join(f"{n} {verdict}" for verdict, n in counts.items())
        return answer("\n".join([f"Remembered in {kept.name} ({did}; read by {extracted}):", *lines]), shape)

    @told
    async def recall(
        self,
        question: Annotated[str, Field(max_length=10_000, description="A whole question, with names.")],
        budget: Budget = 2048,
        networks: Annotated[
            list[NetworkName] | None, Field(description="Only these kinds of memories.")
        ] = None,
        tags: Tags = None,
        during: Annotated[
            str | None, Field(description="Only what happened then: 2026, 2026-05, 2026-05-08.")
        ] = None,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, RecallAnswer]:
        """Look up what is remembered. Call this before answering anything that may depend on the user, their people,
        projects, preferences or on earlier conversations. Returns dated statements, best first, with their ids."""
        asked = await self._bank(bank)
        interval: Interval | None = None if during is None else span(during)
        found = await asked.recall(question, budget=budget, networks=networks, tags=tags, during=interval)
        shape = RecallAnswer(bank=asked.name, units=[UnitShape.of(hit.unit) for hit in found.hits])
        return answer(found.text or f"Nothing in {asked.name} bears on that.", shape)

    @told
    async def reflect(
        self,
        question: Annotated[str, Field(max_length=10_000, description="What to think about.")],
        budget: Budget = 2048,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, ReflectAnswer]:
        """Think a question over with everything remembered: the evidence, what is believed about it and how sure.
        Where no language model is set up, it lays these out and you draw the conclusion. For a plain look-up use
        `recall`."""
        asked = await self._bank(bank)
        thought = await asked.reflect(question, budget=budget)
        found = await asked.recall(question, budget=budget, networks=["belief"])
        held = {belief.unit.id: belief for belief in await asked.beliefs()}
        beliefs = [BeliefShape.of(held[hit.unit.id]) for hit in found.hits if hit.unit.id in held]
        shape = ReflectAnswer(
            bank=asked.name,
            answer=thought.answer,
            supported=thought.supported,
            extract=thought.extract,
            evidence=[UnitShape.of(citation.unit) for citation in thought.citations],
            beliefs=beliefs,
        )
        return answer("\n".join([thought.answer, *_believed(beliefs)]), shape)

    @told
    async def beliefs(
        self,
        about: Annotated[str | None, Field(description="Whom or what about; leave out for all.")] = None,
        min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, BeliefsAnswer]:
        """List opinions and judgements with their confidence, the surest first. For facts use `recall`."""
        asked = await self._bank(bank)
        beliefs = [BeliefShape.of(one) for one in await asked.beliefs(about, min_confidence=min_confidence)]
        text = "\n".join(_believed(beliefs)) or f"{asked.name} holds no such beliefs."
        return answer(text, BeliefsAnswer(bank=asked.name, beliefs=beliefs))

    @told
    async def entity(
        self,
        name: Annotated[str, Field(max_length=200, description="A person, place, project or thing.")],
        bank: BankName = None,
    ) -> Annotated[CallToolResult, EntityAnswer]:
        """Sum up what is known of one person, place, project or thing: its other names and its summary."""
        asked = await self._bank(bank)
        known = await asked.entity(name)
        try:
            summary = (await asked.summary(known.name)).text
        except NotFoundError:
            summary = ""
        shape = EntityAnswer(
            bank=asked.name,
            name=known.name,
            kind=known.kind,
            aliases=list(known.aliases),
            mentions=known.mentions,
            summary=summary,
        )
        return answer(f"{known.name} ({known.mentions} mentions)\n{summary}".strip(), shape)

    @told
    async def forget(
        self,
        unit: Annotated[str | None, Field(description="The id of one memory, as recall gives it.")] = None,
        entity: Annotated[str | None, Field(description="Everything that mentions this name.")] = None,
        tags: Annotated[list[str] | None, Field(description="Everything with one of these labels.")] = None,
        confirm: Annotated[bool, Field(description="True once the user has agreed.")] = False,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, ForgetAnswer]:
        """Forget one memory, all that mentions a name, or all with a label, when the user asks for it. Give one of
        the three, and confirm=true after the user has agreed. Beliefs that rested on it fall with it."""
        if not confirm:
            raise ToolError("Nothing was forgotten. Ask the user, then call forget again with confirm=true.")
        asked = await self._bank(bank)
        done = await asked.forget(unit=unit, entity=entity, tags=tags, reason="asked for by the user")
        units, beliefs = map(UnitShape.of, done.units), map(BeliefShape.of, done.beliefs)
        shape = ForgetAnswer(bank=asked.name, units=list(units), beliefs=list(beliefs))
        return answer(
            "\n".join([f"Forgot {len(shape.units)}:", *(f"- {u.text}" for u in shape.units)]), shape
        )

    @told
    async def status(self, bank: BankName = None) -> Annotated[CallToolResult, StatusAnswer]:
        """Say which memories there are, how much is in them, and whether anything waits to be taken in."""
        asked, memory = await self._bank(bank), await self._opened()
        banks = [BankShape(name=one.name, units=one.units) for one in await memory.banks()]
        now = await asked.status()
        notes = list(self._notes)
        shape = StatusAnswer(
            bank=asked.name, banks=banks, pending=now.pending, unread=now.unread, notes=notes
        )
        lines = [f"{one.name}: {one.units} units" for one in banks]
        if now.pending:
            lines.append(f"{now.pending} passages of {asked.name} wait for the language model to read them.")
        if now.unread:
            lines.append(f"{now.unread} units of {asked.name} have not moved its beliefs and summaries yet.")
        return answer("\n".join([f"Default bank: {self._default}", *lines, *notes]), shape)


def _believed(beliefs: list[BeliefShape]) -> list[str]:
    return [f"- believes ({one.confidence:.2f}): {one.text}" for one in beliefs if one.confidence is not None]
