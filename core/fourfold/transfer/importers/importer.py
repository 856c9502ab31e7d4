"""What an importer is, and the values that it works with: a file that was opened, and the documents it holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fourfold.errors import InputError
from fourfold.transfer.file_format import text_of
from fourfold.values.units import Fact, Message

_JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A document that a file holds: what was said in it, facts that are stated already, or both.

    `name` is the document of `Bank.retain`. It and the ids of the messages have to be the same whenever the same
    file is read, since loading a file again, also after it was stopped, adds only the messages that are missing.
    """

    name: str
    messages: tuple[Message, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was opened: its text and, where `is_json`, the value that the text is in JSON. JSON lines are a
    list, except that a file of one line is the value of that line; `records` makes no such difference."""

    path: Path
    text: str
    is_json: bool
    content: Any = None

    @property
    def records(self) -> list[Any]:
        """The items of a JSON list, or of JSON lines; an object alone is a list of one. Empty for all else."""
        if isinstance(self.content, list):
            return self.content
        return [self.content] if isinstance(self.content, Mapping) else []


@runtime_checkable
class Importer(Protocol):
    """Reads one format of file. Importers are asked in turn; the first one that `matches` reads the file."""

    @property
    def name(self) -> str:
        """What messages call it: "mem0"."""
        ...

    @property
    def reads(self) -> str:
        """What it reads, in words that stand in a list: "mem0's memories"."""
        ...

    def matches(self, source: SourceFile) -> bool:
        """Says whether the file is of this format, by a look at what tells it from all others. It must not raise,
        whatever the file holds."""
        ...

    def read(self, source: SourceFile) -> Iterable[ImportedDocument]:
        """Returns all that the file holds, or raises `InputError` that names the file and the place in it, and
        says what is wrong. A `KeyError`, `TypeError` and the like are reported as those of a file that is not as such
        files are."""
        ...


def open_source(path: Path) -> SourceFile:
    """Reads a file and parses it. Raises `InputError` where it cannot be read, is no UTF-8, or is called a JSON file
    and is none."""
    text = text_of(path)
    if path.suffix.lower() in _JSON_SUFFIXES:
        return SourceFile(path, text, True, _parse_json(path, text))
    # Products also write JSON under other names (".txt", ".bak", none at all). A text that merely begins like JSON
    # ("[12:03] Ana: hello") is no error under such a name: it is a text.
    if text.lstrip()[:1] in ("{", "["):
        try:
            return SourceFile(path, text, True, _parse_json(path, text))
        except InputError:
            pass
    return SourceFile(path, text, False)


def _parse_json(path: Path, text: str) -> Any:
    """Returns the one JSON value of a text, or the list of those on its lines. Which of the two it is meant to be is
    tried, not told from the name: the JSON lines of the MCP memory server are called "memory.json"."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        whole_error, whole_line = error, error.lineno
    except (ValueError, RecursionError) as error:
        raise _not_json(path, 1, error) from error
    values = []
    # Not splitlines(): it also cuts at U+2028 and U+0085, which JSON allows inside a string.
    for number, line in enumerate(text.split("\n"), 1):
        try:
            if line.strip():
                values.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            # The reading that got further is the one that was meant, so that its complaint is the one to hear.
            if number >= whole_line:
                raise _not_json(path, number, error) from error
            raise _not_json(path, whole_line, whole_error) from error
    return values


def _not_json(path: Path, line: int, error: Exception) -> InputError:
    match error:
        case json.JSONDecodeError():
            reason = error.msg
        case RecursionError():
            reason = "nested too deeply"
        case _:  # a number of more digits than Python reads
            reason = str(error)
    return InputError(f"{path}, line {line}: not JSON ({reason}).")
