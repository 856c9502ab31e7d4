"""Any text: notes, Markdown, a letter. A passage between blank lines is a message, under the headings it stands
under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.texts.front_matter import split_front_matter
from fourfold.transfer.importers.texts.heading import date_of_heading
from fourfold.transfer.importers.texts.html_text import text_of_html
from fourfold.transfer.importers.times import date_in_name, time_or_none
from fourfold.values.units import Message

_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".rst", ".log"})
_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<title>.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"={3,}\s*|-{3,}\s*")
"""What makes a heading of the line above it."""
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_DATES = (
    "date",
    "created",
    "created_at",
    "created at",
    "datetime",
    "day",
    "published",
    "updated",
    "modified",
)
"""Fields of a note's head that say when it was written, the first that is there."""
_OTHER_FIELDS = frozenset(
    {"title", "tags", "tag", "keywords", "aliases", "id", "uid", "layout", "draft", "cssclasses", "type"}
)
_LEVELS = 6


class PlainText:
    """Reads a text as one document, called as the file is."""

    name = "text"
    reads = "a text, for instance in Markdown"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file is no JSON, or is called a text."""
        # JSON that nothing else reads is most likely an export of a product that is not known here, and its braces
        # would only litter a bank. Under the name of a text, it is what its writer noted down.
        return not source.is_json or source.path.suffix.lower() in _TEXT_SUFFIXES

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the one document. The date of a note is in its head, in its file's name, or in the heading that a
        passage stands under."""
        is_page = _PAGE.match(source.text) is not None
        head, body = split_front_matter(text_of_html(source.text) if is_page else source.text)
        at = _date(head, source) or date_in_name(source.path.name)
        source.report.unknown(name for name in head if name not in _DATES and name not in _OTHER_FIELDS)
        title = head.get("title")
        messages = passages_of(body, title.strip() if isinstance(title, str) else "", at)
        yield ImportedDocument(source.name, messages, tags=_tags(head))


def passages_of(text: str, title: str, at: datetime | None) -> tuple[Message, ...]:
    """Returns the passages of a note, each a message under the headings it stands under, from its `title` on."""
    outline = _Outline(title, at)
    messages: list[Message] = []
    for passage in _passages(text):
        heading = _HEADING.fullmatch(passage)
        messages += outline.enter(heading) if heading else [outline.message(passage)]
    return (*messages, *outline.leave())


class _Outline:
    """The headings that a passage stands under, from the title of the note on, and the day that they name."""

    def __init__(self, title: str, at: datetime | None) -> None:
        self._titles = [title] + [""] * _LEVELS
        self._days: list[datetime | None] = [at] * (_LEVELS + 1)
        self._level = 0
        self._is_said = not title

    def enter(self, heading: re.Match[str]) -> list[Message]:
        """Goes to the next heading. Returns the one before as a message, where nothing stands under it."""
        level = len(heading["marks"])
        lone_heading = self.leave() if level <= self._level else []
        self._titles[level:] = [heading["title"], *[""] * (_LEVELS - level)]
        self._days[level:] = [date_of_heading(heading["title"]) or self._days[level - 1]] * (
            _LEVELS + 1 - level
        )
        self._level, self._is_said = level, False
        return lone_heading

    def leave(self) -> list[Message]:
        """Returns the heading as a message of its own, where nothing was said under it."""
        return [] if self._is_said else [self.message("")]

    def message(self, passage: str) -> Message:
        """Returns a passage under its headings."""
        self._is_said = True
        # A title that is the first heading as well stands there once.
        titles = dict.fromkeys(filter(None, self._titles))
        text = "\n".join(filter(None, (" > ".join(titles), passage)))
        return Message(text, at=self._days[self._level])


def _passages(text: str) -> Iterator[str]:
    """Yields headings, and what stands between them and between blank lines; a block of code is not cut."""
    lines: list[str] = []
    in_code = False
    for written_line in [*text.split("\n"), ""]:
        if len(lines) == 1 and not in_code and _UNDERLINE.fullmatch(written_line):
            yield f"{'#' if written_line[0] == '=' else '##'} {lines.pop().strip()}"
            continue
        line = "" if not in_code and _RULE.fullmatch(written_line) else written_line
        is_heading = not in_code and _HEADING.fullmatch(line.strip()) is not None
        if _FENCE.match(line):
            in_code = not in_code
        if lines and (is_heading or (not line.strip() and not in_code)):
            yield "\n".join(lines).strip()
            lines = []
        if is_heading:
            yield line.strip()
        elif line.strip() or (in_code and lines):
            lines.append(line.rstrip())
    if lines:
        yield "\n".join(lines).strip()


def _date(head: Mapping[str, str | list[str]], source: SourceFile) -> datetime | None:
    for name in _DATES:
        value = head.get(name)
        if isinstance(value, str) and value.strip():
            at = time_or_none(value, f'the note\'s "{name}"', source.report)
            if at is not None:
                return at
    return None


def _tags(head: Mapping[str, str | list[str]]) -> tuple[str, ...]:
    tags: list[str] = []
    for name in ("tags", "tag", "keywords"):
        value = head.get(name, [])
        tags += value if isinstance(value, list) else re.split(r"[,\s]+", value)
    return tuple(dict.fromkeys(tag.strip().lstrip("#") for tag in tags if tag.strip()))
