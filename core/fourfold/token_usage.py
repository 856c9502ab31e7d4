"""Counts what calls to language models take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one call or of several. `input` counts all that was read, the `cached` ones included, though they
    cost less: a limit is of what a bank may read, not of money."""

    calls: int = 0
    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.calls + other.calls,
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
        )

    @property
    def total(self) -> int:
        """Tokens read and written together."""
        return self.input + self.output
