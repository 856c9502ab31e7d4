"""Milliseconds between the steps of an operation."""

from __future__ import annotations

import time


class Stopwatch:
    """`laps` holds the milliseconds of each step, in order."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Ends the step called `name`; one that comes again adds up."""
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + (now - self._last) * 1000, 3)
        self._last = now
