"""Opens files: reads their text, finds out whether it is JSON, and walks through folders and archives."""

from __future__ import annotations

import os
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from fourfold.errors import InputError
from fourfold.keys import kind_of_key
from fourfold.transfer.importers.encoding import NotTextError, decode_text
from fourfold.transfer.importers.file_kinds import HEAD_LENGTH, kind_by_content, kind_of_file, office_kind
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
    | {".txt", ".text", ".log", ".md", ".markdown", ".rst", ".vtt", ".srt", ".html", ".htm"}
)
"""Suffixes of what is read of a folder or an archive; a file that is named by itself is read whatever it is
called."""
_LARGEST_MEMBER = 2**30
"""Bytes of one file in an archive, unpacked: a larger one is left alone, as a small archive may hold more than there
is memory. A guess, not measured."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
"""What reading a file of a folder or an archive raises: the last two for one that is encrypted, or packed by a method
that is not known."""
_JSON_START = re.compile(r'\ufeff?\s*(?:\{\s*(?:"|\})|\[\s*(?:[{\[\]"]|\d+\s*[,\]]))')
"""How JSON begins, and hardly a text: a text that merely begins with a bracket ("[12:03] Ana: hello") is none."""
_MAIL_START = re.compile(r"(?:From \S+ |(?:[A-Za-z][A-Za-z0-9-]*: ?.*\n(?:[ \t].*\n)*)+\n)")
"""The line before a message in an mbox, or the head of a message: letters that are not UTF-8 are then those of its
own encoding, which stands in the head."""


class NoTextError(InputError):
    """A file has no text in it: it is empty, a picture, a damaged archive."""


def open_sources(path: Path) -> Iterator[SourceFile]:
    """Yields the file at `path`, or each that can be read of a folder or a zip archive, in the order of their names.
    Raises `InputError` where `path` cannot be read."""
    if path.is_dir():
        yield from _members(path, *_folder(path))
    elif path.is_file() and zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                sizes = {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
                kind = office_kind(sizes)
                if kind is not None:
                    raise NoTextError(
                        f"{path} is no text but {_article(kind)} {kind}: it was left out. Save it as a text."
                    )

                def read_member(name: str, size: int) -> bytes:
                    with archive.open(name) as file:
                        return file.read(size)

                too_large = [
                    (name, f"it is larger than {_LARGEST_MEMBER:,} bytes")
                    for name, size in sizes.items()
                    if size > _LARGEST_MEMBER
                ]
                yield from _members(path, sizes, read_member, too_large)
        except _DAMAGED as error:
            raise InputError(f"{path} is a zip archive that cannot be unpacked: {error}.") from error
    else:
        yield open_source(path)


def open_source(path: Path) -> SourceFile:
    """Reads a file and parses it. Raises `InputError` where it cannot be read, is no text, or is called a JSON file
    and is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    folder = path.parent
    return source_of(path, data, path.name, lambda name: _text_beside(folder / name))


def source_of(
    path: Path, data: bytes, name: str, neighbour: Callable[[str], str | None] = lambda name: None
) -> SourceFile:
    """Does what `open_source` does with a file whose bytes are `data`, whatever they came from."""
    report = ReadReport()
    try:
        text = _decoded(path, data, report)
    except NotTextError as error:
        kind = f"damaged {error.kind}" if error.kind == "zip archive" else error.kind
        raise NoTextError(f"{path} is no text but {_article(kind)} {kind}: it was left out.") from error
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
        table = parse_table(text, report)
        parsed = None if table is None else JsonText(*table)
    if parsed is None:
        return SourceFile(path, text, False, None, name, neighbour=neighbour, report=report)
    return SourceFile(path, text, True, parsed.value, name, parsed.lines, neighbour, report)


