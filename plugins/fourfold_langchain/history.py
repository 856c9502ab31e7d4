"""Keeps the messages of a session, word for word, in a bank that also recalls what they say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, message_to_dict, messages_from_dict

from fourfold import Bank, Message
from fourfold.integrations.transcript import Transcript
from fourfold.integrations.turn import TurnMemory
from fourfold.values.units import Role


class FourfoldChatMessageHistory(BaseChatMessageHistory):
    """The messages of `session` in `bank`, for `RunnableWithMessageHistory` and the like: they come back as they
    were, and what users and the assistant say is retained in the background. A message with an `id` is there once.
    What fails is logged; with `strict` it raises, and retaining is waited for."""

    def __init__(self, bank: Bank, session: str, *, strict: bool = False) -> None:
        self.bank = bank
        # The kind is LangChain's own, since another framework's messages of the same session are of another form.
        self.transcript = Transcript(bank.as_async, session, "langchain.message", TurnMemory(strict=strict))

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override]
        """Returns all of the session, in order."""
        return self.bank.run(self.aget_messages)

    async def aget_messages(self) -> list[BaseMessage]:
        """Returns all of the session, in order."""
        return messages_from_dict(list((await self.transcript.read()).values()))

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Adds messages, or puts them in the place of those with the same ids."""
        self.bank.run(partial(self.aadd_messages, messages))

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Adds messages, or puts them in the place of those with the same ids."""
        await self.transcript.add([(message_to_dict(m), message_of(m)) for m in messages])

    def clear(self) -> None:
        """Deletes the messages, not what was retained of them: `bank.forget(document=session)` does that."""
        self.bank.run(self.aclear)

    async def aclear(self) -> None:
        """See `clear`."""
        await self.transcript.clear()


def message_of(message: BaseMessage) -> Message | None:
    """Returns what a bank retains of a message; None for tools, system prompts, and what middleware puts in, such as
    a summary of earlier messages."""
    # A summary is a HumanMessage, told apart from what the user said by `lc_source` alone.
    if not isinstance(message, HumanMessage | AIMessage) or "lc_source" in message.additional_kwargs:
        return None
    role: Role = "user" if isinstance(message, HumanMessage) else "assistant"
    return Message(message.text, message.name or None, role, id=message.id)
