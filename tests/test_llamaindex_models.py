"""The app's own LlamaIndex models as Fourfold's."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from llama_index.core import MockEmbedding
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ToolCallBlock
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.llms import LLM
from llama_index.core.llms.mock import MockFunctionCallingLLM, MockLLM

from fourfold import (
    ConfigurationError,
    Memory,
    ModelBusyError,
    ModelError,
    ModelOutputError,
    ModelTimeoutError,
    Tokens,
)
from fourfold.ingest.extract.llm import Extraction
from fourfold.ports import PromptMessage
from fourfold.testing import HashEmbedder, MemoryStore
from fourfold_llamaindex import ChatModel, TextEmbedder

PORTO = {"text": "Ana moved to {Porto}.", "messages": [1]}
TURNS = [
    PromptMessage("system", "Read."),
    PromptMessage("system", "Carefully."),
    PromptMessage("user", "[1] I moved to {Porto}."),
]


class RefusedError(Exception):
    """An error as the providers' SDKs have them."""

    def __init__(self, status_code: int) -> None:
        super().__init__("no")
        self.status_code = status_code


class Desk(MockFunctionCallingLLM):
    """Answers `said`, or raises it; with the tokens that a provider tells."""

    said: Any = None
    used: Any = None
    heard: list[Any] = []  # noqa: RUF012

    async def achat(self, messages: Any, **kwargs: Any) -> ChatResponse:
        self.heard.append(messages)
        if isinstance(self.said, Exception):
            raise self.said
        return ChatResponse(message=self.said, raw={"usage": self.used} if self.used else None)


class Wordy(MockLLM):
    """One without tools."""

    said: str = ""
    heard: list[Any] = []  # noqa: RUF012

    async def achat(self, messages: Any, **kwargs: Any) -> ChatResponse:
        self.heard.append(messages)
        return ChatResponse(message=ChatMessage(self.said, role="assistant"), raw=SimpleNamespace(usage=None))


def by_tool(*statements: dict[str, Any]) -> ChatMessage:
    call = ToolCallBlock(
        tool_call_id="1", tool_name="Extraction", tool_kwargs={"statements": list(statements)}
    )
    return ChatMessage(role="assistant", blocks=[call])


def ask(model: LLM) -> Any:
    return asyncio.run(ChatModel(model, "desk-1").ask(TURNS, Extraction))


def test_a_model_with_tools_is_asked_by_structured_output() -> None:
    desk = Desk(said=by_tool(PORTO), heard=[], used={"prompt_tokens": 40, "completion_tokens": 9})
    found = ask(desk)
    assert [one.text for one in found.value.statements] == ["Ana moved to {Porto}."]
    assert found.tokens == Tokens(1, 40, 9)
    system, user = desk.heard[0]
    assert (system.role.value, system.content) == ("system", "Read.\n\nCarefully.")
    assert user.content == "[1] I moved to {Porto}."  # braces are no template's


def test_a_model_without_tools_gets_schema_instructions() -> None:
    wordy = Wordy(max_tokens=None)
    wordy.said = f"Here:\n```json\n{json.dumps({'statements': [PORTO]})}\n```"
    found = ask(wordy)
    assert [one.text for one in found.value.statements] == ["Ana moved to {Porto}."]
    assert found.tokens == Tokens(1)
    assert "JSON" in wordy.heard[0][-1].content
    assert ChatModel(wordy, "desk-1").name == "llamaindex:desk-1"


def test_a_tool_models_answer_in_text_is_parsed() -> None:
    said = ChatMessage(json.dumps({"statements": [PORTO]}), role="assistant")
    used = SimpleNamespace(input_tokens=40, output_tokens=9)
    found = ask(Desk(said=said, heard=[], used=used))
    assert (found.value.statements[0].text, found.tokens) == (PORTO["text"], Tokens(1, 40, 9))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (RefusedError(429), ModelBusyError),
        (RefusedError(401), ConfigurationError),
        (TimeoutError(), ModelTimeoutError),
        (KeyError("x"), ModelError),
        (ChatMessage("I would rather not.", role="assistant"), ModelOutputError),
        (by_tool({"text": []}), ModelError),
    ],
)
def test_llm_failures_are_mapped_to_our_errors(said: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        ask(Desk(said=said, heard=[], used={"prompt_tokens": 40, "completion_tokens": 9}))
    if isinstance(said, ChatMessage):
        assert isinstance(caught.value, ModelError)
        assert caught.value.tokens == Tokens(1, 40, 9)


def test_a_memory_extracts_with_the_adapted_model() -> None:
    with Memory(MemoryStore(), HashEmbedder(), llm=ChatModel(Desk(said=by_tool(PORTO), heard=[]))) as memory:
        done = memory.bank("ana").retain("Ana: I moved to Porto.")
        assert [unit.text for unit in done.units] == ["Ana moved to {Porto}."]


class Lettered(BaseEmbedding):
    """Counts letters."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(text.lower().count(letter)) + 0.1 for letter in "abcdefghij"]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def test_a_memory_embeds_with_the_apps_model() -> None:
    embedder = TextEmbedder(Lettered(model_name="letters"))
    assert (embedder.name, embedder.dimension) == ("llamaindex:letters", 10)
    assert embedder.embed([]) == []
    with Memory(MemoryStore(), embedder) as memory:
        bank = memory.bank("ana")
        bank.retain("The cabbage is beside the cab.")
        assert bank.recall("Where is the cabbage?").hits
    assert TextEmbedder(MockEmbedding(embed_dim=7), "mock", 7).dimension == 7


def test_embedding_failures_are_mapped_to_our_errors() -> None:
    class Broken(Lettered):
        def _get_text_embedding(self, text: str) -> list[float]:
            raise RefusedError(503)

    with pytest.raises(ModelBusyError):
        TextEmbedder(Broken()).embed(["a"])
