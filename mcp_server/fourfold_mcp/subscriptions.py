"""Tells clients that what they subscribed to has changed: those of the newer protocol by their streams, those of the
older one, which subscribe to single resources, each by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from mcp.server.connection import Connection
from mcp.server.context import ServerRequestContext
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ResourcesListChanged,
    ResourceUpdated,
    ServerEvent,
)
from mcp_types import EmptyResult, SubscribeRequestParams, UnsubscribeRequestParams

from fourfold import ForgetResult, FourfoldError, Unit
from fourfold_mcp.uris import BANKS, entity_uri, profile_uri, unit_uri

if TYPE_CHECKING:
    from fourfold import AsyncBank

_LOOK_SECONDS = 1.0
_PATIENCE = 600  # looks at a bank that is being consolidated

Context = ServerRequestContext[object, object]


class Subscriptions(InMemorySubscriptionBus):
    """What changes, and who wants to know."""

    def __init__(self) -> None:
        super().__init__()
        self._older: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()
        self._listing: WeakSet[Connection] = WeakSet()
        self._streams = 0
        self._banks: set[str] = set()
        self._due: dict[str, set[str]] = {}
        """By bank, what its consolidation will change."""
        self._looking: dict[str, asyncio.Task[None]] = {}

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Registers a stream of the newer protocol."""
        end = super().subscribe(listener)
        self._streams += 1

        def unsubscribe() -> None:
            self._streams -= 1
            end()

        return unsubscribe

    async def publish(self, event: ServerEvent) -> None:
        """Tells everybody who wants to know."""
        await super().publish(event)
        for connection, uris in list(self._older.items()):
            if isinstance(event, ResourceUpdated) and event.uri in uris:
                await connection.send_resource_updated(event.uri)
        if isinstance(event, ResourcesListChanged):
            for connection in list(self._listing):
                await connection.send_resource_list_changed()

    def lists(self, ctx: Context) -> None:
        """Notes that a client of the older protocol has listed the resources."""
        self._listing.add(_connection(ctx))

    async def follow(self, ctx: Context, params: SubscribeRequestParams) -> EmptyResult:
        """Answers `resources/subscribe` of the older protocol."""
        self._older.setdefault(_connection(ctx), set()).add(str(params.uri))
        return EmptyResult()

    async def unfollow(self, ctx: Context, params: UnsubscribeRequestParams) -> EmptyResult:
        """Answers `resources/unsubscribe`."""
        self._older.get(_connection(ctx), set()).discard(str(params.uri))
        return EmptyResult()

    async def retained(self, bank: AsyncBank, units: Iterable[Unit]) -> None:
        """Tells what a retain changed, now, and once more when it has moved summaries and the core profile."""
        await self._changed(bank, units)

    async def forgot(self, bank: AsyncBank, done: ForgetResult) -> None:
        """Tells what a forget changed."""
        units = [*done.units, *(belief.unit for belief in done.beliefs)]
        await self._changed(bank, units)

    async def _changed(self, bank: AsyncBank, units: Iterable[Unit]) -> None:
        if bank.name not in self._banks:
            self._banks.add(bank.name)
            await self.publish(ResourcesListChanged())
        if not (self._streams or self._older):
            return
        units = list(units)
        derived = [profile_uri(bank.name)]
        derived += [
            entity_uri(bank.name, name) for name in {name for unit in units for name in unit.entities}
        ]
        await self._tell([BANKS, *(unit_uri(bank.name, unit.id) for unit in units), *derived])
        self._due.setdefault(bank.name, set()).update(derived)
        if bank.name not in self._looking:
            self._looking[bank.name] = asyncio.create_task(self._once_settled(bank))

    async def _tell(self, uris: Iterable[str]) -> None:
        for uri in uris:
            await self.publish(ResourceUpdated(uri))

    async def _once_settled(self, bank: AsyncBank) -> None:
        try:
            with suppress(FourfoldError):
                while bank.name in self._due:  # more may come while it is told
                    await self._settled(bank)
                    await self._tell(sorted(self._due.pop(bank.name), reverse=True))
        finally:
            del self._looking[bank.name]

    async def _settled(self, bank: AsyncBank) -> None:
        for _ in range(_PATIENCE):
            await asyncio.sleep(_LOOK_SECONDS)
            now = await bank.status()
            if not (now.pending or now.running):
                return

    def close(self) -> None:
        """Tells nothing more."""
        for looking in list(self._looking.values()):
            looking.cancel()


def _connection(ctx: Context) -> Connection:
    # A session lives as long as its request; what lasts is the connection below it, which has no public name.
    return ctx.session._connection
