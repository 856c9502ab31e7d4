"""Messages in pieces and chunks: what a unit is cut from, and what a language model reads at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fourfold.values.units import Role

LINES_BEFORE = 3
"""Pieces said before a chunk that are shown with it; a guess, not measured."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch `[start, end)` of a message, no longer than a unit should be."""

    text: str
    message: str
    speaker: str | None
    role: Role
    at: datetime | None
    """When it was said; None where nobody knows."""
    start: int
    end: int

    @property
    def holder(self) -> str | None:
        """Whose words they are: the speaker, else, for what is not the user's, the role. None is the user of the
        bank, whose facts nobody else's words may touch."""
        return self.speaker or (None if self.role == "user" else self.role)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pieces of one document in a row; `before` is what was said just before them, for understanding only. As it
    lies in a bank it tells which `units` were made of it, and, until a model has read it, how often that was tried
    and why it `failed`."""

    id: str
    document: str
    pieces: tuple[Piece, ...]
    before: tuple[str, ...] = ()
    context: str = ""
    tags: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    attempts: int = 0
    failed: str = ""
    batch: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """The ids of its messages."""
        return tuple(dict.fromkeys(piece.message for piece in self.pieces))

    def halves(self) -> tuple[Chunk, Chunk] | None:
        """Two chunks with half of the pieces each; None for a single piece."""
        middle = len(self.pieces) // 2
        if not middle:
            return None
        context_lines = tuple(said(piece) for piece in self.pieces[:middle])
        return (
            replace(self, pieces=self.pieces[:middle]),
            replace(self, pieces=self.pieces[middle:], before=(*self.before, *context_lines)[-LINES_BEFORE:]),
        )


def within(gap: timedelta, at: datetime | None, before: datetime | None) -> bool:
    """Tells whether two things of one document, one after the other, were said no further apart than `gap`. Of two
    whose time is unknown nothing says that they were."""
    if at is None or before is None:
        return at is before
    return abs(at - before) <= gap


def said(piece: Piece) -> str:
    """A piece as a line: "Ana: I live in Porto." """
    return f"{piece.speaker or piece.role}: {piece.text}"
