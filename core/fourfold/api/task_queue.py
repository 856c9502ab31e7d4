"""Runs work that nobody waits for, in threads of its own: that of one bank in the order it was added."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import anyio

from fourfold.errors import StoreError

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, Any]]
log = logging.getLogger(__name__)

_WORKERS = 4
"""Banks that are worked for at once. A guess, not measured."""


class PerBankQueue:
    """A queue of work for each bank. Threads are started with the first work; before the process ends they finish
    what was added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._queues: dict[str, deque[tuple[Work, Future[Any]]]] = {}
        self._last: dict[str, Future[Any]] = {}
        self._finished = False

    def add(self, bank: str, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        """Adds `work` behind all that was added for this bank before. The future has its result, or its error,
        which is also logged. Raises `StoreError` where the memory is closed."""
        future: Future[T] = Future()
        # One lock for all of it: between a look at the queue and its removal in `_next`, work would be added to a
        # queue that nobody drains any more.
        with self._lock:
            if self._finished:
                raise StoreError("The memory is closed. Open it again with Memory.open.")
            if self._threads is None:
                # An executor's threads are joined when the interpreter ends, which is what finishes the work there;
                # daemon threads would be cut off.
                self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="fourfold-later")
            self._last[bank] = future
            queue = self._queues.get(bank)
            if queue is not None:  # a thread is at it, and goes on until the queue is empty
                queue.append((work, future))
            else:
                self._queues[bank] = deque([(work, future)])
                self._threads.submit(self._drain, bank)
        return future

    def wait(self, bank: str, timeout: float | None) -> bool:
        """Waits until all that was added for this bank so far is done, for at most `timeout` seconds (None: no
        bound). Returns whether it is."""
        with self._lock:
            last = self._last.get(bank)
        return last is None or not wait([last], timeout).not_done

    def finish(self) -> None:
        """Waits until all work is done; `add` refuses more."""
        with self._lock:
            self._finished = True
            threads = self._threads
        # Without the lock, which the threads take for each piece of work.
        if threads is not None:
            threads.shutdown(wait=True)

    def _drain(self, bank: str) -> None:
        """Does the work of one bank until its queue is empty."""
        while (queued := self._next(bank)) is not None:
            work, future = queued
            # Not while it is done: from here on `Future.cancel` is refused, as the write may be under way.
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(anyio.run(work))
            except BaseException as error:  # noqa: BLE001  whatever it is, the future has it, and the next work is done
                log.warning('What was to be done later in the bank "%s" failed: %s', bank, error)
                future.set_exception(error)

    def _next(self, bank: str) -> tuple[Work, Future[Any]] | None:
        with self._lock:
            if self._queues[bank]:
                return self._queues[bank].popleft()
            del self._queues[bank], self._last[bank]
            return None
