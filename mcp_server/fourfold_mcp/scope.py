"""What the requests of one session may reach: the memory, and its banks that they may touch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from fourfold import BankInfo, InputError

if TYPE_CHECKING:
    from fourfold import AsyncBank, AsyncMemory

Allowed = Collection[str] | None
"""The banks that a request may touch; None: all."""


def all_banks() -> Allowed:
    """Every bank, as for a process that its user started."""
    return None


class BankScope:
    """`opened` opens the memory, at the first request that needs it; `default` is the bank of requests that name
    none; `allowed` says of the request that is being answered which banks it may touch; `notes` are what `status`
    has to tell besides; `sampling` says whether the client's model may be asked to read a text."""

    def __init__(
        self,
        opened: Callable[[], Awaitable[AsyncMemory]],
        default: str,
        *,
        notes: Sequence[str] = (),
        allowed: Callable[[], Allowed] = all_banks,
        sampling: bool = False,
    ) -> None:
        self.sampling = sampling
        self.memory, self._default, self.notes, self._allowed = opened, default, tuple(notes), allowed

    @property
    def default(self) -> str:
        """The bank a request means that names none: the only one it may touch, if the usual one is not for it."""
        allowed = self._allowed()
        if allowed is None or self._default in allowed or len(allowed) != 1:
            return self._default
        return next(iter(allowed))

    async def bank(self, name: str | None) -> AsyncBank:
        """That bank. Raises `InputError` for one that may not be touched, before the memory is asked whether there is
        one."""
        wanted, allowed = self.default if name is None else name, self._allowed()
        if allowed is not None and wanted not in allowed:
            may = ", ".join(sorted(allowed)) or "none"
            raise InputError(f"This token may not touch the bank {wanted!r}. It may touch: {may}.")
        return (await self.memory()).bank(wanted)

    async def banks(self, names: Collection[str] | None = None) -> list[BankInfo]:
        """The banks there are (of those `names`) that may be touched, by name."""
        allowed = self._allowed()
        if names is not None and allowed is not None:
            allowed = set(allowed).intersection(names)
        return await (await self.memory()).banks(names if allowed is None else allowed)
