"""Discord: channels as DiscordChatExporter writes them in JSON, and the messages of one's own data package."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from fourfold.transfer.importers.chats.people import distinct_names, person_name
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import fill_times, in_time_order, said_at
from fourfold.values.units import Message

_SPOKEN_TYPES = frozenset(
    {None, "Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "0", "19", "20"}
)
"""Kinds of messages that somebody wrote, by name or by Discord's number; the others are notices."""
_MENTION = re.compile(r"<@!?(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")


class Discord:
    """Reads Discord's messages: a document a channel."""

    name = "discord"
    reads = "Discord's channels"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record is a message of either kind."""
        return any(_is_message(record) or _is_of_package(record) for record in _messages(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the channel."""
        messages: list[Message] = []
        names = _names(source)
        for number, record in enumerate(_messages(source)):
            place = source.place(number, "message")
            with source.report.guard(place):
                messages += (
                    _own(record, place, source)
                    if _is_of_package(record)
                    else _said(record, names, place, source)
                )
        # A data package has the newest first, DiscordChatExporter the oldest.
        yield ImportedDocument(f"discord/{_channel(source)}", tuple(fill_times(in_time_order(messages))))


def _messages(source: SourceFile) -> list[Any]:
    if isinstance(source.content, Mapping) and isinstance(source.content.get("messages"), list):
        return list(source.content["messages"])
    return source.records


def _is_message(record: Any) -> bool:
    return (
        isinstance(record, Mapping)
        and {"timestamp", "content", "author"} <= set(record)
        and isinstance(record["author"], Mapping)
        and "id" in record["author"]
    )


def _is_of_package(record: Any) -> bool:
    return isinstance(record, Mapping) and {"ID", "Timestamp", "Contents"} <= set(record)


def _channel(source: SourceFile) -> str:
    content = source.content if isinstance(source.content, Mapping) else {}
    channel, guild = content.get("channel"), content.get("guild")
    if not isinstance(channel, Mapping):
        try:
            channel = json.loads(source.neighbour("channel.json") or "{}")
        except (ValueError, RecursionError):
            channel = {}
    if isinstance(channel, Mapping) and (channel.get("id") or channel.get("name")):
        parts = [guild.get("name")] if isinstance(guild, Mapping) else []
        parts += [channel.get("name"), channel.get("id")]
        return "/".join(str(part) for part in parts if part)
    # A data package has a folder for each channel, with a file of one name in each.
    return source.path.parent.name if source.path.stem == "messages" else PurePosixPath(source.name).stem


def _said(
    record: Mapping[str, Any], names: Mapping[str, str], place: str, source: SourceFile
) -> list[Message]:
    kind = record.get("type")
    if (kind if kind is None else str(kind)) not in _SPOKEN_TYPES:
        source.report.ignore("notices of the app")
        return []
    text = _MENTION.sub(lambda match: f"@{names.get(match[1]) or match[1]}", str(record.get("content") or ""))
    text = _EMOJI.sub(r"\1", text).strip() or _embedded_text(record)
    if not text:
        source.report.ignore("messages of pictures, sound or files alone")
        return []
    at = said_at(record.get("timestamp"), place, source.report)
    return [
        Message(
            text,
            names.get(str(record["author"].get("id"))) or person_name(record["author"]),
            at=at,
            id=str(record.get("id") or "") or None,
        )
    ]


def _names(source: SourceFile) -> dict[str, str]:
    """Returns how those who write or are mentioned are called, by their ids."""
    names: dict[str, str] = {}
    for record in _messages(source):
        if isinstance(record, Mapping):
            mentions = record.get("mentions")
            for person in [record.get("author"), *(mentions if isinstance(mentions, list) else [])]:
                name = person_name(person) if isinstance(person, Mapping) else None
                if name and person.get("id") is not None:
                    names.setdefault(str(person.get("id")), name)
    return distinct_names(names)


def _embedded_text(record: Mapping[str, Any]) -> str:
    """Returns the text of what bots post, whose messages are cards with a title and a description."""
    texts = []
    for embed in record.get("embeds") or ():
        if isinstance(embed, Mapping):
            texts += [text for name in ("title", "description") if isinstance(text := embed.get(name), str)]
    return "\n".join(filter(None, texts)).strip()


def _own(record: Mapping[str, Any], place: str, source: SourceFile) -> list[Message]:
    """Returns a message of a data package, which has only what its owner wrote."""
    text = str(record.get("Contents") or "").strip()
    if not text:
        source.report.ignore("messages of pictures, sound or files alone")
        return []
    return [Message(text, at=said_at(record["Timestamp"], place, source.report), id=str(record["ID"]))]
