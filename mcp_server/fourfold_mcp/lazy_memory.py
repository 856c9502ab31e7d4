"""Opens the memory at its first use, once, however many requests ask for it at the same time."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import fourfold
from fourfold import FourfoldError

if TYPE_CHECKING:
    from fourfold import AsyncMemory


class LazyMemory:
    """A memory that is opened at its first use."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._memory: AsyncMemory | None = None
        self._warming: asyncio.Task[None] | None = None

    async def memory(self) -> AsyncMemory:
        """Returns the memory of the settings. Raises as `AsyncMemory.open`; the next use tries again."""
        # A lock, not a task that all await: a failure must not be remembered, and the first caller may be cancelled.
        async with self._lock:
            if self._memory is None:
                # The first access imports numpy and the store: most of a second, in which others are answered.
                memory_class = await asyncio.to_thread(getattr, fourfold, "AsyncMemory")
                self._memory = await memory_class.open()
            return self._memory

    def warm(self, bank: str) -> None:
        """Begins to open the memory, and to load what a first recall in `bank` needs; returns at once."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm(bank))

    async def _warm(self, bank: str) -> None:
        try:
            await (await self.memory()).warm_up(bank)
        except FourfoldError:
            pass  # the request that needs the memory says what is wrong
        finally:
            # `Process.relay` has turned the collector off for the start. What is loaded by now stays to the end: a
            # collection need not look at it again.
            gc.freeze()
            gc.enable()

    async def close(self) -> None:
        """Closes the memory, if it was opened."""
        # It cannot be interrupted where it loads in a thread, and must not open a store after this has closed it.
        if self._warming is not None:
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._memory is not None:
            await self._memory.close()
