"""Has a process, and those that it starts, break at the n-th point at which something gets onto the disk: files
opened to be written, synced, renamed and removed, processes started, and calls of the engine. Calls count twice,
before and after.

Python imports this where its directory is in PYTHONPATH. `CRASH_AT` is "n mode file": the file has a byte for each
point so far, and counting begins once it is there. The modes: "die" (the process that comes to the point is killed),
"parent" (a process that another one waits for has that killed, and goes on alone), "fail" (the call fails as on a
disk that is full).
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import qdrant_edge

_EVENTS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "subprocess.Popen"})
_ENGINE_CALLS = frozenset({"load", "create", "update", "flush", "optimize", "close"})
_AT, _MODE, _COUNTER = os.environ.get("CRASH_AT", "0 none /nowhere").split(maxsplit=2)
_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
_MAIN = os.environ.setdefault("CRASH_MAIN", str(os.getpid())) == str(os.getpid())


def _point(failure: BaseException) -> None:
    """Counts one point, and breaks at the n-th."""
    try:
        descriptor = os.open(_COUNTER, os.O_RDWR | os.O_APPEND)
    except FileNotFoundError:  # it has not begun
        return
    try:
        os.write(descriptor, b".")
        number = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if number != int(_AT):
        return
    if _MODE == "fail":
        raise failure
    os.kill(os.getppid() if _MODE == "parent" and not _MAIN else os.getpid(), signal.SIGKILL)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if writes and str(path) != _COUNTER and not str(path).startswith("/dev/"):
            _point(_FULL)
    elif event in _EVENTS:
        _point(_FULL)


def _counted(call: Callable[..., Any], failure: BaseException) -> Callable[..., Any]:
    def counted(*arguments: Any, **named: Any) -> Any:
        _point(failure)
        result = call(*arguments, **named)
        if _MODE != "fail":  # what is done cannot fail any more
            _point(failure)
        return result

    return counted


class _Shard:
    """The engine's shard, whose calls are counted."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        return _counted(value, _ENGINE_FULL) if name in _ENGINE_CALLS else value

    @staticmethod
    def load(*arguments: Any, **named: Any) -> _Shard:
        return _Shard(_counted(_engine_shard.load, _ENGINE_FULL)(*arguments, **named))

    @staticmethod
    def create(*arguments: Any, **named: Any) -> _Shard:
        return _Shard(_counted(_engine_shard.create, _ENGINE_FULL)(*arguments, **named))


if _MODE != "none":
    _engine_shard = qdrant_edge.EdgeShard
    _ENGINE_FULL = Exception("Service runtime error: No space left on device")
    setattr(qdrant_edge, "EdgeShard", _Shard)  # noqa: B010, a type to the type checker
    os.fsync = _counted(os.fsync, _FULL)
    sys.addaudithook(_hook)
