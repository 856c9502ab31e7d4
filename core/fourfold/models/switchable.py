"""The embedder that a memory works with, which may become another one."""

from __future__ import annotations

from collections.abc import Sequence

from fourfold.ports import Embedder, Embedding, Floats


class Current:
    """Whichever embedder it is now. Who embeds, and then searches or writes, sees to it (`Era.use`) that it stays the
    same."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner

    def become(self, inner: Embedder) -> None:
        """From now on it is this one."""
        self._inner = inner

    @property
    def name(self) -> str:
        """The present one's."""
        return self._inner.name

    @property
    def dimension(self) -> int:
        """The present one's."""
        return self._inner.dimension

    @property
    def token_dimension(self) -> int:
        """The present one's."""
        return self._inner.token_dimension

    @property
    def centroids(self) -> Floats | None:
        """The present one's."""
        return self._inner.centroids

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """As the present one does."""
        return self._inner.embed(texts)
