"""`AsyncBankEntries`: JSON values that a bank keeps word for word, beside what it understood of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

from anyio import to_thread

from fourfold import ingest
from fourfold.api.arguments import checks_arguments
from fourfold.consolidate.background import Background
from fourfold.forks import OfOneProcess
from fourfold.ingest.bank_options import BankOptions
from fourfold.schema.entries import expired_documents, find_entries
from fourfold.services import Services
from fourfold.validation import check_name, check_tags
from fourfold.values.results import RetainResult
from fourfold.values.units import Entry, Message, SaidAt


@checks_arguments
class AsyncBankEntries(OfOneProcess):
    """The key-value entries of one bank; `AsyncBank.entries` is one."""

    def __init__(
        self,
        bank: str,
        services: Services,
        background: Background,
        options: BankOptions,
        forget: Callable[..., Awaitable[Any]],
    ) -> None:
        """`AsyncBank` makes them; `forget` is its own."""
        self._bank = bank
        self._services = services
        self._background = background
        self._options = options
        self._forget = forget

    async def put(
        self,
        entries: Iterable[Entry],
        messages: str | Iterable[Message] = (),
        *,
        document: str,
        at: SaidAt | None = None,
        tags: Sequence[str] = (),
        replace: bool = False,
    ) -> RetainResult:
        """Writes values word for word (`get` and `list` bring them back as they are), and retains what they say,
        `messages`, in the same write; there may be none.

        All of it belongs to `document`; `forget(document=...)` takes it away. With `replace` there is nothing else in
        that document: other messages of it are retired, other entries of the same kinds are gone. Raises
        `ConflictError` where an entry is not at the revision it was to replace, `InputError`, `ModelError`,
        `StoreError`, with nothing written.
        """
        request = ingest.RetainRequest(
            self._bank,
            messages,
            at,
            check_name(document, "document"),
            "",
            check_tags(tags),
            replace,
            options=self._options,
            entries=ingest.checked_entries(entries),
        )
        try:
            return await ingest.retain(self._services, request)
        finally:
            self._background.notice(self._bank)

    async def delete(self, kind: str, keys: Collection[str]) -> int:
        """Deletes the entries of that `kind` under these `keys`, and nothing that was retained; returns how many
        there were."""
        checked = [check_name(key, "key") for key in keys]
        if not checked:
            return 0
        return await to_thread.run_sync(
            ingest.drop, self._services, self._bank, check_name(kind, "kind"), checked
        )

    async def get(self, kind: str, key: str) -> Entry | None:
        """Returns the entry under `key`; None where there is none, or where it has expired."""
        return next(iter(await self.list(kind, keys=(key,))), None)

    async def expire(self, kind: str) -> Sequence[str]:
        """Forgets the documents of which an entry of that `kind` has expired, with all that they say; returns their
        names."""
        documents = await to_thread.run_sync(
            expired_documents,
            self._services.store,
            self._bank,
            check_name(kind, "kind"),
            self._services.clock.now(),
        )
        for document in documents:
            await self._forget(document=document, reason="expired")
        return documents

    async def list(
        self, kind: str, *, document: str | None = None, keys: Collection[str] | None = None
    ) -> list[Entry]:
        """Returns the entries of that `kind`, of one document or under these `keys` if they are given, in the order
        in which they were first written. Those that have expired are left out."""
        entries = await to_thread.run_sync(
            find_entries,
            self._services.store,
            self._bank,
            check_name(kind, "kind"),
            None if document is None else check_name(document, "document"),
            None if keys is None else [check_name(key, "key") for key in keys],
        )
        now = self._services.clock.now()
        return [entry for entry in entries if not entry.expired(now)]
