"""Middleware that gives an agent a memory: it recalls before the model is called, and retains after the turn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain.agents.middleware.types import PrivateStateAttr
from langchain_core.messages import AnyMessage, HumanMessage, SystemMessage
from langgraph.config import get_config
from langgraph.runtime import Runtime

from fourfold import Bank, InputError, Memory, bank_name
from fourfold.bank import AsyncBank
from fourfold.turn import Turns, needs_memory
from fourfold_langchain.history import said

log = logging.getLogger(__name__)


class MemoryState(AgentState[Any]):
    """What the middleware knows of a thread; it is in no input and no output."""

    memory_prompt: NotRequired[Annotated[list[str], PrivateStateAttr]]
    memory_retained: NotRequired[Annotated[str, PrivateStateAttr]]


class FourfoldMiddleware(AgentMiddleware[MemoryState, Any, Any]):
    """Long-term memory for `create_agent(..., middleware=[FourfoldMiddleware(memory)])`.

    With a `Memory` each user has a bank: `user` is the name of the field of the runtime's context (or of the config's
    `configurable`) that says who it is, or a function of the runtime. A turn of nobody has no memory. With a `Bank`
    all turns are that bank's. A thread is a document; see docs/identity.md.

    Once a turn, when the user has said something, the core profile (at most `profile` tokens, 0 for none) and what
    bears on it (`budget` tokens, if `gate` says that it needs memory) go at the end of the system message. When the
    agent has answered, what both said is retained in the background. What fails is logged; with `strict` it raises.
    """

    state_schema = MemoryState

    def __init__(
        self,
        memory: Memory | Bank,
        *,
        user: str | Callable[[Runtime[Any]], str | None] = "user_id",
        budget: int = 1024,
        profile: int = 400,
        gate: Callable[[str], bool] = needs_memory,
        strict: bool = False,
    ) -> None:
        super().__init__()
        self._memory, self._turns = memory, Turns(budget, profile, gate, strict)
        self._user = user if callable(user) else partial(_field, user)

    def before_agent(self, state: MemoryState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Recalls."""
        bank = self._bank(runtime)
        return self._memory.run(partial(self._recalled, bank, state["messages"])) if bank else None

    async def abefore_agent(self, state: MemoryState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Recalls."""
        bank = self._bank(runtime)
        return await self._recalled(bank, state["messages"]) if bank else None

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Tells the model what was recalled."""
        return handler(_informed(request))

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """Tells the model what was recalled."""
        return await handler(_informed(request))

    def after_agent(self, state: MemoryState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Retains the turn."""
        bank = self._bank(runtime)
        return self._memory.run(partial(self._retained, bank, state, _thread())) if bank else None

    async def aafter_agent(self, state: MemoryState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Retains the turn."""
        bank = self._bank(runtime)
        return await self._retained(bank, state, _thread()) if bank else None

    def _bank(self, runtime: Runtime[Any]) -> AsyncBank | None:
        if isinstance(self._memory, Bank):
            return self._memory.awaited
        try:
            user = self._user(runtime)
            if not user:
                raise InputError(
                    'It is nobody\'s: say whose it is, as in invoke(..., context={"user_id": "alice"}).'
                )
            return self._memory.awaited.bank(bank_name(str(user)))
        except InputError as error:
            if self._turns.strict:
                raise
            log.warning("A turn goes without memory. %s", error)
            return None

    async def _recalled(self, bank: AsyncBank, messages: Sequence[AnyMessage]) -> dict[str, Any]:
        last = messages[-1] if messages else None
        asked = last.text if isinstance(last, HumanMessage) else ""
        shown = [message.id for message in messages if message.id]
        return {"memory_prompt": await self._turns.recall(bank, asked, shown)}

    async def _retained(self, bank: AsyncBank, state: MemoryState, thread: str) -> dict[str, Any]:
        news = _news(state["messages"], state.get("memory_retained"))
        await self._turns.retain(bank, said(news), thread)
        return {"memory_retained": news[-1].id} if news else {}


def _informed(request: ModelRequest[Any]) -> ModelRequest[Any]:
    """The request with what was recalled at the end of its system message: what comes before stays as it is from turn
    to turn, so that a provider's prompt cache holds up to there."""
    state: Mapping[str, Any] = request.state
    prompt: list[str] = state.get("memory_prompt") or []
    if not prompt:
        return request
    system = request.system_message or SystemMessage("")
    content: str | list[str | dict[Any, Any]]
    if isinstance(system.content, str):
        content = "\n\n".join([*filter(None, [system.content]), *prompt])
    else:
        content = [*system.content, *({"type": "text", "text": block} for block in prompt)]
    return request.override(system_message=system.model_copy(update={"content": content}))


def _news(messages: Sequence[AnyMessage], retained: str | None) -> Sequence[AnyMessage]:
    """What was said since the message of the id `retained`; where it is not there, the last turn: an app that
    keeps no threads passes all that was said before each time."""
    ids = [message.id for message in messages]
    if retained in ids:
        return messages[ids.index(retained) + 1 :]
    start = len(messages)
    while start and not isinstance(messages[start - 1], HumanMessage):
        start -= 1
    while start and isinstance(messages[start - 1], HumanMessage):
        start -= 1
    return messages[start:]


def _field(name: str, runtime: Runtime[Any]) -> Any:
    context = runtime.context
    told = context.get(name) if isinstance(context, Mapping) else getattr(context, name, None)
    return told or get_config().get("configurable", {}).get(name)


def _thread() -> str:
    return str(get_config().get("configurable", {}).get("thread_id") or "")
