"""Who works with the vectors that are current, and who waits for nobody to, in order to change them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Era:
    """Shared by those who embed, search or write, as long as they are at it; had alone by who changes the
    embedder."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._users = 0

    @contextmanager
    def use(self) -> Iterator[None]:
        """The vectors stay what they are meanwhile. It may be used within itself."""
        with self._changed:
            self._users += 1
        try:
            yield
        finally:
            with self._changed:
                self._users -= 1
                self._changed.notify_all()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Waits until nobody uses them; nobody begins to meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._users == 0)
            yield
