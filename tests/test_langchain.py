"""Fourfold in LangChain: its standard tests, and what its users expect besides."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import RetrieversIntegrationTests, ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from fourfold import Bank, InputError, Memory, Message, StoreError
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold_langchain import FourfoldRetriever, memory_tools

TOLD = [
    "I moved to Porto in April.",
    "My sister Rita lives in Porto too.",
    "Porto is where the workshop is.",
    "In Porto the rent is 640 euros.",
]


@pytest.fixture(scope="class")
def porto_bank() -> Iterator[Bank]:
    """A bank that holds what was told."""
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock()) as memory:
        bank = memory.bank("ana")
        said = [Message(text, "Ana", id=str(number)) for number, text in enumerate(TOLD)]
        bank.retain(said, document="chat", tags=["home"])
        yield bank


class TestStandardRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of a retriever."""

    @pytest.fixture(autouse=True)
    def _bank(self, porto_bank: Bank) -> None:
        self.bank = porto_bank

    @property
    def retriever_constructor(self) -> type[FourfoldRetriever]:
        return FourfoldRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"bank": self.bank}

    @property
    def retriever_query_example(self) -> str:
        return "What is in Porto?"


class StandardTool:
    """What LangChain's own tests of a tool need to know."""

    place = 0
    example: dict[str, str] = {}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def _bank(self, porto_bank: Bank) -> None:
        self.bank = porto_bank

    @property
    def tool_constructor(self) -> BaseTool:
        return memory_tools(self.bank)[self.place]

    @property
    def tool_invoke_params_example(self) -> dict[str, str]:
        return self.example


class TestRecallTool(StandardTool, ToolsUnitTests):
    example = {"question": "Where did Ana move?"}  # noqa: RUF012


class TestRecallToolAtWork(StandardTool, ToolsIntegrationTests):
    example = {"question": "Where did Ana move?"}  # noqa: RUF012


class TestRetainTool(StandardTool, ToolsUnitTests):
    place, example = 1, {"text": "Ana plays the violin."}


class TestRetainToolAtWork(StandardTool, ToolsIntegrationTests):
    place, example = 1, {"text": "Ana plays the violin."}


class TestReflectTool(StandardTool, ToolsUnitTests):
    place, example = 2, {"question": "Is Porto dear?"}


class TestReflectToolAtWork(StandardTool, ToolsIntegrationTests):
    place, example = 2, {"question": "Is Porto dear?"}


def test_a_document_is_a_dated_line_with_its_source(porto_bank: Bank) -> None:
    found = FourfoldRetriever(bank=porto_bank, k=1).invoke("How high is the rent in Porto?")
    (document,) = found
    unit = porto_bank.unit(document.id or "")
    assert document.page_content == porto_bank.recall("How high is the rent in Porto?", limit=1).text
    assert document.metadata["text"] == unit.text == "In Porto the rent is 640 euros."
    assert document.metadata["messages"] == ["3"]
    assert document.metadata["document"] == "chat"
    assert document.metadata["speaker"] == "Ana"
    assert document.metadata["network"] == "world"


def test_the_retriever_filters_by_tag_network_and_time(porto_bank: Bank) -> None:
    assert FourfoldRetriever(bank=porto_bank, bank_tags=["work"]).invoke("What is in Porto?") == []
    assert FourfoldRetriever(bank=porto_bank, networks=["belief"]).invoke("What is in Porto?") == []
    assert (
        len(FourfoldRetriever(bank=porto_bank, bank_tags=["home"], k=None).invoke("What is in Porto?")) >= 3
    )
    assert FourfoldRetriever(bank=porto_bank, tags=["traced"]).invoke("What is in Porto?")
    long_ago = (datetime(1999, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))
    assert FourfoldRetriever(bank=porto_bank, during=long_ago).invoke("What is in Porto?") == []
    assert len(FourfoldRetriever(bank=porto_bank, budget=20).invoke("What is in Porto?")) == 1


def test_a_chain_recalls_sync_and_async(porto_bank: Bank) -> None:
    def joined(documents: list[Document]) -> str:
        return "\n".join(document.page_content for document in documents)

    prompt = ChatPromptTemplate.from_template("{memory}\n\n{question}")
    chain = (
        {
            "memory": FourfoldRetriever(bank=porto_bank, k=1) | RunnableLambda(joined),
            "question": RunnablePassthrough(),
        }
        | prompt
        | (lambda value: value.to_string())
    )
    said = chain.invoke("How high is the rent in Porto?")
    assert "640 euros" in said
    assert asyncio.run(chain.ainvoke("How high is the rent in Porto?")) == said


def test_a_memory_that_fails_does_not_end_the_turn(caplog: pytest.LogCaptureFixture) -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("ana")
        bank.retain("Ana moved to Porto.")
    for ask in (
        FourfoldRetriever(bank=bank).invoke,
        lambda q: asyncio.run(FourfoldRetriever(bank=bank).ainvoke(q)),
    ):
        with caplog.at_level(logging.WARNING):
            assert ask("Where did Ana move?") == []
        assert "Nothing was recalled in the bank ana" in caplog.text
    with pytest.raises(StoreError):
        FourfoldRetriever(bank=bank, strict=True).invoke("Where did Ana move?")


def test_wrong_retriever_settings_are_refused_at_construction(porto_bank: Bank) -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        FourfoldRetriever(bank=porto_bank, k=0)
    with pytest.raises(InputError):
        FourfoldRetriever(bank=porto_bank, networks=["dreams"], strict=True).invoke("What is in Porto?")


def test_tool_errors_are_returned_to_the_model() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        tools = memory_tools(memory.bank("ana"))
        told = tools[1].invoke(ToolCall(name="retain", args={"text": "  "}, id="1", type="tool_call"))
        assert (told.status, "the text is empty" in told.content) == ("error", True)
    for tool, argument in zip(tools, ("question", "text", "question"), strict=True):
        call = ToolCall(name=tool.name, args={argument: "Where is Ana?"}, id="1", type="tool_call")
        for answer in (tool.invoke(call), asyncio.run(tool.ainvoke(call))):
            assert isinstance(answer, ToolMessage)
            assert answer.status == "error"
            assert "The memory is closed" in str(answer.content)


def test_text_retained_by_one_tool_is_recalled_by_another() -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        recall, retain, reflect = memory_tools(memory.bank("ana"))
        assert (
            recall.invoke({"question": "Where does Rita live?"})
            == "Nothing that is remembered bears on that."
        )
        assert "Rita lives in Lisbon." in retain.invoke({"text": "Rita lives in Lisbon."})
        assert "Rita lives in Lisbon." in recall.invoke({"question": "Where does Rita live?"})
        assert "Rita lives in Lisbon." in reflect.invoke({"question": "Where does Rita live?"})


def test_missing_langchain_is_named_with_the_command_to_install() -> None:
    code = "import sys; sys.modules['langchain_core'] = None; import fourfold_langchain"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert 'pip install "fourfold[langchain]"' in done.stderr


def test_importing_the_plugin_imports_no_other_framework() -> None:
    code = (
        "import sys, fourfold_langchain; "
        "print([n for n in ('langgraph', 'langchain', 'llama_index', 'mcp', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
