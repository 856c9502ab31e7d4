"""Opens the memory at its first use, once, however many ask at the same time."""

from __future__ import annotations

import asyncio
import gc
from importlib import import_module
from typing import TYPE_CHECKING

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
        """The memory of the settings; raises as `AsyncMemory.open`, and tries again at the next use."""
        async with self._lock:
            if self._memory is None:
                module = await asyncio.to_thread(import_module, "fourfold.api.memory")
                self._memory = await module.AsyncMemory.open()
            return self._memory

    def warm(self, bank: str) -> None:
        """Begins to open it, and to read what a first recall in `bank` needs, where somebody will soon want it."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._warm(bank))

    async def _warm(self, bank: str) -> None:
        try:
            services = (await self.memory()).services
            await asyncio.gather(
                asyncio.to_thread(services.embedder.embed, ["warm up"]),
                asyncio.to_thread(services.indexes.get, bank),
            )
        except FourfoldError:
            pass  # who asks is told
        finally:  # what is there now stays: a collection need not look at it again
            gc.freeze()
            gc.enable()

    async def close(self) -> None:
        """Closes it, if it was opened."""
        if self._warming is not None:
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._memory is not None:
            await self._memory.close()
