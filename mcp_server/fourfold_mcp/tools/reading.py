"""The tools but for retain and forget: each hands over to a bank and puts the answer into words and shape."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

from mcp_types import CallToolResult
from pydantic import Field

from fourfold import Belief, NotFoundError, Unit
from fourfold_mcp.formatting import answer, as_tool_error, believed, lines_of
from fourfold_mcp.schemas import (
    BankShape,
    BeliefsAnswer,
    BeliefShape,
    EntityAnswer,
    FetchAnswer,
    RecallAnswer,
    ReflectAnswer,
    SearchAnswer,
    StatusAnswer,
    TimelineAnswer,
    UnitShape,
    span,
)
from fourfold_mcp.scope import BankScope
from fourfold_mcp.uris import unit_uri

if TYPE_CHECKING:
    from fourfold import AsyncBank

_MOST_BELIEFS = 12
_TITLE = 80
_LATEST = 10

BankName = Annotated[str | None, Field(description="Which memory to use. Leave it out for the usual one.")]
Budget = Annotated[int, Field(ge=64, le=16_384, description="Most tokens of memories to bring back.")]
Tags = Annotated[list[str] | None, Field(description="Only what has one of these labels.")]
During = Annotated[
    str | None,
    Field(description="Only what happened then: 2026, 2026-05, 2026-05-08 or 2026-05-01/2026-05-08."),
]
NetworkName = Literal["world", "experience", "summary", "belief"]


class Tools:
    """The tools of one server."""

    def __init__(self, access: BankScope) -> None:
        self._access = access

    @as_tool_error
    async def recall(
        self,
        question: Annotated[str, Field(max_length=10_000, description="A whole question, with names.")],
        budget: Budget = 2048,
        networks: Annotated[
            list[NetworkName] | None, Field(description="Only these kinds of memories.")
        ] = None,
        tags: Tags = None,
        during: During = None,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, RecallAnswer]:
        """Look up what is remembered. Call this before answering anything that may depend on the user, their people,
        projects, preferences or on earlier conversations. Returns dated statements, best first, with their ids."""
        asked = await self._access.bank(bank)
        interval = None if during is None else span(during)
        found = await asked.recall(question, budget=budget, networks=networks, tags=tags, during=interval)
        units = [hit.unit for hit in found.hits]
        shape = RecallAnswer(bank=asked.name, units=list(map(UnitShape.of, units)))
        return answer("\n".join(lines_of(units)) or f"Nothing in {asked.name} bears on that.", shape)

    @as_tool_error
    async def reflect(
        self,
        question: Annotated[str, Field(max_length=10_000, description="What to think about.")],
        budget: Budget = 2048,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, ReflectAnswer]:
        """Think a question over with everything remembered: the evidence, what is believed about it and how sure, and
        the character to judge it by. Where no language model is set up, it lays these out and you draw the
        conclusion. For a plain look-up use `recall`."""
        asked = await self._access.bank(bank)
        thought = await asked.reflect(question, budget=budget)
        beliefs = await _bearing(asked, question, budget)
        evidence = [citation.unit for citation in thought.citations]
        shape = ReflectAnswer(
            bank=asked.name,
            answer=thought.answer,
            supported=thought.supported,
            extract=thought.extract,
            evidence=[UnitShape.of(unit) for unit in evidence],
            beliefs=[BeliefShape.of(one) for one in beliefs],
            disposition=thought.frame,
        )
        if thought.extract:
            clear = "Evidence" if thought.supported else "Nothing answers this clearly. What comes nearest"
            head = ["No language model is set up here, so the conclusion is yours to draw."]
            head += [f"{clear}:", *lines_of(evidence)] if evidence else ["No statement bears on it."]
        else:
            head = [thought.answer]
        held = ["Beliefs, with how sure they are:", *believed(beliefs)] if beliefs else []
        return answer("\n".join([*head, *held, *([thought.frame] if thought.extract else [])]), shape)

    @as_tool_error
    async def beliefs(
        self,
        about: Annotated[str | None, Field(description="Whom or what about; leave out for all.")] = None,
        min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, BeliefsAnswer]:
        """List opinions and judgements with their confidence, the surest first. For facts use `recall`."""
        asked = await self._access.bank(bank)
        found = await asked.beliefs(about, min_confidence=min_confidence)
        shape = BeliefsAnswer(bank=asked.name, beliefs=[BeliefShape.of(one) for one in found])
        return answer("\n".join(believed(found)) or f"{asked.name} holds no such beliefs.", shape)

    @as_tool_error
    async def entity(
        self,
        name: Annotated[str, Field(max_length=200, description="A person, place, project or thing.")],
        bank: BankName = None,
    ) -> Annotated[CallToolResult, EntityAnswer]:
        """Sum up what is known of one person, place, project or thing: its other names, its summary, and what was
        said of it last. For all that happened to it, in order, use `timeline`."""
        asked = await self._access.bank(bank)
        shape, latest = await entity_of(asked, name)
        also = f", also called {', '.join(shape.aliases)}" if shape.aliases else ""
        lines = [f"{shape.name}{also}: {shape.mentions} mentions.", shape.summary, *lines_of(latest)]
        return answer("\n".join(line for line in lines if line), shape)

    @as_tool_error
    async def timeline(
        self,
        about: Annotated[str | None, Field(description="Whom or what; leave out for everything.")] = None,
        during: During = None,
        limit: Annotated[int, Field(ge=1, le=200, description="Most entries; the latest are kept.")] = 50,
        bank: BankName = None,
    ) -> Annotated[CallToolResult, TimelineAnswer]:
        """List what happened, in order of time, also what is no longer so: for histories, "when did ...", "what was
        before ...", or a review of a day, a week or a month. For a question about one thing use `recall`."""
        asked = await self._access.bank(bank)
        interval = None if during is None else span(during)
        events = await asked.timeline(entity=about, during=interval, limit=limit)
        units = [event.unit for event in events if event.assessment is None]
        shape = TimelineAnswer(bank=asked.name, units=list(map(UnitShape.of, units)))
        return answer("\n".join(lines_of(units)) or f"Nothing in {asked.name} happened then.", shape)

    @as_tool_error
    async def search(
        self,
        query: Annotated[str, Field(max_length=10_000, description="What to look for, in words.")],
        bank: BankName = None,
    ) -> Annotated[CallToolResult, SearchAnswer]:
        """Search the memory and list what was found by id and title, to read with `fetch`. Assistants that can use
        `recall` should: it brings the statements themselves."""
        asked = await self._access.bank(bank)
        found = await asked.recall(query, limit=10, budget=None)
        results = [
            {"id": hit.unit.id, "title": hit.unit.text[:_TITLE], "url": unit_uri(asked.name, hit.unit.id)}
            for hit in found.hits
        ]
        shape = SearchAnswer.model_validate({"results": results})
        return answer(shape.model_dump_json(), shape)

    @as_tool_error
    async def fetch(
        self,
        id: Annotated[str, Field(max_length=64, description="An id that search or recall gave.")],
        bank: BankName = None,
    ) -> Annotated[CallToolResult, FetchAnswer]:
        """Read one memory in full by its id: what it says, where it comes from, what it rests on."""
        asked = await self._access.bank(bank)
        unit = await asked.unit(id)
        around = {
            "network": unit.network.value,
            "said": unit.mentioned_at.isoformat(),
            "speaker": unit.speaker or "",
            "entities": ", ".join(unit.entities),
            "document": unit.source.document,
        }
        shape = FetchAnswer(
            id=unit.id,
            title=unit.text[:_TITLE],
            text=lines_of([unit])[0].removeprefix("- "),
            url=unit_uri(asked.name, unit.id),
            metadata={name: value for name, value in around.items() if value},
        )
        return answer(shape.model_dump_json(), shape)

    @as_tool_error
    async def status(self, bank: BankName = None) -> Annotated[CallToolResult, StatusAnswer]:
        """Say which memories there are, how much is in them, and whether anything waits to be taken in."""
        asked = await self._access.bank(bank)
        banks = [BankShape(name=one.name, units=one.units) for one in await self._access.banks()]
        now, notes = await asked.status(), list(self._access.notes)
        shape = StatusAnswer(
            bank=asked.name, banks=banks, pending=now.pending, unread=now.pending_chunks, notes=notes
        )
        lines = [f"{one.name}: {one.units} units" for one in banks] or ["Nothing is remembered yet."]
        if now.pending:
            lines.append(f"{now.pending} units of {asked.name} have not moved its beliefs and summaries yet.")
        if now.pending_chunks:
            lines.append(
                f"{now.pending_chunks} passages of {asked.name} wait for the language model to read them."
            )
        return answer("\n".join([f"Usual bank: {self._access.default}", *lines, *notes]), shape)


async def entity_of(bank: AsyncBank, name: str, most: int = _LATEST) -> tuple[EntityAnswer, list[Unit]]:
    """What is known of an entity, and its latest `most` units; raises `NotFoundError`."""
    known = await bank.entity(name)
    summary = ""
    with suppress(NotFoundError):
        summary = (await bank.summary(known.name)).text
    as_tool_error = await bank.timeline(entity=known.name)
    latest = [event.unit for event in as_tool_error if event.assessment is None][-most:]
    shape = EntityAnswer(
        bank=bank.name,
        name=known.name,
        kind=known.kind,
        aliases=list(known.aliases),
        mentions=known.mentions,
        summary=summary,
        latest=[UnitShape.of(unit) for unit in latest],
    )
    return shape, latest


async def _bearing(bank: AsyncBank, question: str, budget: int) -> list[Belief]:
    """The beliefs that bear on a question by their words, and those about whom it names, the surest first."""
    found = await bank.recall(question, budget=budget, networks=["belief"])
    near = {hit.unit.id for hit in found.hits}
    named = set(found.trace.entities)
    held = await bank.beliefs()
    return [one for one in held if one.unit.id in near or named.intersection(one.unit.entities)][
        :_MOST_BELIEFS
    ]
