"""E-mail: one message (.eml), or a mailbox of them (mbox), a document a thread. Only the sender's own words are
taken as the sender's: what a reply quotes is left out, what is passed on is in the name of whoever wrote it."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default as default_policy
from email.utils import getaddresses, parsedate_to_datetime

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.texts.html_text import text_of_html
from fourfold.transfer.importers.texts.mail_body import Passage, own_passages
from fourfold.transfer.importers.times import in_time_order, time_or_none
from fourfold.values.units import Message

_MBOX_LINE = re.compile(
    r"^From (?:\S+ .*\d{4}|- .*\d{4}|\S+@\S+.*)[^\n]*\n(?=[A-Za-z>][A-Za-z0-9-]*[: ])", re.MULTILINE
)
"""The line before each message of an mbox. A sentence that begins with "From" is quoted there as ">From"."""
_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[ \t]?[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_OF_MAIL = re.compile(
    r"^(?:from|date|subject|to|message-id|received|mime-version|return-path|delivered-to):", re.I | re.M
)
_LEAST_FIELDS = 3
"""Fields of a head by which a text is told to be mail: a transcript may begin with "From:" or "Date:", hardly with
three of them."""
_ANSWER = re.compile(r"^(?:\w{2,3}|antw|betreff|回复|转发)\s*(?:\[\d+\])?\s*[:：]\s*", re.I)
"""What answers and what is passed on put before a subject: "Re: ", "AW: ", "Fwd: "."""
_ID = re.compile(r"<[^<>\s]+>")


class Mail:
    """Reads mail, a document a thread."""

    name = "mail"
    reads = "mail (.eml, mbox)"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file begins with the line of an mbox, or with a head of mail."""
        if source.is_json:
            return False
        text = source.text.lstrip("\ufeff\n")
        if _MBOX_LINE.match(text):
            return True
        head = _HEAD.match(text)
        fields = {match.casefold() for match in _OF_MAIL.findall(head[0])} if head else set()
        return len(fields) >= _LEAST_FIELDS and (text[len(head[0]) :][:1] in ("\n", "") if head else False)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the threads in the order in which their first messages come."""
        threads: dict[str, list[Message]] = {}
        for number, (line, delivered, raw) in enumerate(_raw_messages(source.text.lstrip("\ufeff\n")), 1):
            place = f"message {number} (line {line})"
            with source.report.guard(place):
                mail = email.message_from_bytes(raw.encode("utf-8", "surrogateescape"), policy=default_policy)
                assert isinstance(mail, EmailMessage)
                threads.setdefault(_thread(mail, source), []).extend(
                    _messages(mail, delivered, place, source)
                )
        for name, messages in threads.items():
            yield ImportedDocument(name, tuple(in_time_order(messages)))


def _raw_messages(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields the messages as they stand in the file, each with its first line's number and the time at which the
    mailbox had it, "" where that is not told."""
    starts = list(_MBOX_LINE.finditer(text))
    if not starts or starts[0].start() > 0:
        yield 1, "", text
        return
    line, counted_to = 1, 0
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        line += text.count("\n", counted_to, start.start())
        counted_to = start.start()
        raw = text[start.end() : following.start() if following else len(text)]
        yield (
            line,
            start[0].strip().partition(" ")[2].partition(" ")[2],
            re.sub(r"^>(>*From )", r"\1", raw, flags=re.MULTILINE),
        )


def _header(mail: EmailMessage, name: str) -> str:
    """Returns a field of the head, "" where it is missing. Letters that are not in ASCII are read as they are, though
    mail should not have them there."""
    raw = next((str(value) for field, value in mail.raw_items() if field.casefold() == name.casefold()), "")
    try:
        raw = raw.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        raw = raw.encode("ascii", "surrogateescape").decode("cp1252", "replace")
    except UnicodeEncodeError:
        pass  # it has the letters themselves
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except (ValueError, LookupError, HeaderParseError):  # an encoding that there is not, or a wrong one
        return " ".join(raw.split())


def _thread(mail: EmailMessage, source: SourceFile) -> str:
    """Returns the document of the thread that a message belongs to: the message that began it."""
    ids = _ID.findall(
        f"{_header(mail, 'References')} {_header(mail, 'In-Reply-To')} {_header(mail, 'Message-ID')}"
    )
    return f"mail/{ids[0][1:-1]}" if ids else source.name


def _messages(mail: EmailMessage, delivered: str, place: str, source: SourceFile) -> list[Message]:
    at = _date(mail, delivered, place, source)
    speaker = _sender(mail)
    message_id = _header(mail, "Message-ID").strip("<>") or None
    text, attachments = _contents(mail, place, source)
    passages = own_passages(text)
    if passages.quoted_lines:
        source.report.ignore("quoted lines", passages.quoted_lines)
    messages: list[Message] = []
    subject = _header(mail, "Subject")
    # An answer has the subject of what it answers: it is not said again with each.
    heading = "" if _ANSWER.match(subject) else subject
    own = "\n\n".join(filter(None, (heading, passages.own)))
    if own:
        messages.append(Message(own, speaker, at=at, id=message_id))
    for passage in passages.forwarded:
        written_at = _forwarded_date(passage, place, source) or at
        messages.append(Message(passage.text, passage.sender, at=written_at))
    messages += [Message(content, name, at=at) for name, content in attachments]
    return messages


def _sender(mail: EmailMessage) -> str | None:
    addresses = getaddresses([_header(mail, "From")])
    name, address = addresses[0] if addresses else ("", "")
    return name.strip("'\" ") or address or None


def _date(mail: EmailMessage, delivered: str, place: str, source: SourceFile) -> datetime | None:
    """Returns when a message was sent, else when the last server had it, or the mailbox."""
    for value in (_header(mail, "Date"), _header(mail, "Received").rpartition(";")[2].strip(), delivered):
        if value:
            moment: datetime | None
            try:
                moment = parsedate_to_datetime(value)
            except (ValueError, TypeError, IndexError):
                moment = time_or_none(value, place, source.report)
            if moment is not None:
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _forwarded_date(passage: Passage, place: str, source: SourceFile) -> datetime | None:
    return time_or_none(passage.date, f"{place}, passed on", source.report) if passage.date else None


def _contents(mail: EmailMessage, place: str, source: SourceFile) -> tuple[str, list[tuple[str, str]]]:
    """Returns the text of a message and those of its attachments, with their names."""
    body = mail.get_body(preferencelist=("plain", "html"))
    text = _text_of(body) if body is not None else ""
    attachments = []
    for part in mail.walk() if mail.is_multipart() else ():
        if part is body or part.is_multipart() or part.get_content_maintype() == "multipart":
            continue
        name = part.get_filename()
        if name and part.get_content_type() in ("text/plain", "text/markdown"):
            content = _text_of(part).strip()
            if content:
                attachments.append((name, content))
        elif name:
            source.report.ignore("attachments without a text")
    return text, attachments


def _text_of(part: object) -> str:
    """Returns the text of a part, whatever encoding it says or does not say."""
    assert isinstance(part, EmailMessage)
    try:
        content = part.get_content()
    except (LookupError, ValueError, AssertionError):  # an encoding that there is not, or a wrong one
        payload = part.get_payload(decode=True)
        content = (
            payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(part.get_payload())
        )
    text = content if isinstance(content, str) else ""
    return text_of_html(text) if part.get_content_subtype() == "html" else text
