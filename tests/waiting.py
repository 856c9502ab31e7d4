"""Waits for a condition, never for a time: how fast a machine is decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 60) -> None:
    """Returns as soon as `condition` holds; raises `TimeoutError` after so many seconds, where it never will."""
    with anyio.fail_after(seconds):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await anyio.sleep(0.01)
