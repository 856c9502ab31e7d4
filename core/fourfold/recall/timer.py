"""Milliseconds between the steps of a recall."""

from __future__ import annotations

import time


class Timer:
    """`laps` holds the milliseconds of each step, in order."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Ends the step called `name`."""
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now
