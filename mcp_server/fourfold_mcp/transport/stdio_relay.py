"""The relay: what every process that a client starts is, at first and at least.

It passes JSON lines between its client (stdin, stdout) and the process that has the seat of the data directory,
which may be itself. When that one is gone, the relay finds the next one or becomes it, opens the session again
and sends what is still unanswered, so that the client need not know. It imports nothing but the standard library
and the settings: a further client is to cost little.
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

LONGEST_LINE = 16 * 2**20
"""Bytes that one message may have."""

_TOO_LONG = {"code": -32600, "message": f"A message may have at most {LONGEST_LINE:,} bytes."}
_NOBODY = {
    "code": -32603,
    "message": "The process that holds the memory does not answer. Start the client anew.",
}
_MOST_LOSSES = 5

Line = bytes
Parsed = dict[str, Any]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first line of a connection: the bank that tools use by themselves, what the process was started as, and
    whether the client's model may be asked to read texts (by sampling)."""

    bank: str
    version: str
    settings: str
    """A digest of the settings, the secret ones included."""
    sampling: bool = False

    def differences(self, host: Handshake) -> list[str]:
        """In words, how the host differs, whose version and settings hold for all."""
        found = []
        if self.version != host.version:
            found.append(f"Another client's Fourfold {host.version} serves this one, of {self.version}.")
        if self.settings != host.settings:
            found.append("Another client's process serves this one, by its own settings, which differ.")
        return found


class ClientGoneError(Exception):
    """Nobody reads what is written any more."""


class Client(Protocol):
    """The client of this process, as lines."""

    async def read(self) -> Line | None:
        """The next line; None at the end. A cancelled read loses nothing."""

    async def write(self, line: Line) -> None:
        """Hands a line over; raises `ClientGoneError`."""


class Stdio:
    """The client at this process' stdin and stdout.

    Both are moved away first: what a library prints goes to stderr, and nothing else reads the client's lines.
    """

    def __init__(self) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue(64)
        threading.Thread(target=self._follow, name="stdin", daemon=True).start()

    async def read(self) -> Line | None:
        """The next line; None at the end, again and again."""
        line = await self._lines.get()
        if line is None:
            self._lines.put_nowait(None)
        return line

    async def write(self, line: Line) -> None:
        """Writes a line in a thread, for a client may be slow to read; raises `ClientGoneError`."""
        await asyncio.to_thread(self._write, line)

    def _write(self, line: Line) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[os.write(self._out, left) :]
        except OSError as error:
            raise ClientGoneError from error

    def _follow(self) -> None:
        """Cuts stdin into lines, in a thread of its own. It reads no faster than they are passed on."""
        with suppress(RuntimeError):  # the loop is closed: nobody wants them any more
            rest = b""
            while piece := self._piece():
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    self._hand_over(line + b"\n")
                if len(rest) > LONGEST_LINE:
                    rest = rest[:LONGEST_LINE] + b"?"  # too long it stays, but takes no more room
            if rest:
                self._hand_over(rest + b"\n")
            self._hand_over(None)

    def _piece(self) -> bytes:
        try:
            return os.read(self._in, 2**16)
        except OSError:
            return b""

    def _hand_over(self, line: Line | None) -> None:
        if line is None or line.strip():
            asyncio.run_coroutine_threadsafe(self._lines.put(line), self._loop).result()


