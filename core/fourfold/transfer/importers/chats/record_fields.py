"""Under which names programs write the parts of a message in JSON, and where they put the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fourfold.transfer.importers.chats.people import person_name
from fourfold.transfer.importers.fields import normal_name, role_of
from fourfold.transfer.importers.importer import SourceFile

_TEXTS = (
    "text content message body value msg messagetext textcontent contents parts transcript utterance caption "
    "say listcontent blocks note notes entry comment remark "
    "nachricht inhalt contenu mensaje texto contenido 消息 内容 消息内容".split()
)
"""Fields with what was said, also as tables in our five languages head the column."""
_ROLES = "role type sendertype authorrole messagetype".split()
_SPEAKERS = (
    "speaker sender sendername author authorname from fromname user username name displayname nickname participant "
    "creator by who person absender autor verfasser expéditeur auteur remitente 发送者 发送人 昵称".split()
)
_SPEAKER_IDS = "senderid userid authorid fromid user author sender from".split()
"""Fields by which two speakers can be told apart at least, where there is neither a name nor a role."""
_TIMES = (
    "createdat createtime createdtime createddate sentat senttime datesent timestamp timestampms time date datetime "
    "ts at when created createdutc createdtimestampusec usereditedtimestampusec messagedate unixtime dateunixtime "
    "publishedat updatedat "
    "datum zeit zeitpunkt zeitstempel heure horodatage fecha fechahora 时间 日期 发送时间".split()
)
_IDS = "id uuid messageid msgid guid clientmsgid".split()
_IGNORED = frozenset(
    "conversationid threadid parentid parentmessageid parentuuid parent chatid channelid sessionid roomid replyto "
    "replytoid topicid model attachments files toolcalls toolcallid metadata reactions edited editedat embeds "
    "mentions usage finishreason lc start end version index status isread read delivered isunsent istakendown "
    "isgeophotoshare color istrashed ispinned isarchived labels weight additionalkwargs".split()
)
"""Fields that say nothing that was said, and need not be named each time."""
_LISTS = (
    "messages conversation conversations chat chats chathistory history turns dialog dialogue transcript segments "
    "utterances data items records results entries log comments output choices contents".split()
)
"""Fields that hold the messages, and those that hold the conversations."""
_SURE_LISTS = ("messages", "segments", "utterances", "turns")
_WRAPPERS = ("message", "data", "kwargs", "payload", "msg")
"""Fields that hold a message as a whole (LangChain, Claude Code), with more about it beside them."""
_FROM_USER = {
    "iscreatedbyuser": ("user", "assistant"),
    "isuser": ("user", "assistant"),
    "isbot": ("assistant", "user"),
}
"""Fields that say by yes or no whose words it is."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The messages of one conversation, and the object they lie in, if they lie in one; that object's number in the
    file, or the numbers of the messages where they are some of the file's records."""

    entries: list[Any]
    head: Mapping[str, Any]
    number: int | None = None
    entry_numbers: tuple[int, ...] = ()


def conversations_of(source: SourceFile) -> list[Conversation]:
    """Returns the conversations of a file: that of an object that holds messages, of each object of a list that
    does, or else of the records themselves."""
    content = source.content
    stored = content.get("store") if isinstance(content, Mapping) else None
    if isinstance(stored, Mapping) and any(isinstance(entries, list) for entries in stored.values()):
        # LlamaIndex's chat store: lists of messages under the keys of their conversations.
        return [
            Conversation(entries if isinstance(entries, list) else [entries], {"id": key})
            for key, entries in stored.items()
            if entries
        ]
    inner = _list_in(content)
    if inner is not None and (_holds_messages(content) or not is_message(content) or _have_roles(inner)):
        nested = [
            Conversation(entries, entry, number)
            for number, entry in enumerate(inner)
            if (entries := _messages_in(entry)) is not None
        ]
        return _with_others(nested, inner, content) if nested else [Conversation(inner, content)]
    nested = [
        Conversation(entries, entry, number)
        for number, entry in enumerate(source.records)
        if (entries := _messages_in(entry)) is not None
    ]
    return _with_others(nested, source.records, {}) if nested else [Conversation(source.records, {})]


def _with_others(
    nested: list[Conversation], records: list[Any], head: Mapping[str, Any]
) -> list[Conversation]:
    """Returns the conversations of a list and, where it has records that are none, these as one more: they are
    messages, or are to be told as what they are not."""
    numbers = {conversation.number for conversation in nested}
    other_numbers = [number for number in range(len(records)) if number not in numbers]
    if not other_numbers:
        return nested
    return [
        *nested,
        Conversation([records[number] for number in other_numbers], head, None, tuple(other_numbers)),
    ]


def title_of(head: Mapping[str, Any]) -> str:
    """Returns what a conversation is called: by its id, else by its title and time; "" where it has neither."""
    by_name = {normal_name(name): value for name, value in head.items()}
    for names in (("id", "conversationid", "uuid", "threadid", "sessionid"), ("title", "name", "subject")):
        name = _first(by_name, list(names))
        if isinstance(name, str | int) and str(name).strip():
            return str(name) if "id" in names else " ".join(map(str, filter(None, (name, _time(by_name)))))
    return ""


def is_message(record: Any) -> bool:
    """Says whether a record is a text, or has one, or would have one (a call of a tool)."""
    if isinstance(record, str):
        return True
    return isinstance(record, Mapping) and any(normal_name(name) in _TEXTS for name in _unwrapped(record))


def is_empty_conversation(record: Mapping[str, Any]) -> bool:
    """Says whether an object would hold messages, and has none."""
    return any(value == [] and normal_name(name) in _LISTS for name, value in record.items())


