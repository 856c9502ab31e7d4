"""Has a process, and those that it starts, break at the n-th point at which something gets onto the disk: files
opened to be written, written, synced, renamed and removed, processes started, and calls of the engine. Calls count
twice, before and after.

Python imports this where its directory is in PYTHONPATH. `CRASH_AT` is "n mode file": the file has a letter for each
point so far ("m" in the first process, "c" in a child), and counting begins once it is there. The modes: "die" (the
process that comes to the point is killed), "parent" (a process that another one waits for has that killed, and goes
on alone), "fail" (the call fails as on a disk that is full), "read" (the points are the places in the code that
open files and directories to read them, and that fails as on a disk that is broken).
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import qdrant_edge

_EVENTS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "subprocess.Popen"})
_ENGINE_CALLS = frozenset({"create", "update", "flush", "optimize", "close"})
_AT, _MODE, _COUNTER = os.environ.get("CRASH_AT", "0 none /nowhere").split(maxsplit=2)
_FULL_DISK = "/dev/full"
_OTHERS = (_COUNTER, _FULL_DISK, os.devnull)
_ERROR = errno.EIO if _MODE == "read" else errno.ENOSPC
_FAILURE = OSError(_ERROR, os.strerror(_ERROR))
_ENGINE_FAILURE = Exception(f"Service runtime error: {os.strerror(_ERROR)}")
_read_at: set[object] = set()
"""The places in the code, with their callers, that have read something."""
_MAIN = _MODE != "none" and os.environ.setdefault("CRASH_MAIN", str(os.getpid())) == str(os.getpid())


def _point(failure: BaseException) -> None:
    """Counts one point, and breaks at the n-th."""
    try:
        descriptor = os.open(_COUNTER, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:  # it has not begun
        return
    try:
        os.write(descriptor, b"m" if _MAIN else b"c")
        number = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if number != int(_AT):
        return
    if _MODE in ("fail", "read"):
        raise failure
    os.kill(os.getppid() if _MODE == "parent" and not _MAIN else os.getpid(), signal.SIGKILL)


def _writes_hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if writes and str(path) not in _OTHERS:
            _point(_FAILURE)
    elif event in _EVENTS:
        _point(_FAILURE)


def _reads_hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("open", "os.scandir", "os.listdir"):
        return
    path, flags = arguments[0], arguments[2] if event == "open" else os.O_RDONLY
    reads = isinstance(flags, int) and not flags & (os.O_WRONLY | os.O_RDWR)
    # What Python reads of itself is no part of the memory, and hundreds of files are read in a loop.
    if reads and str(path).startswith(str(Path(_COUNTER).parent)):
        place = tuple((frame.f_code, line) for frame, line in traceback.walk_stack(None))
        if place not in _read_at:
            _read_at.add(place)
            _point(_FAILURE)


def _onto_a_full_disk(path: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
    """Opens a file; where this is the point, it is there, and each writing to it fails."""
    file = _open(path, mode, *arguments, **named)
    if set(mode) & set("wax+") and str(path) not in _OTHERS:
        try:
            _point(_FAILURE)
        except OSError:
            file.close()
            return _open(_FULL_DISK, "wb" if "b" in mode else "w", *arguments, **named)
    return file


def _counted(call: Callable[..., Any], failure: BaseException) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        _point(failure)
        result = call(*arguments, **named)
        if _MODE in ("die", "parent"):  # what is done cannot fail any more
            _point(failure)
        return result

    return counted


class _Shard:
    """The engine's shard, whose calls are counted."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return _counted(value, _ENGINE_FAILURE) if name in _ENGINE_CALLS and _MODE != "read" else value

    @staticmethod
    def load(*arguments: Any, **named: Any) -> _Shard:
        return _Shard(_counted(_engine_shard.load, _ENGINE_FAILURE)(*arguments, **named))

    @staticmethod
    def create(*arguments: Any, **named: Any) -> _Shard:
        create = _engine_shard.create
        return _Shard((create if _MODE == "read" else _counted(create, _ENGINE_FAILURE))(*arguments, **named))


if _MODE != "none":
    _engine_shard = qdrant_edge.EdgeShard
    setattr(qdrant_edge, "EdgeShard", _Shard)  # noqa: B010, a type to the type checker
    sys.addaudithook(_reads_hook if _MODE == "read" else _writes_hook)
    if _MODE != "read":
        os.fsync = _counted(os.fsync, _FAILURE)
    if _MODE == "fail":
        _open = io.open
        builtins.open = io.open = _onto_a_full_disk  # type: ignore[assignment]
