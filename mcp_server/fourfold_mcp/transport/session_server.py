"""Serves sessions of the protocol over connections, all on one memory."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from functools import cache

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.server.request_state import RequestStateSecurity
from mcp.shared.message import SessionMessage
from mcp_types import INVALID_REQUEST, PARSE_ERROR, JSONRPCRequest, jsonrpc_message_adapter
from pydantic import ValidationError

from fourfold_mcp.lazy_memory import LazyMemory
from fourfold_mcp.scope import BankScope
from fourfold_mcp.server import Server
from fourfold_mcp.subscriptions import Subscriptions
from fourfold_mcp.transport.stdio_relay import Handshake, cancelled_request, is_stream, to_line

SHUTDOWN_SECONDS = 1.5
"""Seconds that running calls have to finish in when the server stops. Clients kill a server 2 seconds after they
closed its stdin (PROCESS_TERMINATION_TIMEOUT of the Python SDK), and the memory has to be closed before that."""

Incoming = SessionMessage | Exception


class SessionServer:
    """Serves all processes that connect.

    `handshake` is what this process would send as a client: `status` tells sessions that were started otherwise.
    `key` seals the state that a client brings back with its answer to a question; None takes one of the process' own,
    which no other process can open.
    """

    def __init__(self, handshake: Handshake, key: bytes | None = None) -> None:
        self._handshake = handshake
        self._lazy_memory = LazyMemory()
        self._security = None if key is None else RequestStateSecurity(keys=[key])
        self.memory = self._lazy_memory.memory
        self.subscriptions = Subscriptions()
        self._sessions: dict[asyncio.Task[None], ServedSession] = {}
        # One server for all sessions that were started alike: it holds nothing of a single one.
        self._server = cache(self._make_server)

    def _make_server(self, bank: str, notes: tuple[str, ...], sampling: bool) -> Server:
        scope = BankScope(self.memory, bank, notes=notes, sampling=sampling)
        return Server(scope, self.subscriptions, request_state_security=self._security)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until it ends, or until `close`."""
        task = asyncio.current_task()
        assert task is not None
        session = self._sessions[task] = ServedSession(reader, writer)
        try:
            handshake = await session.read_handshake()
            if handshake is not None:
                self._lazy_memory.warm(handshake.bank)
                notes = tuple(handshake.differences(self._handshake))
                await session.serve(self._server(handshake.bank, notes, handshake.sampling))
        finally:
            del self._sessions[task]

    async def close(self) -> None:
        """Lets running calls finish, as long as `SHUTDOWN_SECONDS` allow, ends the sessions and closes the memory."""
        tasks = list(self._sessions)
        for session in self._sessions.values():
            session.stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        # After the sessions, which publish what their last calls changed, and before the memory that it asks.
        self.subscriptions.close()
        await self._lazy_memory.close()


class ServedSession:
    """One session over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._in_flight: set[str | int] = set()
        """The ids of requests that are not answered yet; streams, which have no end, are not among them."""
        self._answered = anyio.Event()
        self._receiving = anyio.CancelScope()

    async def read_handshake(self) -> Handshake | None:
        """Returns what the other side sends first; closes the connection and returns None if that is none of ours."""
        try:
            return Handshake(**json.loads(await self._reader.readline()))
        except (ValueError, TypeError, RecursionError, ConnectionError):
            self._writer.close()
            return None

    def stop(self) -> None:
        """Takes no further requests; `serve` ends when those that are running are answered."""
        self._receiving.cancel()

    async def serve(self, server: Server) -> None:
        """Serves until the other side closes the connection, or until `stop`."""
        incoming, server_reads = anyio.create_memory_object_stream[Incoming]()
        server_writes, outgoing = anyio.create_memory_object_stream[SessionMessage]()
        # The one way to serve a stream that is not stdin: MCPServer gives its session loop no public name.
        low = server._lowlevel_server
        options = low.create_initialization_options()
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._send_loop, outgoing)
                tasks.start_soon(low.run, server_reads, server_writes, options)
                # The SDK's loop ends when `incoming` is closed, and cancels the calls that are running then. So it is
                # closed only after these are answered.
                async with incoming:
                    with self._receiving:
                        await self._receive_loop(incoming)
                        self._in_flight.clear()  # the other side is gone: nobody waits for an answer
                    with anyio.move_on_after(SHUTDOWN_SECONDS):
                        await self._wait_until_idle()
        finally:
            self._writer.close()

    async def _wait_until_idle(self) -> None:
        while self._in_flight:
            self._answered = anyio.Event()
            await self._answered.wait()

    async def _receive_loop(self, incoming: MemoryObjectSendStream[Incoming]) -> None:
        with suppress(ConnectionError):
            while (line := await self._reader.readline()).endswith(b"\n"):
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValidationError:
                    await self._send(_error_line(line))
                    continue
                if isinstance(message, JSONRPCRequest) and not is_stream(message.method):
                    self._in_flight.add(message.id)
                elif (request_id := cancelled_request(message.model_dump())) is not None:
                    self._in_flight.discard(request_id)
                await incoming.send(SessionMessage(message))

    async def _send_loop(self, outgoing: MemoryObjectReceiveStream[SessionMessage]) -> None:
        async for session_message in outgoing:
            message = session_message.message
            await self._send(message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            if not hasattr(message, "method") and message.id is not None:
                self._in_flight.discard(message.id)
                self._answered.set()

    async def _send(self, line: bytes) -> None:
        with suppress(ConnectionError):  # whoever is gone needs no answer
            self._writer.write(line)
            await self._writer.drain()


def _error_line(line: bytes) -> bytes:
    """Returns the error that answers a line which is no message of JSON-RPC."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):  # RecursionError: brackets nested deeper than the parser goes
        error = {"code": PARSE_ERROR, "message": "This line is not JSON. Send one message a line."}
        return to_line({"jsonrpc": "2.0", "id": None, "error": error})
    request_id = message.get("id") if isinstance(message, dict) else None
    if not isinstance(request_id, str | int):
        request_id = None
    error = {"code": INVALID_REQUEST, "message": "This is no message of JSON-RPC 2.0."}
    return to_line({"jsonrpc": "2.0", "id": request_id, "error": error})