class Session:
    """What has to be known of a client's session to open it again with another process."""

    def __init__(self) -> None:
        self.unanswered: dict[str | int, Line] = {}
        self._streams: set[str | int] = set()
        self._losses: Counter[str | int] = Counter()
        self._opening: list[Parsed] = []  # initialize and initialized
        self._subscribed: dict[str, Parsed] = {}
        self._ours: set[str] = set()  # ids of what is sent in the client's place
        self._asked: dict[str, Any] = {}  # ids of the server's requests, as the client knows them
        self._generation = 0

    @property
    def idle(self) -> bool:
        """Whether the client waits for nothing."""
        return self._streams.issuperset(self.unanswered)

    def from_client(self, line: Line) -> Line | None:
        """Notes what the client sends and returns what to pass on."""
        message = _parsed(line)
        if message is None:
            return line
        method, number = message.get("method"), message.get("id")
        if "result" in message or "error" in message:  # to a request of the server
            asked = self._asked.pop(str(number), None)
            return None if asked is None else line_of({**message, "id": asked})
        if isinstance(number, str | int):
            self.unanswered[number] = line
            if is_stream(method):
                self._streams.add(number)
        self._note(method, message)
        return line

    def _note(self, method: object, message: Parsed) -> None:
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
        elif (cancelled_one := cancelled(message)) is not None:
            self._answered(cancelled_one)

    def from_server(self, line: Line) -> Line | None:
        """Notes what the server sends and returns what to pass on."""
        message = _parsed(line)
        if message is None:
            return line
        number = message.get("id")
        if "method" not in message:
            if number in self._ours:
                self._ours.discard(str(number))
                return None
            self._answered(number)
            return line
        if number is not None:
            self._asked[self._known_as(number)] = number
            return line_of({**message, "id": self._known_as(number)})
        number = cancelled(message)
        if number is not None and self._asked.pop(self._known_as(number), None) is not None:
            params = {**message["params"], "requestId": self._known_as(number)}
            return line_of({**message, "params": params})
        return line

    def _known_as(self, number: object) -> str:
        """What the client knows a request of the server by: every process counts its own from the start."""
        return f"fourfold-{self._generation}-{number}"

    def _answered(self, number: object) -> None:
        if isinstance(number, str | int):
            self.unanswered.pop(number, None)
            self._losses.pop(number, None)
            self._streams.discard(number)

    def reopened(self) -> list[Line]:
        """What another process must be sent to take the session over; its answers to it stay here."""
        self._generation += 1
        self._ours.clear()
        lines = []
        for message in [*self._opening, *self._subscribed.values()]:
            number = message.get("id")
            if number is None:
                lines.append(line_of(message))
            elif number not in self.unanswered:
                ours = f"fourfold-again-{self._generation}-{len(self._ours)}"
                self._ours.add(ours)
                lines.append(line_of({**message, "id": ours}))
            elif message.get("method") == "initialize":
                lines.append(self.unanswered[number])
        opening = {message.get("id") for message in self._opening}
        return lines + [line for number, line in self.unanswered.items() if number not in opening]

    def given_up(self) -> list[str | int]:
        """The requests that have come to nothing so often that they may be what ends the processes."""
        self._losses.update(self.unanswered.keys() - self._streams)
        return [number for number in self.unanswered if self._losses[number] >= _MOST_LOSSES]

    def withdrawn(self) -> list[Line]:
        """What tells the client that the requests of a server that is gone need no answer."""
        asked, self._asked = list(self._asked), {}
        return [
            line_of(
                {
                    "jsonrpc": "2.0",
                    "method": "notifications/cancelled",
                    "params": {"requestId": number, "reason": "The process that asked is gone."},
                }
            )
            for number in asked
        ]


class Relay:
    """Carries the lines of one client. `connect` finds who serves; None: nobody can be reached."""

    def __init__(
        self,
        client: Client,
        hello: Handshake,
        connect: Callable[[], Awaitable[Connection | None]],
    ) -> None:
        self._client, self._hello, self._connect = client, line_of(asdict(hello)), connect
        self._session = Session()
        self._answered = asyncio.Event()
        self._handing_over = asyncio.Lock()

    async def run(self) -> None:
        """Until the client ends its input and has all answers, or reads them no more."""
        with suppress(ClientGoneError):
            while True:
                connection = await self._connect()
                if connection is not None:
                    if await self._over(*connection):
                        return
                    await self._lost()
                    continue
                await self._refuse(list(self._session.unanswered))
                line = await self._client.read()
                if line is None:
                    return
                await self._take(line)

    async def _lost(self) -> None:
        """Tells the client what came to nothing with the connection."""
        for line in self._session.withdrawn():
            await self._client.write(line)
        await self._refuse(self._session.given_up())

    async def _take(self, line: Line) -> Line | None:
        if len(line) > LONGEST_LINE:
            await self._client.write(line_of({"jsonrpc": "2.0", "id": None, "error": _TOO_LONG}))
            return None
        return self._session.from_client(line)

    async def _refuse(self, numbers: list[str | int]) -> None:
        for number in numbers:
            answer = {"jsonrpc": "2.0", "id": number, "error": _NOBODY}
            self._session.from_server(line_of(answer))
            await self._client.write(line_of(answer))

    async def _over(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Carries lines over this connection: True once the client wants no more, False when it is lost."""
        writer.writelines([self._hello, *self._session.reopened()])
        up = asyncio.create_task(self._up(writer))
        down = asyncio.create_task(self._down(reader))
        try:
            await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
            for task in (up, down):
                if task.done() and isinstance(error := task.exception(), ClientGoneError):
                    raise error
            return up.done() and up.exception() is None
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _up(self, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        while (line := await self._client.read()) is not None:
            passed = await self._take(line)
            if passed is not None:
                writer.write(passed)
                await writer.drain()
        while True:
            async with self._handing_over:
                if self._session.idle:
                    return
                self._answered.clear()
            await self._answered.wait()

    async def _down(self, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while (line := await reader.readline()).endswith(b"\n"):
                async with self._handing_over:
                    passed = self._session.from_server(line)
                    if passed is not None:
                        await self._client.write(passed)
                self._answered.set()


def is_stream(method: object) -> bool:
    """Whether a request of this method is answered only when the client has had enough."""
    return method == "subscriptions/listen"


def cancelled(message: Parsed) -> str | int | None:
    """Which request this message cancels, if that is what it does."""
    params = message.get("params")
    if message.get("method") != "notifications/cancelled" or not isinstance(params, dict):
        return None
    number = params.get("requestId")
    return number if isinstance(number, str | int) else None


def _parsed(line: Line) -> Parsed | None:
    """The message in a line; None where it is none: whoever serves says what is wrong with it."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def line_of(message: Parsed) -> Line:
    """The message as a line."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
