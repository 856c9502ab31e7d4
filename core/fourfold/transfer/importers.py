"""Reads what other products export: mem0's memories, the knowledge graph of the reference MCP memory server, and the
conversations of ChatGPT and Claude. It only reads; `Memory.load` retains what comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.file_format import text_of
from fourfold.values.units import Fact, Message, Role

_KNOWN = "an export of a bank, mem0's memories, the MCP memory server's JSONL, or ChatGPT's or Claude's conversations"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What a file holds: `conversations` by document, and `facts` that are stated already, each with its document."""

    product: str
    conversations: dict[str, list[Message]] = field(default_factory=dict)
    facts: dict[str, list[Fact]] = field(default_factory=dict)


def read_import(path: Path) -> ImportedFile:
    """Reads the file, whatever product wrote it; raises `InputError` that says where and what is wrong."""
    text = text_of(path)
    found = _parsed(path, text)
    first = found[0] if isinstance(found, list) and found else None
    try:
        if isinstance(found, Mapping) and "results" in found:
            return _mem0(path, found["results"])
        if isinstance(first, Mapping) and "memory" in first:
            return _mem0(path, found)
        if isinstance(first, Mapping) and "mapping" in first:
            return ImportedFile("ChatGPT", dict(_chatgpt(talk) for talk in found))
        if isinstance(first, Mapping) and "chat_messages" in first:
            return ImportedFile("Claude", dict(_claude(talk) for talk in found))
        if isinstance(first, Mapping) and first.get("type") in ("entity", "relation"):
            return ImportedFile("MCP memory server", facts={"mcp-memory": list(_graph(found))})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"{path} is not as such exports are ({error!r}). Nothing was loaded.") from error
    raise InputError(f"{path} is none of what can be loaded: {_KNOWN}.")


def _parsed(path: Path, text: str) -> Any:
    """One JSON value, or one a line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as whole:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError:
            raise InputError(f"{path}, line {whole.lineno}: not JSON ({whole.msg}).") from whole


def _mem0(path: Path, memories: Any) -> ImportedFile:
    """Memories of one user: several would be mixed up in one bank."""
    users = sorted({str(one.get("user_id") or one.get("agent_id") or "") for one in memories} - {""})
    if len(users) > 1:
        shown = ", ".join(users[:5])
        raise InputError(
            f"{path} has memories of {len(users)} users ({shown}): one bank would mix them. Write a file for each."
        )
    facts = [Fact(one["memory"], at=_moment(one.get("created_at"))) for one in memories if one.get("memory")]
    return ImportedFile("mem0", facts={"mem0": facts})


def _graph(lines: list[Mapping[str, Any]]) -> Iterator[Fact]:
    """An observation says of whom it is; a relation is a sentence of its own."""
    for line in lines:
        if line["type"] == "entity":
            name = _plain(line["name"])
            for said in line.get("observations", ()):
                told = said if isinstance(said, str) else said["content"]
                yield Fact(
                    told if name.casefold() in told.casefold() else f"{name}: {told}", entities=(name,)
                )
        elif line["type"] == "relation":
            one, other = _plain(line["from"]), _plain(line["to"])
            yield Fact(f"{one} {_plain(line['relationType'])} {other}.", entities=(one, other))


def _chatgpt(talk: Mapping[str, Any]) -> tuple[str, list[Message]]:
    """The branch that was shown last, from its first message on."""
    nodes, at = talk["mapping"], talk.get("current_node")
    if at is None:
        at = next((name for name, node in nodes.items() if not node.get("children")), None)
    messages: list[Message] = []
    seen: set[str] = set()
    while at is not None and at not in seen:
        seen.add(at)
        told = nodes[at].get("message")
        role = told and told["author"]["role"]
        parts = ((told or {}).get("content") or {}).get("parts") or ()
        text = "\n".join(part for part in parts if isinstance(part, str)).strip()
        if text and role in ("user", "assistant"):
            spoken: Role = "user" if role == "user" else "assistant"
            messages.append(Message(text, role=spoken, at=_moment(told.get("create_time")), id=str(at)))
        at = nodes[at].get("parent")
    name = talk.get("conversation_id") or talk.get("id") or talk.get("title") or "conversation"
    return f"chatgpt/{name}"[:500], messages[::-1]


def _claude(talk: Mapping[str, Any]) -> tuple[str, list[Message]]:
    messages = []
    for told in talk["chat_messages"]:
        parts = [part.get("text") or "" for part in told.get("content") or () if part.get("type") == "text"]
        text = (told.get("text") or "\n".join(parts)).strip()
        if text:
            spoken: Role = "user" if told["sender"] == "human" else "assistant"
            messages.append(
                Message(text, role=spoken, at=_moment(told.get("created_at")), id=str(told["uuid"]))
            )
    return f"claude/{talk['uuid']}", messages


def _plain(name: str) -> str:
    """ "John_Smith" as it is written elsewhere."""
    return " ".join(str(name).replace("_", " ").split())


def _moment(written: Any) -> datetime | None:
    if written is None:
        return None
    if isinstance(written, (int, float)):
        return datetime.fromtimestamp(written, UTC)
    moment = datetime.fromisoformat(str(written))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
