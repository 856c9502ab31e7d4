"""A process that serves: over stdio a relay, and the host too if it has the seat; over HTTP always the host."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import signal
import socket
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fourfold import ConfigurationError, FourfoldError, StoreLockedError, __version__
from fourfold.settings import Settings, directory_of, is_url, load_settings
from fourfold_mcp.logs import log_to_stderr
from fourfold_mcp.transport.leader import LeaderLock
from fourfold_mcp.transport.stdio_relay import LONGEST_LINE, Connection, Handshake, Relay, Stdio

if TYPE_CHECKING:
    from fourfold_mcp.transport.http import HttpServer
    from fourfold_mcp.transport.session_server import SessionServer

_LIMIT = 4 * LONGEST_LINE  # an answer may be longer than what was asked
_PATIENCE = 30.0  # seconds in which whoever has the seat must answer
_PAUSE = 0.02


def serve_stdio(bank: str) -> None:
    """Serves the memory of the settings over stdin and stdout, until stdin ends and all is answered, or until SIGTERM
    or SIGINT; `bank` is the one that tools use by themselves. Of several processes on one directory one serves for
    all, and another takes its place when it ends, however it does. Raises `ConfigurationError` where the extra is
    missing."""
    check_installed()
    log_to_stderr()
    with suppress(asyncio.CancelledError):
        asyncio.run(Process(bank).relay())


def serve_http(bank: str, web: HttpServer) -> None:
    """Serves it over streamable HTTP until SIGTERM or SIGINT, and at the same time for the clients on this machine
    that come over stdio. Raises `StoreLockedError` where another process serves the directory already."""
    log_to_stderr()
    asyncio.run(Process(bank).serve(web))


def check_installed() -> None:
    """Raises `ConfigurationError` where the extra is missing."""
    if find_spec("mcp") is None:
        raise ConfigurationError(
            'The protocol\'s library is not installed: pip install "fourfold[mcp]", with the Python that starts this.'
        )


class Process:
    """Finds who serves, or does it itself."""

    def __init__(self, bank: str) -> None:
        settings = _settings()
        self._hello = Handshake(bank, __version__, _digest(settings), _sampling())
        self._seat = None if settings is None else _seat(settings.location)
        self._host: SessionServer | None = None
        self._own: asyncio.Task[None] | None = None
        self._accepting: asyncio.Server | None = None

    async def relay(self) -> None:
        """Passes lines between stdio and who serves, until the client is gone or a signal says so."""
        gc.disable()  # nothing that a start loads is garbage; whoever has loaded its share turns it on again
        task = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
        try:
            await Relay(Stdio(), self._hello, self._connect).run()
        finally:
            await self._leave()

    async def serve(self, web: HttpServer) -> None:
        """Serves over HTTP, and for those who relay."""
        from fourfold_mcp.transport import http as serving

        accepting = None if self._seat is None else self._seat.take()
        if self._seat is not None and accepting is None:
            raise StoreLockedError(
                f"Another process serves this memory already{self._seat.holder()}. End the clients that use it, or "
                f"have it on a Qdrant server (FOURFOLD_LOCATION=http://...)."
            )
        try:
            host = await self._become_host(accepting)
            await serving.serve(host, self._hello, web)
        finally:
            await self._leave()

    async def _connect(self) -> Connection | None:
        until = time.monotonic() + _PATIENCE
        host = self._host
        while host is None:
            if self._seat is None:
                host = await self._become_host(None)
            elif (accepting := self._seat.take()) is not None:
                host = await self._become_host(accepting)
            elif (visiting := self._seat.visit()) is not None:
                gc.enable()
                return await asyncio.open_unix_connection(sock=visiting, limit=_LIMIT)
            elif time.monotonic() > until:
                return None
            else:
                await asyncio.sleep(_PAUSE)
        here, there = socket.socketpair()
        self._own = asyncio.create_task(
            host.welcome(*await asyncio.open_connection(sock=there, limit=_LIMIT))
        )
        return await asyncio.open_connection(sock=here, limit=_LIMIT)

    async def _become_host(self, accepting: socket.socket | None) -> SessionServer:
        # Importing the protocol takes most of a second: those who connect meanwhile wait at the door.
        module = await asyncio.to_thread(import_module, "fourfold_mcp.transport.session_server")
        key = self._seat.key() if self._seat is not None and accepting is not None else None
        host: SessionServer = module.SessionServer(self._hello, key)
        self._host = host
        if accepting is not None:
            self._accepting = await asyncio.start_unix_server(host.welcome, sock=accepting, limit=_LIMIT)
        return host

    async def _leave(self) -> None:
        """Ends what the host does, closes the memory, and only then lets another process have the seat."""
        if self._accepting is not None and self._seat is not None:
            self._seat.close_door()
            self._accepting.close()
        if self._host is not None:
            await self._host.leave()
        if self._seat is not None and self._accepting is not None:
            self._seat.leave()


def _settings() -> Settings | None:
    """None if they are wrong: then the tools say so, where it is read."""
    try:
        return load_settings()
    except FourfoldError:
        return None


def _sampling() -> bool:
    """Whether the client's model may be asked; raises `ConfigurationError`."""
    written = os.environ.get("FOURFOLD_SAMPLING", "0")
    if written not in ("0", "1"):
        raise ConfigurationError(f"FOURFOLD_SAMPLING is {written!r}: write 1 or 0.")
    return written == "1"


def _digest(settings: Settings | None) -> str:
    told = "" if settings is None else settings.model_dump_json()
    return hashlib.sha256(told.encode()).hexdigest()


def _seat(location: str) -> LeaderLock | None:
    """None where several processes can have it open, or none can: then the tools say why."""
    if is_url(location) or location == ":memory:" or not hasattr(socket, "AF_UNIX"):
        return None
    try:
        return LeaderLock(directory_of(location))
    except (FourfoldError, OSError):
        return None
