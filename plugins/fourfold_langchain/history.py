"""The messages of a session, word for word, in a bank that also recalls what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import uuid4

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    message_to_dict,
    messages_from_dict,
)

from fourfold import Bank, Entry, InputError, Message, NotFoundError
from fourfold.turn import Turns

_KIND = "message"


class FourfoldChatMessageHistory(BaseChatMessageHistory):
    """The messages of `session` in `bank`, for `RunnableWithMessageHistory` and the like. They come back as they
    were, and what users and the assistant say is retained in the background. A message that has an `id` is there
    once."""

    def __init__(self, bank: Bank, session: str, *, strict: bool = False) -> None:
        """What fails is logged; with `strict` it raises, and retaining is waited for."""
        if not session:
            raise InputError('A history is of one session: give it a name, such as "2024-05-02".')
        self._bank, self._session, self._turns = bank, session, Turns(strict=strict)

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override]
        """All of the session, in order."""
        return self._bank.run(self.aget_messages)

    async def aget_messages(self) -> list[BaseMessage]:
        """All of the session, in order."""
        bank = self._bank.awaited
        kept = await self._turns.guarded(bank, "read", lambda: bank.entries(_KIND, document=self._session))
        return messages_from_dict([entry.value for entry in kept or []])

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Keeps messages; those that are there already are replaced."""
        self._bank.run(partial(self.aadd_messages, messages))

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Keeps messages; those that are there already are replaced."""
        bank = self._bank.awaited
        named = [m if m.id else m.model_copy(update={"id": str(uuid4())}) for m in messages]
        kept = [Entry(_KIND, f"{self._session}/{m.id}", message_to_dict(m)) for m in named]
        if kept:
            await self._turns.guarded(bank, "kept", lambda: bank.keep(kept, document=self._session))
            await self._turns.retain(bank, said(named), self._session)

    def clear(self) -> None:
        """Forgets the session, and what was retained of it."""
        self._bank.run(self.aclear)

    async def aclear(self) -> None:
        """Forgets the session, and what was retained of it."""
        await self._bank.awaited.caught_up()
        try:
            await self._bank.awaited.forget(document=self._session, reason="cleared")
        except NotFoundError:
            return  # it is clear


def said(messages: Iterable[BaseMessage]) -> list[Message]:
    """What a user or the assistant said of it, for a bank."""
    spoken = [message for message in messages if is_spoken(message)]
    return [
        Message(m.text, m.name or None, "user" if isinstance(m, HumanMessage) else "assistant", id=m.id)
        for m in spoken
    ]


def is_spoken(message: BaseMessage) -> bool:
    """Whether somebody said it. Tools, system prompts, and what middleware puts in (such as a summary of earlier
    messages) say nothing."""
    return isinstance(message, HumanMessage | AIMessage) and "lc_source" not in message.additional_kwargs
