"""Opens files: reads their text, finds out whether it is JSON, and walks through folders and archives."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from fourfold.errors import InputError
from fourfold.transfer.importers.importer import SourceFile
from fourfold.transfer.importers.json_text import JsonText, NotJsonError, parse_json
from fourfold.transfer.importers.report import ReadReport
from fourfold.transfer.importers.table import parse_table

JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
_TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
_MAIL_SUFFIXES = frozenset({".eml", ".mbox"})
_READABLE_SUFFIXES = (
    JSON_SUFFIXES
    | _MAIL_SUFFIXES
    | _TABLE_SUFFIXES
    | {".txt", ".text", ".log", ".md", ".markdown", ".rst", ".vtt", ".srt", ".html"}
)
"""Suffixes of what is read of a folder or an archive; a file that is named by itself is read whatever it is
called."""
_LARGEST_MEMBER = 2**30
"""Bytes of one file in an archive, unpacked: a larger one is left alone, as a small archive may hold more than there
is memory. A guess, not measured."""
_JSON_START = re.compile(r'\ufeff?\s*(?:\{\s*(?:"|\})|\[\s*(?:[{\[\]"]|\d+\s*[,\]]))')
"""How JSON begins, and hardly a text: a text that merely begins with a bracket ("[12:03] Ana: hello") is none."""
_MAIL_START = re.compile(r"(?:From \S+ |(?:[A-Za-z][A-Za-z0-9-]*: ?.*\n(?:[ \t].*\n)*)+\n)")
"""The line before a message in an mbox, or the head of a message: letters that are not UTF-8 are then those of its
own encoding, which stands in the head."""


def open_sources(path: Path) -> Iterator[SourceFile]:
    """Yields the file at `path`, or each that can be read of a folder or a zip archive, in the order of their names.
    Raises `InputError` where `path` cannot be read."""
    if path.is_dir():
        names = sorted(member.relative_to(path).as_posix() for member in path.rglob("*") if member.is_file())
        yield from _members(path, names, lambda name: (path / name).read_bytes())
    elif path.is_file() and zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                sizes = {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
                names = sorted(name for name, size in sizes.items() if size <= _LARGEST_MEMBER)
                yield from _members(path, names, archive.read)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise InputError(f"{path} cannot be unpacked: {error}.") from error
    else:
        yield open_source(path)


def open_source(path: Path) -> SourceFile:
    """Reads a file and parses it. Raises `InputError` where it cannot be read, is no text in UTF-8, or is called a
    JSON file and is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    folder = path.parent
    return _opened(path, data, path.name, lambda name: _text_beside(folder / name))


def _members(container: Path, names: list[str], read_member: Callable[[str], bytes]) -> Iterator[SourceFile]:
    """Yields those files of a folder or an archive that may be read. One that cannot be is a source without a text,
    whose report says why."""
    for name in names:
        member = container / name
        # What systems leave beside files: .DS_Store, the resource forks in archives of a Mac.
        if any(part.startswith((".", "__MACOSX")) for part in Path(name).parts):
            continue
        if member.suffix.lower() not in _READABLE_SUFFIXES:
            source = SourceFile(member, "", False, name=name)
            source.report.ignore("files of other kinds")
        else:
            try:
                source = _opened(member, read_member(name), name, _neighbour_of(name, names, read_member))
            except (InputError, OSError) as error:
                source = SourceFile(member, "", False, name=name)
                source.report.skip("", str(error).removeprefix(f"{member}").lstrip(":, ").rstrip("."))
        yield source


def _neighbour_of(
    name: str, names: list[str], read_member: Callable[[str], bytes]
) -> Callable[[str], str | None]:
    def neighbour(relative: str) -> str | None:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
        return read_member(target).decode("utf-8-sig", "replace") if target in names else None

    return neighbour


def _text_beside(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig", "replace") if path.is_file() else None
    except OSError:
        return None


def _opened(path: Path, data: bytes, name: str, neighbour: Callable[[str], str | None]) -> SourceFile:
    report = ReadReport()
    text = _decoded(path, data)
    parsed: JsonText | None = None
    is_called_json = path.suffix.lower() in JSON_SUFFIXES
    # Products also write JSON under other names (".txt", ".bak", none at all).
    if is_called_json or _JSON_START.match(text):
        try:
            parsed = parse_json(text, report)
        except NotJsonError as error:
            if is_called_json and text.strip():
                raise InputError(f"{path}, line {error.line}: {error}.") from error
            if not is_called_json:
                report.remark(f"It begins as JSON does, but is {error} at line {error.line}: read as a text.")
    if is_called_json and parsed is None:
        parsed = JsonText([])
    if parsed is None and path.suffix.lower() in _TABLE_SUFFIXES:
        table = parse_table(text)
        parsed = None if table is None else JsonText(*table)
    if parsed is None:
        return SourceFile(path, text, False, None, name, neighbour=neighbour, report=report)
    return SourceFile(path, text, True, parsed.value, name, parsed.lines, neighbour, report)


def _decoded(path: Path, data: bytes) -> str:
    """Returns the text of a file, its line ends as "\\n". Raises `InputError` for what is no text."""
    # Editors and exports on Windows begin a file with a byte order mark, and some write UTF-16 after it.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        head = data[:65536].decode("latin-1").replace("\r\n", "\n")
        if path.suffix.lower() not in _MAIL_SUFFIXES and not _MAIL_START.match(head):
            raise InputError(f"{path} is not UTF-8 text ({error.reason} at byte {error.start}).") from error
        text = data.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")
