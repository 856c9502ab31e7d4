"""Elects a leader for a data directory: of all processes that could serve it, the one that serves for all of them.

The engine lets one process at a time open a directory, and a desktop may run several MCP clients that each start a
server on it. Leadership is a file lock, which the system releases however its holder ends, and a socket beside it
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

from fourfold.settings import make_directory, make_private

_MAX_SOCKET_PATH = 100
"""Bytes of a socket's path. Linux takes 107 and macOS 103, without the closing zero (sockaddr_un)."""
_BACKLOG = 64
"""Connections that wait to be accepted. A guess: as many clients as nobody has."""


class LeaderLock:
    """The leadership of `directory`, which is made if it is missing; raises as `make_directory`."""

    def __init__(self, directory: Path) -> None:
        make_directory(directory)
        self._home = directory / "serving"
        make_private(self._home)
        self._address = self._home / "address.json"
        # thread_local=False: the lock is the process', whichever of its threads takes or releases it.
        self._lock = FileLock(self._home / "lock", blocking=False, thread_local=False)

    def acquire(self) -> socket.socket | None:
        """Becomes the leader and returns the socket to accept connections at; None if another process leads."""
        try:
            self._lock.acquire()
        except Timeout:
            return None
        # The lock is held, so whatever address is there is that of a leader which was killed.
        self._remove_address()
        path = self._home / "socket"
        if len(os.fsencode(path)) > _MAX_SOCKET_PATH:
            path = (
                Path(tempfile.mkdtemp(prefix="fourfold-")) / "socket"
            )  # mkdtemp makes it for its user alone
        accepting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        accepting.bind(os.fspath(path))
        path.chmod(0o600)
        accepting.listen(_BACKLOG)
        # Written last, and moved into place: who finds the address can connect, and never reads half of one.
        new_address = self._address.with_suffix(".new")
        new_address.write_text(json.dumps({"pid": os.getpid(), "socket": os.fspath(path)}))
        new_address.replace(self._address)
        return accepting

    def key(self) -> bytes:
        """Returns a secret of the directory, for its leader: what one process sealed, the next one can open."""
        path = self._home / "key"
        # Only the leader writes it, and there is one: no two keys can come about.
        if not path.exists():
            new_key = self._home / "key.new"
            new_key.touch(mode=0o600)
            new_key.write_bytes(secrets.token_bytes(32))
            new_key.replace(path)
        return path.read_bytes()

    def connect(self) -> socket.socket | None:
        """Returns a connection to the leader; None if there is none that answers (yet, or any more)."""
        # An address without anybody behind it is that of a leader that was killed: whoever takes the lock removes it.
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(json.loads(self._address.read_text())["socket"])
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return None
        return connection

    def leader(self) -> str:
        """Returns " (pid 123)" of the leader for a message, or nothing where it is not known."""
        try:
            return f" (pid {json.loads(self._address.read_text())['pid']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def close(self) -> None:
        """Lets nobody connect any more. The lock stays held, until `release`."""
        self._remove_address()

    def release(self) -> None:
        """Gives leadership up."""
        self._remove_address()
        self._lock.release()

    def _remove_address(self) -> None:
        """Removes the address and the socket: its own, or those of a process that was ended before it could."""
        try:
            path = Path(json.loads(self._address.read_text())["socket"])
        except (OSError, ValueError, KeyError, TypeError):
            path = self._home / "socket"
        self._address.unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        if path.parent != self._home:  # the temporary directory of a long path
            with contextlib.suppress(OSError):
                path.parent.rmdir()
