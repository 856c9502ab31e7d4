"""Consolidates banks in the background: some time after the last write to them, in one thread, with pauses so that
recalls and retains are not held up."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from weakref import WeakValueDictionary

import anyio

from fourfold.consolidate.assess import Yield
from fourfold.consolidate.run import consolidate, pending
from fourfold.errors import FourfoldError, StoreError
from fourfold.govern.prune import note_uses
from fourfold.schema.bookkeeping import read_progress
from fourfold.services import Services
from fourfold.values.reflection import BankStatus

log = logging.getLogger(__name__)

QUIET_SECONDS = 1.0
"""Seconds without a write after which a bank is consolidated. A guess, not measured."""
_QUIET_SECONDS_WITH_MODEL = 60.0
"""The same with a language model, which is asked less often: its summary of a conversation is paid for once, not at
every line. A guess, not measured."""
_LONGEST_WAIT = 10
"""A bank that is written to all the time waits this many quiet times at most. A guess, not measured."""
_WORK_SECONDS = 0.002
"""Seconds of work in the background before a pause. Python threads share one interpreter lock, so work without pauses
would slow every recall down; benchmarks/reflect.py measures recall beside consolidation."""
_PAUSE_SECONDS = 0.004
"""Seconds of a pause; with `_WORK_SECONDS`, a third of one core at most."""
_POLL_SECONDS = 0.01
"""Seconds between two attempts to take a bank's consolidation lock; a guess."""


class StoppedError(Exception):
    """Ends consolidation when the memory is closed; what is left is taken up when the memory is used again."""


class Background:
    """The consolidation of a memory's banks, one at a time. No thread is started before the first `notice`.

    `_changed` guards all fields below it. It is never held while a bank is consolidated, and no other lock is taken
    under it.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[float, float]] = {}
        """The times (`time.monotonic`) of the first and the latest write that wait, by bank."""
        self._noticed: set[str] = set()
        self._running: Counter[str] = Counter()
        """How many consolidations are under way or wait for another one, by bank."""
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        """One consolidation of a bank at a time: two would ask a language model for the same twice."""
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._cancel: Callable[[], object] | None = None

    def notice(self, bank: str, *, opened: bool = False) -> None:
        """Notes that a bank was written to, so that it is consolidated in a while. With `opened`, that it is used
        for the first time: what still waited when the memory was closed is taken up."""
        if self._services.settings.consolidate != "background" or (opened and bank in self._noticed):
            return
        now = time.monotonic()
        with self._changed:
            self._noticed.add(bank)
            first_write, _ = self._waiting.get(bank, (now, now))
            self._waiting[bank] = (first_write, now)
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="fourfold-consolidation", daemon=True)
                self._thread.start()
            self._changed.notify()

    async def consolidate(self, bank: str) -> None:
        """Consolidates `bank` now; a consolidation that is under way is waited for first. On return nothing is
        pending except what a language model failed at. Raises `StoreError` where the memory is closed meanwhile."""
        with self._changed:
            self._running[bank] += 1
        try:
            await self._consolidate(bank, self._raise_if_stopping)
        except StoppedError as error:
            raise StoreError(
                "The memory was closed meanwhile; what waits is taken up when it is used again."
            ) from error
        finally:
            self._end_run(bank)

    def status(self, bank: str) -> BankStatus:
        """Returns how far the consolidation of `bank` is."""
        index = self._services.indexes.get(bank)
        with index.lock:
            pending_chunks = index.documents.pending_count()
        state = read_progress(self._services.store, bank)
        return BankStatus(
            pending=pending(self._services, bank, state),
            running=self._running[bank] > 0,
            failed=tuple(state.failed.values()),
            pending_chunks=pending_chunks,
            enrichment_failures=self._services.enrichment_failures.of(bank),
        )

    def is_busy(self, bank: str) -> bool:
        """Whether `bank` is being consolidated, or will be without another call."""
        with self._changed:
            return bank in self._waiting or self._running[bank] > 0

    def stop(self) -> None:
        """Ends the work at the next call of `Yield`, and waits for that. Calling it twice does nothing more."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
            # A language model may take minutes to answer, and calls no `Yield` meanwhile: its call is cancelled.
            if self._cancel is not None:
                self._cancel()
        # `stop` may be called in the thread itself, which cannot join itself.
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while (bank := self._next_due_bank()) is not None:
            try:
                anyio.run(self._run_once, bank)
            except StoppedError:
                return
            except FourfoldError as error:
                log.warning("The bank %s could not be consolidated for now: %s", bank, error)
            finally:
                self._end_run(bank)

    def _end_run(self, bank: str) -> None:
        with self._changed:
            # Subtracting counters drops a count of zero; `-= 1` would leave an entry for every bank ever touched.
            self._running -= Counter((bank,))

    async def _run_once(self, bank: str) -> None:
        """Consolidates a bank in an event loop of the background's own."""
        loop = asyncio.get_running_loop()
        try:
            with anyio.CancelScope() as scope:
                # Both under the lock that `stop` takes: else it could come in between, and cancel nothing.
                with self._changed:
                    self._raise_if_stopping()
                    self._cancel = partial(loop.call_soon_threadsafe, scope.cancel)
                await self._consolidate(bank, _Throttle(self._raise_if_stopping))
        finally:
            with self._changed:
                self._cancel = None
            if self._services.language_model is not None:  # its connections belong to this event loop
                with suppress(FourfoldError):
                    await self._services.language_model.close()

    def _next_due_bank(self) -> str | None:
        """Waits for a bank that has been quiet for long enough, and returns it; None when the memory is closed."""
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                has_model = self._services.language_model is not None
                quiet = _QUIET_SECONDS_WITH_MODEL if has_model else QUIET_SECONDS
                due_times = {
                    bank: min(latest_write + quiet, first_write + _LONGEST_WAIT * quiet)
                    for bank, (first_write, latest_write) in self._waiting.items()
                }
                next_bank = min(due_times, key=due_times.__getitem__, default=None)
                if next_bank is not None and due_times[next_bank] <= now:
                    self._running[next_bank] += 1
                    del self._waiting[next_bank]
                    return next_bank
                self._changed.wait(None if next_bank is None else due_times[next_bank] - now)
        return None

    async def _consolidate(self, bank: str, yield_now: Yield) -> None:
        """Consolidates a bank under its lock."""
        with self._changed:
            lock = self._locks.setdefault(bank, threading.Lock())
        while not lock.acquire(blocking=False):
            # Polled, not waited for in a thread: a wait that is cancelled could leave the lock taken for good.
            await anyio.sleep(_POLL_SECONDS)
        try:
            await anyio.to_thread.run_sync(note_uses, self._services, bank)
            with self._services.working_on(bank):
                await consolidate(self._services, bank, yield_now)
            await anyio.to_thread.run_sync(self._services.indexes.save_snapshot, bank)
            if not self._services.store.cursors(bank):
                self._noticed.discard(bank)  # there is no such bank, and any name may be asked for
        finally:
            lock.release()

    def _raise_if_stopping(self) -> None:
        if self._stopping:
            raise StoppedError


class _Throttle:
    """A `Yield` that pauses: `_WORK_SECONDS` of work, then `_PAUSE_SECONDS` of none."""

    def __init__(self, raise_if_stopping: Yield) -> None:
        self._raise_if_stopping = raise_if_stopping
        self._resumed_at = time.perf_counter()

    def __call__(self) -> None:
        self._raise_if_stopping()
        if time.perf_counter() - self._resumed_at >= _WORK_SECONDS:
            time.sleep(_PAUSE_SECONDS)
            self._resumed_at = time.perf_counter()
