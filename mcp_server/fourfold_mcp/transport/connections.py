"""Bounds what clients may hold of the HTTP server by leaving it waiting. uvicorn itself closes a connection that is
idle between two requests (after 5 seconds); it waits for ever for a first request, for the rest of one, and for a
client that does not read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from fourfold_mcp.transport.bearer_tokens import Headers


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long the server waits for a client, and for how many at once. The numbers are guesses, not measured."""

    header_seconds: float = 10
    """Seconds until the headers of a request are there, from the connection's beginning or its last answer. Clients
    keep a connection that they do not use for about five (httpx, Node), and send headers in one piece."""
    body_seconds: float = 60
    """Seconds until the body is there: the largest one, 4 MiB, at 70 kB/s."""
    write_seconds: float = 60
    """Seconds in which a client has to read what it is sent; the system's buffers hold the most of it."""
    session_seconds: float = 1800
    """Seconds after which a session without any request or stream is closed; its client has to begin a new one. The
    SDK's own default."""
    waiting: int = 128
    """Connections without a token that wait for a request; one more, and the one that has waited longest is closed.
    So many can be accepted between two turns of the loop."""
    connections: int = 512
    """Connections in all; requests of more are answered by 503. With those that wait, less than the 1,024 files that
    Linux lets a process have open, of which the memory needs some."""
    sessions: int = 1000
    """Sessions of the older protocol that are open at once; one more is answered by 503."""


@dataclass(slots=True)
class WaitingClients:
    """The connections of one server that wait for a request and have shown no token, that of the longest wait
    first."""

    limits: ConnectionLimits
    is_known: Callable[[Headers], bool]
    """Whether the headers of a request have a token that is known."""
    _connections: dict[BoundedConnection, None] = field(default_factory=dict)

    def add(self, connection: BoundedConnection) -> None:
        """Adds a connection; closes the one that has waited longest, if there are too many."""
        self._connections[connection] = None
        if len(self._connections) > self.limits.waiting:
            # Not the new one: whoever opens connections and leaves them must not keep out a client that asks.
            longest = next(iter(self._connections))
            self.discard(longest)
            longest.transport.abort()

    def discard(self, connection: BoundedConnection) -> None:
        """Takes a connection out, if it is among them."""
        self._connections.pop(connection, None)


def bounded_config(app: ASGIApp, waiting: WaitingClients, **options: Any) -> uvicorn.Config:
    """Returns the configuration of a server whose connections are bounded; `options` are uvicorn's own."""
    limits = waiting.limits
    return uvicorn.Config(
        app,
        # uvicorn calls it, and nothing else.
        http=cast(type[asyncio.Protocol], partial(BoundedConnection, waiting=waiting)),
        # Where a library for web sockets is installed, uvicorn would hand connections over to it, past these bounds.
        ws="none",
        limit_concurrency=limits.connections,
        backlog=limits.waiting,
        **options,
    )


class BoundedConnection(H11Protocol):
    """A connection that is closed where its client leaves the server waiting."""

    def __init__(self, *args: Any, waiting: WaitingClients, **options: Any) -> None:
        super().__init__(*args, **options)
        self._waiting, self._limits = waiting, waiting.limits
        self._awaited: object = None
        """What is waited for: h11's state of the client, if that is one in which it has to send."""
        self._request_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waits for the first request."""
        super().connection_made(transport)
        # So that `pause_writing` is called as soon as the system takes no more, and not only after 64 KiB more.
        transport.set_write_buffer_limits(high=0)
        self._await_client()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        super().connection_lost(exc)
        self._waiting.discard(self)
        for timer in (self._request_timer, self._write_timer):
            _cancel(timer)

    def handle_events(self) -> None:
        """Reads what has come, and waits for the rest."""
        super().handle_events()
        self._await_client()

    def _await_client(self) -> None:
        """Begins to wait for headers, or for a body, unless that is waited for already: a byte now and then does not
        make it longer."""
        awaited = self.conn.their_state
        if awaited is self._awaited:
            return
        self._awaited = awaited
        _cancel(self._request_timer)
        self._waiting.discard(self)
        if awaited is h11.IDLE:
            seconds = self._limits.header_seconds
        elif awaited is h11.SEND_BODY:
            seconds = self._limits.body_seconds
        else:
            return
        self._request_timer = self.loop.call_later(seconds, self.transport.abort)
        if awaited is h11.IDLE or not self._waiting.is_known(self.headers):
            self._waiting.add(self)

    def pause_writing(self) -> None:
        """Waits until the client reads."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._limits.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Goes on: the client has read."""
        super().resume_writing()
        _cancel(self._write_timer)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
