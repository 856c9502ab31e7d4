"""Slack: the files of a workspace's export, one a channel and day, or the messages that its API returns."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from fourfold.transfer.importers.chats.people import distinct_names, person_name
from fourfold.transfer.importers.fields import text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import in_time_order, said_at
from fourfold.values.units import Message

_TS = re.compile(r"\d{10}\.\d{6}")
"""A message's time, which also names it within its channel."""
_SPOKEN_SUBTYPES = frozenset(
    {None, "bot_message", "me_message", "file_share", "file_comment", "thread_broadcast"}
)
"""Kinds of messages that somebody wrote; the others are notices: who joined, what a channel's topic is."""
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")
"""A mention (<@U12>), a channel (<#C12|general>), a command (<!here>), a link (<https://...|words>)."""
_DAY_FILE = re.compile(r"\d{4}-\d\d-\d\d(\.json)?")


class Slack:
    """Reads Slack's messages: a document a channel."""

    name = "slack"
    reads = "Slack's export"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record has a time as Slack's messages have."""
        return any(
            isinstance(record, Mapping)
            and isinstance(record.get("ts"), str)
            and _TS.fullmatch(record["ts"]) is not None
            and not {"user", "bot_id", "username", "subtype", "type"}.isdisjoint(record)
            for record in _messages(source)
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the messages of the file as part of their channel."""
        people = _people(source)
        messages: list[Message] = []
        for number, record in enumerate(_messages(source)):
            place = source.place(number, "message")
            with source.report.guard(place):
                messages += _said(record, people, place, source)
        # The API returns the newest first, an export's file the oldest.
        yield ImportedDocument(f"slack/{_channel(source)}", tuple(in_time_order(messages)))


def _messages(source: SourceFile) -> list[Any]:
    if isinstance(source.content, Mapping) and isinstance(source.content.get("messages"), list):
        return list(source.content["messages"])
    return source.records


def _channel(source: SourceFile) -> str:
    """Returns the channel of a file: the folder of a day's file, else the file itself."""
    if isinstance(source.content, Mapping):
        own_name = source.content.get("name") or source.content.get("channel_id")
        if isinstance(own_name, str):
            return own_name
    is_of_a_day = _DAY_FILE.fullmatch(source.path.name) is not None
    folder = source.path.resolve().parent.name if source.path.exists() else source.path.parent.name
    return folder if is_of_a_day and folder else PurePosixPath(source.name).stem


def _people(source: SourceFile) -> dict[str, str]:
    """Returns how people are called by their ids: as `users.json` of the export has it, and the messages'
    profiles."""
    names: dict[str, str] = {}
    for record in _messages(source):
        if isinstance(record, Mapping) and isinstance(record.get("user_profile"), Mapping):
            called = person_name(record["user_profile"])
            if called:
                names[str(record.get("user"))] = called
    for path in ("users.json", "../users.json", "org_users.json", "../org_users.json"):
        try:
            users = json.loads(source.neighbour(path) or "[]")
        except (ValueError, RecursionError):
            continue
        for user in users if isinstance(users, list) else ():
            if isinstance(user, Mapping) and "id" in user:
                called = person_name(user.get("profile")) or person_name(user)
                if called:
                    names[str(user["id"])] = called
    return distinct_names(names)


def _said(record: Mapping[str, Any], people: dict[str, str], place: str, source: SourceFile) -> list[Message]:
    """Returns what a message says, and the texts of its attached snippets."""
    if record.get("subtype") not in _SPOKEN_SUBTYPES or record.get("type", "message") != "message":
        source.report.ignore("notices of the app")
        return []
    user = record.get("user") or record.get("bot_id")
    own_name = record.get("username") if not record.get("user") else None
    speaker = (
        people.get(str(user))
        or person_name(own_name)
        or person_name(record.get("bot_profile"))
        or person_name(user)
    )
    at = said_at(record.get("ts"), place, source.report)
    raw_text = record.get("text")
    text = _readable(raw_text if isinstance(raw_text, str) else "", people) or _readable(
        _block_text(record), people
    )
    message_id = f"{record['ts']}/{user}" if record.get("ts") else None
    messages = [Message(text, speaker, at=at, id=message_id)] if text else []
    for file in record.get("files") or ():
        if isinstance(file, Mapping):
            content = file.get("plain_text") or file.get("preview")
            if isinstance(content, str) and content.strip():
                messages.append(Message(content, str(file.get("name") or file.get("title") or "file"), at=at))
    if not messages:
        source.report.ignore("messages of pictures, sound or files alone")
    return messages


def _block_text(record: Mapping[str, Any]) -> str:
    """Returns the text of what apps post: in attachments or blocks, with an empty "text" beside them."""
    texts = []
    for attachment in record.get("attachments") or ():
        if isinstance(attachment, Mapping):
            texts += [
                text for name in ("pretext", "title", "text") if isinstance(text := attachment.get(name), str)
            ]
    for block in record.get("blocks") or ():
        if isinstance(block, Mapping) and isinstance(block.get("text"), Mapping):
            texts.append(text_of_parts(block["text"].get("text")))
    return "\n".join(dict.fromkeys(filter(None, texts)))


def _readable(text: str, people: dict[str, str]) -> str:
    """Returns a text with names in place of ids, and links as they read."""

    def name_of(match: re.Match[str]) -> str:
        kind, target, label = match.groups()
        match kind:
            case "@":
                return f"@{people.get(target) or label or target}"
            case "#":
                return f"#{label or target}"
            case "!":
                return f"@{label.lstrip('@') if label else target.partition('^')[0]}"
            case _:
                return (
                    f"{label} ({target})" if label and label not in target else target.removeprefix("mailto:")
                )

    return html.unescape(_REFERENCE.sub(name_of, text)).strip()
