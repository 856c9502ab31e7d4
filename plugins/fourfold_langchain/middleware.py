"""Gives an agent a memory: recalls before its model is called, and retains after the turn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableLambda
from langgraph.config import get_config
from langgraph.runtime import Runtime

from fourfold import AsyncBank, Bank, InputError, Memory, bank_name
from fourfold.integrations.turn import TurnMemory, needs_memory
from fourfold_langchain.history import message_of

log = logging.getLogger(__name__)

_MAX_OPEN_TURNS = 1000
"""Turns whose blocks are kept until they end. A guess, not measured: a turn that fails never ends."""
# Any: LangChain's classes are invariant in the app's context and answer, and this works with every app's.
Request: TypeAlias = ModelRequest[Any]
Response: TypeAlias = ModelResponse[Any]
State: TypeAlias = AgentState[Any]
AnyRuntime: TypeAlias = Runtime[Any]


class FourfoldMiddleware(AgentMiddleware[State, Any, Any]):
    """Long-term memory for `create_agent(..., middleware=[FourfoldMiddleware(memory)])`.

    With a `Memory` each user has a bank: `user` is the name of the field of the runtime's context (or of the config's
    `configurable`) that says who it is, or a function of the runtime. A turn of nobody has no memory. With a `Bank`
    all turns are that bank's. A thread is a document; see docs/identity.md.

    Once a turn, the core profile (at most `profile` tokens, 0 for none) and what bears on what the user said
    (`budget` tokens, if `gate` says that it needs memory) go at the end of the system message. When the agent has
    answered, what both said is retained in the background. What fails is logged; with `strict` it raises.
    """

    def __init__(
        self,
        memory: Memory | Bank,
        *,
        user: str | Callable[[AnyRuntime], object] = "user_id",
        budget: int = 1024,
        profile: int = 400,
        gate: Callable[[str], bool] = needs_memory,
        strict: bool = False,
    ) -> None:
        super().__init__()
        self._memory = memory
        self._turns = TurnMemory(budget, profile, gate, strict)
        self._user = user if callable(user) else partial(_field, user)
        # Not in the agent's state: private fields of it are still shown to whoever follows the run as a stream of
        # values.
        self._open_turns: dict[tuple[str, str | None], list[str]] = {}
        """The blocks of turns that are not over, by bank and the id of the user's message."""

    def wrap_model_call(self, request: Request, handler: Callable[[Request], Response]) -> Response:
        """Adds what is remembered to the request."""
        return handler(_with_blocks(request, self._memory.run(partial(self._blocks, request))))

    async def awrap_model_call(
        self, request: Request, handler: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Adds what is remembered to the request."""
        return await handler(_with_blocks(request, await self._blocks(request)))

    def after_agent(self, state: State, runtime: AnyRuntime) -> None:
        """Retains the turn."""
        self._memory.run(partial(self.aafter_agent, state, runtime))

    async def aafter_agent(self, state: State, runtime: AnyRuntime) -> None:
        """Retains the turn."""
        if (bank := self._bank(runtime)) is not None:
            messages = state["messages"]
            thread = _configured("thread_id")
            self._open_turns.pop((bank.name, _last_said(messages).id), None)
            # Here and not after each call of the model: what a turn said is known only when it is over.
            spoken = [message for message in map(message_of, _last_turn(messages)) if message is not None]
            await self._turns.retain(bank, spoken, str(thread or ""))

    def _bank(self, runtime: AnyRuntime) -> AsyncBank | None:
        """Returns the bank of the turn; None for a turn of nobody."""
        if isinstance(self._memory, Bank):
            return self._memory.as_async
        # Not some bank for all who are nobody: what one of them said would be recalled to the next.
        try:
            user = self._user(runtime)
            if user in (None, ""):
                raise InputError(
                    'It is nobody\'s: say whose it is, as in invoke(..., context={"user_id": "alice"}).'
                )
            return self._memory.as_async.bank(bank_name(str(user)))
        except InputError as error:
            if self._turns.strict:
                raise
            log.warning("A turn goes without memory. %s", error)
            return None

    async def _blocks(self, request: Request) -> list[str]:
        """Returns what goes into the prompt in this turn. It is recalled once, as a step of its own in the app's
        trace, however often the agent calls its model."""
        if (bank := self._bank(request.runtime)) is None:
            return []
        question = _last_said(request.state["messages"])
        blocks = self._open_turns.get((bank.name, question.id))
        if blocks is None:
            in_prompt = [message.id for message in request.messages if message.id]

            async def recall(text: str) -> list[str]:
                return await self._turns.recall(bank, text, in_prompt)

            # A runnable, since only those are steps of a trace (LangSmith's, for one).
            blocks = await RunnableLambda(recall, name="recall").ainvoke(question.text)
            if len(self._open_turns) >= _MAX_OPEN_TURNS:  # the oldest, of a turn that failed
                self._open_turns.pop(next(iter(self._open_turns)), None)
            self._open_turns[bank.name, question.id] = blocks
        return blocks


def _with_blocks(request: Request, blocks: list[str]) -> Request:
    """Returns the request with the blocks at the end of its system message."""
    # At the end, since what comes before stays as it is from turn to turn: a provider's prompt cache holds up to
    # there.
    if not blocks:
        return request
    system = request.system_message or SystemMessage("")
    content: str | list[str | dict[Any, Any]]
    if isinstance(system.content, str):
        content = "\n\n".join([*filter(None, [system.content]), *blocks])
    else:
        content = [*system.content, *({"type": "text", "text": block} for block in blocks)]
    return request.override(system_message=system.model_copy(update={"content": content}))


def _last_said(messages: Sequence[AnyMessage]) -> HumanMessage:
    human = (m for m in reversed(messages) if isinstance(m, HumanMessage) and message_of(m))
    return next(human, HumanMessage(""))


def _last_turn(messages: Sequence[AnyMessage]) -> Sequence[AnyMessage]:
    """Returns the messages since the answer before the last thing that the user said."""
    # Not since that thing itself: a turn that failed before it was not retained. Not all messages: apps that keep no
    # threads pass all of them each time.
    start = max(
        (n for n, m in enumerate(messages) if isinstance(m, HumanMessage) and message_of(m)), default=0
    )
    answers = [n + 1 for n, m in enumerate(messages[:start]) if isinstance(m, AIMessage) and not m.tool_calls]
    return messages[max(answers, default=0) :]


def _field(name: str, runtime: AnyRuntime) -> object:
    # The context of an app may be a dict or an object; before there were contexts, the user was in the config.
    context = runtime.context
    value = context.get(name) if isinstance(context, Mapping) else getattr(context, name, None)
    return _configured(name) if value is None else value


def _configured(name: str) -> object:
    return get_config().get("configurable", {}).get(name)
