"""Which files must not be written over, whatever is to be written there."""

from __future__ import annotations

from pathlib import Path

from fourfold.errors import InputError
from fourfold.keys import holds_key
from fourfold.settings import FILES_OF_A_MEMORY


def check_output_file(path: Path) -> None:
    """Raises `InputError` for a file that holds a key, since what it encrypted would be lost, for one of a memory's
    own, whichever memory that is, and for what a file would take the place of: a device or a pipe."""
    if _is_special(path):
        raise InputError(f"{path} cannot be written: it is a device or a pipe. Name a file.")
    if holds_key(path):
        raise InputError(f"{path} holds a key, which would be lost. Nothing was written. Name another file.")
    home = _memory_of(path)
    if home is not None:
        raise InputError(
            f"{path} is among the files of the memory in {home}, which would be damaged. Nothing was written. Name "
            f"another file."
        )


def _is_special(path: Path) -> bool:
    try:
        return path.exists() and not (path.is_file() or path.is_dir())
    except OSError:
        return False


def _memory_of(path: Path) -> Path | None:
    """Returns the directory of the memory that a file is a part of, or would be; whatever else is beside a memory's
    own files is its user's."""
    try:
        path = path.expanduser().resolve()
    except (OSError, RuntimeError):  # whoever writes there tells why not
        return None
    for part in (path, *path.parents):
        if part.name in FILES_OF_A_MEMORY and (part.parent / "store" / "manifest.json").exists():
            return part.parent
    return None
