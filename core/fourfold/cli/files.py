"""Reads what the user names on the command line, files and standard input, and retains it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from fourfold import Bank, RetainResult
from fourfold.cli import output
from fourfold.errors import InputError
from fourfold.settings import load_settings
from fourfold.transfer.file_format import Export, checked, is_export
from fourfold.transfer.importers import (
    ImportedDocument,
    ImportedFile,
    NoTextError,
    read_import,
    read_source,
    source_of,
)
from fourfold.transfer.load import parts
from fourfold.values.units import Message

_STANDARD_INPUT = "standard input"
"""What the document of a chat that comes in by it is called."""
_BATCH_SIZE = 256
"""Messages of one retain without a language model: so many are lost at Ctrl-C. A guess, not measured."""


def read_files(paths: Sequence[Path]) -> list[tuple[Path, ImportedFile]]:
    """Returns what each file holds, what comes in by standard input for "-". All are read before anything is
    retained: a file that is refused leaves nothing half done. One that has no text, among others that have, is left
    out with a word. Raises `InputError` that names the file and what is wrong."""
    files: list[tuple[Path, ImportedFile]] = []
    errors: list[NoTextError] = []
    for path in paths:
        try:
            with output.waiting(f"reading {'standard input' if str(path) == '-' else path.name}"):
                files.append((path, _read_file(path)))
        except NoTextError as error:
            errors.append(error)
            warning = str(error).replace(f"{path}", "It", 1)
            files.append((path, ImportedFile((), "text", warnings=(warning,))))
    if errors and len(errors) == len(paths):
        raise InputError(" ".join(str(error) for error in errors))
    return files


def _read_file(path: Path) -> ImportedFile:
    if str(path) == "-":
        return _read_standard_input()
    if is_export(path):
        raise InputError(f"{path} is an export of a bank: load it with fourfold load {path}.")
    if path.is_file() and path.suffix.lower() in (".json", ".jsonl", ".ndjson") and _is_empty(path):
        # A chat in which nothing was said yet, among many files, is no reason to stop; `Memory.load`, which is given
        # one file, says that there is nothing in it.
        return ImportedFile((), "chat", warnings=("It is empty.",))
    return read_import(path)


def _read_standard_input() -> ImportedFile:
    """Returns what comes in by standard input, as a file of the same content would be read; but words alone, which
    tell no time, are said now."""
    stream = getattr(sys.stdin, "buffer", None)
    data = sys.stdin.read().encode("utf-8", "surrogateescape") if stream is None else stream.read()
    if data.lstrip().startswith(b'{"fourfold":'):
        raise InputError("Standard input is an export of a bank: fourfold load reads it from a file.")
    source = source_of(Path(_STANDARD_INPUT), data, _STANDARD_INPUT)
    imported = read_source(source)
    messages = [message for document in imported.documents for message in document.messages]
    if imported.format != "text" or any(message.known_time for message in messages):
        return imported
    return ImportedFile(
        (ImportedDocument("", (Message(source.text),)),), "text", warnings=source.report.remarks()
    )


def read_for_load(path: Path, decrypt: Path | None, signed_by: Path | None) -> ImportedFile | Export:
    """Returns what a file holds that `Memory.load` is to take in, or the export of a bank that it is, found whole.
    Raises `InputError` where it can be neither, before a memory is made for it."""
    if decrypt is not None or signed_by is not None or is_export(path):
        return checked(path, decrypt, signed_by)
    with output.waiting(f"reading {path.name}"):
        return read_import(path)


def retain_files(
    bank: Bank, files: Sequence[ImportedFile], tags: Sequence[str], replaces: Sequence[str] = ()
) -> Iterator[RetainResult]:
    """Retains what files hold, each document under a progress bar. The first of it takes the place of the units
    `replaces`."""
    for document in (document for file in files for document in file.documents):
        all_tags = [*tags, *document.tags]
        if document.messages:
            yield from _retain_messages(bank, document, all_tags, replaces)
            replaces = ()
        if document.facts:
            yield bank.retain_facts(document.facts, document=document.name, tags=all_tags)


def _retain_messages(
    bank: Bank, document: ImportedDocument, tags: list[str], replaces: Sequence[str]
) -> Iterator[RetainResult]:
    messages = document.messages
    if load_settings().llm is not None:
        # A document goes in at once: its text is safe before the first call of the model.
        with output.progress(document.name, 0, "chunks") as bar:
            yield bank.retain(
                messages, document=document.name, tags=tags, replaces=replaces, progress=output.follow(bar)
            )
        return
    # In characters: one message may be a whole book.
    with output.progress(document.name, _length(messages), "characters") as bar:
        characters_before = 0
        for batch in parts(messages, _BATCH_SIZE):
            length = _length(batch)
            progress = output.follow(bar, characters_before, length)
            characters_before += length
            yield bank.retain(batch, document=document.name, tags=tags, replaces=replaces, progress=progress)
            replaces = ()
            progress(1, 1)  # a batch that is known already reports nothing


def _length(messages: Sequence[Message]) -> int:
    return sum(len(message.text) for message in messages)


def _is_empty(path: Path) -> bool:
    """Says whether a file has no JSON but an empty list."""
    with path.open("rb") as file:
        return file.read(64).strip() in (b"", b"[]")
