"""Puts the server together."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from mcp.server import MCPServer, NotificationOptions
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolResult,
    InputRequiredResult,
    Resource,
    SubscribeRequestParams,
    ToolAnnotations,
    UnsubscribeRequestParams,
)
from pydantic import ValidationError

from fourfold import FourfoldError, __version__
from fourfold_mcp import prompts, uris
from fourfold_mcp.formatting import wrong_arguments
from fourfold_mcp.resources import Resources
from fourfold_mcp.scope import BankScope
from fourfold_mcp.subscriptions import Subscriptions
from fourfold_mcp.tools.forget import forgetting
from fourfold_mcp.tools.reading import Tools
from fourfold_mcp.tools.retain import retaining

INSTRUCTIONS = """This is your long-term memory. It outlives the conversation.
- Before you answer what may depend on the user or on earlier conversations, call recall with a whole question.
- When you learn something that will still matter next week (a fact about the user, a preference, a decision, a plan,
  what you did for them), call retain with facts. Do not retain small talk, guesses, or secrets such as passwords.
- When the user corrects you, retain the correction: it replaces what was so before.
- Forget only when the user asks for it."""


log = logging.getLogger(__name__)


class Server(MCPServer[object]):
    """The server; it speaks whichever era of the protocol a client does."""

    def __init__(self, access: BankScope, changes: Subscriptions, **options: Any) -> None:
        super().__init__(
            "fourfold",
            title="Fourfold memory",
            instructions=INSTRUCTIONS,
            version=__version__,
            log_level="WARNING",
            subscriptions=changes,
            middleware=[self._watched],
            **options,
        )
        self._access, self._changes, self._resources = access, changes, Resources(access)
        self._add_tools(Tools(access), access, changes)
        self._add_resources(self._resources)
        self._add_prompts()

    def _add_tools(self, tools: Tools, access: BankScope, changes: Subscriptions) -> None:
        reads = ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        writes = reads.model_copy(update={"read_only_hint": False})
        forgets = writes.model_copy(update={"destructive_hint": True})
        self._tool(tools.recall, title="Recall", annotations=reads)
        self._tool(retaining(access, changes), title="Remember", annotations=writes)
        # with a language model, a reflection forms beliefs
        self._tool(tools.reflect, title="Reflect", annotations=writes)
        self._tool(tools.beliefs, title="Beliefs", annotations=reads)
        self._tool(tools.entity, title="About an entity", annotations=reads)
        self._tool(tools.timeline, title="Timeline", annotations=reads)
        self._tool(forgetting(access, changes), title="Forget", annotations=forgets)
        self._tool(tools.status, title="Status", annotations=reads)
        self._tool(tools.search, title="Search", annotations=reads)
        self._tool(tools.fetch, title="Fetch", annotations=reads)

    def _tool(self, tool: Callable[..., Any], title: str, annotations: ToolAnnotations) -> None:
        """Adds a tool; its docstring is what a model chooses by, without the line breaks of the source."""
        told = " ".join((tool.__doc__ or "").split())
        self.add_tool(tool, title=title, description=told, annotations=annotations)

    def _add_resources(self, resources: Resources) -> None:
        data, text = "application/json", "text/plain"
        self.resource(uris.BANKS, name="banks", title="Banks", mime_type=data)(resources.banks)
        self.resource(uris.PROFILE, name="profile", title="Profile", mime_type=text)(resources.profile)
        self.resource(uris.ENTITY, name="entity", title="Entity", mime_type="text/markdown")(resources.entity)
        self.resource(uris.UNIT, name="unit", title="Memory", mime_type=data)(resources.unit)
        self.completion()(resources.complete)  # type: ignore[no-untyped-call]
        # For the older protocol; MCPServer itself answers subscriptions/listen of the newer one alone.
        low = self._lowlevel_server
        # Otherwise only who serves over a stream of its own could say that the list of resources may change.
        low.create_initialization_options = partial(  # type: ignore[method-assign]
            low.create_initialization_options, NotificationOptions(resources_changed=True)
        )
        low.add_request_handler("resources/subscribe", SubscribeRequestParams, self._changes.follow)
        low.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._changes.unfollow)

    def _add_prompts(self) -> None:
        self.prompt(title="Remember this conversation")(prompts.remember)
        self.prompt(title="What do you know about ...")(prompts.know)
        self.prompt(title="Review of the week")(prompts.review)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool; what is wrong with the arguments is said so that a model can mend it."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(wrong_arguments(name, error.__cause__)) from error.__cause__
            if isinstance(error.__cause__, ToolError):  # ours, before the library put its own words before it
                raise error.__cause__ from None
            raise
        except MCPError as error:
            if name != "retain":
                raise
            raise ToolError(
                f"Nothing was retained: your client's model was not to be asked ({error.message}). Call retain again "
                f"with facts."
            ) from error

    async def list_resources(self) -> list[Resource]:
        """The list of banks, and the profile of each."""
        try:
            return [*await super().list_resources(), *await self._resources.listed()]
        except FourfoldError as error:
            raise MCPError(code=INVALID_PARAMS, message=str(error)) from error

    async def _watched(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Lets nobody follow what they may not read, and notes who has listed the resources."""
        for uri in _followed(ctx.method, ctx.params or {}):
            bank = uris.bank_of(uri)
            if bank is not None:
                try:
                    await self._access.bank(bank)
                except FourfoldError as error:
                    raise MCPError(code=INVALID_PARAMS, message=str(error)) from error
        if ctx.method == "resources/list":
            self._changes.lists(ctx)
        began = time.perf_counter()
        try:
            return await call_next(ctx)
        finally:
            told = {"method": ctx.method, "name": str((ctx.params or {}).get("name", ""))[:100]}
            told["milliseconds"] = f"{(time.perf_counter() - began) * 1000:.1f}"
            log.info("answered", extra={"fields": told})


def _followed(method: str, params: Any) -> list[str]:
    """The URIs that a request asks to be told of."""
    if method == "resources/subscribe":
        return [str(params.get("uri", ""))]
    if method == "subscriptions/listen":
        wanted = params.get("notifications")
        found = wanted.get("resourceSubscriptions") if isinstance(wanted, dict) else None
        return [str(uri) for uri in found] if isinstance(found, list) else []
    return []
