"""What the local servers have in common: a script, the ways to answer badly, and the plumbing. They listen on
127.0.0.1 only.

A script is a function of a `Call` that returns what to answer: a JSON value (the structured answer), or one of
`Text`, `Status`, `Stall`, `CutOff`, `Refuse`, `Truncate`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it came in. `number` counts from 1; `system` and `user` are the texts of those turns; `body` is
    all."""

    number: int
    system: str
    user: str
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """Answer with this text, whatever it is."""

    text: str


@dataclass(frozen=True, slots=True)
class UseTool:
    """Answer with a call of a tool; Anthropic's server only."""

    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Status:
    """Answer with an error status, and `retry-after` if given."""

    code: int
    message: str = "an error"
    retry_after: float | str | None = None


@dataclass(frozen=True, slots=True)
class Stall:
    """Answer with `then` after so many seconds."""

    seconds: float
    then: Any = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """Close the connection in the middle of the answer's body."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse, as a model does that will not answer."""

    reason: str = "This request cannot be answered."


@dataclass(frozen=True, slots=True)
class Truncate:
    """Stop in the middle of `value`'s JSON, as a model does whose answer got too long."""

    value: Any = field(default_factory=lambda: {"statements": [{"text": "half a sta"}]})


Script = Callable[[Call], Any]


class ScriptedServer:
    """A server in a thread of its own, for a `with`. `calls` are those it got, in order."""

    def __init__(self, script: Script) -> None:
        self.script, self.calls = script, list[Call]()
        self.lock = threading.Lock()
        owner = self

        class Handler(_Handler):
            server_of = owner

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The address to give to a client."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def noted(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Call:
        """The call, numbered and kept."""
        turns = list(body.get("messages") or ())
        system = [_plain(body.get("system")), *(_plain(t["content"]) for t in turns if t["role"] == "system")]
        user = [_plain(turn["content"]) for turn in turns if turn["role"] == "user"]
        with self.lock:
            call = Call(
                len(self.calls) + 1, "\n".join(filter(None, system)), "\n".join(user), path, body, headers
            )
            self.calls.append(call)
        return call

    def get(self, path: str) -> tuple[str, bytes] | None:
        """The type and body to answer a GET with; None for 404."""
        return None

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
        """What to answer a POST with: one of the script's answers, or `Body`."""
        raise NotImplementedError

    def rendered(self, call: Call, answer: Any) -> dict[str, Any]:
        """A good answer in the provider's format."""
        raise NotImplementedError

    def events(self, whole: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """The same in pieces, as (name of the event or "", data) of a stream."""
        raise NotImplementedError

    def failed(self, status: Status) -> dict[str, Any]:
        """An error in the provider's format."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Scripted:
    call: Call
    answer: Any


@dataclass(frozen=True, slots=True)
class Body:
    value: Any


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: ScriptedServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = self.path.partition("?")[0]
        self._answer(self.server_of.post(path, body, {k.lower(): v for k, v in self.headers.items()}))

    def do_GET(self) -> None:
        found = self.server_of.get(self.path.partition("?")[0])
        if found is None:
            self._send(404, self.server_of.failed(Status(404, "not found")))
        else:
            self._send_bytes(200, found[1], found[0])

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, answer: Any) -> None:
        match answer:
            case Scripted(call, Stall(seconds, then)):
                time.sleep(seconds)
                self._answer(Scripted(call, then))
            case Scripted(_, Status() as status) | (Status() as status):
                self._send(status.code, self.server_of.failed(status), status.retry_after)
            case Scripted(call, CutOff()):
                kind, body = self._written(call, {"statements": []})
                self._send_bytes(200, body, kind, cut=len(body) // 2)
            case Scripted(call, said):
                kind, body = self._written(call, said)
                self._send_bytes(200, body, kind)
            case Body(value):
                self._send(200, value)
            case _:
                raise AssertionError(f"not an answer: {answer}")

    def _written(self, call: Call, answer: Any) -> tuple[str, bytes]:
        """The type and the body of a good answer: a stream of events, if that was asked for."""
        whole = self.server_of.rendered(call, answer)
        if not call.body.get("stream"):
            return "application/json", json.dumps(whole).encode()
        lines = []
        for name, data in self.server_of.events(whole):
            lines += [f"event: {name}"] if name else []
            lines += [f"data: {data if isinstance(data, str) else json.dumps(data)}", ""]
        return "text/event-stream", "\n".join([*lines, ""]).encode()

    def _send(self, code: int, value: Any, retry_after: float | str | None = None) -> None:
        self._send_bytes(code, json.dumps(value).encode(), retry_after=retry_after)

    def _send_bytes(
        self,
        code: int,
        body: bytes,
        kind: str = "application/json",
        cut: int | None = None,
        retry_after: float | str | None = None,
    ) -> None:
        try:
            self.send_response(code)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if retry_after is not None:
                self.send_header("retry-after", str(retry_after))
            self.end_headers()
            self.wfile.write(body[:cut])
        except OSError:  # the client has gone
            self.close_connection = True
        self.close_connection = self.close_connection or cut is not None


def pieces(text: str) -> list[str]:
    """`text` as a model writes it, a few characters at a time."""
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


_PIECE = 9


def _plain(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(block.get("text", "") for block in content or ())
