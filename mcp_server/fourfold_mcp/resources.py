"""What can be read as a resource: the banks, their profiles, entities and units; and completions of names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    Resource,
    ResourceTemplateReference,
)
from pydantic_core import to_jsonable_python

from fourfold import FourfoldError, NotFoundError
from fourfold.integrations.host_errors import raise_as
from fourfold.values.rendering import one_line
from fourfold_mcp.formatting import unit_lines
from fourfold_mcp.schemas import UnitShape
from fourfold_mcp.scope import BankScope
from fourfold_mcp.tools.entity import describe_entity
from fourfold_mcp.uris import BANKS, profile_uri

if TYPE_CHECKING:
    from fourfold import AsyncBank

_MAX_COMPLETIONS = 100
"""The protocol's limit: `CompleteResult` must not have more than 100 values."""
_MAX_ENTITY_UNITS = 50
"""Units in the resource of an entity. A guess, not measured."""

Reference = PromptReference | ResourceTemplateReference

_as_resource_error = raise_as(ResourceError, wrong_input=ResourceNotFoundError)


class Resources:
    """The resources of one server."""

    def __init__(self, scope: BankScope) -> None:
        self._scope = scope

    async def list_profiles(self) -> list[Resource]:
        """Returns the profiles of the banks there are."""
        return [
            Resource(
                uri=profile_uri(info.name),
                name=f"profile of {info.name}",
                title=f"Profile: {info.name}",
                description=f"What to know always, from the memory {info.name!r}.",
                mime_type="text/plain",
            )
            for info in await self._scope.banks()
        ]

    # The docstrings of the next four are what a client shows of a resource.

    @_as_resource_error
    async def banks(self) -> str:
        """The memories there are, and their sizes."""
        return _to_json([asdict(info) for info in await self._scope.banks()])

    @_as_resource_error
    async def profile(self, bank: str) -> str:
        """What to know always: what is pinned, whom the memory is about, what they prefer, what is open."""
        core = await (await self._existing_bank(bank)).core()
        return core.text or f"Nothing is known yet in {bank}."

    @_as_resource_error
    async def entity(self, bank: str, name: str) -> str:
        """One person, place, project or thing: its names, its summary, and what happened to it lately."""
        answer, units = await describe_entity(await self._existing_bank(bank), name, _MAX_ENTITY_UNITS)
        paragraphs = [f"# {one_line(answer.name)}"]
        if answer.aliases:
            paragraphs.append(f"Also called {', '.join(map(one_line, answer.aliases))}.")
        if answer.summary:
            paragraphs.append(answer.summary)
        return "\n\n".join([*paragraphs, "\n".join(unit_lines(units))])

    @_as_resource_error
    async def unit(self, bank: str, id: str) -> str:
        """One memory: what it says, what it rests on, what came in its place, and how a belief changed."""
        memory_bank = await self._existing_bank(bank)
        unit = await memory_bank.unit(id)
        # The history of a belief is not with its unit, and a belief that was given up has one too.
        beliefs = await memory_bank.beliefs(retired=True)
        belief = next((belief for belief in beliefs if belief.unit.id == unit.id), None)
        evidence = [link.to for link in unit.links if link.kind == "evidence"]
        if belief is not None:
            evidence = list(belief.evidence)
        return _to_json(
            {
                **UnitShape.of(unit).model_dump(mode="json"),
                "evidence": [await _id_and_text(memory_bank, unit_id) for unit_id in evidence],
                "history": [asdict(change) for change in belief.history] if belief else [],
                "source": asdict(unit.source),
                "tags": unit.tags,
                "retirement": unit.retirement and asdict(unit.retirement),
                "superseded_by": unit.superseded_by,
            }
        )

    async def _existing_bank(self, name: str) -> AsyncBank:
        """Returns a bank that exists. Raises `NotFoundError` for any other name."""
        # The library gives an empty bank for a new name, since retaining makes it. A resource must not read as if
        # there were a memory that knows nothing.
        bank = await self._scope.bank(name)
        if name not in [info.name for info in await self._scope.banks([name])]:
            raise NotFoundError(f"There is no memory {name!r}. {BANKS} lists those there are.")
        return bank

    async def complete(
        self, ref: Reference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion:
        """Returns the names of banks or entities that begin with what was typed, then those that contain it."""
        arguments = (context and context.arguments) or {}
        try:
            if argument.name == "bank":
                return _completion(argument.value, [info.name for info in await self._scope.banks()])
            if argument.name in ("name", "about"):
                bank = await self._scope.bank(arguments.get("bank"))
                return _completion(argument.value, [entity.name for entity in await bank.entities()])
        except FourfoldError:
            pass  # there is nothing to propose; the request that follows says why
        return Completion(values=[])


async def _id_and_text(bank: AsyncBank, unit: str) -> dict[str, str]:
    try:
        return {"id": unit, "text": (await bank.unit(unit)).text}
    except NotFoundError:  # it was erased since
        return {"id": unit, "text": ""}


def _completion(typed: str, names: Iterable[str]) -> Completion:
    prefix = typed.casefold()
    matching = [name for name in names if prefix in name.casefold()]
    matching.sort(key=lambda name: not name.casefold().startswith(prefix))  # stable: the most mentioned first
    return Completion(
        values=matching[:_MAX_COMPLETIONS], total=len(matching), has_more=len(matching) > _MAX_COMPLETIONS
    )


def _to_json(value: object) -> str:
    return json.dumps(to_jsonable_python(value), indent=2, ensure_ascii=False)
