"""Says at once that Ctrl-C was heard. What is at work ends at its next safe point, which may take a while."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_MESSAGE = b"fourfold: stopping. What is stored by now is kept, and nothing is left half done.\n"


@contextmanager
def interrupts_announced() -> Iterator[None]:
    """Has the first Ctrl-C within print a line on stderr and raise `KeyboardInterrupt`; from then on, to the end of
    the process, no other one does anything."""
    if threading.current_thread() is not threading.main_thread():  # only that one has handlers of signals
        yield
        return

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        # An impatient second one would interrupt the closing of the memory.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Past Python's own buffers: this may interrupt a write to them, and they would refuse another one. On a
        # terminal the line of a progress bar is open.
        with suppress(OSError):  # stderr may be closed, or its reader gone
            os.write(2, (b"\n" if os.isatty(2) else b"") + _MESSAGE)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is stop:
            signal.signal(signal.SIGINT, before)
