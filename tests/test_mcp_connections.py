"""Clients that leave the MCP server waiting over HTTP: real sockets, before a process that serves."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from test_mcp_http import CALL, HEADERS, Site

from fourfold_mcp.transport.bearer_tokens import BearerTokens

pytestmark = pytest.mark.slow

Serve = Callable[..., Site]

PARAMS = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
BODY = json.dumps({**CALL, "method": "initialize", "params": PARAMS}).encode()
HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
NEVER = 3600.0
"""Seconds that no test takes."""
IDLE = 2000


def post_head(token: str = "", body: bytes = BODY, **headers: str) -> bytes:
    """The headers of a request with that body."""
    own = {"Host": "127.0.0.1", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    sent = {**own, "Content-Length": len(body), **HEADERS, **headers}
    lines = [f"{name}: {value}\r\n" for name, value in sent.items()]
    return "".join(["POST /mcp HTTP/1.1\r\n", *lines, "\r\n"]).encode()


def connect(site: Site, sent: bytes = b"") -> socket.socket:
    """A connection on which `sent` was sent. It waits a minute for what the server does, and fails then."""
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=60)
    connection.sendall(sent)
    return connection


def await_end(connection: socket.socket) -> None:
    """Returns when the server has closed the connection."""
    with connection, suppress(ConnectionError):
        while connection.recv(4096):
            pass


def send_on(connection: socket.socket, piece: bytes, pause: float = 0) -> None:
    """Sends the same again and again, for a minute at the most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        connection.sendall(piece)
        time.sleep(pause)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serves by the given limits until the test ends."""
    with ExitStack() as stack:

        def start(*options: str, **limits: float) -> Site:
            site = Site(tmp_path, *options, **limits)
            stack.callback(site.process.communicate)
            stack.callback(site.process.kill)
            return site.ready()

        yield start


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A token of the sites that are served."""
    return BearerTokens(tmp_path / "tokens.json").make("ana", ["ana"])


def test_a_request_that_does_not_come_is_waited_for_no_longer_than_the_limit(
    serve: Serve, token: str
) -> None:
    site = serve("--tokens", header_seconds=1, body_seconds=1)
    without_body = [post_head(), post_head(token), post_head(token) + BODY[:5]]
    begun = [b"", HEALTH, HEALTH[:20], HEALTH + HEALTH[:20], *without_body]
    for connection in [connect(site, sent) for sent in begun]:
        await_end(connection)


def test_a_byte_now_and_then_does_not_make_the_wait_longer(serve: Serve) -> None:
    site = serve(header_seconds=1, body_seconds=1)
    for begun in (HEALTH[:-2] + b"X: ", post_head() + BODY[:5]):
        with connect(site, begun) as connection, pytest.raises(ConnectionError):
            send_on(connection, b"1", 0.1)


def test_a_client_that_does_not_read_its_answers_is_cut_off(serve: Serve) -> None:
    site = serve("--per-minute", "1000000", write_seconds=1)
    session = site.post(body=BODY).headers["mcp-session-id"]
    body = json.dumps(CALL).encode()
    request = post_head(body=body, **{"mcp-session-id": session}) + body
    with connect(site) as connection, pytest.raises(ConnectionError):
        send_on(connection, request)


def test_a_client_is_served_while_others_leave_2000_connections_open(serve: Serve, token: str) -> None:
    site = serve("--tokens", header_seconds=NEVER, body_seconds=NEVER, waiting=50)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * IDLE, hard), hard))
    try:
        with ExitStack() as stack:
            upload = stack.enter_context(connect(site, post_head(token) + BODY[:5]))
            idle = []
            for number in range(IDLE):
                begun = [b"", HEALTH[:20], HEALTH, post_head() + BODY[:5]][number % 4]
                idle.append(stack.enter_context(connect(site, begun)))
                if number % 400 == 0:
                    assert site.post(token, BODY).status_code == 200
            for connection in idle[:-50]:
                await_end(connection)
            # What somebody with a token has begun is not in the way of those without.
            upload.sendall(BODY[5:])
            assert upload.recv(4096).startswith(b"HTTP/1.1 200")
            assert site.post(token, BODY).status_code == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_session_that_is_left_is_closed_and_makes_room_for_another(serve: Serve) -> None:
    site = serve(session_seconds=1, sessions=1)
    left = site.post(body=BODY).headers["mcp-session-id"]
    deadline = time.monotonic() + 60
    while (second := site.post(body=BODY)).status_code == 503:
        assert time.monotonic() < deadline
    assert second.status_code == 200
    assert site.post(None, BODY, **{"mcp-session-id": left}).status_code == 404
