"""Claude: the `conversations.json` of its data export, or one conversation of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.transfer.importers.fields import parse_role, parse_time
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Message


class Claude:
    """Reads Claude's conversations, a document each."""

    name = "claude"
    reads = "Claude's conversations"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the first conversation has "chat_messages"."""
        first_record = source.records[0] if source.records else None
        return isinstance(first_record, Mapping) and "chat_messages" in first_record

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations."""
        for conversation in source.records:
            where = f"{source.path}, conversation {conversation['uuid']}"
            messages = [_message(record, where) for record in conversation["chat_messages"]]
            yield ImportedDocument(
                f"claude/{conversation['uuid']}",
                tuple(message for message in messages if message is not None),
            )


def _message(record: Mapping[str, Any], where: str) -> Message | None:
    """Returns the message; None for one without text. Newer exports have the text in the parts of "content", and an
    empty "text" beside it."""
    parts = [part.get("text") or "" for part in record.get("content") or () if part.get("type") == "text"]
    text = (record.get("text") or "\n".join(parts)).strip()
    if not text:
        return None
    where = f"{where}, message {record['uuid']}"
    role = parse_role(record["sender"], where)
    return Message(text, role=role, at=parse_time(record.get("created_at"), where), id=str(record["uuid"]))
