"""Makes what a reader returned fit to be retained: names and ids within their bounds, an id for each message that has
none, and a word about what has no time. Knows no format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from fourfold.errors import InputError
from fourfold.language.text import clean
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.validation import check_name
from fourfold.values.units import LONGEST_NAME, LONGEST_TEXT, Fact, Message, known_time

_MAX_DOCUMENT_NAME = 500
"""Characters of a document's name (`validation.check_name`); a title alone may be longer."""
_LONGEST_MESSAGE = 1_000_000
"""Characters of a message above which it is taken in several; ten times less than a retain refuses. A guess."""
_DIGEST = 12
"""Hexadecimal digits of an id that is made from content: 48 bits, so that of a million messages of one document two
have the same by chance in one case of 500; they would then differ in a number behind it."""
_LEAST_UNIQUE_ID = 12
"""Characters from which on a message's own id is taken to be unique in the world, as UUIDs, Slack's times and
Discord's numbers are. A shorter one ("1") is counted anew in each export, and two files of one name must not hide
each other's messages."""


def finished(documents: Iterable[ImportedDocument], source: SourceFile) -> tuple[ImportedDocument, ...]:
    """Returns the documents as `Bank.retain` takes them. Raises `InputError` for a document without a usable name."""
    finished_documents = tuple(_finished_document(document, source) for document in documents)
    return tuple(_with_unknown_times(document, source) for document in finished_documents)


def _with_unknown_times(document: ImportedDocument, source: SourceFile) -> ImportedDocument:
    """Returns the document with a word for each time that the file does not tell: left out, it would be that of the
    import, and what is old would count as the newest."""
    said_at = [*(message.at for message in document.messages), *(fact.at for fact in document.facts)]
    source.report.undated += sum(known_time(at) is None for at in said_at)
    return replace(
        document,
        messages=tuple(replace(message, at=message.at or "unknown") for message in document.messages),
        facts=tuple(replace(fact, at=fact.at or "unknown") for fact in document.facts),
    )


def _finished_document(document: ImportedDocument, source: SourceFile) -> ImportedDocument:
    name = document.name
    if isinstance(name, str):  # a title of a conversation may have any characters
        name = " ".join(clean(name).split())[:_MAX_DOCUMENT_NAME]
    check_name(name, f"name of the document {document.name!r:.50} in {source.path}")
    messages: list[Message] = []
    facts: list[Fact] = []
    for number, message in enumerate(document.messages, 1):
        if not isinstance(message.text, str):
            source.report.skip(
                f'message {number} of "{name}"', f"its text is a {type(message.text).__name__}"
            )
            continue
        text = clean(message.text)
        if text:
            messages += _of_retainable_size(replace(message, text=text))
        else:
            source.report.ignore("messages without a text")
    for fact in document.facts:
        text = clean(fact.text)
        if len(text) > LONGEST_TEXT:  # what is longer than a statement is a text
            messages += _of_retainable_size(Message(text, fact.speaker, at=fact.at))
        elif text:
            entities = (_cleaned_name(name) for name in fact.entities)
            facts.append(replace(fact, text=text, entities=tuple(filter(None, entities))))
        else:
            source.report.ignore("facts without a text")
    tags = tuple(filter(None, (_cleaned_name(tag) for tag in document.tags)))
    return ImportedDocument(
        name, tuple(_with_ids(messages, has_own_name=document.name != source.name)), tuple(facts), tags
    )


def _of_retainable_size(message: Message) -> list[Message]:
    speaker = _cleaned_name(message.speaker or "") or None
    starts = range(0, len(message.text), _LONGEST_MESSAGE)
    parts = [message.text[start : start + _LONGEST_MESSAGE] for start in starts]
    if len(parts) < 2:
        return [replace(message, speaker=speaker)]
    return [replace(message, text=part, speaker=speaker, id=None) for part in parts]


def _cleaned_name(name: str) -> str:
    """Returns a name on one line, of the length that a speaker's or an entity's may have."""
    return " ".join(clean(name).split())[:LONGEST_NAME]


def _with_ids(messages: list[Message], has_own_name: bool) -> list[Message]:
    """Returns the messages with an id each, made from what they say where they bring none that is unique. The same
    words twice in one document are two messages; the second has its number in its id, the same one on every run.
    `has_own_name` says that the document is called by more than the name of the file."""
    seen: dict[str, int] = {}
    by_id: dict[str, Message] = {}
    with_ids = []
    for message in messages:
        content = "\0".join(
            (
                message.speaker or "",
                message.role,
                message.known_time.isoformat() if message.known_time else "",
                message.text,
            )
        )
        digest = hashlib.sha256(content.encode()).hexdigest()[:_DIGEST]
        message_id = clean(message.id or "")
        if len(message_id) > LONGEST_NAME:
            message_id = hashlib.sha256(message_id.encode()).hexdigest()
        is_counted = not has_own_name and len(message_id) < _LEAST_UNIQUE_ID
        if not message_id or is_counted or by_id.setdefault(message_id, message) != message:
            message_id = f"{message_id}-{digest}".lstrip("-")
        seen[message_id] = seen.get(message_id, 0) + 1
        if seen[message_id] > 1:
            message_id = f"{message_id}-{seen[message_id]}"
        with_ids.append(replace(message, id=message_id))
    return with_ids


def ensure_something_read(documents: tuple[ImportedDocument, ...], source: SourceFile) -> None:
    """Raises `InputError` where nothing could be read of a file, though it has records: they cannot all be left out
    with a warning."""
    if source.report.skipped and not any(document.messages or document.facts for document in documents):
        reasons = "; ".join(
            f"{place}: {reason}" if place else reason for place, reason in source.report.skipped[:3]
        )
        raise InputError(f"Nothing of {source.path} can be read: {reasons}.")
