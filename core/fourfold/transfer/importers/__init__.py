"""Reads files that others wrote: what products export, chats in JSON, texts. Importers only read; `Memory.load` and
`fourfold retain FILE` retain what they return.

A format is one file of this package and one line of `registry`, or an entry point of another package in the group
`fourfold.importers` (docs/importers.md).
"""

from fourfold.transfer.importers.fields import first_field, parse_role, parse_time
from fourfold.transfer.importers.importer import ImportedDocument, Importer, SourceFile, open_source
from fourfold.transfer.importers.registry import read_import, read_source

__all__ = [
    "ImportedDocument",
    "Importer",
    "SourceFile",
    "first_field",
    "open_source",
    "parse_role",
    "parse_time",
    "read_import",
    "read_source",
]
