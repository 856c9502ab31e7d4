"""Relays the lines of one client: what every process that a client starts is, at first and at least.

It passes JSON lines between its client (stdin, stdout) and the leader of the data directory, which may be itself.
When that one is gone, the relay finds the next one or becomes it, opens the session again and sends what is still
unanswered, so that the client need not know. It imports nothing but the standard library and the settings: a further
client is to cost little.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Protocol

MAX_LINE_BYTES = 16 * 2**20
"""Bytes that one message may have. A guess, not measured: many times the longest text that `retain` takes."""

_TOO_LONG = {"code": -32600, "message": f"A message may have at most {MAX_LINE_BYTES:,} bytes."}
_NO_LEADER = {
    "code": -32603,
    "message": "The process that holds the memory does not answer. Start the client anew.",
}
_MAX_LOSSES = 5
"""Processes that may end with a request unanswered before it is given up. A guess, not measured."""
_QUEUED_LINES = 64
"""Lines read ahead of the leader. A guess, not measured; a full queue stops the reading."""
_READ_BYTES = 2**16
"""Bytes of one read: what a pipe of Linux holds."""

Line = bytes
Parsed = dict[str, Any]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first line of a connection: the bank of requests that name none, what the process was started as, and
    whether the client's model may be asked to read texts (by sampling)."""

    bank: str
    version: str
    settings: str
    """A digest of the settings, the secret ones included."""
    sampling: bool = False

    def differences(self, leader: Handshake) -> list[str]:
        """Returns in words how the leader differs, whose version and settings hold for all."""
        differences = []
        if self.version != leader.version:
            differences.append(
                f"Another client's Fourfold {leader.version} serves this one, of {self.version}."
            )
        if self.settings != leader.settings:
            differences.append("Another client's process serves this one, by its own settings, which differ.")
        return differences


class ClientGoneError(Exception):
    """Nobody reads what is written any more."""


class Client(Protocol):
    """The client of this process, as lines."""

    async def read(self) -> Line | None:
        """Returns the next line; None at the end. A cancelled read loses nothing."""

    async def write(self, line: Line) -> None:
        """Hands a line over; raises `ClientGoneError`."""


