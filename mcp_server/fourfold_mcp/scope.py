"""Says which banks the requests of a session may reach, and opens the memory for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING

from fourfold import BankInfo, InputError

if TYPE_CHECKING:
    from fourfold import AsyncBank, AsyncMemory

AllowedBanks = Collection[str] | None
"""The banks that a request may touch; None: all."""


def all_banks() -> AllowedBanks:
    """Returns None, by which every bank may be touched: for a process that its user started."""
    return None


class BankScope:
    """The memory, and those of its banks that a request may touch."""

    def __init__(
        self,
        open_memory: Callable[[], Awaitable[AsyncMemory]],
        default: str,
        *,
        notes: Sequence[str] = (),
        allowed: Callable[[], AllowedBanks] = all_banks,
        sampling: bool = False,
    ) -> None:
        """`open_memory` opens the memory, at the first request that needs it; `default` is the bank of requests that
        name none. `allowed` is called during each request and says which banks that one may touch. `notes` are lines
        that the tool `status` adds to its answer. `sampling` says whether the client's model may be asked to read a
        text."""
        self.memory = open_memory
        self.notes = tuple(notes)
        self.sampling = sampling
        self._default = default
        self._allowed = allowed

    @property
    def default(self) -> str:
        """The bank of a request that names none: the usual one, or, if that is not for it, the only one it may
        touch."""
        # So a token for one bank works without the name of it, which its client may not know.
        allowed = self._allowed()
        if allowed is None or self._default in allowed or len(allowed) != 1:
            return self._default
        return next(iter(allowed))

    async def bank(self, name: str | None) -> AsyncBank:
        """Returns that bank, or the default one for None. Raises `InputError` for one that may not be touched."""
        bank_name = self.default if name is None else name
        allowed = self._allowed()
        # Checked before the memory is asked, so that the answer does not tell whether there is such a bank.
        if allowed is not None and bank_name not in allowed:
            names = ", ".join(sorted(allowed)) or "none"
            raise InputError(f"This token may not touch the bank {bank_name!r}. It may touch: {names}.")
        return (await self.memory()).bank(bank_name)

    async def banks(self, names: Collection[str] | None = None) -> list[BankInfo]:
        """Returns the banks there are (of those `names`) that may be touched, by name."""
        allowed = self._allowed()
        if names is not None and allowed is not None:
            allowed = set(allowed).intersection(names)
        return await (await self.memory()).banks(names if allowed is None else allowed)
