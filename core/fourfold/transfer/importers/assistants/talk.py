"""What the talks of all assistants have in common: the document of a conversation, and the texts attached to a
message."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from fourfold.transfer.importers.fields import attached_texts, attachment_name, first_field
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.report import ReadReport
from fourfold.transfer.importers.times import fill_times, time_or_none
from fourfold.values.units import Message, Role, SaidAt

_TIMES = ("create_time", "created_at", "createdAt", "update_time", "updated_at", "updatedAt")


def talks_of(source: SourceFile) -> list[Any]:
    """Returns the conversations of a file, which may lie in an object."""
    inner = source.content.get("conversations") if isinstance(source.content, Mapping) else None
    return inner if isinstance(inner, list) else source.records


def talk_document(
    product: str,
    conversation: Mapping[str, Any],
    messages: Sequence[Message],
    names: set[str],
    source: SourceFile,
) -> ImportedDocument:
    """Returns the document of a conversation, called by its id or, where it has none, by its title and time: two
    conversations of one title stay two. `names` are those that conversations without an id have in this file. A
    message without a time has the nearest one that its conversation knows."""
    conversation_id = first_field(conversation, "conversation_id", "uuid", "id")
    if conversation_id is not None:
        name = str(conversation_id)
    else:
        title = first_field(conversation, "title", "name") or "conversation"
        name = " ".join(str(part) for part in (title, first_field(conversation, *_TIMES)) if part is not None)
        if name in names:
            texts = "\0".join(message.text for message in messages)
            name = f"{name} {hashlib.sha256(texts.encode('utf-8', 'replace')).hexdigest()[:8]}"
        names.add(name)
    at = time_or_none(first_field(conversation, *_TIMES), f'conversation "{name}"', source.report)
    return ImportedDocument(f"{product}/{name}", tuple(fill_times(messages, at)))


def attachments_of(
    record: Mapping[str, Any], role: Role, at: SaidAt | None, message_id: str, report: ReadReport
) -> list[Message]:
    """Returns the texts that are attached to a message, each a message of its own in the name of the file: "I" in it
    need not be who sent it. Files whose text is not in the export are counted in `report`."""
    listed = (record.get(field) for field in ("attachments", "files"))
    attachments = [attachment for files in listed if isinstance(files, list) for attachment in files]
    texts = attached_texts(attachments)
    # Claude lists a file whose text it has a second time, among the files.
    names = {attachment_name(each) for each in attachments if isinstance(each, Mapping)}
    unread_names = names - {name for name, _ in texts}
    if unread_names:
        report.ignore("attachments without a text", len(unread_names))
    return [
        Message(text, name, role, at, f"{message_id}/{number}/{name}")
        for number, (name, text) in enumerate(texts, 1)
    ]
