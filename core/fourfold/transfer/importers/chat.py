"""Any chat in JSON: a list of messages, an object with "messages", or one message a line. A message is a text, or an
object with "text" or "content" and, where known, "speaker" or "name", "role", "at" or "timestamp", and "id"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import first_field, parse_role, parse_time
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Message


class Chat:
    """Reads a chat in JSON as one document, called as the file is."""

    name = "chat"
    reads = 'a chat in JSON (a list of messages with "text" or "content", or an object with "messages")'

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is a list of "messages", or a record that is a text or has one."""
        return isinstance(_listed(source), list) or any(_is_message(record) for record in source.records)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the one document; raises `InputError` that names the message which is none."""
        listed = _listed(source)
        entries = listed if isinstance(listed, list) else source.records
        messages = (_message(entry, number, source) for number, entry in enumerate(entries))
        yield ImportedDocument(source.path.name, tuple(messages))


def _listed(source: SourceFile) -> Any:
    return source.content.get("messages") if isinstance(source.content, Mapping) else None


def _is_message(record: Any) -> bool:
    return isinstance(record, str) or (
        isinstance(record, Mapping) and ("text" in record or "content" in record)
    )


def _message(entry: Any, number: int, source: SourceFile) -> Message:
    where = f"{source.path}, message {number}"
    if isinstance(entry, str):
        return Message(entry, id=f"m{number}")
    text = first_field(entry, "text", "content") if isinstance(entry, Mapping) else None
    if not isinstance(text, str):
        raise InputError(f'{where}: no "text" or "content".')
    speaker = first_field(entry, "speaker", "name")
    message_id = entry.get("id")
    return Message(
        text,
        speaker=None if speaker is None else str(speaker),
        role=parse_role(entry.get("role"), where),
        at=parse_time(first_field(entry, "at", "timestamp"), where),
        id=f"m{number}" if message_id is None else str(message_id),
    )
