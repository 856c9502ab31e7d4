"""What the test servers have in common: scripts, the ways to answer badly, and the HTTP. They listen on 127.0.0.1.

A script is a function of a `Call` that returns the answer: a JSON value (the structured answer), or one of `Text`,
`UseTool`, `Status`, `Stall`, `CutOff`, `Refuse`, `Truncate`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, TypeAlias, assert_never

RequestBody: TypeAlias = Mapping[str, Any]
"""The JSON of a request. Each API has another one, and tests index into it as deep as they like."""
JSONObject: TypeAlias = Mapping[str, object]
ServerEvent: TypeAlias = tuple[str, JSONObject | str]
"""An event of a stream: its name (empty where the API has none) and its data."""

_CHUNK_CHARACTERS = 9
"""Characters of an answer in one event of a stream. A guess: less than most words, so that a test sees words and JSON
strings arrive in pieces."""
_POLL_SECONDS = 0.02
"""How often a server looks whether it is to end. The default of `socketserver`, 0.5, would add half a second to each
test."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the server. `number` counts from 1; `system` and `user` are the texts of the messages of these
    roles, a line each; `body` is the whole JSON; `headers` have lower-case names."""

    number: int
    system: str
    user: str
    path: str
    body: RequestBody
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """Answers with this text, whatever it is."""

    text: str


@dataclass(frozen=True, slots=True)
class UseTool:
    """Answers with a call of a tool; Anthropic's server only."""

    name: str
    input: JSONObject


@dataclass(frozen=True, slots=True)
class Status:
    """Answers with an error status, and the header `retry-after` if given."""

    code: int
    message: str = "an error"
    retry_after: float | str | None = None


@dataclass(frozen=True, slots=True)
class Stall:
    """Answers with `then` after so many seconds."""

    seconds: float
    then: object = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """Closes the connection in the middle of the answer's body."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuses, as a model does that will not answer."""

    reason: str = "This request cannot be answered."


@dataclass(frozen=True, slots=True)
class Truncate:
    """Stops in the middle of `value`'s JSON, as a model does whose answer gets too long."""

    value: object = field(default_factory=lambda: {"statements": [{"text": "half a sta"}]})


Script: TypeAlias = Callable[[Call], object]


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """What the script answers to `call`, to be written in the provider's format."""

    call: Call
    answer: object


@dataclass(frozen=True, slots=True)
class JSONBody:
    """A good answer that no script has a part in, as it goes out."""

    value: object


Reply: TypeAlias = ScriptedAnswer | JSONBody | Status


class ScriptedServer:
    """A server in a thread of its own, for a `with`. `calls` are the requests it got, in order."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.calls = list[Call]()
        # Each request is handled in a thread of its own, and a call's number has to be its place in the list.
        self.lock = threading.Lock()
        owner = self

        # `http.server` makes a handler for each request and passes it nothing: the class has to know the server.
        class Handler(_Handler):
            scripted_server = owner

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A request that stalls must not keep the test's process alive.
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_SECONDS,), daemon=True)

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

    def record(self, path: str, body: RequestBody, headers: Mapping[str, str]) -> Call:
        """Adds a request to `calls` and returns it, numbered."""
        messages = list(body.get("messages") or ())
        # Anthropic has the system prompt beside the messages, OpenAI among them.
        system = [
            _text(body.get("system")),
            *(_text(m["content"]) for m in messages if m["role"] == "system"),
        ]
        user = [_text(message["content"]) for message in messages if message["role"] == "user"]
        with self.lock:
            call = Call(
                len(self.calls) + 1, "\n".join(filter(None, system)), "\n".join(user), path, body, headers
            )
            self.calls.append(call)
        return call

    def get(self, path: str) -> tuple[str, bytes] | None:
        """Returns the content type and the body to answer a GET with; None for 404."""
        return None

    def post(self, path: str, body: RequestBody, headers: Mapping[str, str]) -> Reply:
        """Returns what to answer a POST with."""
        raise NotImplementedError

    def render(self, call: Call, answer: object) -> JSONObject:
        """Returns a good answer in the provider's format."""
        raise NotImplementedError

    def stream_events(self, call: Call, answer: object) -> Iterator[ServerEvent]:
        """Yields the same answer as the events of a stream."""
        raise NotImplementedError

    def render_error(self, status: Status) -> JSONObject:
        """Returns an error in the provider's format."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    # HTTP/1.0, the default of `http.server`, closes the connection after each answer: clients would never reuse one.
    protocol_version = "HTTP/1.1"
    scripted_server: ScriptedServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(self.scripted_server.post(path, body, headers))

    def do_GET(self) -> None:
        content = self.scripted_server.get(self.path.partition("?")[0])
        if content is None:
            self._send(404, self.scripted_server.render_error(Status(404, "not found")))
        else:
            content_type, body = content
            self._send_bytes(200, body, content_type)

    def log_message(self, format: str, *args: object) -> None:
        """Writes nothing: the default is a line on stderr for each request."""

    def _answer(self, reply: Reply) -> None:
        match reply:
            case ScriptedAnswer(call, Stall(seconds, then)):
                time.sleep(seconds)
                self._answer(ScriptedAnswer(call, then))
            case ScriptedAnswer(_, Status() as status) | (Status() as status):
                self._send(status.code, self.scripted_server.render_error(status), status.retry_after)
            case ScriptedAnswer(call, CutOff()):
                content_type, body = self._encode(call, {"statements": []})
                self._send_bytes(200, body, content_type, cut=len(body) // 2)
            case ScriptedAnswer(call, answer):
                content_type, body = self._encode(call, answer)
                self._send_bytes(200, body, content_type)
            case JSONBody(value):
                self._send(200, value)
            case _:
                assert_never(reply)

    def _encode(self, call: Call, answer: object) -> tuple[str, bytes]:
        """Returns the content type and the body of a good answer: a stream of events, if the call asks for one."""
        if not call.body.get("stream"):
            return "application/json", json.dumps(self.scripted_server.render(call, answer)).encode()
        lines = []
        for name, data in self.scripted_server.stream_events(call, answer):
            lines += [f"event: {name}"] if name else []
            lines += [f"data: {data if isinstance(data, str) else json.dumps(data)}", ""]
        return "text/event-stream", "\n".join([*lines, ""]).encode()

    def _send(self, code: int, value: object, retry_after: float | str | None = None) -> None:
        self._send_bytes(code, json.dumps(value).encode(), retry_after=retry_after)

    def _send_bytes(
        self,
        code: int,
        body: bytes,
        content_type: str = "application/json",
        cut: int | None = None,
        retry_after: float | str | None = None,
    ) -> None:
        try:
            self.send_response(code)
            self.send_header("content-type", content_type)
            # Of the whole body, even where it is cut: the client has to see that the connection ended too early.
            self.send_header("content-length", str(len(body)))
            if retry_after is not None:
                self.send_header("retry-after", str(retry_after))
            self.end_headers()
            self.wfile.write(body[:cut])
        except OSError:  # the client did not wait for the end of a stall
            self.close_connection = True
        self.close_connection = self.close_connection or cut is not None


def split_text(text: str) -> list[str]:
    """Returns `text` in the pieces in which a model streams it."""
    starts = range(0, len(text), _CHUNK_CHARACTERS)
    return [text[start : start + _CHUNK_CHARACTERS] for start in starts]


def _text(content: str | Sequence[Mapping[str, str]] | None) -> str:
    """Returns the text of a message's content, which both APIs take as a string or as a list of blocks."""
    if isinstance(content, str):
        return content
    return "\n".join(block.get("text", "") for block in content or ())
