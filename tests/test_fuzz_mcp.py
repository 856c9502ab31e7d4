"""Whatever a client sends to a tool, it gets an answer or an error in words, and what was remembered stays."""

from __future__ import annotations

import re
from typing import Any

from any_text import any_text
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client
from test_mcp import session, text

from fourfold.testing import FrozenClock

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


@settings(max_examples=25)
@given(st.data())
def test_any_arguments_of_a_tool_give_an_answer_or_an_error_in_words(data: st.DataObject) -> None:
    async def talk(client: Client) -> None:
        await client.call_tool("retain", {"text": "Ana lives in Porto."})
        tools = (await client.list_tools()).tools
        for _ in range(4):
            tool = data.draw(st.sampled_from(tools))
            arguments = data.draw(_arguments(tool.input_schema))
            result = await client.call_tool(tool.name, arguments)
            if result.is_error:
                assert not RAW.search(text(result)), (tool.name, arguments, text(result))
        assert not (await client.call_tool("recall", {"question": "Where does Ana live?"})).is_error

    session(FrozenClock(), talk)
