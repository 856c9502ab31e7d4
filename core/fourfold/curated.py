"""`Curated`: what is put right by hand in one bank, and can be taken back."""

from __future__ import annotations

from fourfold import retain as retaining
from fourfold.calls import in_thread
from fourfold.contents import Contents
from fourfold.model import Change


class Curated(Contents):
    """One bank whose entities can be merged and split."""

    async def merge(self, name: str, *, into: str, reason: str = "") -> Change:
        """Makes two entities one: `into` keeps its name, `name` becomes an alias, and units that mention it mention
        `into`.

        Raises `NotFoundError` for a name the bank does not know, `InputError` where they are one already.
        """
        return await in_thread(retaining.curate.merge, self._engine, self.name, name, into, reason)

    async def split(self, name: str, *, of: str, reason: str = "") -> Change:
        """Makes `name`, an alias of the entity `of`, an entity of its own; units that say that name, and no other
        form of the old one's, mention it from then on. Raises `NotFoundError`, and `InputError` for what is no
        alias."""
        return await in_thread(retaining.curate.split, self._engine, self.name, name, of, reason)

    async def changes(self) -> list[Change]:
        """What was merged and split by hand, the latest first."""
        return await in_thread(retaining.curate.changes, self._engine, self.name)

    async def undo(self, change: Change | str) -> Change:
        """Takes a merge or a split back. Raises `NotFoundError`, and `InputError` where it is undone already or a
        later change of the same entities stands in the way."""
        wanted = change if isinstance(change, str) else change.id
        return await in_thread(retaining.curate.undo, self._engine, self.name, wanted)
