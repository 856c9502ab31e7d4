"""ChatGPT: the `conversations.json` of its data export, or one conversation of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.transfer.importers.fields import first_field, parse_role, parse_time
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Message

_MAX_NAME = 500
"""Characters of a document's name (`validation.check_name`); a title alone may be longer."""


class ChatGPT:
    """Reads ChatGPT's conversations, a document each."""

    name = "chatgpt"
    reads = "ChatGPT's conversations"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the first conversation is a tree of nodes."""
        first_record = source.records[0] if source.records else None
        return isinstance(first_record, Mapping) and "mapping" in first_record

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations as they were shown last."""
        for conversation in source.records:
            title = first_field(conversation, "conversation_id", "id", "title") or "conversation"
            where = f"{source.path}, conversation {title}"
            yield ImportedDocument(f"chatgpt/{title}"[:_MAX_NAME], tuple(_messages(conversation, where)))


def _messages(conversation: Mapping[str, Any], where: str) -> list[Message]:
    """Returns the messages of one branch in order. An answer that was asked for again, or a question that was edited,
    begins another branch of the tree; what the user saw in the end is the one that leads to `current_node`."""
    nodes, node_id = conversation["mapping"], conversation.get("current_node")
    if node_id is None:
        node_id = next((name for name, node in nodes.items() if not node.get("children")), None)
    messages: list[Message] = []
    visited: set[str] = set()  # a damaged tree whose parents lead in a circle must not be walked for ever
    while node_id is not None and node_id not in visited:
        visited.add(node_id)
        node = nodes[node_id]
        message = _message(node.get("message"), str(node_id), where)
        if message is not None:
            messages.append(message)
        node_id = node.get("parent")
    return messages[::-1]


def _message(record: Mapping[str, Any] | None, node_id: str, where: str) -> Message | None:
    """Returns what a person or the assistant said at a node; None for what no one said (the root has no message, a
    system prompt and a tool's output are no part of the talk) and for one without text (pictures)."""
    if not record or record["author"]["role"] not in ("user", "assistant"):
        return None
    parts = (record.get("content") or {}).get("parts") or ()
    text = "\n".join(part for part in parts if isinstance(part, str)).strip()
    if not text:
        return None
    where = f"{where}, message {node_id}"
    role = parse_role(record["author"]["role"], where)
    return Message(text, role=role, at=parse_time(record.get("create_time"), where), id=node_id)