class Stdio:
    """The client at this process' stdin and stdout.

    Both are moved away first: what a library prints goes to stderr, and nothing else reads the client's lines.
    """

    def __init__(self) -> None:
        self._in = os.dup(0)
        self._out = os.dup(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue(_QUEUED_LINES)
        # A thread, since stdin may be a file, which an event loop cannot wait for. A daemon, since a read cannot be
        # interrupted and must not keep the process alive.
        threading.Thread(target=self._read_loop, name="stdin", daemon=True).start()

    async def read(self) -> Line | None:
        """Returns the next line; None at the end, again and again."""
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
        return line

    async def write(self, line: Line) -> None:
        """Writes a line in a thread, for a client may be slow to read; raises `ClientGoneError`."""
        await asyncio.to_thread(self._write, line)

    def _write(self, line: Line) -> None:
        remaining = memoryview(line)
        try:
            while remaining:  # a pipe takes as much as it has room for
                remaining = remaining[os.write(self._out, remaining) :]
        except OSError as error:
            raise ClientGoneError from error

    def _read_loop(self) -> None:
        """Cuts stdin into lines. It reads no faster than they are passed on."""
        with suppress(RuntimeError):  # the loop is closed: nobody wants them any more
            partial_line = b""
            while piece := self._read_piece():
                *lines, partial_line = (partial_line + piece).split(b"\n")
                for line in lines:
                    self._enqueue(line + b"\n")
                if len(partial_line) > MAX_LINE_BYTES:
                    # It stays one byte too long, so that it is refused, but takes no more memory.
                    partial_line = partial_line[:MAX_LINE_BYTES] + b"?"
            if partial_line:
                self._enqueue(partial_line + b"\n")
            self._enqueue(None)

    def _read_piece(self) -> bytes:
        try:
            return os.read(self._in, _READ_BYTES)
        except OSError:
            return b""

    def _enqueue(self, line: Line | None) -> None:
        if line is None or line.strip():
            asyncio.run_coroutine_threadsafe(self._lines.put(line), self._loop).result()


class Session:
    """Remembers of a client's session what it takes to open it again with another process."""

    def __init__(self) -> None:
        self.unanswered: dict[str | int, Line] = {}
        """The client's requests without an answer, by id, in the order in which they came."""
        self._streams: set[str | int] = set()
        self._losses: Counter[str | int] = Counter()
        """By request, how many processes ended without answering it."""
        self._opening: list[Parsed] = []
        """The client's `initialize` and `notifications/initialized`."""
        self._subscribed: dict[str, Parsed] = {}
        self._own_ids: set[str] = set()
        """The ids of requests that the relay sent in the client's place."""
        self._server_requests: dict[str, object] = {}
        """The server's own ids of its requests, by those that the client knows them by."""
        self._generation = 0

    @property
    def idle(self) -> bool:
        """Whether the client waits for nothing."""
        return self._streams.issuperset(self.unanswered)

    def from_client(self, line: Line) -> Line | None:
        """Notes what the client sends; returns what to pass on, None for nothing."""
        message = _parse(line)
        if message is None:
            return line
        method = message.get("method")
        request_id = message.get("id")
        if "result" in message or "error" in message:  # the answer to a request of the server
            server_id = self._server_requests.pop(str(request_id), None)
            return None if server_id is None else to_line({**message, "id": server_id})
        if isinstance(request_id, str | int):
            self.unanswered[request_id] = line
            if is_stream(method):
                self._streams.add(request_id)
        self._remember(method, message)
        return line

    def _remember(self, method: object, message: Parsed) -> None:
        """Keeps what another process has to be sent again."""
        params = message.get("params")
        uri = params.get("uri") if isinstance(params, dict) else None
        if method == "initialize":
            self._opening = [message]
        elif method == "notifications/initialized":
            self._opening.append(message)
        elif method == "resources/subscribe" and isinstance(uri, str):
            self._subscribed[uri] = message
        elif method == "resources/unsubscribe" and isinstance(uri, str):
            self._subscribed.pop(uri, None)
        elif (request_id := cancelled_request(message)) is not None:
            self._forget(request_id)

    def from_server(self, line: Line) -> Line | None:
        """Notes what the server sends; returns what to pass on, None for nothing."""
        message = _parse(line)
        if message is None:
            return line
        message_id = message.get("id")
        if "method" not in message:
            if message_id in self._own_ids:  # the client did not ask this process
                self._own_ids.discard(str(message_id))
                return None
            self._forget(message_id)
            return line
        if message_id is not None:
            self._server_requests[self._client_id(message_id)] = message_id
            return to_line({**message, "id": self._client_id(message_id)})
        request_id = cancelled_request(message)
        if (
            request_id is not None
            and self._server_requests.pop(self._client_id(request_id), None) is not None
        ):
            params = {**message["params"], "requestId": self._client_id(request_id)}
            return to_line({**message, "params": params})
        return line

    def _client_id(self, server_id: object) -> str:
        """Returns the id by which the client knows a request of the server."""
        # Every process counts its requests from the start: the generation keeps those of two processes apart.
        return f"fourfold-{self._generation}-{server_id}"

    def _forget(self, request_id: object) -> None:
        """Drops a request of the client that needs no answer any more."""
        if isinstance(request_id, str | int):
            self.unanswered.pop(request_id, None)
            self._losses.pop(request_id, None)
            self._streams.discard(request_id)

    def reopening_lines(self) -> list[Line]:
        """Returns what another process must be sent to take the session over: the handshake of the protocol, the
        subscriptions, and what is unanswered. Answers that the client has had already are not passed on again."""
        self._generation += 1
        self._own_ids.clear()
        lines = []
        for message in [*self._opening, *self._subscribed.values()]:
            request_id = message.get("id")
            if request_id is None:
                lines.append(to_line(message))
            elif request_id not in self.unanswered:
                own_id = f"fourfold-again-{self._generation}-{len(self._own_ids)}"
                self._own_ids.add(own_id)
                lines.append(to_line({**message, "id": own_id}))
            elif message.get("method") == "initialize":
                lines.append(self.unanswered[request_id])
        opening_ids = {message.get("id") for message in self._opening}
        return lines + [line for number, line in self.unanswered.items() if number not in opening_ids]

    def count_losses(self) -> list[str | int]:
        """Counts one more process that ended without answering what is unanswered; returns the requests to give up,
        since they may be what ends the processes."""
        self._losses.update(self.unanswered.keys() - self._streams)
        return [number for number in self.unanswered if self._losses[number] >= _MAX_LOSSES]

    def withdraw_server_requests(self) -> list[Line]:
        """Forgets the requests of a server that is gone; returns what tells the client that they need no answer."""
        request_ids = list(self._server_requests)
        self._server_requests = {}
        return [
            to_line(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/cancelled",
                    "params": {"requestId": request_id, "reason": "The process that asked is gone."},
                }
            )
            for request_id in request_ids
        ]


