"""Telegram: the `result.json` of its desktop app's export, of one chat or of all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.chats.people import distinct_names
from fourfold.transfer.importers.fields import text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import fill_times, said_at
from fourfold.values.units import Message, SaidAt

_LONGEST_OFFSET = timedelta(hours=14)
"""Of a time zone from UTC: that of the Line Islands is the largest."""
_WORDLESS = {
    "photo": "photos without words",
    "voice_message": "voice messages",
    "video_message": "video messages",
    "sticker": "stickers",
    "animation": "animations",
    "file": "files without words",
}
"""Kinds of messages that say nothing in words."""


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
                names = _names(chat["messages"] or ())
                for index, record in enumerate(chat["messages"] or ()):
                    place = f'message {index + 1} of "{title}"'
                    with source.report.guard(place):
                        messages += _said(record, names, place, source)
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


def _said(
    record: Mapping[str, Any], names: Mapping[str, str], place: str, source: SourceFile
) -> list[Message]:
    """Returns what a message says; nothing for a call, a member who came, a picture without words."""
    # Calls, members who come, pinned messages: the app's words, in nobody's name.
    if record.get("type") == "service":
        source.report.ignore("notices of the app")
        return []
    text = _text(record.get("text")) or _text(record.get("text_entities")) or _poll(record.get("poll"))
    if not text:
        kind = record.get("media_type") or (
            "photo" if "photo" in record else "file" if "file" in record else ""
        )
        source.report.ignore(_WORDLESS.get(str(kind), "messages of pictures, sound or files alone"))
        return []
    return [
        Message(
            text,
            _speaker(record, names),
            at=_time(record, place, source),
            id=str(record.get("id") or "") or None,
        )
    ]


def _speaker(record: Mapping[str, Any], names: Mapping[str, str]) -> str | None:
    """Returns who wrote a message. What is passed on is in the words of whoever wrote it, not of who sends it, also
    where that account is gone and has no name."""
    if "forwarded_from" in record:
        return _name(record["forwarded_from"]) or "deleted account"
    sender_id = record.get("from_id")
    return names.get(str(sender_id)) or _name(record.get("from")) or _name(sender_id)


def _name(value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise InputError("its sender is no name")
    return value.strip() or None if value else None


def _names(messages: Iterable[Any]) -> dict[str, str]:
    """Returns how each sender is called: by the newest name the file has for an id, with the id behind it where two
    people have one name. The same person may have changed the name meanwhile."""
    names: dict[str, str] = {}
    for record in messages:
        if isinstance(record, Mapping) and isinstance(record.get("from_id"), str | int):
            name = record.get("from")
            if isinstance(name, str) and name.strip():
                names[str(record["from_id"])] = name.strip()
    return distinct_names(names)


def _poll(poll: Any) -> str:
    """Returns what a poll asks, and its answers."""
    if not isinstance(poll, Mapping):
        return ""
    answers = poll.get("answers")
    texts = (
        [_text(answer.get("text")) for answer in answers if isinstance(answer, Mapping)]
        if isinstance(answers, list)
        else []
    )
    return "\n".join(filter(None, [_text(poll.get("question")), *texts]))


def _text(value: Any) -> str:
    """Returns a text, whose parts that are links, mentions or in bold stand between the others without a break."""
    parts = value if isinstance(value, list) else [value]
    texts = (
        part if isinstance(part, str) else part.get("text")
        for part in parts
        if isinstance(part, str | Mapping)
    )
    return "".join(text_of_parts(text) for text in texts).strip()


def _time(record: Mapping[str, Any], place: str, source: SourceFile) -> SaidAt | None:
    """Returns when a message was sent. "date" is the time on the clock of whoever exported, "date_unixtime" the
    moment; together they tell the zone, so that "yesterday" means the day it meant to them."""
    at = said_at(record.get("date"), place, source.report)
    seconds = str(record.get("date_unixtime") or "")
    if not re.fullmatch(r"\d{1,10}", seconds):
        return at
    moment = datetime.fromtimestamp(int(seconds), UTC)
    offset = at - moment if isinstance(at, datetime) else None
    return moment if offset is None or abs(offset) > _LONGEST_OFFSET else moment.astimezone(timezone(offset))
