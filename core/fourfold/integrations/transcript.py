"""`Transcript`: the messages of a session as an app has them, word for word, in a bank that retains what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from fourfold.api.bank import AsyncBank
from fourfold.errors import InputError
from fourfold.integrations.turn import TurnMemory
from fourfold.values.units import Entry, Message

Said = tuple[Any, Message | None]
"""A message as the app has it, as JSON, and what a bank retains of it: a tool call, for one, says nothing."""


class Transcript:
    """The messages of `session` in a bank, one entry of `kind` each. A session is a document: forgetting that takes
    the messages and what was retained of them."""

    def __init__(self, bank: AsyncBank, session: str, kind: str, turns: TurnMemory) -> None:
        """`turns` says what becomes of a failure."""
        if not isinstance(session, str) or not session:
            raise InputError('A history is of one session: give it a name, such as "2024-05-02".')
        self._bank, self._session, self._kind, self._turns = bank, session, kind, turns

    async def read(self) -> dict[str, Any]:
        """All messages in order, by the ids that they have as sources of what was retained."""
        entries = await self._turns.guarded(self._bank, "read", self._entries) or []
        return {entry.key.removeprefix(f"{self._session}/"): entry.value for entry in entries}

    async def add(self, said: Sequence[Said]) -> list[str]:
        """Adds messages, and retains behind the app's back what they say; the ids of those that were kept. One whose
        `Message` has an id is there once: it takes the place of the one before."""
        named = [
            (message.id if message and message.id else str(uuid4()), value, message)
            for value, message in said
        ]
        entries = [Entry(self._kind, f"{self._session}/{key}", value) for key, value, _ in named]
        if not entries:
            return []
        kept = await self._turns.guarded(
            self._bank, "kept", lambda: self._bank.entries.put(entries, document=self._session)
        )
        told = [replace(message, id=key) for key, _, message in named if message]
        await self._turns.retain(self._bank, told, self._session)
        return [key for key, _, _ in named] if kept else []

    async def set(self, said: Sequence[Said]) -> None:
        """Has these be the messages, and no others. What was retained stays, and what was there is not retained
        anew."""
        before = await self.read()
        held, values = list(before.values()), [value for value, _ in said]
        if values[: len(held)] == held:
            await self.add(said[len(held) :])
        else:  # first what is to stay, so that nothing is lost half way
            kept = await self.add([(value, None if value in held else message) for value, message in said])
            if kept or not said:
                await self._drop(before.keys() - kept)

    async def clear(self) -> None:
        """Lets go of the messages. What was retained of them stays: `forget(document=session)` forgets that too."""
        await self._drop(await self.read())

    async def _drop(self, ids: Iterable[str]) -> None:
        keys = [f"{self._session}/{each}" for each in ids]
        await self._turns.guarded(self._bank, "cleared", lambda: self._bank.entries.delete(self._kind, keys))

    async def _entries(self) -> list[Entry]:
        return await self._bank.entries.list(self._kind, document=self._session)