class Relay:
    """Carries the lines of one client. `connect` finds the process that serves; None: none can be reached."""

    def __init__(
        self,
        client: Client,
        handshake: Handshake,
        connect: Callable[[], Awaitable[Connection | None]],
    ) -> None:
        self._client = client
        self._handshake = to_line(asdict(handshake))
        self._connect = connect
        self._session = Session()
        self._answered = asyncio.Event()
        # Held while an answer is noted and handed to the client, so that the relay does not take the client for
        # served, and end, while its last answer is on the way.
        self._delivering = asyncio.Lock()

    async def run(self) -> None:
        """Runs until the client ends its input and has all answers, or reads them no more."""
        with suppress(ClientGoneError):
            while True:
                connection = await self._connect()
                if connection is not None:
                    if await self._relay(*connection):
                        return
                    await self._report_loss()
                    continue
                await self._refuse(list(self._session.unanswered))
                line = await self._client.read()
                if line is None:
                    return
                await self._from_client(line)

    async def _report_loss(self) -> None:
        """Tells the client what came to nothing with the connection."""
        for line in self._session.withdraw_server_requests():
            await self._client.write(line)
        await self._refuse(self._session.count_losses())

    async def _from_client(self, line: Line) -> Line | None:
        if len(line) > MAX_LINE_BYTES:
            await self._client.write(to_line({"jsonrpc": "2.0", "id": None, "error": _TOO_LONG}))
            return None
        return self._session.from_client(line)

    async def _refuse(self, request_ids: list[str | int]) -> None:
        """Answers requests of the client by an error."""
        for request_id in request_ids:
            answer = to_line({"jsonrpc": "2.0", "id": request_id, "error": _NO_LEADER})
            self._session.from_server(answer)
            await self._client.write(answer)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Carries lines over this connection; returns True once the client wants no more, False when it is lost."""
        writer.writelines([self._handshake, *self._session.reopening_lines()])
        upstream = asyncio.create_task(self._upstream(writer))
        downstream = asyncio.create_task(self._downstream(reader))
        try:
            await asyncio.wait([upstream, downstream], return_when=asyncio.FIRST_COMPLETED)
            for task in (upstream, downstream):
                if task.done() and isinstance(error := task.exception(), ClientGoneError):
                    raise error
            return upstream.done() and upstream.exception() is None
        finally:
            for task in (upstream, downstream):
                task.cancel()
            await asyncio.gather(upstream, downstream, return_exceptions=True)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _upstream(self, writer: asyncio.StreamWriter) -> None:
        """Carries lines from the client, and returns when it has ended its input and has all answers."""
        await writer.drain()
        while (line := await self._client.read()) is not None:
            message = await self._from_client(line)
            if message is not None:
                writer.write(message)
                await writer.drain()
        while True:
            async with self._delivering:
                if self._session.idle:
                    return
                self._answered.clear()
            await self._answered.wait()

    async def _downstream(self, reader: asyncio.StreamReader) -> None:
        """Carries lines to the client, and returns when the connection has ended."""
        with suppress(ConnectionError):
            # A last line without an end is half a message: its sender was killed, and the next process answers.
            while (line := await reader.readline()).endswith(b"\n"):
                async with self._delivering:
                    message = self._session.from_server(line)
                    if message is not None:
                        await self._client.write(message)
                self._answered.set()


def is_stream(method: object) -> bool:
    """Returns whether a request of this method is answered only when the client has had enough."""
    return method == "subscriptions/listen"


def cancelled_request(message: Parsed) -> str | int | None:
    """Returns the id of the request that this message cancels; None if it cancels none."""
    params = message.get("params")
    if message.get("method") != "notifications/cancelled" or not isinstance(params, dict):
        return None
    request_id = params.get("requestId")
    return request_id if isinstance(request_id, str | int) else None


def _parse(line: Line) -> Parsed | None:
    """Returns the message in a line; None where it is none: the process that serves says what is wrong with it."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def to_line(message: Parsed) -> Line:
    """Returns the message as a line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
