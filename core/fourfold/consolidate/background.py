"""Has banks consolidated in the background: some time after the last write to them, in a thread of its own, giving
way to whoever waits for an answer."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import anyio

from fourfold.consolidate.assess import Rest
from fourfold.consolidate.run import consolidate, pending
from fourfold.errors import FourfoldError, StoreError
from fourfold.govern.prune import note_uses
from fourfold.schema.consolidation_state import read_progress
from fourfold.services import Services
from fourfold.values.reflection import BankStatus

log = logging.getLogger(__name__)

QUIET, _QUIET_WITH_MODEL = 1.0, 60.0
"""Seconds without a write after which a bank is consolidated. A language model is asked less often: what it writes
about a conversation is paid for once, not at every line."""
_LATEST = 10
"""However many writes come, a bank waits no longer than this many times that."""
_WORK = 0.002
_REST = 0.004
_POLL = 0.01


class StoppedError(Exception):
    """Consolidation was asked to stop; it goes on from there the next time."""


class Background:
    """The consolidation of a memory's banks, one at a time. Nothing runs before the first `notice`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._changed = threading.Condition()
        self._since: dict[str, tuple[float, float]] = {}
        """By bank, when the first and the latest write were noticed."""
        self._seen: set[str] = set()
        self._running: Counter[str] = Counter()
        self._locks: dict[str, threading.Lock] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._cancel: Callable[[], object] | None = None

    def notice(self, bank: str, *, first: bool = False) -> None:
        """A bank was written to; or, `first`, used: what waited when the memory was closed is taken up then."""
        if self._services.settings.consolidate != "background" or (first and bank in self._seen):
            return
        now = time.monotonic()
        with self._changed:
            self._seen.add(bank)
            self._since[bank] = (self._since.get(bank, (now, now))[0], now)
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="fourfold-consolidation", daemon=True)
                self._thread.start()
            self._changed.notify()

    async def settle(self, bank: str) -> None:
        """Consolidates `bank` now, or waits for who is at it; on return nothing waits but what a model failed at."""
        with self._changed:
            self._running[bank] += 1
        try:
            await self._consolidate(bank, self._check)
        except StoppedError as error:
            raise StoreError(
                "The memory was closed meanwhile; what waits is taken up when it is used again."
            ) from error
        finally:
            self._left(bank)

    def status(self, bank: str) -> BankStatus:
        """How far consolidation is."""
        index = self._services.indexes.get(bank)
        with index.lock:
            unread = index.documents.pending()
        failed = tuple(read_progress(self._services.store, bank).failed.values())
        return BankStatus(pending(self._services, bank), self._running[bank] > 0, failed, unread)

    def waits(self, bank: str) -> bool:
        """Whether `bank` is being consolidated, or will be without anybody doing anything."""
        with self._changed:
            return bank in self._since or self._running[bank] > 0

    def stop(self) -> None:
        """Ends the work at the next border; calling it twice is fine."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
            if self._cancel is not None:
                self._cancel()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while (bank := self._due()) is not None:
            try:
                anyio.run(self._once, bank)
            except StoppedError:
                return
            except FourfoldError as error:
                log.warning("The bank %s could not be consolidated for now: %s", bank, error)
            finally:
                self._left(bank)

    def _left(self, bank: str) -> None:
        with self._changed:
            self._running -= Counter((bank,))  # keeps no zeros

    async def _once(self, bank: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            with anyio.CancelScope() as scope:
                with self._changed:
                    self._check()
                    self._cancel = partial(loop.call_soon_threadsafe, scope.cancel)
                await self._consolidate(bank, _Throttle(self._check))
        finally:
            with self._changed:
                self._cancel = None
            if self._services.language_model is not None:  # its connections belong to this event loop
                with suppress(FourfoldError):
                    await self._services.language_model.close()

    def _due(self) -> str | None:
        """Waits for a bank that has been quiet for long enough; None when it is time to stop."""
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                quiet = QUIET if self._services.language_model is None else _QUIET_WITH_MODEL
                due = {
                    b: min(last + quiet, first + _LATEST * quiet) for b, (first, last) in self._since.items()
                }
                bank = min(due, key=due.__getitem__, default=None)
                if bank is not None and due[bank] <= now:
                    self._running[bank] += 1
                    del self._since[bank]
                    return bank
                self._changed.wait(None if bank is None else due[bank] - now)
        return None

    async def _consolidate(self, bank: str, rest: Rest) -> None:
        with self._changed:
            lock = self._locks.setdefault(bank, threading.Lock())
        while not lock.acquire(blocking=False):
            await anyio.sleep(_POLL)  # a thread that waits could be cancelled with the lock in hand
        try:
            await anyio.to_thread.run_sync(note_uses, self._services, bank)
            await consolidate(self._services, bank, rest)
            await anyio.to_thread.run_sync(self._services.indexes.keep, bank)
        finally:
            lock.release()

    def _check(self) -> None:
        if self._stopping:
            raise StoppedError


class _Throttle:
    """A rest that sleeps: `_WORK` seconds of work, then `_REST` seconds of none."""

    def __init__(self, check: Rest) -> None:
        self._check, self._worked = check, time.perf_counter()

    def __call__(self) -> None:
        self._check()
        if time.perf_counter() - self._worked >= _WORK:
            time.sleep(_REST)
            self._worked = time.perf_counter()
