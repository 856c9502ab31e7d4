"""Moves banks: into a file and out of one, to another name, into another bank; and reads the files of others."""

from fourfold.transfer.export import export
from fourfold.transfer.file_format import is_export
from fourfold.transfer.fork import fork, restore
from fourfold.transfer.importers import read_import
from fourfold.transfer.install import roll_back
from fourfold.transfer.load import load, retain_documents
from fourfold.transfer.merge import absorb

__all__ = [
    "absorb",
    "export",
    "fork",
    "is_export",
    "load",
    "read_import",
    "restore",
    "retain_documents",
    "roll_back",
]
