"""Discord: channels as DiscordChatExporter writes them in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import date_order, fill_times, said_at
from fourfold.values.units import Message

_RULE = re.compile(r"={20,}")
_HEAD_FIELD = re.compile(r"(?P<name>Guild|Channel|Topic|After|Before): (?P<value>.+)")
_MESSAGE = re.compile(r"\[(?P<time>[^\]\n]{6,40})\] (?P<author>.+?)(?: \(pinned\))?")
_SECTION = re.compile(r"\{(?:Attachments|Embed|Reactions|Stickers|Forwarded Message)\}")


@dataclass(slots=True)
class _Entry:
    """A message as it stands in the file: its line, who wrote it and when, and the lines of its text."""

    line: int
    time: str
    author: str
    lines: list[str] = field(default_factory=list)


class DiscordText:
    """Reads Discord's channels in plain text: one document a file."""

    name = "discord-text"
    reads = "Discord's channels in plain text"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file begins with the exporter's head."""
        lines = source.text.lstrip("\ufeff\n").split("\n", 3)
        return (
            not source.is_json
            and len(lines) > 2
            and _RULE.fullmatch(lines[0].strip()) is not None
            and lines[1].startswith("Guild: ")
            and lines[2].startswith("Channel: ")
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the channel. What stands under a message in braces (pictures, reactions) is left out."""
        head, entries = _entries(source)
        day_first = date_order((entry.time for entry in entries), source.report, in_order=True)
        messages: list[Message] = []
        for entry in entries:
            text = "\n".join(entry.lines).strip()
            place = f"line {entry.line}"
            if not text:
                source.report.ignore("messages of pictures, sound or files alone", place=place)
                continue
            at = said_at(entry.time, place, source.report, day_first=day_first)
            messages.append(Message(text, entry.author, at=at))
        name = "/".join(filter(None, ("discord", head.get("Guild", ""), head.get("Channel", ""))))
        yield ImportedDocument(name, tuple(fill_times(messages)))


def _entries(source: SourceFile) -> tuple[dict[str, str], list[_Entry]]:
    """Returns the fields of the head, and the messages."""
    head: dict[str, str] = {}
    entries: list[_Entry] = []
    is_text = False
    for number, line in enumerate(source.text.split("\n"), 1):
        message = _MESSAGE.fullmatch(line)
        field_match = _HEAD_FIELD.fullmatch(line) if not entries else None
        if message:
            entries.append(_Entry(number, message["time"], message["author"].strip()))
            is_text = True
        elif field_match:
            head[field_match["name"]] = field_match["value"].strip()
        elif _SECTION.fullmatch(line.strip()) or (entries and _RULE.fullmatch(line.strip())):
            is_text = False
        elif entries and is_text:
            entries[-1].lines.append(line.rstrip())
    return head, entries
