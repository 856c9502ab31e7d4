"""Keeps the messages of a session as an app has them, word for word, in a bank that retains what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from fourfold.api.bank import AsyncBank
from fourfold.errors import InputError
from fourfold.integrations.turn import TurnMemory
from fourfold.values.units import Entry, Message

TranscriptMessage = tuple[object, Message | None]
"""A message as the app has it, as JSON, and what a bank retains of it; None: a tool call, for one, says nothing."""


class Transcript:
    """The messages of `session` in a bank, one entry of `kind` each. A session is a document: forgetting that takes
    the messages and what was retained of them."""

    def __init__(self, bank: AsyncBank, session: str, kind: str, turns: TurnMemory) -> None:
        """`turns` says what happens with a failure: whether it is logged or raised."""
        # An empty name would be a document of all sessions that forgot to name theirs.
        if not isinstance(session, str) or not session:
            raise InputError('A history is of one session: give it a name, such as "2024-05-02".')
        self._bank = bank
        self._session = session
        self._kind = kind
        self._turns = turns

    async def read(self) -> dict[str, Any]:
        """Returns all messages as the app gave them, in order, by the ids that they have as sources of what was
        retained."""
        entries = await self._turns.log_errors(self._bank, "read", self._entries) or []
        return {entry.key.removeprefix(f"{self._session}/"): entry.value for entry in entries}

    async def add(self, messages: Sequence[TranscriptMessage]) -> list[str]:
        """Adds messages, and retains in the background what they say; returns the ids of those that were kept. One
        whose `Message` has an id is there once: it takes the place of the one before."""
        # An app's own id, if the message has one: an edited message then replaces the one that it was.
        ids = [spoken.id if spoken and spoken.id else str(uuid4()) for _, spoken in messages]
        entries = [
            Entry(self._kind, f"{self._session}/{message_id}", value)
            for message_id, (value, _) in zip(ids, messages, strict=True)
        ]
        if not entries:
            return []
        stored = await self._turns.log_errors(
            self._bank, "kept", lambda: self._bank.entries.put(entries, document=self._session)
        )
        spoken_messages = [
            replace(spoken, id=message_id)
            for message_id, (_, spoken) in zip(ids, messages, strict=True)
            if spoken
        ]
        # After the entries, and in the background: the history is there at once, however long retaining takes.
        await self._turns.retain(self._bank, spoken_messages, self._session)
        return ids if stored else []

    async def set(self, messages: Sequence[TranscriptMessage]) -> None:
        """Replaces all messages of the session by these. What was retained stays, and what was there is not retained
        anew."""
        stored = await self.read()
        stored_values = list(stored.values())
        values = [value for value, _ in messages]
        # The usual case: a framework hands back all messages with the new ones at the end.
        if values[: len(stored_values)] == stored_values:
            await self.add(messages[len(stored_values) :])
            return
        # First what is to stay, so that nothing is lost half way: the old ones go only when the new ones are there.
        unchanged_say_nothing = [
            (value, None if value in stored_values else spoken) for value, spoken in messages
        ]
        added = await self.add(unchanged_say_nothing)
        if added or not messages:
            await self._delete(stored.keys() - added)

    async def clear(self) -> None:
        """Deletes the messages. What was retained of them stays: `forget(document=session)` forgets that too."""
        await self._delete(await self.read())

    async def _delete(self, ids: Iterable[str]) -> None:
        keys = [f"{self._session}/{message_id}" for message_id in ids]
        await self._turns.log_errors(
            self._bank, "cleared", lambda: self._bank.entries.delete(self._kind, keys)
        )

    async def _entries(self) -> list[Entry]:
        return await self._bank.entries.list(self._kind, document=self._session)