def _folder(path: Path) -> tuple[list[str], Callable[[str, int], bytes], list[tuple[str, str]]]:
    """Returns the files of a folder and of those within it by their names, what reads one, and what cannot be
    read."""
    names: list[str] = []
    unreadable: list[tuple[str, str]] = []

    def relative(name: str) -> str:
        return Path(name).relative_to(path).as_posix()

    def note(error: OSError) -> None:
        unreadable.append((relative(str(error.filename)), str(error.strerror)))

    # Links to folders are not followed: they may lead back to where they are.
    for folder, folders, files in os.walk(path, onerror=note):
        for member in (Path(folder) / name for name in files):
            if member.is_file():
                names.append(relative(str(member)))
            else:  # a pipe or a device, of which a read may never end, or a link that leads nowhere
                unreadable.append((relative(str(member)), "it is no file, or a link to none"))
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        unreadable += [(relative(str(Path(folder) / name)), "a link to a folder") for name in links]

    def read_member(name: str, size: int) -> bytes:
        with (path / name).open("rb") as file:
            return file.read(size)

    return names, read_member, unreadable


def _members(
    container: Path,
    names: Collection[str],
    read_member: Callable[[str, int], bytes],
    unreadable: Sequence[tuple[str, str]],
) -> Iterator[SourceFile]:
    """Yields those files of a folder or an archive that may be read. One that cannot be is a source without a text,
    whose report says why. `read_member` returns so many bytes of a file, all for -1."""
    reasons = dict(unreadable)
    for name in sorted({*names, *reasons}):
        # What systems leave beside files: .DS_Store, the resource forks in archives of a Mac.
        if any(part.startswith((".", "__MACOSX")) for part in Path(name).parts):
            continue
        try:
            if name in reasons:
                raise InputError(reasons[name])
            yield _member(container / name, name, names, read_member)
        except (InputError, *_DAMAGED) as error:
            source = SourceFile(container / name, "", False, name=name)
            source.report.skip("", str(error).removeprefix(f"{container / name}").lstrip(":, ").rstrip("."))
            yield source


def _member(
    path: Path, name: str, names: Collection[str], read_member: Callable[[str, int], bytes]
) -> SourceFile:
    """Returns a file of a folder or an archive; one that holds no text is a source without one, whose report says
    what it is."""
    head = read_member(name, HEAD_LENGTH)
    kind = kind_by_content(head)
    # A mailbox of Thunderbird's has no suffix.
    is_readable = path.suffix.lower() in _READABLE_SUFFIXES or (not path.suffix and head.startswith(b"From "))
    if is_readable and kind is None:
        return source_of(path, read_member(name, -1), name, _neighbour_of(name, names, read_member))
    source = SourceFile(path, "", False, name=name)
    source.report.ignore(_plural(kind_of_file(name, head)), place=name)
    return source


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiouAEIO" or noun.startswith(("MP", "HEIC", "RTF", "xz", "SVG")) else "a"


def _plural(kind: str) -> str:
    words, bracket, suffix = kind.partition(" (")
    head, of, rest = words.partition(" of ")
    plural = f"{head[:-1]}ies" if head.endswith("y") else f"{head}s"
    return f"{plural}{of}{rest}{bracket}{suffix}"


def _neighbour_of(
    name: str, names: Collection[str], read_member: Callable[[str, int], bytes]
) -> Callable[[str], str | None]:
    def neighbour(relative: str) -> str | None:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))
        return read_member(target, -1).decode("utf-8-sig", "replace") if target in names else None

    return neighbour


def _text_beside(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig", "replace") if path.is_file() else None
    except OSError:
        return None


def _decoded(path: Path, data: bytes, report: ReadReport) -> str:
    """Returns the text of a file, its line ends as "\\n". Raises `NotTextError` for what is no text, and for a key:
    what is retained is shown."""
    head = data[:65536].decode("latin-1").replace("\r\n", "\n")
    if path.suffix.lower() in _MAIL_SUFFIXES or _MAIL_START.match(head):
        # Each message says in its head what it is written in.
        text = data.decode("utf-8-sig", "surrogateescape")
    else:
        text, remark = decode_text(data)
        if remark:
            report.remark(remark)
    key = kind_of_key(text)
    if key is not None:
        raise NotTextError(key)
    return text.replace("\r\n", "\n").replace("\r", "\n")
