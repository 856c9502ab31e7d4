"""Gives chat engines and agents a memory: the session's last messages, and what a bank knows that bears on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.memory import BaseMemory, BaseMemoryBlock
from pydantic import ConfigDict, Field, PrivateAttr

from fourfold import Bank, InputError, Message
from fourfold.integrations.transcript import Transcript, TranscriptMessage
from fourfold.integrations.turn import TurnMemory, strip_blocks
from fourfold.values.units import Role
from fourfold_llamaindex.events import MemoryRecallEvent, MemoryRetainEvent, dispatcher

_ROLES: dict[MessageRole, Role] = {MessageRole.USER: "user", MessageRole.ASSISTANT: "assistant"}


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
    # Private attributes are not saved with a context: a restored memory recalls anew.
    _last_recall: tuple[object, list[str]] = PrivateAttr((None, []))

    model_config = ConfigDict(arbitrary_types_allowed=True)

    @classmethod
    def class_name(cls) -> str:
        """Returns the name by which it is saved."""
        return "FourfoldMemory"

    @classmethod
    def from_defaults(cls, chat_history: list[ChatMessage] | None = None, **options: Any) -> Self:
        """Returns a memory with these fields; a `chat_history` is taken over. LlamaIndex passes an `llm`: it needs
        none. Raises `InputError` for what is no field."""
        options.pop("llm", None)
        # An unknown name is refused here: LlamaIndex's models ignore it, and a misspelt `budget` would be the
        # default.
        if unknown := sorted(options.keys() - cls.model_fields.keys()):
            raise InputError(
                f"FourfoldMemory has no {', '.join(unknown)}: it has {', '.join(cls.model_fields)}."
            )
        memory = cls(**options)
        memory.put_messages(chat_history or [])
        return memory

    def __bool__(self) -> bool:
        """Returns whether it has a bank. Without one, as it comes back with a context, it is as good as none: an
        agent takes the one it is passed."""
        return self.bank is not None

    def get(self, input: str | None = None, **kwargs: Any) -> list[ChatMessage]:
        """Returns what is known that bears on `input` (default: what the user said last), and the last messages."""
        return self._bank.run(partial(self.aget, input, **kwargs))

    async def aget(self, input: str | None = None, **kwargs: Any) -> list[ChatMessage]:
        """See `get`."""
        stored = await self._transcript.read()
        messages = [ChatMessage.model_validate(value) for value in stored.values()]
        user_turns = [n for n, message in enumerate(messages) if message.role == MessageRole.USER]
        start = self._window_start(len(messages), user_turns)
        question = input or (messages[user_turns[-1]].content if user_turns else None) or ""
        blocks = await self._recall(question, list(stored)[start:], len(user_turns))
        system = [ChatMessage("\n\n".join(blocks), role=MessageRole.SYSTEM)] if blocks else []
        return [*system, *messages[start:]]

    def _window_start(self, count: int, user_turns: Sequence[int]) -> int:
        """Returns where the window of `count` messages begins; `user_turns` are the places of what the user said."""
        start = max(0, count - self.window)
        if start == 0:
            return 0
        # Begins with something that the user said: providers refuse a tool's result without the call before it.
        return next((n for n in user_turns if n >= start), user_turns[-1] if user_turns else start)

    def get_all(self) -> list[ChatMessage]:
        """Returns all messages of the session."""
        return self._bank.run(self.aget_all)

    async def aget_all(self) -> list[ChatMessage]:
        """Returns all messages of the session."""
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
        await self._transcript.add(self._transcript_messages(messages))

    def set(self, messages: list[ChatMessage]) -> None:
        """Has the session be these messages. What was retained of others stays."""
        self._bank.run(partial(self.aset, messages))

    async def aset(self, messages: list[ChatMessage]) -> None:
        """See `set`."""
        await self._transcript.set(self._transcript_messages(messages))

    def reset(self) -> None:
        """Deletes the session's messages, not what was retained: `bank.forget(document=session)` does that."""
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

    async def _recall(self, question: str, already_in_prompt: Sequence[str], turn: int) -> list[str]:
        """Returns the blocks of a turn, which are recalled once."""
        # An agent asks its memory before each call of its model, several times a turn and without the input: what it
        # was given must not change in the middle of it.
        if self._last_recall[0] != (question, turn):
            blocks = await self._turns.recall(self._bank.as_async, question, already_in_prompt)
            self._last_recall = (question, turn), blocks
            text = "\n\n".join(blocks)
            dispatcher.event(MemoryRecallEvent(bank=self._bank.name, question=question, text=text))
        return self._last_recall[1]

    def _transcript_messages(self, messages: Sequence[ChatMessage]) -> list[TranscriptMessage]:
        """Returns messages as they are kept, and what is retained of them; those that `get` made are left out."""
        transcript_messages: list[TranscriptMessage] = [
            (message.model_dump(mode="json"), _message(message))
            for message in messages
            if not message.content or strip_blocks(message.content)
        ]
        count = sum(message is not None for _, message in transcript_messages)
        if count:
            dispatcher.event(MemoryRetainEvent(bank=self._bank.name, session=self.session, messages=count))
        return transcript_messages


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
        user_texts = [message.content for message in messages or [] if message.role == MessageRole.USER]
        question = (user_texts[-1] if user_texts else None) or ""
        return "\n\n".join(await self._turns.recall(self.bank.as_async, question))

    async def _aput(self, messages: list[ChatMessage]) -> None:
        by_session: dict[str, list[Message]] = {}
        for chat_message in messages:
            spoken = _message(chat_message)
            if spoken is not None:
                session = str(chat_message.additional_kwargs.get("session_id", ""))
                by_session.setdefault(session, []).append(spoken)
        for session, session_messages in sorted(by_session.items()):
            await self._turns.retain(self.bank.as_async, session_messages, session)

    @property
    def _turns(self) -> TurnMemory:
        return TurnMemory(self.budget, self.profile, strict=self.strict)


def _message(message: ChatMessage) -> Message | None:
    """Returns what a bank retains of a message; None for those of tools and of the system."""
    role = _ROLES.get(message.role)
    text = message.content
    speaker = message.additional_kwargs.get("name")
    return Message(text, speaker, role) if role and text else None
