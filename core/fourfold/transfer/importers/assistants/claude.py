"""Claude: the `conversations.json` of its data export, or one conversation of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.assistants.talk import attachments_of, talk_document, talks_of
from fourfold.transfer.importers.fields import first_field, parse_role, text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import said_at
from fourfold.values.units import Message


class Claude:
    """Reads Claude's conversations, a document each."""

    name = "claude"
    reads = "Claude's conversations"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a conversation has "chat_messages"."""
        return any(isinstance(record, Mapping) and "chat_messages" in record for record in talks_of(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations."""
        names: set[str] = set()
        for number, conversation in enumerate(talks_of(source)):
            place = source.place(number, "conversation")
            with source.report.guard(place):
                messages: list[Message] = []
                for index, record in enumerate(conversation["chat_messages"] or ()):
                    where = f"{place}, message {index + 1}"
                    with source.report.guard(where):
                        messages += _said(record, where, source)
                yield talk_document("claude", conversation, messages, names, source)


def _said(record: Mapping[str, Any], place: str, source: SourceFile) -> list[Message]:
    """Returns what a message says, and the texts attached to it; nothing for one without text. Newer exports have the
    text in the parts of "content"."""
    if "text" not in record and "content" not in record:
        raise InputError('it has no "text" or "content"')
    at = said_at(first_field(record, "created_at", "updated_at"), place, source.report)
    role = parse_role(first_field(record, "sender", "role"), place)
    message_id = str(record.get("uuid") or "")
    messages = attachments_of(record, role, at, message_id or place, source.report)
    # The parts first: "text" lacks what was spoken, and has remarks of the app in place of what it cannot show.
    text = text_of_parts(record.get("content")).strip() or text_of_parts(record.get("text")).strip()
    return [Message(text, role=role, at=at, id=message_id or None), *messages] if text else messages
