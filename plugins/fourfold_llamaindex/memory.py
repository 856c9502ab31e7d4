"""A memory for chat engines and agents: the session's last messages, and what a bank knows that bears on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.memory import BaseMemory, BaseMemoryBlock
from pydantic import ConfigDict, Field, PrivateAttr

from fourfold import Bank, InputError, Message
from fourfold.integrations.transcript import Said, Transcript
from fourfold.integrations.turn import TurnMemory, strip_blocks
from fourfold_llamaindex.events import MemoryRecallEvent, MemoryRetainEvent, dispatcher

_ROLES = {MessageRole.USER: "user", MessageRole.ASSISTANT: "assistant"}


class FourfoldMemory(BaseMemory):
    """The `memory=` of a chat engine or an agent: `FourfoldMemory.from_defaults(bank=memory.bank("alice"))`.

    A model is given what the bank knows that bears on what was said last, at most `budget` tokens and `profile` of
    the core profile, as a system message, and then the last `window` messages of the `session`. All messages are
    kept, and what the user and the assistant say is retained in the background. What fails is logged; with `strict`
    it raises. One that was saved with an agent's context comes back without its bank: pass `memory=` again.
    """

    bank: Bank | None = Field(default=None, exclude=True)
    session: str = "default"
    window: int = Field(default=40, ge=1)
    budget: int = 1024
    profile: int = 400
    strict: bool = False
    _known: tuple[object, list[str]] = PrivateAttr((None, []))

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @classmethod
    def class_name(cls) -> str:
        """The name by which it is saved."""
        return "FourfoldMemory"

    @classmethod
    def from_defaults(cls, chat_history: list[ChatMessage] | None = None, **options: Any) -> Self:
        """A memory with these fields; a `chat_history` is taken over. LlamaIndex passes an `llm`: it needs none.
        Raises `InputError` for what is no field."""
        options.pop("llm", None)
        if unknown := sorted(options.keys() - cls.model_fields.keys()):
            raise InputError(
                f"FourfoldMemory has no {', '.join(unknown)}: it has {', '.join(cls.model_fields)}."
            )
        memory = cls(**options)
        memory.put_messages(chat_history or [])
        return memory

    def __bool__(self) -> bool:
        """Without a bank, as it comes back with a context, it is as good as none: an agent takes the one it is
        passed."""
        return self.bank is not None

    def get(self, input: str | None = None, **kwargs: Any) -> list[ChatMessage]:
        """What is known that bears on `input` (default: what the user said last), and the last messages."""
        return self._bank.run(partial(self.aget, input, **kwargs))

    async def aget(self, input: str | None = None, **kwargs: Any) -> list[ChatMessage]:
        """See `get`."""
        kept = await self._transcript.read()
        messages = [ChatMessage.model_validate(value) for value in kept.values()]
        asked = [n for n, message in enumerate(messages) if message.role == MessageRole.USER]
        start = self._start(len(messages), asked)
        question = input or (messages[asked[-1]].content if asked else None) or ""
        known = await self._recall(question, list(kept)[start:], len(asked))
        told = [ChatMessage("\n\n".join(known), role=MessageRole.SYSTEM)] if known else []
        return [*told, *messages[start:]]

    def _start(self, count: int, asked: Sequence[int]) -> int:
        """Where the window begins: with something a user said, since a tool's result cannot come before its call."""
        start = max(0, count - self.window)
        if start == 0:
            return 0
        return next((n for n in asked if n >= start), asked[-1] if asked else start)

    def get_all(self) -> list[ChatMessage]:
        """All messages of the session."""
        return self._bank.run(self.aget_all)

    async def aget_all(self) -> list[ChatMessage]:
        """All messages of the session."""
        return [ChatMessage.model_validate(value) for value in (await self._transcript.read()).values()]

    def put(self, message: ChatMessage) -> None:
        """Adds a message."""
        self.put_messages([message])

    async def aput(self, message: ChatMessage) -> None:
        """Adds a message."""
        await self.aput_messages([message])

    def put_messages(self, messages: list[ChatMessage]) -> None:
        """Adds messages."""
        self._bank.run(partial(self.aput_messages, messages))

    async def aput_messages(self, messages: list[ChatMessage]) -> None:
        """Adds messages."""
        await self._transcript.add(self._said(messages))

    def set(self, messages: list[ChatMessage]) -> None:
        """Has the session be these messages. What was retained of others stays."""
        self._bank.run(partial(self.aset, messages))

    async def aset(self, messages: list[ChatMessage]) -> None:
        """See `set`."""
        await self._transcript.set(self._said(messages))

    def reset(self) -> None:
        """Lets go of the session's messages, not of what was retained: `bank.forget(document=session)` does that."""
        self._bank.run(self.areset)

    async def areset(self) -> None:
        """See `reset`."""
        await self._transcript.clear()

    @property
    def _bank(self) -> Bank:
        if self.bank is None:
            raise InputError(
                "This FourfoldMemory has no bank: make it by FourfoldMemory.from_defaults(bank=...). "
                "One that was restored with a context has none: pass memory=... to run() again."
            )
        return self.bank

    @property
    def _turns(self) -> TurnMemory:
        return TurnMemory(self.budget, self.profile, strict=self.strict)

    @property
    def _transcript(self) -> Transcript:
        return Transcript(self._bank.as_async, self.session, "llamaindex.message", self._turns)

    async def _recall(self, question: str, shown: Sequence[str], turn: int) -> list[str]:
        """What is known in a turn: an agent asks for it before each call of its model, and it stays the same."""
        if self._known[0] != (question, turn):
            found = await self._turns.recall(self._bank.as_async, question, shown)
            self._known = (question, turn), found
            dispatcher.event(
                MemoryRecallEvent(bank=self._bank.name, question=question, text="\n\n".join(found))
            )
        return self._known[1]

    def _said(self, messages: Sequence[ChatMessage]) -> list[Said]:
        """Messages as they are kept, and what is retained of them; those that `get` made are left out."""
        spoken = [
            message for message in messages if strip_blocks(message.content or "") or not message.content
        ]
        told = [(message.model_dump(mode="json"), _message(message)) for message in spoken]
        count = sum(message is not None for _, message in told)
        if count:
            dispatcher.event(MemoryRetainEvent(bank=self._bank.name, session=self.session, messages=count))
        return told