def fields_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the parts of a message that there are: "text", "role", "speaker", "time", "id", "attachments", and
    the names of those that are "unknown"."""
    message = _unwrapped(record)
    by_name = {normal_name(name): value for name, value in reversed(list(message.items()))}
    parts: dict[str, Any] = {
        "text": _first(by_name, _TEXTS),
        "role": _role(by_name),
        "speaker": _speaker(by_name),
        "time": _time(by_name),
        "id": _first(by_name, _IDS),
        "title": by_name.get("title"),
        "attachments": by_name.get("attachments") or by_name.get("files"),
    }
    known_names = {
        *_TEXTS,
        *_ROLES,
        *_SPEAKERS,
        *_SPEAKER_IDS,
        *_TIMES,
        *_IDS,
        *_IGNORED,
        *_FROM_USER,
        "title",
    }
    parts["unknown"] = [
        str(name)
        for name, value in message.items()
        if normal_name(name) not in known_names and value not in (None, "", [], {})
    ]
    return {name: value for name, value in parts.items() if value is not None}


def message_time_text(entry: Any) -> str:
    """Returns the time of a message as it is written, "" where it is none in digits and signs."""
    value = fields_of(entry).get("time") if isinstance(entry, Mapping) else None
    return value if isinstance(value, str) else ""


def _list_in(content: Any) -> list[Any] | None:
    """Returns the list of messages, or of conversations, that an object holds, or an object within it does."""
    if not isinstance(content, Mapping):
        return None
    by_name = {normal_name(name): value for name, value in content.items()}
    lists = [by_name[name] for name in _LISTS if isinstance(by_name.get(name), list)]
    inner = [by_name[name] for name in _LISTS if isinstance(by_name.get(name), Mapping)]
    return next(iter(lists), None) if lists else next(filter(None, map(_list_in, inner)), None)


def _have_roles(entries: list[Any]) -> bool:
    return bool(entries) and all(isinstance(entry, Mapping) and "role" in entry for entry in entries)


def _holds_messages(content: Any) -> bool:
    """Says whether an object has messages beyond doubt, though it may have a text as well: the whole of them."""
    return isinstance(content, Mapping) and any(isinstance(content.get(name), list) for name in _SURE_LISTS)


def _messages_in(entry: Any) -> list[Any] | None:
    """Returns the messages of an object that is a conversation; None for one that is a message itself, whose
    content may be a list of parts."""
    entries = _list_in(entry)
    if entries is None or not any(map(is_message, entries)):
        return None
    return (
        None
        if not _holds_messages(entry)
        and any(normal_name(name) in ("text", "content", "role") for name in entry)
        else entries
    )


def _unwrapped(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns a message with the fields of what it wraps; the inner ones count, where both have one."""
    for name in _WRAPPERS:
        inner = record.get(name)
        if isinstance(inner, Mapping) and any(normal_name(field) in _TEXTS for field in inner):
            outer = {key: value for key, value in record.items() if key != name}
            kinds = record.get("id")
            if "lc" in record and isinstance(kinds, list) and kinds:  # ["langchain", ..., "HumanMessage"]
                outer["role"] = str(kinds[-1]).removesuffix("Chunk").removesuffix("Message")
            return {**outer, **inner}
    return record


def _first(by_name: Mapping[str, Any], names: list[str]) -> Any:
    return next((by_name[name] for name in names if by_name.get(name) is not None), None)


def _role(by_name: Mapping[str, Any]) -> str | None:
    """Returns the role that a message says it has. "type" is one only where it is the name of a role, as
    LangChain's "human" is: elsewhere it tells messages from notices."""
    for name in ("role", "authorrole"):
        value = by_name.get(name)
        if isinstance(value, str):
            return value
    for name, (if_so, if_not) in _FROM_USER.items():
        if isinstance(by_name.get(name), bool):
            return if_so if by_name[name] else if_not
    author = by_name.get("author")
    if isinstance(author, Mapping) and isinstance(author.get("role"), str):
        return str(author["role"])
    for name in ("sendertype", "type", "messagetype"):
        value = by_name.get(name)
        if role_of(value) is not None:
            return str(value)
    return None


def _speaker(by_name: Mapping[str, Any]) -> str | None:
    for name in _SPEAKERS:
        value = by_name.get(name)
        if isinstance(value, Mapping) and set(value) <= {"role", "metadata"}:
            continue
        called = person_name(value)
        if called:
            return called
    if _role(by_name) is not None:
        return None
    ids = (by_name.get(name) for name in _SPEAKER_IDS)
    ids = (value.get("id") if isinstance(value, Mapping) else value for value in ids)
    return next((str(value) for value in ids if isinstance(value, str | int) and str(value)), None)


def _time(by_name: Mapping[str, Any]) -> Any:
    """Returns the time of a message, its day and its time of day where they stand in two fields. A small number
    counts from the beginning of a recording, and is no date."""
    day, clock = by_name.get("date"), by_name.get("time")
    if isinstance(day, str) and isinstance(clock, str) and ":" in clock and ":" not in day:
        return f"{day} {clock}"
    for name in _TIMES:
        value = by_name.get(name)
        is_offset = isinstance(value, int | float) and abs(value) < _FIRST_COUNT
        is_clock = (
            isinstance(value, str) and not any(character in value for character in "-/. ") and ":" in value
        )
        if (
            value is not None
            and value != ""
            and not isinstance(value, bool)
            and not is_offset
            and not is_clock
        ):
            return value
    return None


_FIRST_COUNT = 1e8
"""Seconds since 1970 below which a number is none: the earliest it would mean is March 1973, before any such
file."""
