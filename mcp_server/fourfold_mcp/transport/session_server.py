"""The host: serves sessions of the protocol over connections, all on one memory."""

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
from fourfold_mcp.transport.stdio_relay import Handshake, cancelled, is_stream, line_of

PATIENCE = 1.5
"""Seconds that calls have to finish in when the host leaves. Clients end a server after 2."""

Incoming = SessionMessage | Exception


class SessionServer:
    """Serves all that connect. `hello` is what it would say itself: who differs is told so by `status`. `key` seals
    what a client brings back with its answer to a question; None takes one of its own."""

    def __init__(self, hello: Handshake, key: bytes | None = None) -> None:
        self._hello, self._opening = hello, LazyMemory()
        self._sealing = None if key is None else RequestStateSecurity(keys=[key])
        self.memory, self.changes = self._opening.memory, Subscriptions()
        self._visits: dict[asyncio.Task[None], ServedSession] = {}
        self._server = cache(self._make_server)

    def _make_server(self, bank: str, notes: tuple[str, ...], sampling: bool) -> Server:
        access = BankScope(self.memory, bank, notes=notes, sampling=sampling)
        return Server(access, self.changes, request_state_security=self._sealing)

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves a connection until it ends, or `leave`."""
        task = asyncio.current_task()
        assert task is not None
        visit = self._visits[task] = ServedSession(reader, writer)
        try:
            hello = await visit.hello()
            if hello is not None:
                self._opening.warm(hello.bank)
                notes = tuple(hello.differences(self._hello))
                await visit.serve(self._server(hello.bank, notes, hello.sampling))
        finally:
            del self._visits[task]

    async def leave(self) -> None:
        """Lets running calls finish, as long as `PATIENCE` allows, ends the sessions and closes the memory."""
        tasks = list(self._visits)
        for visit in self._visits.values():
            visit.leave()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.changes.close()
        await self._opening.close()


class ServedSession:
    """One session over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._owed: set[str | int] = set()
        self._paid = anyio.Event()
        self._staying = anyio.CancelScope()

    async def hello(self) -> Handshake | None:
        """What the other side says first; None if that is none of ours."""
        try:
            return Handshake(**json.loads(await self._reader.readline()))
        except (ValueError, TypeError, ConnectionError):
            self._writer.close()
            return None

    def leave(self) -> None:
        """Takes no further requests, and ends when those that are running are answered."""
        self._staying.cancel()

    async def serve(self, server: Server) -> None:
        """Until the other side closes the connection, or `leave`."""
        sending, read = anyio.create_memory_object_stream[Incoming]()
        write, answers = anyio.create_memory_object_stream[SessionMessage]()
        # The one way to serve a stream that is not stdin: MCPServer gives its session loop no public name.
        low = server._lowlevel_server
        options = low.create_initialization_options()
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._give, answers)
                tasks.start_soon(low.run, read, write, options)
                async with (
                    sending
                ):  # the session goes on until this is closed, and ends calls that are running
                    with self._staying:
                        await self._take(sending)
                        self._owed.clear()  # nobody is there to be answered
                    with anyio.move_on_after(PATIENCE):
                        while self._owed:
                            self._paid = anyio.Event()
                            await self._paid.wait()
        finally:
            self._writer.close()

    async def _take(self, sending: MemoryObjectSendStream[Incoming]) -> None:
        with suppress(ConnectionError):
            while (line := await self._reader.readline()).endswith(b"\n"):
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValidationError:
                    await self._send(_complaint(line))
                    continue
                if isinstance(message, JSONRPCRequest) and not is_stream(message.method):
                    self._owed.add(message.id)
                elif (number := cancelled(message.model_dump())) is not None:
                    self._owed.discard(number)
                await sending.send(SessionMessage(message))

    async def _give(self, answers: MemoryObjectReceiveStream[SessionMessage]) -> None:
        async for answer in answers:
            message = answer.message
            await self._send(message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
            if not hasattr(message, "method") and message.id is not None:
                self._owed.discard(message.id)
                self._paid.set()

    async def _send(self, line: bytes) -> None:
        with suppress(ConnectionError):  # who is gone needs no answer
            self._writer.write(line)
            await self._writer.drain()


def _complaint(line: bytes) -> bytes:
    """What is wrong with a line that is no message."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        error = {"code": PARSE_ERROR, "message": "This line is not JSON. Send one message a line."}
        return line_of({"jsonrpc": "2.0", "id": None, "error": error})
    number = found.get("id") if isinstance(found, dict) else None
    error = {"code": INVALID_REQUEST, "message": "This is no message of JSON-RPC 2.0."}
    return line_of(
        {"jsonrpc": "2.0", "id": number if isinstance(number, str | int) else None, "error": error}
    )
