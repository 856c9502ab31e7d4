"""Banks on the move: into a file and out of it, to another name, into another bank, out of other products."""

from fourfold.carry.export import export
from fourfold.carry.file import is_export
from fourfold.carry.foreign import read_foreign
from fourfold.carry.fork import fork, restore, roll_back
from fourfold.carry.load import load
from fourfold.carry.merge import merge

__all__ = ["export", "fork", "is_export", "load", "merge", "read_foreign", "restore", "roll_back"]
