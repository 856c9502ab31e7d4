"""Several MCP clients on one directory, each with a process of its own, of which the one that serves is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import ElicitRequestParams, ElicitResult
from waiting import until

from fourfold import Memory

pytestmark = pytest.mark.slow

Mode = Literal["legacy", "auto"]
MOVED_TEXT = "Ana moved to Porto."
MOVED = {"text": MOVED_TEXT, "entities": ["Ana", "Porto"]}
CLIENTS, CALLS, KILLS = 8, 100, 3
LONGEST = 60.0  # seconds: a call that takes as long hangs (benchmarks/mcp.py measures how long they take)


class Desk:
    """A directory, and what several clients do to it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        settings = {"FOURFOLD_LOCATION": str(home), "FOURFOLD_BANK": "desk"}
        self.parameters = StdioServerParameters(
            command=sys.executable, args=["-m", "fourfold_mcp"], env=settings
        )
        self.acknowledged: list[str] = []
        self.took: list[float] = []
        self.lost = 0

    def client(self, mode: Mode = "auto") -> Client:
        """One more client, with its process."""
        return Client(stdio_client(self.parameters), mode=mode)

    def owner(self) -> int | None:
        """The process that leads; None while another takes over."""
        try:
            return int(json.loads((self.home / "serving" / "address.json").read_text())["pid"])
        except (OSError, ValueError):
            return None

    async def kill_owner(self) -> None:
        """Ends the owner as the system does when memory runs out, and waits for another."""
        killed = await self.owned()
        os.kill(killed, signal.SIGKILL)
        await self.owned_by_another_than(killed)

    def has_answered(self, calls: int) -> bool:
        """Whether so many calls of all clients were answered."""
        return len(self.took) >= calls

    async def owned(self) -> int:
        """The owner, as soon as there is one."""
        await until(lambda: self.owner() is not None)
        return self.owner() or await self.owned()  # it may have ended since

    async def owned_by_another_than(self, process: int) -> None:
        """Waits until another process is the owner."""
        await until(lambda: self.owner() not in (None, process))

    async def work(self, number: int) -> None:
        """One client's day. When its own process is killed it starts another, as a desktop assistant does, and makes
        the call again that was not answered."""
        rng = random.Random(number)
        call = 0
        while call < CALLS:
            try:
                async with self.client() as client:
                    while call < CALLS:
                        await self.ask(client, rng, f"{number}-{call}")
                        call += 1
            except* MCPError:
                self.lost += 1

    async def ask(self, client: Client, rng: random.Random, mark: str) -> None:
        """One call, of those that clients make; raises if it goes wrong."""
        statement = f"Project {mark} belongs to Ana."
        calls: list[tuple[str, dict[str, object]]] = [
            ("retain", {"facts": [{"text": statement, "entities": [f"Project {mark}", "Ana"]}]}),
            ("retain", {"text": statement}),
            ("recall", {"question": "Which projects belong to Ana?", "budget": 256}),
            ("status", {}),
            ("entity", {"name": "Ana"}),
        ]
        tool, arguments = rng.choices(calls, weights=[3, 1, 4, 1, 1])[0]
        began = time.monotonic()
        with anyio.fail_after(LONGEST):
            result = await client.call_tool(tool, arguments)
        self.took.append(time.monotonic() - began)
        if tool == "retain":
            assert not result.is_error, result
            self.acknowledged.append(statement)


