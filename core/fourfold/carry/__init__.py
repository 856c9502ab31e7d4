"""Banks on the move: into a file and out of it, to another name, into another bank."""

from fourfold.carry.export import export
from fourfold.carry.fork import fork, restore, roll_back
from fourfold.carry.load import load
from fourfold.carry.merge import merge

__all__ = ["export", "fork", "load", "merge", "restore", "roll_back"]
