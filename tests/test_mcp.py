"""The MCP server, asked by the SDK's own client: in memory, and as a process over stdio."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import CallToolResult, TextContent

from fourfold import AsyncMemory
from fourfold.testing import FrozenClock, HashEmbedder
from fourfold_mcp.server import make_server
from fourfold_mcp.tools import Tools

TOOLS = {"retain", "recall", "reflect", "beliefs", "entity", "forget", "status"}
PORTO_TEXT = "Ana moved to Porto."
PORTO = {"text": PORTO_TEXT, "entities": ["Ana", "Porto"], "when": "2023-04"}


def session(clock: FrozenClock, talk: Callable[[Client], Awaitable[None]]) -> None:
    """Has `talk` with a server on an empty memory."""

    async def run() -> None:
        async with await AsyncMemory.open(":memory:", embedder=HashEmbedder(), clock=clock) as memory:

            async def opened() -> AsyncMemory:
                return memory

            async with Client(make_server(Tools(opened, "mine"))) as client:
                await talk(client)

    anyio.run(run)


def text(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, TextContent))


def test_every_tool_says_what_it_takes_answers_and_does(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == TOOLS
        for tool in tools.values():
            assert tool.description
            assert tool.output_schema
            assert "bank" in tool.input_schema["properties"]
            assert tool.annotations is not None
            assert None not in tool.annotations.model_dump(exclude={"title"}).values()
        assert tools["forget"].annotations.destructive_hint  # type: ignore[union-attr]

    session(clock, talk)


def test_what_is_stated_is_recalled_reflected_on_and_forgotten(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        kept = await client.call_tool("retain", {"facts": [PORTO]})
        assert kept.structured_content["extracted_by"] == "the caller"
        assert kept.structured_content["operations"] == {"ADD": 1}
        found = await client.call_tool("recall", {"question": "Where did Ana move?"})
        (unit,) = found.structured_content["units"]
        assert (unit["text"], unit["entities"]) == (PORTO_TEXT, ["Ana", "Porto"])
        assert unit["occurred_from"].startswith("2023-04-01")
        assert "Ana moved to Porto." in text(found)
        thought = await client.call_tool("reflect", {"question": "Where did Ana move?"})
        assert thought.structured_content["extract"] is True
        assert "Porto" in text(thought)
        known = await client.call_tool("entity", {"name": "Ana"})
        assert known.structured_content["mentions"] == 1
        unsure = await client.call_tool("forget", {"unit": unit["id"]})
        assert unsure.is_error
        assert "confirm=true" in text(unsure)
        gone = await client.call_tool("forget", {"unit": unit["id"], "confirm": True})
        assert [one["id"] for one in gone.structured_content["units"]] == [unit["id"]]
        again = await client.call_tool("recall", {"question": "Where did Ana move?"})
        assert again.structured_content["units"] == []

    session(clock, talk)


def test_banks_are_apart_and_named_in_the_status(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        belief = {"text": "Ana is patient.", "network": "belief", "confidence": 0.8, "entities": ["Ana"]}
        await client.call_tool("retain", {"facts": [belief], "bank": "theirs"})
        await client.call_tool("retain", {"text": "We chose Qdrant on Monday.", "tags": ["work"]})
        mine = await client.call_tool("beliefs", {})
        theirs = await client.call_tool("beliefs", {"about": "Ana", "bank": "theirs"})
        assert mine.structured_content["beliefs"] == []
        assert "(0.80): Ana is patient." in text(theirs)
        status = (await client.call_tool("status", {})).structured_content
        assert status is not None
        assert [bank["name"] for bank in status["banks"]] == ["mine", "theirs"]

    session(clock, talk)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("retain", {}, "either text or facts"),
        ("retain", {"text": "Ana.", "facts": [PORTO]}, "either text or facts"),
        ("retain", {"text": 5}, "text"),
        ("retain", {"text": "x" * 200_001}, "200000"),
        ("retain", {"facts": [{"text": "Ana.", "when": "soon"}]}, "is no date"),
        ("retain", {"facts": [{"text": "Ana.", "network": "summary"}]}, "network"),
        ("retain", {"facts": [{"text": "Ana.", "confidence": 0.5}]}, "only a belief"),
        ("retain", {"text": "Ana.", "bank": "../../etc"}, "cannot name a bank"),
        ("retain", {"text": "Ana.", "bank": "a\x00b"}, "cannot name a bank"),
        ("recall", {"question": "Ana?", "during": "2023-13"}, "is no date"),
        ("recall", {"question": "Ana?", "budget": 1}, "64"),
        ("entity", {"name": "Nobody"}, "knows no entity"),
        ("forget", {"unit": "nonsense", "confirm": True}, "nonsense"),
        ("forget", {"confirm": True}, "one of"),
        ("forget_everything", {}, "forget_everything"),
    ],
)
def test_a_bad_request_says_what_is_wrong_and_changes_nothing(
    clock: FrozenClock, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async def talk(client: Client) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert said in text(result)
        status = (await client.call_tool("status", {})).structured_content
        assert status is not None
        assert status["banks"] == []

    session(clock, talk)


def test_a_process_serves_over_stdio_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    settings = {"FOURFOLD_LOCATION": str(tmp_path / "memory"), "FOURFOLD_BANK": "desk"}
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "fourfold_mcp"], env=settings)

    async def run() -> None:
        async with Client(stdio_client(parameters)) as client:
            await client.call_tool("retain", {"facts": [PORTO]})
        async with Client(stdio_client(parameters)) as client:
            found = await client.call_tool("recall", {"question": "Where does Ana live?"})
            assert found.structured_content["bank"] == "desk"
            assert PORTO_TEXT in text(found)

    anyio.run(run)