def test_eight_clients_lose_nothing_when_the_owner_is_killed_three_times(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "memory")

    async def scenario() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(CLIENTS):
                tasks.start_soon(desk.work, number)
            for part in range(1, KILLS + 1):
                answered = CLIENTS * CALLS * part // (KILLS + 1)
                await until(partial(desk.has_answered, answered), seconds=300)
                await desk.kill_owner()

    anyio.run(scenario)
    took = sorted(desk.took)
    print(
        f"{len(took)} calls: median {took[len(took) // 2]:.3f} s, longest {took[-1]:.2f} s"
    )  # shown by pytest -s
    assert desk.lost == KILLS  # each time the client whose process it was, and no other
    assert len(desk.took) == CLIENTS * CALLS
    assert not (desk.home / "serving" / "address.json").exists()  # nobody serves any more
    with Memory.open(str(desk.home)) as memory:
        kept = Counter(unit.text for unit in memory.bank("desk").units())
    assert set(desk.acknowledged) <= set(kept)
    assert set(kept.values()) == {1}


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_next_client_takes_over_when_the_leader_is_killed(tmp_path: Path, mode: Mode) -> None:
    desk = Desk(tmp_path / "memory")

    async def scenario() -> None:
        with suppress(BaseExceptionGroup):  # the first one's session ends as its process does
            async with desk.client(mode) as first:
                await first.call_tool("retain", {"facts": [MOVED]})
                async with desk.client(mode) as other:
                    await other.call_tool("status", {})
                    await desk.kill_owner()
                    found = await other.call_tool("recall", {"question": "Where did Ana move?"})
                    assert MOVED_TEXT in str(found.content)
                    again = await other.call_tool("retain", {"facts": [MOVED]})
                    assert again.structured_content["operations"] == {"NOOP": 1}
                    desk.lost += 1

    anyio.run(scenario)
    assert desk.lost == 1  # it came to the end


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_next_client_takes_over_when_the_leader_closes(tmp_path: Path, mode: Mode) -> None:
    desk = Desk(tmp_path / "memory")

    there, enough = anyio.Event(), anyio.Event()

    async def stay() -> None:
        async with desk.client(mode) as first:
            await first.call_tool("retain", {"facts": [MOVED]})
            there.set()
            await enough.wait()

    async def scenario() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stay)
            await there.wait()
            owner = await desk.owned()
            async with desk.client(mode) as other:
                await other.call_tool("status", {})
                assert await desk.owned() == owner
                enough.set()
                await desk.owned_by_another_than(owner)
                found = await other.call_tool("recall", {"question": "Where did Ana move?"})
                assert MOVED_TEXT in str(found.content)

    anyio.run(scenario)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_question_to_the_user_outlives_the_process_that_asked_it(tmp_path: Path, mode: Mode) -> None:
    desk = Desk(tmp_path / "memory")
    asked: list[str] = []

    async def agree(context: object, params: ElicitRequestParams) -> ElicitResult:
        asked.append(params.message)
        if len(asked) == 1:
            await desk.kill_owner()
        return ElicitResult(action="accept", content={"forget": True})

    async def scenario() -> None:
        with suppress(BaseExceptionGroup):  # the first one's session ends as its process does
            async with desk.client(mode) as first:
                await first.call_tool("retain", {"facts": [MOVED]})
                other = Client(stdio_client(desk.parameters), mode=mode, elicitation_callback=agree)
                async with other:
                    done = await other.call_tool("forget", {"entity": "Porto"})
                    assert [unit["text"] for unit in done.structured_content["units"]] == [MOVED_TEXT]
                    desk.lost += 1

    anyio.run(scenario)
    assert desk.lost == 1  # it came to the end
    assert set(asked) == {'Forget all that mentions "Porto" (1 memory)? It will not be recalled any more.'}


def test_a_client_with_other_settings_than_the_leader_is_warned(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "memory")
    other = Desk(tmp_path / "memory")
    assert other.parameters.env is not None
    other.parameters.env |= {"FOURFOLD_BANK": "theirs", "FOURFOLD_RELEVANCE": "0.5"}

    async def scenario() -> None:
        async with desk.client() as first:
            assert (await first.call_tool("status", {})).structured_content["notes"] == []
            async with other.client() as second:
                status = (await second.call_tool("status", {})).structured_content
                assert status["bank"] == "theirs"
                assert "settings, which differ" in status["notes"][0]

    anyio.run(scenario)
