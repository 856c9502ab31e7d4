"""What wrappers of a language model share: the name, and the closing, of the one inside."""

from __future__ import annotations

from fourfold.ports import LanguageModel


class Wrapped:
    """Passes on everything but `ask`."""

    def __init__(self, inner: LanguageModel) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """The inner model's."""
        return self.inner.name

    async def close(self) -> None:
        """Closes the inner model."""
        await self.inner.close()
