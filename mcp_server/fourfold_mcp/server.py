"""Puts the server together: its tools, resources and prompts, and what holds for every request."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, TypeAlias

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
    UnsubscribeRequestParams,
)
from pydantic import ValidationError

from fourfold import __version__
from fourfold.integrations.host_errors import raise_as
from fourfold_mcp import prompts, uris
from fourfold_mcp.formatting import wrong_arguments
from fourfold_mcp.resources import Resources
from fourfold_mcp.scope import BankScope
from fourfold_mcp.subscriptions import Subscriptions
from fourfold_mcp.tools.base import ServerState, Tool
from fourfold_mcp.tools.registry import all_tools

INSTRUCTIONS = """This is your long-term memory. It outlives the conversation.
- Before you answer what may depend on the user or on earlier conversations, call recall with a whole question.
- When you learn something that will still matter next week (a fact about the user, a preference, a decision, a plan,
  what you did for them), call retain with facts. Do not retain small talk, guesses, or secrets such as passwords.
- When the user corrects you, retain the correction: it replaces what was so before.
- Forget only when the user asks for it."""

_MAX_LOGGED_NAME = 100
"""Characters of a tool's or prompt's name in the log: a client can send a name of any length."""

# Any: the SDK's parameters for the state of whatever server and the request of whatever transport.
RequestContext: TypeAlias = ServerRequestContext[Any, Any]

log = logging.getLogger(__name__)
_as_invalid_params = raise_as(partial(MCPError, INVALID_PARAMS))


class Server(MCPServer[ServerState]):
    """The server; it speaks whichever version of the protocol a client does."""

    def __init__(self, scope: BankScope, subscriptions: Subscriptions, **options: Any) -> None:
        """`options` are those of the SDK's `MCPServer`."""
        super().__init__(
            "fourfold",
            title="Fourfold memory",
            instructions=INSTRUCTIONS,
            version=__version__,
            log_level="WARNING",
            subscriptions=subscriptions,
            middleware=[self._check_and_log],
            lifespan=lifespan_of(ServerState(scope, subscriptions)),
            **options,
        )
        self._scope = scope
        self._bus = subscriptions
        self._resources = Resources(scope)
        for tool in all_tools():
            self._add_tool(tool)
        self._add_resources(self._resources)
        self._add_prompts()

    def _add_tool(self, tool: Tool) -> None:
        self.add_tool(
            raise_as(ToolError)(tool.function),
            title=tool.title,
            description=tool.description,
            annotations=tool.annotations,
        )

    def _add_resources(self, resources: Resources) -> None:
        json, text = "application/json", "text/plain"
        self.resource(uris.BANKS, name="banks", title="Banks", mime_type=json)(resources.banks)
        self.resource(uris.PROFILE, name="profile", title="Profile", mime_type=text)(resources.profile)
        self.resource(uris.ENTITY, name="entity", title="Entity", mime_type="text/markdown")(resources.entity)
        self.resource(uris.UNIT, name="unit", title="Memory", mime_type=json)(resources.unit)
        self.completion()(resources.complete)  # type: ignore[no-untyped-call]
        # MCPServer itself answers only subscriptions/listen, of the newer protocol. Clients of the older one
        # subscribe to each resource, which the server below it can answer.
        low = self._lowlevel_server
        # Otherwise the server would say that its list of resources may change only over transports of its own.
        low.create_initialization_options = partial(  # type: ignore[method-assign]
            low.create_initialization_options, NotificationOptions(resources_changed=True)
        )
        low.add_request_handler("resources/subscribe", SubscribeRequestParams, self._bus.follow)
        low.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, self._bus.unfollow)

    def _add_prompts(self) -> None:
        self.prompt(title="Remember this conversation")(prompts.remember)
        self.prompt(title="What do you know about ...")(prompts.know)
        self.prompt(title="Review of the week")(prompts.review)

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Calls a tool. Raises `ToolError`, whose message says what is wrong so that a model can mend it."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(wrong_arguments(name, error.__cause__)) from error.__cause__
            # The SDK puts "Error executing tool NAME: " before the message of ours: a model needs no such words.
            if isinstance(error.__cause__, ToolError):
                raise error.__cause__ from None
            raise
        except MCPError as error:
            # The client or its user refused to have its model asked (sampling). As a protocol error the assistant
            # would not see it; as the tool's error it can go on with facts.
            if name != "retain":
                raise
            raise ToolError(
                f"Nothing was retained: your client's model was not to be asked ({error.message}). Call retain again "
                f"with facts."
            ) from error

    @_as_invalid_params
    async def list_resources(self) -> list[Resource]:
        """Returns the resources: the list of banks, and the profile of each."""
        return [*await super().list_resources(), *await self._resources.list_profiles()]

    async def _check_and_log(self, ctx: RequestContext, call_next: CallNext) -> HandlerResult:
        """Refuses subscriptions to banks that may not be touched, and logs each request and how long it took."""
        # Here, since the SDK's handler of the newer protocol takes any URI: changes of a bank tell that there is one.
        for uri in _subscribed_uris(ctx.method, ctx.params or {}):
            bank = uris.bank_of(uri)
            if bank is not None:
                await _as_invalid_params(self._scope.bank)(bank)
        if ctx.method == "resources/list":
            self._bus.note_listing(ctx)
        started = time.perf_counter()
        try:
            return await call_next(ctx)
        finally:
            name = str((ctx.params or {}).get("name", ""))[:_MAX_LOGGED_NAME]
            milliseconds = f"{(time.perf_counter() - started) * 1000:.1f}"
            # No arguments: they are what is remembered.
            fields = {"method": ctx.method, "name": name, "milliseconds": milliseconds}
            log.info("answered", extra={"fields": fields})


def lifespan_of(
    state: ServerState,
) -> Callable[[MCPServer[ServerState]], AbstractAsyncContextManager[ServerState]]:
    """Returns the SDK's form of a state that tools and their resolvers get with their context."""

    @asynccontextmanager
    async def lifespan(_: MCPServer[ServerState]) -> AsyncIterator[ServerState]:
        yield state

    return lifespan


def _subscribed_uris(method: str, params: Mapping[str, object]) -> list[str]:
    """Returns the URIs whose changes a request asks to be told of."""
    if method == "resources/subscribe":
        return [str(params.get("uri", ""))]
    if method == "subscriptions/listen":
        notifications = params.get("notifications")
        uris_asked = notifications.get("resourceSubscriptions") if isinstance(notifications, dict) else None
        return [str(uri) for uri in uris_asked] if isinstance(uris_asked, list) else []
    return []
