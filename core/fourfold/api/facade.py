"""What stands behind `Memory` and `Bank`: an event loop in a thread of its own, on which the asynchronous classes
work. The methods themselves are in `sync.py`, which scripts/generate_sync.py writes."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self, TypeVar

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal

from fourfold.api.bank import AsyncBank
from fourfold.api.memory import AsyncMemory
from fourfold.errors import InputError, StoreError
from fourfold.forks import abandon_in_children, inherited_error
from fourfold.index.registry import holds_bank
from fourfold.ports import Clock, Embedder, EntityRecognizer, LanguageModel, Reranker, Store
from fourfold.recall.fuse import Weights
from fourfold.settings import Settings

T = TypeVar("T")


class Portal:
    """An event loop in a daemon thread of its own, so that a memory left open never keeps a process alive."""

    def __init__(self) -> None:
        ready: Future[BlockingPortal] = Future()
        self._thread = threading.Thread(target=anyio.run, args=(_serve, ready), name="fourfold", daemon=True)
        self._thread.start()
        self._portal = ready.result()
        self._lock = threading.Lock()
        self._process = os.getpid()
        self.stopped = False
        abandon_in_children(self)

    def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs `work` on the loop and waits for it. Raises `InputError` in a thread that holds a bank."""
        if self._process != os.getpid():
            raise inherited_error(self._process)
        if self.stopped:
            raise StoreError("The memory is closed. Open it again with Memory.open.")
        if holds_bank():
            raise InputError(
                "A progress callback may be called while a bank is held, and cannot use the memory: it would wait "
                "for itself. Note the figures in it, and use the memory when the call has returned."
            )
        ended = threading.Event()

        async def tracked() -> T:
            try:
                return await work()
            finally:
                ended.set()

        future = self._portal.start_task_soon(tracked)
        try:
            return future.result()
        except BaseException:  # Ctrl-C in here: what is at work must not go on behind the caller's back
            future.cancel()
            ended.wait()
            raise

    def abandon(self) -> None:
        """Counts as ended in a forked child, where the thread is not: who waited for it would wait for ever."""
        self.stopped = True

    def stop(self) -> None:
        """Ends the loop; calling it twice is fine."""
        with self._lock:
            if not self.stopped:
                self.stopped = True
                self._portal.start_task_soon(self._portal.stop)
                self._thread.join()


async def _serve(ready: Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()


class Facade:
    """Stands before something asynchronous, and works on `_portal`."""

    _portal: Portal

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self  # frameworks copy what holds one

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A memory is open in one process: pass on where it is and the bank's name, and open it there."
        )

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs `work` on the memory's event loop and waits for it: for code of a framework's plugin that is written
        once, for `as_async`. After the memory is closed it runs too; what it asks of the memory raises there."""
        if self._portal.stopped:
            with start_blocking_portal() as portal:
                return portal.call(work)
        return self._portal.call(work)


class MemoryFacade(Facade):
    """Opens and closes an `AsyncMemory` together with the loop it works on."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: Settings | None = None,
        *,
        llm: LanguageModel | None = None,
        reranker: Reranker | None = None,
        ner: EntityRecognizer | None = None,
        clock: Clock | None = None,
        weights: Weights | None = None,
    ) -> None:
        """See `AsyncMemory`."""
        memory = AsyncMemory(
            store, embedder, settings, llm=llm, reranker=reranker, ner=ner, clock=clock, weights=weights
        )
        self._adopt(memory, Portal())

    def _adopt(self, memory: AsyncMemory, portal: Portal) -> None:
        self._async = memory
        self._portal = portal
        atexit.register(self.close)

    @classmethod
    def open(
        cls,
        location: str | Path | None = None,
        *,
        api_key: str | None = None,
        embedder: str | Embedder | None = None,
        llm: str | LanguageModel | None = None,
        reranker: str | Reranker | None = None,
        ner: str | EntityRecognizer | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """See `AsyncMemory.open`."""
        portal = Portal()
        try:
            opened = portal.call(
                lambda: AsyncMemory.open(
                    location,
                    api_key=api_key,
                    embedder=embedder,
                    llm=llm,
                    reranker=reranker,
                    ner=ner,
                    settings=settings,
                    clock=clock,
                )
            )
        except BaseException:
            portal.stop()
            raise
        memory = cls.__new__(cls)
        memory._adopt(opened, portal)
        return memory

    @property
    def as_async(self) -> AsyncMemory:
        """The same memory, for code that awaits; on any event loop."""
        return self._async

    def close(self) -> None:
        """See `AsyncMemory.close`."""
        if not self._portal.stopped:
            self._portal.call(self._async.close)
            self._portal.stop()
            atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class BankFacade(Facade):
    """One bank of a memory that is open."""

    def __init__(self, bank: AsyncBank, portal: Portal) -> None:
        self._async = bank
        self._portal = portal
        self.name = bank.name

    @property
    def as_async(self) -> AsyncBank:
        """The same bank, for code that awaits; on any event loop."""
        return self._async

    @property
    def warnings(self) -> tuple[str, ...]:
        """See `AsyncBank.warnings`."""
        return self._async.warnings
