"""What can be read as a resource: the banks, their profiles, entities, units; and names completed."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, ParamSpec

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

from fourfold import FourfoldError, InputError, NotFoundError
from fourfold_mcp.formatting import lines_of
from fourfold_mcp.schemas import UnitShape
from fourfold_mcp.scope import BankScope
from fourfold_mcp.tools.reading import entity_of
from fourfold_mcp.uris import BANKS, profile_uri

if TYPE_CHECKING:
    from fourfold import AsyncBank

P = ParamSpec("P")
_MOST_NAMES = 100  # that a completion may have
_MOST_FACTS = 50

Reference = PromptReference | ResourceTemplateReference


def shown(read: Callable[P, Awaitable[str]]) -> Callable[P, Awaitable[str]]:
    """Has a resource say what is wrong, in the words of the library's errors."""

    @functools.wraps(read)
    async def telling(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return await read(*args, **kwargs)
        except (NotFoundError, InputError) as error:
            raise ResourceNotFoundError(str(error)) from error
        except FourfoldError as error:
            raise ResourceError(str(error)) from error

    return telling


class Resources:
    """The resources of one server."""

    def __init__(self, access: BankScope) -> None:
        self._access = access

    async def listed(self) -> list[Resource]:
        """The profiles of the banks there are."""
        return [
            Resource(
                uri=profile_uri(info.name),
                name=f"profile of {info.name}",
                title=f"Profile: {info.name}",
                description=f"What to know always, from the memory {info.name!r}.",
                mime_type="text/plain",
            )
            for info in await self._access.banks()
        ]

    @shown
    async def banks(self) -> str:
        """The memories there are, and their sizes."""
        return _json([asdict(info) for info in await self._access.banks()])

    @shown
    async def profile(self, bank: str) -> str:
        """What to know always: what is pinned, whom the memory is about, what they prefer, what is open."""
        core = await (await self._bank(bank)).core()
        return core.text or f"Nothing is known yet in {bank}."

    @shown
    async def entity(self, bank: str, name: str) -> str:
        """One person, place, project or thing: its names, its summary, and what happened to it lately."""
        kept = await self._bank(bank)
        known, units = await entity_of(kept, name, _MOST_FACTS)
        told = [f"# {known.name}"]
        told += [f"Also called {', '.join(known.aliases)}."] if known.aliases else []
        told += [known.summary] if known.summary else []
        return "\n\n".join([*told, "\n".join(lines_of(units))])

    @shown
    async def unit(self, bank: str, id: str) -> str:
        """One memory: what it says, what it rests on, what came in its place, and how a belief changed."""
        kept = await self._bank(bank)
        unit = await kept.unit(id)
        belief = next((one for one in await kept.beliefs(retired=True) if one.unit.id == unit.id), None)
        evidence = [link.to for link in unit.links if link.kind == "evidence"]
        evidence = evidence if belief is None else list(belief.evidence)
        return _json(
            {
                **UnitShape.of(unit).model_dump(mode="json"),
                "evidence": [await self._briefly(kept, one) for one in evidence],
                "history": [asdict(change) for change in belief.history] if belief else [],
                "source": asdict(unit.source),
                "tags": unit.tags,
                "retirement": unit.retirement and asdict(unit.retirement),
                "superseded_by": unit.superseded_by,
            }
        )

    async def _briefly(self, bank: AsyncBank, unit: str) -> dict[str, str]:
        try:
            return {"id": unit, "text": (await bank.unit(unit)).text}
        except NotFoundError:
            return {"id": unit, "text": ""}

    async def _bank(self, name: str) -> AsyncBank:
        """A bank that there is. Raises `NotFoundError`: reading must not seem to find an empty one."""
        bank = await self._access.bank(name)
        if name not in [info.name for info in await self._access.banks([name])]:
            raise NotFoundError(f"There is no memory {name!r}. {BANKS} lists those there are.")
        return bank

    async def complete(
        self, ref: Reference, argument: CompletionArgument, context: CompletionContext | None
    ) -> Completion:
        """The names of banks and entities that begin with what was typed, then those that contain it."""
        given = (context and context.arguments) or {}
        try:
            if argument.name == "bank":
                return _matching(argument.value, [info.name for info in await self._access.banks()])
            if argument.name in ("name", "about"):
                bank = await self._access.bank(given.get("bank"))
                return _matching(argument.value, [one.name for one in await bank.entities()])
        except FourfoldError:
            pass  # there is nothing to propose; the request that follows says why
        return Completion(values=[])


def _matching(typed: str, names: Iterable[str]) -> Completion:
    wanted = typed.casefold()
    near = [name for name in names if wanted in name.casefold()]
    near.sort(key=lambda name: not name.casefold().startswith(wanted))  # stable: the most mentioned first
    return Completion(values=near[:_MOST_NAMES], total=len(near), has_more=len(near) > _MOST_NAMES)


def _json(value: object) -> str:
    return json.dumps(to_jsonable_python(value), indent=2, ensure_ascii=False)
