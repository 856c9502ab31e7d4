"""Reads files that others wrote: what products export, chats, mail, texts. Importers only read; `Memory.load` and
`fourfold retain FILE` retain what they return.

A format is one file of this package and one line of `registry`, or an entry point of another package in the group
`fourfold.importers` (docs/importers.md).
"""

from fourfold.transfer.importers.fields import first_field, parse_role
from fourfold.transfer.importers.importer import ImportedDocument, ImportedFile, Importer, SourceFile
from fourfold.transfer.importers.registry import read_import, read_source
from fourfold.transfer.importers.report import ReadReport
from fourfold.transfer.importers.source import NoTextError, open_source, source_of
from fourfold.transfer.importers.times import parse_time

__all__ = [
    "ImportedDocument",
    "ImportedFile",
    "Importer",
    "NoTextError",
    "ReadReport",
    "SourceFile",
    "first_field",
    "open_source",
    "parse_role",
    "parse_time",
    "read_import",
    "read_source",
    "source_of",
]
