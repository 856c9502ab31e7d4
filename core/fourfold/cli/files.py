"""Reads what the user names on the command line: files, and standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from fourfold.errors import InputError
from fourfold.transfer.file_format import is_export
from fourfold.transfer.importers import ImportedDocument, open_source, read_source
from fourfold.values.units import Message


def read_documents(path: Path) -> tuple[ImportedDocument, ...]:
    """Returns the documents of a file, or the text of standard input for "-". Raises `InputError` that names the file
    and what is wrong."""
    if str(path) == "-":
        return (ImportedDocument("", (Message(sys.stdin.read()),)),)
    if is_export(path):
        raise InputError(f"{path} is an export of a bank: load it with fourfold load {path}.")
    source = open_source(path)
    # A chat in which nothing was said yet, among many files, is no reason to stop; `Memory.load`, which is given one
    # file, says that there is nothing in it.
    return () if source.content == [] else read_source(source)
