"""Banks on the move: into a file and out of it, to another name, into another bank, out of other products."""

from fourfold.transfer.export import export
from fourfold.transfer.file_format import is_export
from fourfold.transfer.fork import fork, restore, roll_back
from fourfold.transfer.importers import read_import
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
