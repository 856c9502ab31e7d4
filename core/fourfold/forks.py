"""What becomes of a memory in a process that is forked from the one that opened it (`os.fork`: multiprocessing,
gunicorn, celery): there it is closed. The threads that work for it exist in the parent alone, its locks may be held
by one of them for ever, and its files and connections are the parent's."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, Self
from weakref import WeakSet

from fourfold.errors import StoreError


class Inheritable(Protocol):
    """Something open that a forked child gets a copy of."""

    def abandon(self) -> None:
        """Closes the copy in the child, without a trace in what the parent goes on with. Nothing may be waited for:
        whoever had it in hand at the fork does not exist here."""
        ...


class OfOneProcess:
    """Remembers the process that made it; `require_own_process` refuses it in another one."""

    _process: int

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        made = super().__new__(cls)
        made._process = os.getpid()
        return made


_inheritable: WeakSet[Inheritable] = WeakSet()


def abandon_in_children(resource: Inheritable) -> None:
    """Has `resource.abandon` called in each process that is forked from this one."""
    _inheritable.add(resource)


def is_inherited(instance: OfOneProcess) -> bool:
    """Returns whether another process made `instance`."""
    return instance._process != os.getpid()


def require_own_process(instance: OfOneProcess) -> None:
    """Raises `StoreError` for what another process made."""
    if is_inherited(instance):
        raise inherited_error(instance._process)


def inherited_error(process: int) -> StoreError:
    """Returns the error for whoever uses what `process` has opened in a child of it."""
    return StoreError(
        f"This memory was opened in process {process}, and this is process {os.getpid()}, which was forked from it: "
        f"here it is closed. Open it after the fork, in the process that uses it (Memory.open); several processes at "
        f"once need a Qdrant server."
    )


def never_free(native: object) -> None:
    """Keeps an object to the end of the process. To take it down would write to what the parent has open, or wait for
    threads that were not forked: onnxruntime then waits for ever."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(native))


def leave_descriptors(paths: Iterable[Path]) -> None:
    """Points what this process has open of `paths` to nowhere. A lock on a file lasts until every process that
    inherited it has let go, so the parent could not give it up by itself."""
    files = []
    for path in paths:
        with contextlib.suppress(OSError):
            files.append(path.stat())
    nowhere = os.open(os.devnull, os.O_RDWR)
    for entry in list(Path("/dev/fd").iterdir()):
        with contextlib.suppress(OSError):  # that of the listing itself is closed by now
            opened = os.fstat(int(entry.name))
            if any(os.path.samestat(opened, file) for file in files):
                # And not closed: its owner, who does not know, would close whatever has its number next.
                os.dup2(nowhere, int(entry.name), inheritable=False)
    os.close(nowhere)


def _abandon_all() -> None:
    for resource in list(_inheritable):
        resource.abandon()


if hasattr(os, "register_at_fork"):  # where there is none, there are no forks
    os.register_at_fork(after_in_child=_abandon_all)
