"""What a server process does with the lines of its client, and with another process gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fourfold_mcp.transport.stdio_relay import MAX_LINE_BYTES, Session

pytestmark = pytest.mark.slow

HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    },
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}


class Wire:
    """A server process and its client's end of the wire."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fourfold_mcp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "FOURFOLD_LOCATION": str(home), **settings},
        )
        self._limit = threading.Timer(60, self.process.kill)  # a test that waits for a line fails then
        self._limit.daemon = True
        self._limit.start()

    def write(self, *lines: bytes | dict[str, Any]) -> None:
        """Sends lines."""
        assert self.process.stdin is not None
        for line in lines:
            raw = line if isinstance(line, bytes) else json.dumps(line).encode()
            self.process.stdin.write(raw + b"\n")
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """The next line."""
        assert self.process.stdout is not None
        found = json.loads(self.process.stdout.readline())
        assert isinstance(found, dict)
        return found

    def rest(self) -> tuple[list[dict[str, Any]], str]:
        """Ends the input: what comes after it, and all of stderr."""
        out, err = self.process.communicate(timeout=30)
        return [json.loads(line) for line in out.splitlines()], err.decode()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    opened = Wire(tmp_path / "memory")
    yield opened
    opened.process.kill()
    opened.process.communicate()


def call(number: int, tool: str, **arguments: object) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params}


def test_requests_before_the_end_of_input_are_answered(wire: Wire) -> None:
    wire.write(HELLO, READY, call(1, "retain", text="Ana moved to Porto."))
    answers, told = wire.rest()
    assert [answer["id"] for answer in answers] == [0, 1]
    assert answers[1]["result"]["structuredContent"]["operations"] == {"ADD": 1}
    assert wire.process.returncode == 0
    assert told == ""


def test_lines_that_are_no_messages_are_complained_about_and_the_session_goes_on(wire: Wire) -> None:
    wire.write(HELLO, READY)
    assert wire.read()["id"] == 0
    for nonsense in (b"{not json", b"[" * 100_000, b"\xff\xfe", b'{"id": "\\ud800'):
        wire.write(nonsense)
        assert wire.read()["error"]["code"] == -32700
    wire.write({"id": 7})
    complaint = wire.read()
    assert (complaint["id"], complaint["error"]["code"]) == (7, -32600)
    wire.write(b'{"jsonrpc": "2.0", "id": 8, "pad": "' + b"x" * MAX_LINE_BYTES + b'"}')
    assert "at most" in wire.read()["error"]["message"]
    wire.write(b"", call(9, "status"))
    assert wire.read()["id"] == 9


def test_a_signal_ends_the_server_without_leftovers(wire: Wire, tmp_path: Path) -> None:
    wire.write(HELLO, READY, call(1, "retain", text="Ana moved to Porto."))
    wire.read()
    assert wire.read()["result"]["isError"] is False
    socket_path = tmp_path / "memory" / "serving" / "socket"
    assert socket_path.is_socket()
    assert socket_path.stat().st_mode & 0o077 == 0
    wire.process.send_signal(signal.SIGTERM)
    wire.process.wait(timeout=20)
    assert not socket_path.exists()
    assert not (tmp_path / "memory" / "owner.json").exists()


def test_a_path_too_long_for_a_socket_is_served(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30) / "memory"
    first, second = Wire(home), Wire(home)
    for wire in (first, second):
        wire.write(HELLO, READY, call(1, "status"))
        assert [wire.read()["id"] for _ in range(2)] == [0, 1]
    for wire in (first, second):
        assert wire.rest()[1] == ""


@pytest.mark.parametrize(
    ("make", "settings", "said"),
    [
        (lambda home: (home / "thesis.doc").write_text("mine"), {}, "holds no Fourfold memory"),
        (lambda home: None, {"FOURFOLD_CANDIDATES": "many"}, "candidates"),
        (lambda home: None, {"FOURFOLD_LOCATION": "http://127.0.0.1:9"}, "127.0.0.1:9"),
    ],
)
def test_a_memory_that_cannot_be_opened_is_told_by_every_tool(
    tmp_path: Path, make: Any, settings: dict[str, str], said: str
) -> None:
    make(tmp_path)
    before = list(tmp_path.iterdir())
    wire = Wire(tmp_path, **settings)
    wire.write(HELLO, READY, call(1, "recall", question="Where?"), call(2, "status"))
    answers, _ = wire.rest()
    assert {answer["id"] for answer in answers} == {0, 1, 2}
    for answer in answers[1:]:
        assert answer["result"]["isError"]
        assert said in answer["result"]["content"][0]["text"]
    assert list(tmp_path.iterdir()) == before


def line(**message: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode() + b"\n"


class TestSession:
    def test_a_new_leader_gets_initialize_subscriptions_and_unanswered_requests(self) -> None:
        session = Session()
        subscribe = line(id=1, method="resources/subscribe", params={"uri": "memory://banks"})
        asked = line(id=2, method="tools/call", params={"name": "recall"})
        for sent in (json.dumps(HELLO).encode(), json.dumps(READY).encode(), subscribe, asked):
            session.from_client(sent)
        for number in (0, 1):
            assert session.from_server(line(id=number, result={})) is not None
        again = [json.loads(sent) for sent in session.reopening_lines()]
        assert [sent["method"] for sent in again] == [
            "initialize",
            "notifications/initialized",
            "resources/subscribe",
            "tools/call",
        ]
        assert again[3]["id"] == 2
        for sent in again[:3:2]:
            assert session.from_server(line(id=sent["id"], result={})) is None  # the client has had it
        assert session.from_server(line(id=2, result={})) == line(id=2, result={})
        assert session.idle

    def test_an_initialize_that_was_not_answered_is_the_clients_still(self) -> None:
        session = Session()
        session.from_client(line(**HELLO))
        (again,) = session.reopening_lines()
        assert json.loads(again)["id"] == 0
        assert session.from_server(line(id=0, result={})) is not None

    def test_a_dead_leaders_question_is_withdrawn_and_its_answer_dropped(self) -> None:
        session = Session()
        first = json.loads(session.from_server(line(id=1, method="elicitation/create")) or b"")
        (withdrawn,) = map(json.loads, session.withdraw_server_requests())
        assert withdrawn["params"]["requestId"] == first["id"]
        session.reopening_lines()
        second = json.loads(session.from_server(line(id=1, method="elicitation/create")) or b"")
        assert second["id"] != first["id"]
        assert session.from_client(line(id=first["id"], result={})) is None
        assert session.from_client(line(id=second["id"], result={})) == line(id=1, result={})

    def test_cancelled_requests_are_not_sent_again(self) -> None:
        session = Session()
        session.from_client(line(id=1, method="tools/call"))
        session.from_client(line(method="notifications/cancelled", params={"requestId": 1}))
        assert session.reopening_lines() == []

    def test_a_request_that_ends_one_process_after_the_other_is_given_up(self) -> None:
        session = Session()
        session.from_client(line(id=1, method="tools/call"))
        session.from_client(line(id=2, method="subscriptions/listen"))
        given_up: list[str | int] = []
        while not given_up:
            given_up = session.count_losses()
        assert given_up == [1]
