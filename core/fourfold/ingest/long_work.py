"""What long work in a thread owes its caller: to end at a safe point, where nothing is written yet, once the caller
has given up, and to say how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from anyio import from_thread

from fourfold.ports import Progress

T = TypeVar("T")

_STEP = 64
"""Items from one report of progress to the next; a guess, not measured: as many as are embedded at once."""


def until_cancelled(items: Iterable[T]) -> Iterator[T]:
    """Yields the items, with a look before each at whether the caller has cancelled what this thread works for;
    raises then what its event loop raises for that."""
    for item in items:
        _raise_if_cancelled()
        yield item


def with_progress(items: Iterable[T], total: int, progress: Progress | None) -> Iterator[T]:
    """Yields the items as `until_cancelled`, and calls `progress` with (done, total) after every few of them."""
    for done, item in enumerate(until_cancelled(items), 1):
        yield item
        if progress is not None and (done % _STEP == 0 or done == total):
            progress(done, total)


def part_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    """Returns the callback for one of several equal `parts` of a work, number `part` from 0, of which `progress`
    hears as a whole; None where nobody wants to hear."""
    if progress is None:
        return None
    return lambda done, total: progress(part * total + done, parts * total)


def _raise_if_cancelled() -> None:
    try:
        from_thread.check_cancelled()
    except RuntimeError:  # a thread of the background, which no caller waits for
        return
