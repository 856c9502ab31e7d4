"""Reads messages out of files: plain text, Markdown, chats in JSON or JSON lines, and LoCoMo's conversations.

A chat is a list of objects (or an object with "messages", or one object a line) with "text" or "content", and,
if known, "speaker" or "name", "role", "at" or "timestamp" (ISO 8601, or seconds) and "id".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.file_format import text_of
from fourfold.values.units import Message, Role

_ROLES: dict[str, Role] = {
    "user": "user", "human": "user", "assistant": "assistant", "ai": "assistant", "system": "system", "tool": "tool"
}  # fmt: skip


def read_file(path: Path) -> dict[str, list[Message]]:
    """The messages of each document in the file; raises `InputError` naming the file and what is wrong."""
    text = text_of(path)
    if path.suffix in {".json", ".jsonl", ".ndjson"}:
        return _chats(path, _parse(path, text))
    return {path.name: [Message(p, id=f"p{i}") for i, p in enumerate(_paragraphs(text), 1)]}


def parse_time(value: Any, where: str) -> datetime | None:
    """An ISO 8601 time or epoch seconds; a time without a zone is taken to be UTC. Raises `InputError`."""
    if value is None:
        return None
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise InputError(f'{where}: "{value}" is no time; write it as 2026-05-20T19:10:00+00:00.') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _paragraphs(text: str) -> list[str]:
    return [p.strip() for p in re.split(r"\n\s*\n", text) if p.strip()]


def _parse(path: Path, text: str) -> Any:
    if path.suffix == ".json":
        return _load(path, 1, text)
    return [_load(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _load(path: Path, line: int, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {line + error.lineno - 1}: not JSON ({error.msg}).") from error


def _chats(path: Path, content: Any) -> dict[str, list[Message]]:
    if isinstance(content, dict) and "conversation" in content:
        content = [content]
    if (
        isinstance(content, list)
        and content
        and all(isinstance(e, dict) and "conversation" in e for e in content)
    ):
        return {str(e.get("sample_id", i)): _locomo(path, e["conversation"]) for i, e in enumerate(content)}
    if isinstance(content, dict):
        content = content.get("messages")
    if not isinstance(content, list):
        raise InputError(f'{path}: expected a list of messages, or an object with "messages".')
    return {path.name: [_message(path, number, entry) for number, entry in enumerate(content)]}


def _message(path: Path, number: int, entry: Any) -> Message:
    where = f"{path}, message {number}"
    text = entry.get("text", entry.get("content")) if isinstance(entry, Mapping) else entry
    if not isinstance(text, str):
        raise InputError(f'{where}: no "text" or "content".')
    if not isinstance(entry, Mapping):
        return Message(text, id=f"m{number}")
    role = _ROLES.get(str(entry.get("role", "user")).lower())
    if role is None:
        raise InputError(f'{where}: role "{entry["role"]}" is not one of {", ".join(_ROLES)}.')
    speaker = entry.get("speaker", entry.get("name"))
    return Message(
        text,
        speaker=None if speaker is None else str(speaker),
        role=role,
        at=parse_time(entry.get("at", entry.get("timestamp")), where),
        id=str(entry.get("id", f"m{number}")),
    )


def _locomo(path: Path, talk: Mapping[str, Any]) -> list[Message]:
    messages = []
    for number in sorted(int(m[1]) for key in talk if (m := re.fullmatch(r"session_(\d+)", key))):
        date_text = talk.get(f"session_{number}_date_time", "")
        try:
            at = datetime.strptime(date_text, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        except ValueError as error:
            raise InputError(f'{path}, session {number}: "{date_text}" is no time.') from error
        for turn in talk[f"session_{number}"]:
            shared = f" [{turn['blip_caption']}]" if turn.get("blip_caption") else ""
            messages.append(Message(turn["text"] + shared, turn["speaker"], at=at, id=turn["dia_id"]))
    return messages
