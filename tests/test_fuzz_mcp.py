"""Whatever a client sends to a tool, it gets an answer or an error in words, and what was remembered stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from any_text import any_text
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given
from hypothesis import strategies as st
from mcp import Client
from mcp_types import CallToolResult
from test_mcp import text

from fourfold import AsyncMemory, Settings
from fourfold.plugins import declared_plugins
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_mcp.scope import BankScope
from fourfold_mcp.server import Server
from fourfold_mcp.subscriptions import Subscriptions

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
STRINGS = st.sampled_from(
    ["", " ", "Ana", "mine", "9999-12-31", "0001-01-01T00:00:00+14:00", "2023-02-30", "*", "../x", "ffffffff"]
) | any_text().map(lambda each: each.encode(errors="ignore").decode())
FACT = st.fixed_dictionaries(
    {"text": STRINGS},
    optional=dict.fromkeys(
        ("entities", "when", "until", "network", "modality", "confidence", "said", "by", "role"),
        STRINGS | JSON,
    ),
)
VALUES = {
    "facts": st.lists(FACT, max_size=3),
    "budget": st.integers(-(10**30), 10**30),
    "limit": st.integers(-(10**30), 10**30),
    "confirm": st.booleans(),
    "erase": st.booleans(),
}
RAW = re.compile(r"Error executing tool|Traceback|\w+Error\b")


def _arguments(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any arguments of a tool: mostly of the right kinds, and odd."""
    names = schema["properties"]
    required = set(schema.get("required", ()))
    values = {name: VALUES.get(name, STRINGS) | JSON for name in names}
    return st.fixed_dictionaries(
        {name: value for name, value in values.items() if name in required},
        optional={name: value for name, value in values.items() if name not in required},
    )


class Border:
    """A client of a server that is started once, and a memory that each example has anew."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.portal = portal
        self.memory: AsyncMemory | None = None

    async def opened(self) -> AsyncMemory:
        assert self.memory is not None
        return self.memory

    @contextmanager
    def fresh_memory(self) -> Iterator[None]:
        """Puts an empty memory in the place of the last one."""
        # Its language has no heads: what the model reads of a text is no matter of this border.
        self.memory = AsyncMemory(
            MemoryStore(), HashEmbedder(), clock=FrozenClock(), settings=Settings(language="ja")
        )
        yield
        self.portal.call(self.memory.close)


@pytest.fixture(scope="module")
def border() -> Iterator[Border]:
    with pytest.MonkeyPatch.context() as patch, start_blocking_portal() as portal:
        # What is installed is looked up whenever a memory is opened, which takes as long as some calls.
        patch.setattr("fourfold.recall.channels.declared_plugins", cache(declared_plugins))
        yield Border(portal)


@pytest.fixture(scope="module")
def client(border: Border) -> Iterator[Client]:
    server = Server(BankScope(border.opened, "mine"), Subscriptions())
    with border.portal.wrap_async_context_manager(Client(server)) as client:
        yield client


@given(st.data())
def test_any_arguments_of_a_tool_give_an_answer_or_an_error_in_words(
    border: Border, client: Client, data: st.DataObject
) -> None:
    def call(tool: str, arguments: dict[str, Any]) -> CallToolResult:
        result: CallToolResult = border.portal.call(client.call_tool, tool, arguments)
        return result

    with border.fresh_memory():
        call("retain", {"text": "Ana lives in Porto."})
        tools = border.portal.call(client.list_tools).tools
        for _ in range(4):
            tool = data.draw(st.sampled_from(tools))
            arguments = data.draw(_arguments(tool.input_schema))
            result = call(tool.name, arguments)
            if result.is_error:
                assert not RAW.search(text(result)), (tool.name, arguments, text(result))
        assert not call("recall", {"question": "Where does Ana live?"}).is_error
