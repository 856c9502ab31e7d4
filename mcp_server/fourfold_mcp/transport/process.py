"""Runs a process of the server: over stdio a relay, which serves all others too if it leads; over HTTP the leader."""

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
from fourfold.settings import Settings, directory_of, is_directory, load_settings
from fourfold_mcp.logs import log_to_stderr
from fourfold_mcp.transport.leader import LeaderLock
from fourfold_mcp.transport.stdio_relay import MAX_LINE_BYTES, Connection, Handshake, Relay, Stdio

if TYPE_CHECKING:
    from fourfold_mcp.transport.http import HttpServer
    from fourfold_mcp.transport.session_server import SessionServer

_BUFFER_BYTES = 4 * MAX_LINE_BYTES
"""Bytes of a line between processes: an answer may be longer than what was asked. A guess, not measured."""
_CONNECT_SECONDS = 30.0
"""Seconds in which the leader must let others connect: it imports the protocol first. A guess, not measured."""
_RETRY_SECONDS = 0.02
"""Seconds between two attempts to lead or to connect. A guess, not measured."""


def serve_stdio(bank: str) -> None:
    """Serves the memory of the settings over stdin and stdout, until stdin ends and all is answered, or until SIGTERM
    or SIGINT; `bank` is the one of requests that name none. Of several processes on one directory one serves for all,
    and another takes its place when it ends, however it does. Raises `ConfigurationError` where the extra is
    missing."""
    check_installed()
    log_to_stderr()
    with suppress(asyncio.CancelledError):
        asyncio.run(Process(bank).relay())


def serve_http(bank: str, http_server: HttpServer) -> None:
    """Serves the memory over streamable HTTP until SIGTERM or SIGINT, and at the same time the clients on this
    machine that come over stdio. Raises `StoreLockedError` where another process serves the directory already."""
    log_to_stderr()
    asyncio.run(Process(bank).serve(http_server))


def check_installed() -> None:
    """Raises `ConfigurationError` where the extra is missing."""
    if find_spec("mcp") is None:
        raise ConfigurationError(
            'The protocol\'s library is not installed: pip install "fourfold[mcp]", with the Python that starts this.'
        )


class Process:
    """Finds the process that serves, or becomes it."""

    def __init__(self, bank: str) -> None:
        settings = _settings()
        self._handshake = Handshake(bank, __version__, _digest(settings), _sampling())
        self._leader = None if settings is None else _leader_lock(settings.location)
        self._server: SessionServer | None = None
        self._own_session: asyncio.Task[None] | None = None
        self._accepting: asyncio.Server | None = None

    async def relay(self) -> None:
        """Passes lines between stdio and the process that serves, until the client is gone or a signal comes."""
        # Nothing that a start loads is garbage, and a client waits for it. Collections are turned on again by whoever
        # has loaded its share: `LazyMemory`, or a relay when it has connected.
        gc.disable()
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            await Relay(Stdio(), self._handshake, self._connect).run()
        finally:
            await self._close()

    async def serve(self, http_server: HttpServer) -> None:
        """Serves over HTTP, and for the processes that relay."""
        from fourfold_mcp.transport import http

        accepting = None if self._leader is None else self._leader.acquire()
        if self._leader is not None and accepting is None:
            raise StoreLockedError(
                f"Another process serves this memory already{self._leader.leader()}. End the clients that use it, or "
                f"have it on a Qdrant server (FOURFOLD_LOCATION=http://...)."
            )
        try:
            server = await self._start_server(accepting)
            await http.serve(server, self._handshake, http_server)
        finally:
            await self._close()

    async def _connect(self) -> Connection | None:
        """Returns a connection to the process that serves, which may be this one; None if it does not answer."""
        deadline = time.monotonic() + _CONNECT_SECONDS
        server = self._server
        while server is None:
            if self._leader is None:
                server = await self._start_server(None)
            elif (accepting := self._leader.acquire()) is not None:
                server = await self._start_server(accepting)
            elif (connection := self._leader.connect()) is not None:
                gc.enable()
                return await asyncio.open_unix_connection(sock=connection, limit=_BUFFER_BYTES)
            elif time.monotonic() > deadline:
                return None
            else:
                await asyncio.sleep(_RETRY_SECONDS)
        # The client of this process is served as those of others are, over a connection: one path, not two.
        relay_end, server_end = socket.socketpair()
        streams = await asyncio.open_connection(sock=server_end, limit=_BUFFER_BYTES)
        self._own_session = asyncio.create_task(server.serve(*streams))
        return await asyncio.open_connection(sock=relay_end, limit=_BUFFER_BYTES)

    async def _start_server(self, accepting: socket.socket | None) -> SessionServer:
        # Importing the protocol takes most of a second: those who connect meanwhile wait in the socket's backlog.
        module = await asyncio.to_thread(import_module, "fourfold_mcp.transport.session_server")
        key = self._leader.key() if self._leader is not None and accepting is not None else None
        server: SessionServer = module.SessionServer(self._handshake, key)
        self._server = server
        if accepting is not None:
            self._accepting = await asyncio.start_unix_server(
                server.serve, sock=accepting, limit=_BUFFER_BYTES
            )
        return server

    async def _close(self) -> None:
        """Ends the sessions, closes the memory, and gives leadership up."""
        # In this order: nobody connects to a server that is ending, and the next leader, which opens the memory at
        # once, gets the lock only after it is closed here.
        if self._accepting is not None and self._leader is not None:
            self._leader.close()
            self._accepting.close()
        if self._server is not None:
            await self._server.close()
        if self._leader is not None and self._accepting is not None:
            self._leader.release()


def _settings() -> Settings | None:
    """Returns the settings; None if they are wrong: then the tools say so, where a user reads it."""
    try:
        return load_settings()
    except FourfoldError:
        return None


def _sampling() -> bool:
    """Returns whether the client's model may be asked; raises `ConfigurationError`."""
    value = os.environ.get("FOURFOLD_SAMPLING", "0")
    if value not in ("0", "1"):
        raise ConfigurationError(f"FOURFOLD_SAMPLING is {value!r}: write 1 or 0.")
    return value == "1"


def _digest(settings: Settings | None) -> str:
    """Returns a digest of the settings: processes compare them without telling each other their keys."""
    text = "" if settings is None else settings.model_dump_json()
    return hashlib.sha256(text.encode()).hexdigest()


def _leader_lock(location: str) -> LeaderLock | None:
    """Returns the leader lock of a directory; None where several processes can have the memory open, or none can:
    then the tools say why."""
    if not is_directory(location) or not hasattr(socket, "AF_UNIX"):
        return None
    try:
        return LeaderLock(directory_of(location))
    except (FourfoldError, OSError):
        return None
