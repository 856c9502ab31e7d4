"""WhatsApp: the text that its app exports a chat as, on Android and on iOS, whatever the language and the clock of
the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import date_order, fill_times
from fourfold.values.units import Message, SaidAt

_DATE = r"(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?|\d{4}年\d{1,2}月\d{1,2}日|\d{4}년 \d{1,2}월 \d{1,2}일)"
_HALF = r"[AaPp]\.?\s?[Mm]\.?|上午|下午|午前|午後|오전|오후|[صم](?!\w)"
_TIME = (
    rf"(?P<before>{_HALF})?\s?(?P<hour>\d{{1,2}})[:.](?P<minute>\d\d)"
    rf"(?:[:.](?P<second>\d\d))?\s?(?P<after>{_HALF})?"
)
_HEAD = re.compile(rf"{_DATE}(?:[,،]| à| at| um| klo)?\s+{_TIME}", re.IGNORECASE)
_LINE = re.compile(
    rf"(?:\[{_HEAD.pattern}\]|{_HEAD.pattern.replace('?P<', '?P<a_')}(?:\s+[-–]|,))[ \t]+(?P<rest>.*)",
    re.IGNORECASE,
)
"""A line that begins a message: the time in brackets on iOS, before a dash on Android."""
_SPEAKER = re.compile(r"(?P<speaker>[^:\n]{1,100}?): ?(?P<text>.*)", re.DOTALL)
_MARKS = str.maketrans(
    {"\u202f": " ", "\u00a0": " ", "\u2009": " ", "\u200f": None, "\u202a": None, "\u202c": None}
)
"""Blanks of other widths, which stand before "PM" since 2023, and marks of direction. The mark U+200E stays: the app
puts it before what it says itself."""
_APP_MARK = "\u200e"
_OMITTED = re.compile(
    r"<[^<>\n]{3,60}>|(?:image|video|audio|sticker|GIF|document|Contact card) omitted|null"
    r"|(?:This message was deleted|You deleted this message|Missed (?:voice|video) call)\.?"
    r"|Waiting for this message.*"
    r"|(?:Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht|(?:Se eliminó|Eliminaste) este mensaje"
    r"|Ce message a été supprimé|Vous avez supprimé ce message|此消息已删除|您已删除此消息)[.。]?"
)
"""What stands for a picture, a sound, a message that was taken back. In any language it is in angle brackets on
Android, and behind the app's mark on iOS; else these are the app's own words in the languages that Fourfold has."""
_FILE = re.compile(rf"{_APP_MARK}?[^\n]{{1,150}}\.\w{{2,5}} (?:\([^()\n]+\)|• \d+ [^\n]*)(?:\n|$)")
"""A file that was sent along: its name, and "(file attached)" in the phone's language."""
_ATTACHED = re.compile(rf"{_APP_MARK}<[^<>\n]{{3,200}}>")
"""What the app adds to a text: <attached: ...>, <This message was edited>."""
_EDITED = re.compile(r"<[^\W\d_]+(?: [^\W\d_]+){2,7}\.?>$")
"""The mark of a message that was edited, in whatever language, where the app's mark is not before it."""
_POLL = re.compile(rf"^{_APP_MARK}?[^\n:]+:\n[^{_APP_MARK}\n]+\n{_APP_MARK}")
"""A poll: a word of the app, the question on its own line, and the options with the app's mark before each."""
_LOOKED_AT = 40
"""Lines by which a file is told to be WhatsApp's. A guess: a system line and a message of several lines may stand
first."""


@dataclass(slots=True)
class _Entry:
    """A message as it stands in the file: the number of its first line, its time in parts, and its lines."""

    line: int
    head: dict[str, str]
    lines: list[str] = field(default_factory=list)


class WhatsApp:
    """Reads WhatsApp's chats, each called as its file is."""

    name = "whatsapp"
    reads = "WhatsApp's chats"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the first line has its time as WhatsApp writes it and one of the first has a sender, or two
        have both."""
        if source.is_json:
            return False
        lines = filter(str.strip, source.text.split("\n", _LOOKED_AT)[:_LOOKED_AT])
        matches = [_LINE.match(_plain(line)) for line in lines]
        messages = sum(match is not None and _SPEAKER.match(match["rest"]) is not None for match in matches)
        return messages > 1 or (messages == 1 and matches[0] is not None)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the chat. Whether the day or the month comes first in its dates is told from all of them."""
        entries = _entries(source)
        heads = (f"{entry.head['date']} 1 {entry.head.get('after', '')}" for entry in entries)
        day_first = date_order(heads, source.report, in_order=True)
        messages: list[Message] = []
        for entry in entries:
            message = _message(entry, day_first, source)
            if message is not None:
                messages.append(message)
        yield ImportedDocument(source.name, tuple(fill_times(messages)))


def _plain(line: str) -> str:
    return line.translate(_MARKS).removeprefix(_APP_MARK)


def _entries(source: SourceFile) -> list[_Entry]:
    entries: list[_Entry] = []
    for number, line in enumerate(source.text.split("\n"), 1):
        match = _LINE.match(_plain(line))
        if match:
            head = {
                name.removeprefix("a_"): value
                for name, value in match.groupdict().items()
                if value is not None
            }
            entries.append(_Entry(number, head, [head.pop("rest")]))
        elif entries:
            entries[-1].lines.append(line.rstrip())
        elif line.strip():
            source.report.skip(f"line {number}", "it has no time")
    return entries


def _message(entry: _Entry, day_first: bool, source: SourceFile) -> Message | None:
    """Returns what was said; None for what the app says itself, and for a picture without words."""
    match = _SPEAKER.match("\n".join(entry.lines))
    if match is None:
        source.report.ignore("system lines")
        return None
    text = _FILE.sub("", _ATTACHED.sub("", match["text"])).strip()
    text = _EDITED.sub("", text).rstrip()
    is_of_app = match["text"].startswith(_APP_MARK) and not _FILE.match(match["text"])
    # A poll begins with the app's word as well, and goes on with what was asked.
    if is_of_app and text.startswith(_APP_MARK) and not _POLL.search(text):
        source.report.ignore("system lines and omitted media")
        return None
    if not text or _OMITTED.fullmatch(text):
        source.report.ignore("messages of pictures, sound or files alone")
        return None
    speaker = match["speaker"].strip(f" {_APP_MARK}~")
    at: SaidAt
    try:
        at = _time(entry.head, day_first)
    except ValueError as error:
        at = "unknown"
        source.report.bad_time(f"line {entry.line}", str(error))
    return Message(text.replace(_APP_MARK, ""), speaker, at=at)


def _time(head: dict[str, str], day_first: bool) -> datetime:
    """Returns the time of a head. Raises `ValueError` for what is none."""
    numbers = [int(number) for number in re.findall(r"\d+", head["date"])]
    if len(re.findall(r"\d+", head["date"])[0]) == 4:
        year, month, day = numbers
    else:
        leading, middle, year = numbers
        day, month = (leading, middle) if day_first else (middle, leading)
        if month > 12 and day <= 12:  # one date that is written otherwise than the rest
            day, month = month, day
    if year < 100:
        year += 2000
    hour = int(head["hour"])
    half = (head.get("after") or head.get("before") or "").casefold()
    if half:
        is_afternoon = half.startswith("p") or half in ("下午", "午後", "오후", "م")
        hour = hour % 12 + (12 if is_afternoon else 0)
    return datetime(year, month, day, hour, int(head["minute"]), int(head.get("second", 0)), tzinfo=UTC)