class FourfoldMemoryBlock(BaseMemoryBlock[str]):
    """A block of LlamaIndex's own `Memory`: `Memory.from_defaults(memory_blocks=[FourfoldMemoryBlock(bank=bank)])`.

    It is given messages only when they leave the short-term queue, and under the default limits (30,000 tokens) none
    do in most conversations: use `FourfoldMemory` unless you need blocks, or lower `token_limit`. A session is a
    document.
    """

    name: str = "fourfold"
    bank: Bank = Field(exclude=True)
    budget: int = 1024
    profile: int = 400
    strict: bool = False

    async def _aget(self, messages: list[ChatMessage] | None = None, **block_kwargs: Any) -> str:
        asked = [m.content for m in messages or [] if m.role == MessageRole.USER]
        known = await self._turns.recall(self.bank.as_async, (asked[-1] if asked else None) or "")
        return "\n\n".join(known)

    async def _aput(self, messages: list[ChatMessage]) -> None:
        sessions = {str(m.additional_kwargs.get("session_id", "")) for m in messages}
        for session in sorted(sessions):
            of_it = [m for m in messages if str(m.additional_kwargs.get("session_id", "")) == session]
            told = [message for m in of_it if (message := _message(m))]
            await self._turns.retain(self.bank.as_async, told, session)

    @property
    def _turns(self) -> TurnMemory:
        return TurnMemory(self.budget, self.profile, strict=self.strict)


def _message(message: ChatMessage) -> Message | None:
    """What a bank retains of a message: tools and system prompts say nothing."""
    role, text = _ROLES.get(message.role), message.content
    speaker = message.additional_kwargs.get("name")
    return Message(text, speaker, role) if role and text else None  # type: ignore[arg-type]
