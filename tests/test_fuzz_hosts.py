"""Any text through what hosts use: the tools of the MCP server, LangChain's and LlamaIndex's memories."""

from __future__ import annotations

from collections.abc import Sequence

from any_text import any_text
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage
from llama_index.core.base.llms.types import ChatMessage
from mcp import Client
from test_mcp import session, text

from fourfold import Memory
from fourfold.language.text import clean
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_langchain import FourfoldChatMessageHistory
from fourfold_llamaindex import FourfoldMemory

# A text that goes over a wire is valid Unicode: JSON that is sent as UTF-8 can hold no half of a character.
TEXTS = st.lists(any_text(), min_size=1, max_size=4)


@settings(max_examples=10)
@given(TEXTS)
def test_the_tools_of_the_mcp_server_take_any_text(texts: Sequence[str]) -> None:
    sent = [each for each in (text.encode(errors="ignore").decode() for text in texts) if clean(each)]

    async def talk(client: Client) -> None:
        for each in sent:
            assert not (await client.call_tool("retain", {"text": each})).is_error
            assert not (await client.call_tool("recall", {"question": each})).is_error
            assert not (await client.call_tool("reflect", {"question": each})).is_error
        assert "was kept without" not in text(await client.call_tool("status", {}))

    session(FrozenClock(), talk)


@settings(max_examples=10)
@given(TEXTS)
def test_a_history_of_langchain_holds_any_text(texts: Sequence[str]) -> None:
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock()) as memory:
        history = FourfoldChatMessageHistory(memory.bank("a"), "session")
        for each in texts:
            history.add_messages([HumanMessage(each), AIMessage(each)])
        assert len(history.messages) == 2 * len(texts)


@settings(max_examples=10)
@given(TEXTS)
def test_a_memory_of_llamaindex_takes_any_text(texts: Sequence[str]) -> None:
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock()) as memory:
        recalling = FourfoldMemory(bank=memory.bank("a"), session="session")
        for each in texts:
            recalling.put(ChatMessage(each, role="user"))
            assert recalling.get(each)
