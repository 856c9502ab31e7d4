"""The seat of a data directory: of all processes that serve it, the one that has the seat serves for all of them.

The engine lets one process at a time open a directory, and a desktop may run several MCP clients that each start
a server on it. The seat is a file lock, which the system releases however its holder ends, and a socket beside it
that only the directory's user can open.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from fourfold.settings import make_directory

_LONGEST_PATH = 100  # bytes that every system takes for the path of a socket


class LeaderLock:
    """The seat of `directory`, which is made if it is missing; raises as `make_directory`."""

    def __init__(self, directory: Path) -> None:
        make_directory(directory)
        self._home = directory / "serving"
        self._home.mkdir(mode=0o700, exist_ok=True)
        self._address = self._home / "address.json"
        self._lock = FileLock(self._home / "lock", blocking=False, thread_local=False)
        self._door: Path | None = None

    def take(self) -> socket.socket | None:
        """Takes the seat and returns the socket to accept at; None if another process has it."""
        try:
            self._lock.acquire()
        except Timeout:
            return None
        self._clear()
        self._door = self._home / "door"
        if len(os.fsencode(self._door)) > _LONGEST_PATH:
            self._door = Path(tempfile.mkdtemp(prefix="fourfold-")) / "door"  # made for its user alone
        accepting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        accepting.bind(os.fspath(self._door))
        self._door.chmod(0o600)
        accepting.listen(64)
        written = self._address.with_suffix(".new")
        written.write_text(json.dumps({"pid": os.getpid(), "door": os.fspath(self._door)}))
        written.replace(self._address)
        return accepting

    def key(self) -> bytes:
        """A secret of the directory, for who has the seat: what one process sealed, the next can open."""
        kept = self._home / "key"
        if not kept.exists():
            written = self._home / "key.new"
            written.touch(mode=0o600)
            written.write_bytes(secrets.token_bytes(32))
            written.replace(kept)
        return kept.read_bytes()

    def visit(self) -> socket.socket | None:
        """A connection to the process that has the seat; None if it does not answer (yet, or any more)."""
        visiting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            visiting.connect(json.loads(self._address.read_text())["door"])
        except (OSError, ValueError, KeyError, TypeError):
            visiting.close()
            return None
        return visiting

    def holder(self) -> str:
        """ " (pid 123)", or nothing where it is not known."""
        try:
            return f" (pid {json.loads(self._address.read_text())['pid']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def close_door(self) -> None:
        """Has nobody come in any more. The seat stays taken."""
        self._clear()
        self._door = None

    def leave(self) -> None:
        """Gives the seat up."""
        self.close_door()
        self._lock.release()

    def _clear(self) -> None:
        """Removes the door: its own, or the one that a process left which was ended before it could."""
        try:
            door = Path(json.loads(self._address.read_text())["door"])
        except (OSError, ValueError, KeyError, TypeError):
            door = self._home / "door"
        self._address.unlink(missing_ok=True)
        door.unlink(missing_ok=True)
        if door.parent != self._home:
            with contextlib.suppress(OSError):
                door.parent.rmdir()
