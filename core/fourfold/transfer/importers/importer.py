"""What an importer is, and the values that it works with: a file that was opened, and the documents it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fourfold.transfer.importers.report import ReadReport
from fourfold.values.units import Fact, Message


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A document that a file holds: what was said in it, facts that are stated already, or both.

    `name` is the document of `Bank.retain`. It and the ids of the messages have to be the same whenever the same
    file is read, since loading a file again, also after it was stopped, adds only the messages that are missing; a
    message without an id gets one by what it says. Messages and facts without a time are retained as of an unknown
    one, which is told. `tags` are those of `Bank.retain`.
    """

    name: str
    messages: tuple[Message, ...] = ()
    facts: tuple[Fact, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What was read of a file: its documents, what `format` it has, how many records `skipped` counts, and `warnings`
    of what was not read or had to be assumed, in sentences."""

    documents: tuple[ImportedDocument, ...]
    format: str
    skipped: int = 0
    warnings: tuple[str, ...] = ()


def _no_neighbour(name: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was opened: its text and, where `is_json`, the value that the text is in JSON. JSON lines are a
    list, except that a file of one line is the value of that line; `records` makes no such difference. A table of
    messages in CSV is read as a list of objects would be.

    `name` is how a document is called that has no better name: the file's, within a folder or an archive with its way
    there. `neighbour` returns the text of a file that lies beside this one ("users.json", "../users.json"), None
    where there is none. `report` takes what is not read.
    """

    path: Path
    text: str
    is_json: bool
    content: Any = None
    name: str = ""
    lines: tuple[int, ...] = ()
    neighbour: Callable[[str], str | None] = field(default=_no_neighbour, compare=False, repr=False)
    report: ReadReport = field(default_factory=ReadReport, compare=False, repr=False)

    @property
    def records(self) -> list[Any]:
        """The items of a JSON list, or of JSON lines; an object alone is a list of one. Empty for all else."""
        if isinstance(self.content, list):
            return self.content
        return [self.content] if isinstance(self.content, Mapping) else []

    def place(self, number: int, kind: str = "record") -> str:
        """Returns where the record with this number, from 0, stands: its line in JSON lines, else "record 3"."""
        return f"line {self.lines[number]}" if number < len(self.lines) else f"{kind} {number + 1}"


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
        """Returns all that the file holds. A record that cannot be read is noted in `source.report` with its place
        and the reason, and the rest is returned. Where the whole file cannot be used, raises `InputError` that names
        the file and the place in it, and says what is wrong; a `KeyError`, `TypeError` and the like are reported as
        those of a file that is not as such files are."""
        ...
