"""Directories of memories that are not kept. Such a memory removes its own when it is closed; what one that was
killed has left is removed by whoever opens a memory next."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fourfold.errors import StoreError
from fourfold.storage.directory import lock_directory, unlock_directory

_PREFIX = "fourfold-"
_MARK = "temporary"
"""The file that says that nobody wants the directory again: a user may have a memory in one of the same prefix."""


def make_temporary_directory() -> Path:
    """Makes a directory for this user alone."""
    return Path(tempfile.mkdtemp(prefix=_PREFIX))


def mark_temporary(directory: Path) -> None:
    """Lets others remove the directory as soon as nobody holds it. The caller does: marked before it was locked, it
    could be removed in between."""
    (directory / _MARK).touch()


def remove_abandoned() -> None:
    """Removes the marked directories of this user that no process holds."""
    for directory in _marked_directories():
        with contextlib.suppress(StoreError):  # somebody holds it
            unlock_directory(directory, lock_directory(directory))
            shutil.rmtree(directory, ignore_errors=True)


def _marked_directories() -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if not entry.name.startswith(_PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            # Others may write to the system's directory too, and what is theirs is not ours to judge.
            is_own = not hasattr(os, "getuid") or entry.stat(follow_symlinks=False).st_uid == os.getuid()
            if is_own and (Path(entry.path) / _MARK).is_file():
                yield Path(entry.path)
