"""The MCP server over HTTP: a process, asked by the SDK's own client and by plain requests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from fourfold_mcp.transport.bearer_tokens import BearerTokens

pytestmark = pytest.mark.slow

MOVED = {"text": "Ana moved to Porto.", "entities": ["Ana", "Porto"]}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
SERVE = """
from functools import partial
from fourfold_mcp.install.command import main
from fourfold_mcp.transport import http
http.HttpServer = partial(http.HttpServer, limits=http.ConnectionLimits(**{limits}))
main()
"""


class Site:
    """A served directory, and the ways to it."""

    def __init__(self, home: Path, *options: str, **limits: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home, self.url = home, f"http://127.0.0.1:{self.port}"
        self.env = {
            **os.environ,
            "FOURFOLD_LOCATION": str(home / "memory"),
            "FOURFOLD_TOKENS": str(home / "tokens.json"),
        }
        self.limits = limits
        self.process = self.start(*options)

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """A process that serves here."""
        command = [SERVE.format(limits=self.limits)]
        arguments = ["http", "--port", str(self.port), "--bank", "desk", *options]
        return subprocess.Popen(
            [sys.executable, "-c", *command, *arguments], env=self.env, stderr=subprocess.PIPE
        )

    def ready(self) -> Site:
        """Waits until it answers."""
        for _ in range(600):
            try:
                assert httpx2.get(f"{self.url}/health").json()["status"] == "ok"
            except httpx2.TransportError:
                assert self.process.poll() is None, self.process.communicate()[1].decode()
                time.sleep(0.05)
            else:
                return self
        raise AssertionError("it does not answer")

    def post(self, token: str | None = None, body: bytes | None = None, **headers: str) -> httpx2.Response:
        """A plain request."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        content = json.dumps(CALL).encode() if body is None else body
        sent = {"Content-Type": "application/json", **HEADERS, **bearer, **headers}
        return httpx2.post(f"{self.url}/mcp", content=content, headers=sent, timeout=30)

    @asynccontextmanager
    async def client(self, token: str | None = None, mode: str = "auto") -> AsyncIterator[Client]:
        """A client with that token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
            transport = streamable_http_client(f"{self.url}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Site]:
    """Served without tokens."""
    site = Site(tmp_path, "--per-minute", "60")
    yield site.ready()
    site.process.kill()
    site.process.communicate()


@pytest.fixture
def tokens(tmp_path: Path) -> dict[str, str]:
    """Tokens for one bank, for another, and for all."""
    made = BearerTokens(tmp_path / "tokens.json")
    return {
        name: made.make(name, banks) for name, banks in {"ana": ["ana"], "ben": ["ben"], "all": None}.items()
    }


@pytest.fixture
def site(tmp_path: Path, tokens: dict[str, str]) -> Iterator[Site]:
    """Served with tokens."""
    site = Site(tmp_path, "--tokens")
    yield site.ready()
    site.process.kill()
    site.process.communicate()


def test_a_client_of_the_older_protocol_hears_that_the_list_of_banks_may_change(open_site: Site) -> None:
    async def talk() -> None:
        async with open_site.client(mode="legacy") as client:
            resources = client.server_capabilities.resources
            assert resources is not None
            assert resources.list_changed
            assert resources.subscribe

    anyio.run(talk)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_token_reaches_its_banks_and_no_other(site: Site, tokens: dict[str, str], mode: str) -> None:
    async def talk() -> None:
        async with site.client(tokens["ana"], mode) as ana, site.client(tokens["ben"], mode) as ben:
            kept = await ana.call_tool("retain", {"facts": [MOVED]})
            assert kept.structured_content["bank"] == "ana"  # the only one it may touch is its usual one
            unit = kept.structured_content["units"][0]["id"]
            calls: list[tuple[str, dict[str, Any]]] = [
                ("retain", {"facts": [MOVED]}),
                ("preview", {"text": "Ana moved."}),
                ("recall", {"question": "Where did Ana move?"}),
                ("reflect", {"question": "Where did Ana move?"}),
                ("beliefs", {}),
                ("entity", {"name": "Ana"}),
                ("timeline", {}),
                ("forget", {"entity": "Ana", "confirm": True}),
                ("status", {}),
                ("search", {"query": "Ana"}),
                ("fetch", {"id": unit}),
            ]
            for tool, arguments in calls:
                refused = await ben.call_tool(tool, {**arguments, "bank": "ana"})
                assert refused.is_error, tool
                assert "may not touch the bank 'ana'" in str(refused.content)
            for uri in ("memory://ana/profile", "memory://ana/entities/Ana", f"memory://ana/units/{unit}"):
                with pytest.raises(MCPError, match="may not touch"):
                    await ben.read_resource(uri)
            assert (await ben.call_tool("status", {})).structured_content["banks"] == []
            assert [one.uri for one in (await ben.list_resources()).resources] == ["memory://banks"]
            assert "ana" not in str(await ben.read_resource("memory://banks"))
            found = await ana.call_tool("recall", {"question": "Where did Ana move?"})
            assert len(found.structured_content["units"]) == 1
        async with site.client(tokens["all"], mode) as both:
            status = (await both.call_tool("status", {})).structured_content
            assert [bank["name"] for bank in status["banks"]] == ["ana"]

    anyio.run(talk)


@pytest.mark.filterwarnings("ignore:resources/.*subscribe is removed")
def test_subscriptions_are_limited_to_the_tokens_banks(site: Site, tokens: dict[str, str]) -> None:
    async def talk() -> None:
        async with site.client(tokens["ben"], "legacy") as ben:
            with pytest.raises(MCPError, match="may not touch"):
                await ben.subscribe_resource("memory://ana/profile")
        async with site.client(tokens["ben"]) as ben:
            with pytest.raises(MCPError, match="may not touch"):
                async with ben.listen(resource_subscriptions=["memory://ana/profile"]):
                    pass

    anyio.run(talk)


def test_a_request_without_a_token_is_refused(site: Site, tokens: dict[str, str]) -> None:
    assert site.post().status_code == 401
    assert site.post("ff_guessed").status_code == 401
    assert site.post(tokens["ana"][:-1]).status_code == 401
    assert httpx2.get(f"{site.url}/health").status_code == 200


def test_foreign_origins_and_oversized_or_too_many_requests_are_refused(open_site: Site) -> None:
    assert open_site.post(Host="evil.example").status_code == 421
    assert open_site.post(Origin="http://evil.example").status_code == 403
    assert open_site.post(body=b'{"pad": "' + b"x" * 2**22 + b'"}').status_code == 413
    assert open_site.post(body=b"{not json").status_code == 400
    codes = [open_site.post(body=b"{not json").status_code for _ in range(60)]
    assert codes[0] == 400
    assert codes[-1] == 429


def test_the_http_server_stops_on_a_signal_and_keeps_acknowledged_writes(open_site: Site) -> None:
    async def talk() -> None:
        async with open_site.client() as client:
            await client.call_tool("retain", {"facts": [MOVED]})

    anyio.run(talk)
    open_site.process.send_signal(signal.SIGTERM)
    _, told = open_site.process.communicate(timeout=20)
    assert open_site.process.returncode == 0
    assert told.startswith(b"Serving the memory at http://127.0.0.1:")
    assert told.count(b"\n") == 1
    assert not (open_site.home / "memory" / "owner.json").exists()


def test_clients_over_stdio_pass_through_the_process_that_serves_http(open_site: Site) -> None:
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "fourfold_mcp"], env={**open_site.env, "FOURFOLD_BANK": "desk"}
    )

    async def talk() -> None:
        async with open_site.client() as over_http, Client(stdio_client(parameters)) as over_stdio:
            await over_http.call_tool("retain", {"facts": [MOVED]})
            found = await over_stdio.call_tool("recall", {"question": "Where did Ana move?"})
            assert len(found.structured_content["units"]) == 1

    anyio.run(talk)
    second = open_site.start()
    _, told = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"(pid {open_site.process.pid})" in told.decode()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "make a token first"),
        (["--tokens"], "no tokens yet"),
        (["--port", "99999"], "65535"),
    ],
)
def test_an_unsafe_address_is_not_served(tmp_path: Path, options: list[str], said: str) -> None:
    process = Site(tmp_path, *options).process
    _, told = process.communicate(timeout=30)
    assert process.returncode in (1, 2)
    assert said in told.decode()


def test_every_address_needs_names(tmp_path: Path, tokens: dict[str, str]) -> None:
    process = Site(tmp_path, "--host", "0.0.0.0").process
    assert "--name" in process.communicate(timeout=30)[1].decode()
