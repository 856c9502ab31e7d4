"""Tells clients that what they subscribed to has changed: those of the newer protocol (subscriptions/listen) by their
streams, those of the older one, which subscribe to single resources, by a notification on their connection."""

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

_POLL_SECONDS = 1.0
"""Seconds between two looks whether a bank is consolidated. A guess, not measured: consolidation takes seconds."""
_MAX_POLLS = 600
"""Looks at a bank, ten minutes, after which its derived resources are announced as they are. A guess."""

Context = ServerRequestContext[object, object]


class Subscriptions(InMemorySubscriptionBus):
    """The bus over which changes of all banks reach the clients of one process."""

    def __init__(self) -> None:
        super().__init__()
        # Weak, so that a connection that is gone is forgotten without anybody saying so.
        self._older: WeakKeyDictionary[Connection, set[str]] = WeakKeyDictionary()
        self._listing: WeakSet[Connection] = WeakSet()
        self._streams = 0
        self._banks: set[str] = set()
        self._due: dict[str, set[str]] = {}
        """By bank, the URIs that its consolidation will change."""
        self._polling: dict[str, asyncio.Task[None]] = {}

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Registers a stream of the newer protocol; returns what ends it."""
        end = super().subscribe(listener)
        self._streams += 1

        def unsubscribe() -> None:
            self._streams -= 1
            end()

        return unsubscribe

    async def publish(self, event: ServerEvent) -> None:
        """Tells everybody who subscribed."""
        await super().publish(event)
        for connection, uris in list(self._older.items()):
            if isinstance(event, ResourceUpdated) and event.uri in uris:
                await connection.send_resource_updated(event.uri)
        if isinstance(event, ResourcesListChanged):
            for connection in list(self._listing):
                await connection.send_resource_list_changed()

    def note_listing(self, ctx: Context) -> None:
        """Remembers that a client of the older protocol has listed the resources, so that it is told of changes."""
        self._listing.add(_connection(ctx))

    async def follow(self, ctx: Context, params: SubscribeRequestParams) -> EmptyResult:
        """Answers `resources/subscribe` of the older protocol."""
        self._older.setdefault(_connection(ctx), set()).add(str(params.uri))
        return EmptyResult()

    async def unfollow(self, ctx: Context, params: UnsubscribeRequestParams) -> EmptyResult:
        """Answers `resources/unsubscribe` of the older protocol."""
        self._older.get(_connection(ctx), set()).discard(str(params.uri))
        return EmptyResult()

    async def notify_retained(self, bank: AsyncBank, units: Iterable[Unit]) -> None:
        """Tells what a retain changed, and tells it once more when summaries and the core profile have followed."""
        await self._notify(bank, units)

    async def notify_forgotten(self, bank: AsyncBank, result: ForgetResult) -> None:
        """Tells what a forget changed, beliefs that lost evidence included."""
        await self._notify(bank, [*result.units, *(belief.unit for belief in result.beliefs)])

    async def _notify(self, bank: AsyncBank, units: Iterable[Unit]) -> None:
        if bank.name not in self._banks:
            self._banks.add(bank.name)
            await self.publish(ResourcesListChanged())
        if not (self._streams or self._older):
            return
        units = list(units)
        entities = {name for unit in units for name in unit.entities}
        derived = [profile_uri(bank.name), *(entity_uri(bank.name, name) for name in entities)]
        await self._publish_all([BANKS, *(unit_uri(bank.name, unit.id) for unit in units), *derived])
        self._due.setdefault(bank.name, set()).update(derived)
        if bank.name not in self._polling:
            self._polling[bank.name] = asyncio.create_task(self._publish_when_consolidated(bank))

    async def _publish_all(self, uris: Iterable[str]) -> None:
        for uri in uris:
            await self.publish(ResourceUpdated(uri))

    async def _publish_when_consolidated(self, bank: AsyncBank) -> None:
        try:
            with suppress(FourfoldError):
                while bank.name in self._due:  # more may come while it is published
                    await self._wait_until_consolidated(bank)
                    await self._publish_all(sorted(self._due.pop(bank.name), reverse=True))
        finally:
            del self._polling[bank.name]

    async def _wait_until_consolidated(self, bank: AsyncBank) -> None:
        # The library has no event for the end of a consolidation.
        for _ in range(_MAX_POLLS):
            await asyncio.sleep(_POLL_SECONDS)
            status = await bank.status()
            if not (status.pending or status.running):
                return

    def close(self) -> None:
        """Ends what is waiting for a consolidation."""
        for polling in list(self._polling.values()):
            polling.cancel()


def _connection(ctx: Context) -> Connection:
    # A session lives as long as its request; what lasts is the connection below it, which has no public name.
    return ctx.session._connection
