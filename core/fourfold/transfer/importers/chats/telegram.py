"""Telegram: the `result.json` of its desktop app's export, of one chat or of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import fill_times, time_or_none
from fourfold.values.units import Message

_LONGEST_OFFSET = timedelta(hours=14)
"""Of a time zone from UTC: that of the Line Islands is the largest."""


class Telegram:
    """Reads Telegram's chats, a document each."""

    name = "telegram"
    reads = "Telegram's chats"

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is a chat whose messages are Telegram's."""
        return any(_is_chat(chat) for chat in _chats(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the chats."""
        for number, chat in enumerate(_chats(source)):
            with source.report.guard(source.place(number, "chat")):
                title = str(chat.get("name") or chat.get("type") or "chat").replace("_", " ")
                messages: list[Message] = []
                for index, record in enumerate(chat["messages"] or ()):
                    place = f'message {index + 1} of "{title}"'
                    with source.report.guard(place):
                        messages += _said(record, place, source)
                label = "/".join(
                    str(part) for part in ("telegram", title, chat.get("id")) if part is not None
                )
                yield ImportedDocument(label, tuple(fill_times(messages)))


def _chats(source: SourceFile) -> list[Any]:
    """Returns the chats of a whole export ("chats", "left_chats"), or the one that the file is."""
    content = source.content
    if not isinstance(content, Mapping):
        return source.records
    holders = [content[name] for name in ("chats", "left_chats") if isinstance(content.get(name), Mapping)]
    lists = [holder["list"] for holder in holders if isinstance(holder.get("list"), list)]
    chats = [chat for chat_list in lists for chat in chat_list if isinstance(chat, Mapping)]
    return chats or [content]


def _is_chat(chat: Any) -> bool:
    messages = chat.get("messages") if isinstance(chat, Mapping) else None
    return isinstance(messages, list) and any(
        isinstance(message, Mapping)
        and message.get("type") in ("message", "service")
        and ("date" in message or "date_unixtime" in message)
        for message in messages
    )


def _said(record: Mapping[str, Any], place: str, source: SourceFile) -> list[Message]:
    """Returns what a message says; nothing for a call, a member who came, a picture without words."""
    # Calls, members who come, pinned messages: the app's words, in nobody's name.
    if record.get("type") == "service":
        source.report.ignore("notices of the app")
        return []
    text = _text(record.get("text")) or _text(record.get("text_entities"))
    if not text:
        source.report.ignore("messages of pictures, sound or files alone")
        return []
    # What is passed on is in the words of whoever wrote it.
    speaker = record.get("forwarded_from") or record.get("from") or record.get("from_id")
    if not isinstance(speaker, str | None):
        raise InputError("its sender is no name")
    return [Message(text, speaker, at=_time(record, place, source), id=str(record.get("id") or "") or None)]


def _text(value: Any) -> str:
    """Returns a text, whose parts that are links, mentions or in bold stand between the others without a break."""
    parts = value if isinstance(value, list) else [value]
    texts = (
        part if isinstance(part, str) else part.get("text")
        for part in parts
        if isinstance(part, str | Mapping)
    )
    return "".join(text_of_parts(text) for text in texts).strip()


def _time(record: Mapping[str, Any], place: str, source: SourceFile) -> datetime | None:
    """Returns when a message was sent. "date" is the time on the clock of whoever exported, "date_unixtime" the
    moment; together they tell the zone, so that "yesterday" means the day it meant to them."""
    at = time_or_none(record.get("date"), place, source.report)
    seconds = str(record.get("date_unixtime") or "")
    if not re.fullmatch(r"\d{1,10}", seconds):
        return at
    moment = datetime.fromtimestamp(int(seconds), UTC)
    offset = at - moment if at else None
    return moment if offset is None or abs(offset) > _LONGEST_OFFSET else moment.astimezone(timezone(offset))
