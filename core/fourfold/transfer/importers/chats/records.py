"""Any chat in JSON: a list of messages, an object with "messages", or one message a line. A message is a text, or an
object with its text, and where known with who said it, in which role and when, under the names that programs use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.chats.record_fields import (
    conversations_of,
    fields_of,
    is_empty_conversation,
    is_message,
    message_time_text,
    title_of,
)
from fourfold.transfer.importers.fields import attached_texts, listed, role_of, text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import date_order, fill_times, said_at, time_or_none
from fourfold.values.units import Message, Role, SaidAt

_MAX_FIELDS = 6
"""Fields of a record that is no message which its reason names. A guess, not measured."""


class Chat:
    """Reads chats in JSON: one document, called as the file is, or one a conversation."""

    name = "chat"
    reads = 'a chat in JSON (a list of messages with "text" or "content", or an object with "messages")'

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is a list of messages, or a record that is a message."""
        if isinstance(source.content, Mapping) and isinstance(source.content.get("messages"), list):
            return True
        entries = [entry for conversation in conversations_of(source) for entry in conversation.entries]
        return any(is_message(entry) or _pair(entry, None) for entry in entries)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations."""
        conversations = conversations_of(source)
        names: dict[str, int] = {}
        for number, conversation in enumerate(conversations):
            name = source.name
            if len(conversations) > 1 and not conversation.entry_numbers:
                name = f"{name}/{title_of(conversation.head) or number + 1}"
            names[name] = names.get(name, 0) + 1
            if names[name] > 1:
                name = f"{name} ({names[name]})"
            prefix = ""
            if len(conversations) > 1 and not conversation.entry_numbers:
                in_records = conversation.number is not None and not isinstance(source.content, Mapping)
                place_number = (
                    conversation.number if in_records and conversation.number is not None else number
                )
                prefix = f"{source.place(place_number, 'conversation')}, "
            reader = _ConversationReader(source, prefix, conversation.entry_numbers)
            yield ImportedDocument(name, tuple(reader.messages(conversation.entries, conversation.head)))
            reader.tell()


@dataclass(slots=True)
class _ConversationReader:
    """Reads the messages of one conversation of `source`; `prefix` begins the place of each."""

    source: SourceFile
    prefix: str
    entry_numbers: tuple[int, ...] = ()
    unknown_roles: dict[str, None] = field(default_factory=dict)

    def messages(self, entries: list[Any], head: Mapping[str, Any]) -> list[Message]:
        """Returns the messages in the order in which they were said."""
        day_first = date_order(map(message_time_text, entries), self.source.report)
        messages: list[Message] = []
        for number, entry in zip(self.entry_numbers or range(len(entries)), entries, strict=True):
            place = (
                f"{self.prefix}message {number + 1}" if self.prefix else self.source.place(number, "message")
            )
            with self.source.report.guard(place):
                messages += self._of_entry(entry, place, day_first)
        times = [message.known_time for message in messages if message.known_time]
        # Some programs put the newest first (Messenger, most APIs): what is newer has to come later.
        if len(times) > 1 and times == sorted(times, reverse=True) and times[0] != times[-1]:
            messages.reverse()
        at = time_or_none(fields_of(head).get("time"), f"{self.prefix}the conversation", self.source.report)
        return fill_times(messages, at)

    def tell(self) -> None:
        """Notes the roles that are none, which were taken for names."""
        if self.unknown_roles:
            names = listed(f'"{role}"' for role in self.unknown_roles)
            self.source.report.remark(f"Roles that are not known, and taken as names of speakers: {names}.")

    def _of_entry(self, entry: Any, place: str, day_first: bool) -> list[Message]:
        if isinstance(entry, str):
            if not entry.strip():
                self.source.report.ignore("messages without a text", place=place)
            return [Message(entry)] if entry.strip() else []
        if not isinstance(entry, Mapping):
            raise InputError('it is no message: it has no "text" or "content"')
        parts = fields_of(entry)
        at = said_at(parts.get("time"), place, self.source.report, day_first=day_first)
        pair = _pair(entry, at)
        if pair:
            return pair
        if not is_message(entry):
            self._note_wordless(entry, place)
            return []
        self.source.report.unknown(parts.get("unknown", ()))
        role, speaker = self._side(parts)
        mend = _mended if {"sender_name", "timestamp_ms"} <= set(entry) else str
        if role == "system":  # what an assistant was told to be, or a notice: nobody's words
            self.source.report.ignore("system messages")
            return []
        if isinstance(parts.get("text"), int | float) and not isinstance(
            parts["text"], bool
        ):  # "5" without its marks
            parts["text"] = str(parts["text"])
        text = mend(text_of_parts(parts.get("text")))
        title = parts.get("title")
        # A note, as Keep has them.
        if isinstance(title, str) and title.strip() and not (speaker or "role" in parts):
            text = f"{title}\n{text}"
        message_id = parts.get("id")
        own_id = None if message_id is None else str(message_id)
        messages = [Message(text, speaker and mend(speaker), role, at, own_id)] if text.strip() else []
        messages += [
            Message(words, name, role, at) for name, words in attached_texts(parts.get("attachments"))
        ]
        if not messages:
            self.source.report.ignore("messages without a text", place=place)
        return messages

    def _note_wordless(self, entry: Mapping[str, Any], place: str) -> None:
        """Notes a record that has no words. Raises `InputError` for one that is no message."""
        if any(entry.get(name) for name in ("tool_calls", "function_call")):
            self.source.report.ignore("calls of tools")
        elif is_empty_conversation(entry):
            self.source.report.ignore("conversations without a message", place=place)
        else:
            names = ", ".join(map(str, list(entry)[:_MAX_FIELDS])) or "nothing"
            raise InputError(f'it has no "text" or "content" (it has {names})')

    def _side(self, parts: Mapping[str, Any]) -> tuple[Role, str | None]:
        """Returns in which role a message was said, and by whom. A role that is none is a name: it must not be lost,
        nor may the words become the user's."""
        role_name, speaker = parts.get("role"), parts.get("speaker")
        role = role_of(role_name)
        if role is None and isinstance(role_name, str) and role_name.strip():
            self.unknown_roles[role_name] = None
            speaker = speaker or role_name
        # ShareGPT and many others name the side where the name stands: {"from": "human"}.
        by_speaker = role_of(speaker)
        if by_speaker is not None and (role is None or role == by_speaker):
            return by_speaker, None
        return role or "user", speaker


_PAIRS = (
    ("user", "assistant"),
    ("human", "assistant"),
    ("human", "ai"),
    ("prompt", "response"),
    ("prompt", "completion"),
    ("question", "answer"),
    ("input", "output"),
    ("query", "response"),
    ("instruction", "output"),
)
"""Fields of records that are a question and its answer."""


def _mended(text: str) -> str:
    """Returns a text of Facebook's or Instagram's export, which writes each byte of UTF-8 as a letter of its own."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _pair(entry: Any, at: SaidAt | None) -> list[Message]:
    """Returns the two messages of a record that holds a question and its answer; none of any other."""
    if not isinstance(entry, Mapping):
        return []
    for question_name, answer_name in _PAIRS:
        question, answer = entry.get(question_name), entry.get(answer_name)
        if isinstance(question, str) and isinstance(answer, str):
            sides: tuple[tuple[str, Role], ...] = ((question, "user"), (answer, "assistant"))
            return [Message(text, role=role, at=at) for text, role in sides if text.strip()]
    return []
