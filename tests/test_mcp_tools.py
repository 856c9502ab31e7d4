"""Tools that other packages bring to the MCP server, by an entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import pytest
from mcp import Client
from test_mcp import TOOLS, session, text

from fourfold import AsyncMemory, Fact, Message, NotFoundError
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_mcp.tools.entity import describe_entity
from fourfold_mcp.tools.registry import BUILTIN_TOOLS

SHOUT = '''
from typing import Annotated

from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from fourfold import InputError
from fourfold_mcp.formatting import tool_result
from fourfold_mcp.tools.base import READS, Tool, ToolContext, scope_of


class ShoutAnswer(BaseModel):
    bank: str
    text: str


async def shout(
    ctx: ToolContext, words: Annotated[str, Field(description="What to shout.")]
) -> Annotated[CallToolResult, ShoutAnswer]:
    """Say it
    louder."""
    if not words:
        raise InputError("There is nothing to shout: give words.")
    bank = await scope_of(ctx).bank(None)
    return tool_result(words.upper(), ShoutAnswer(bank=bank.name, text=words.upper()))


TOOL = Tool(shout, title="Shout", summary="Say it louder", annotations=READS)


async def recall(ctx: ToolContext) -> CallToolResult:
    """Has the name of a built-in tool."""
    raise NotImplementedError


RECALL = Tool(recall, title="Another recall", summary="", annotations=READS)
NO_TOOL = "shout"
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installs a package with tools, of which one is good."""
    (tmp_path / "shouting.py").write_text(SHOUT)
    info = tmp_path / "shouting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[fourfold_mcp.tools]\n"
        "shout = shouting:TOOL\n"
        "recall = shouting:RECALL\n"
        "text = shouting:NO_TOOL\n"
        "missing = shouting:NOWHERE\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "shouting", raising=False)


@pytest.mark.usefixtures("package")
def test_another_package_adds_a_tool(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {*TOOLS, "shout"}
        assert (tools["shout"].title, tools["shout"].description) == ("Shout", "Say it louder.")
        assert list(tools["shout"].input_schema["properties"]) == ["words"]
        answer = await client.call_tool("shout", {"words": "porto"})
        assert answer.structured_content == {"bank": "mine", "text": "PORTO"}
        refusal = await client.call_tool("shout", {"words": ""})
        assert refusal.is_error
        assert text(refusal) == "There is nothing to shout: give words."

    session(clock, talk)


@pytest.mark.usefixtures("package")
def test_a_tool_that_cannot_be_used_is_left_out_and_logged(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools["recall"].title == "Recall"

    session(clock, talk)
    logged = [
        record.getMessage() for record in caplog.records if record.name == "fourfold_mcp.tools.registry"
    ]
    assert sorted(logged) == [
        "The tool of shouting:RECALL is left out: there is one called recall.",
        "The tool shouting:NOWHERE is left out: it cannot be loaded.",
        "shouting:NO_TOOL is left out: it is no fourfold_mcp.tools.base.Tool.",
    ]


def test_every_builtin_tool_says_what_it_is_for() -> None:
    assert all(tool.description and tool.summary and tool.title for tool in BUILTIN_TOOLS)


def test_what_is_retained_may_say_when_it_was_said_and_by_whom(clock: FrozenClock) -> None:
    async def talk(client: Client) -> None:
        lines = [
            {"text": "I moved to Porto.", "speaker": "Ana", "said": "2021-03-04"},
            {"text": "The old house is sold.", "said": "2022-01-02T23:30:00-05:00"},
            {"text": "The roof leaks.", "said": "unknown"},
        ]
        answer = await client.call_tool("retain", {"text": lines})
        assert "- [4 March 2021] Ana: I moved to Porto." in text(answer)
        assert "- [2 January 2022] The old house is sold." in text(answer)
        assert "- The roof leaks." in text(answer)
        fact = {"text": "Bob bought a boat.", "said": "2020-05-06"}
        assert "- [6 May 2020] Bob bought a boat." in text(
            await client.call_tool("retain", {"facts": [fact]})
        )
        refusal = await client.call_tool(
            "retain", {"text": [{"text": "The sea is calm.", "said": "last May"}]}
        )
        assert refusal.is_error
        assert "'last May' is no time: write 2026-05-08" in text(refusal)
        assert (await client.call_tool("retain", {"text": []})).is_error

    session(clock, talk)


def test_the_entity_tool_tells_of_a_user_who_is_nowhere_named() -> None:
    async def ask() -> None:
        async with AsyncMemory(MemoryStore(), HashEmbedder()) as memory:
            bank = memory.bank("mine")
            with pytest.raises(NotFoundError):
                await describe_entity(bank, "user", 5)
            await bank.retain("I keep bees behind the school. I am allergic to penicillin.")
            await bank.consolidate()
            answer, _ = await describe_entity(bank, "user", 5)
            assert (answer.name, answer.kind) == ("user", "person")
            assert "bees" in answer.summary
            # Nor is he what is called "User" as well.
            await bank.retain_facts([Fact("The class User has an email address.", entities=("User",))])
            await bank.consolidate()
            answer, _ = await describe_entity(bank, "user", 5)
            assert (answer.name, answer.kind) == ("user", "person")
            assert "bees" in answer.summary
            speaking = memory.bank("named")
            await speaking.retain([Message("I keep hens.", "user"), Message("I live in Ghent.", "user")])
            await speaking.consolidate()
            answer, _ = await describe_entity(speaking, "user", 5)
            assert answer.mentions == 2

    anyio.run(ask)
