"""The app's own LangChain models as Fourfold's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatResult

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
from fourfold_langchain import ChatModel, TextEmbedder

PORTO = {"text": "Ana moved to Porto.", "messages": [1]}
TURNS = [
    PromptMessage("system", "Read."),
    PromptMessage("system", "Carefully."),
    PromptMessage("user", "[1] I moved to Porto."),
]
USED = {
    "input_tokens": 40,
    "output_tokens": 9,
    "total_tokens": 49,
    "input_token_details": {"cache_read": 30},
}


class Desk(BaseChatModel):
    """A chat model without tools that answers `said`, or raises it."""

    said: Any
    heard: list[list[BaseMessage]] = []  # noqa: RUF012

    @property
    def _llm_type(self) -> str:
        return "desk"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.heard.append(messages)
        if isinstance(self.said, Exception):
            raise self.said
        return ChatResult(generations=[ChatGeneration(message=self.said)])


class Tooled(Desk):
    """The same with tools."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self


class RefusedError(Exception):
    """An error as the providers' SDKs have them."""

    def __init__(self, status_code: int) -> None:
        super().__init__("no")
        self.status_code = status_code


def by_tool(*statements: dict[str, Any]) -> AIMessage:
    call = {"name": "Extraction", "args": {"statements": list(statements)}, "id": "1"}
    return AIMessage("", tool_calls=[call], usage_metadata=USED)


def ask(said: Any, kind: type[Desk] = Tooled) -> Any:
    return asyncio.run(ChatModel(kind(said=said, heard=[])).ask(TURNS, Extraction))


def test_a_model_with_tools_is_asked_by_structured_output() -> None:
    desk = Tooled(said=by_tool(PORTO), heard=[])
    found = asyncio.run(ChatModel(desk).ask(TURNS, Extraction))
    assert [one.text for one in found.value.statements] == ["Ana moved to Porto."]
    assert found.tokens == Tokens(1, 40, 9, 30)
    system, user = desk.heard[0]
    assert isinstance(system, SystemMessage)
    assert (system.content, user.content) == ("Read.\n\nCarefully.", "[1] I moved to Porto.")


def test_a_model_without_tools_gets_schema_instructions() -> None:
    desk = Desk(said=AIMessage(f"Here:\n```json\n{json.dumps({'statements': [PORTO]})}\n```"), heard=[])
    model = ChatModel(desk, "desk-1")
    found = asyncio.run(model.ask(TURNS, Extraction))
    assert [one.text for one in found.value.statements] == ["Ana moved to Porto."]
    assert found.tokens == Tokens(1)
    assert "JSON" in str(desk.heard[0][-1].content)
    assert model.name == "langchain:desk-1"


def test_a_tool_models_answer_in_text_is_parsed() -> None:
    assert ask(AIMessage(json.dumps({"statements": [PORTO]}))).value.statements[0].text == PORTO["text"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (RefusedError(429), ModelBusyError),
        (RefusedError(529), ModelBusyError),
        (RefusedError(401), ConfigurationError),
        (RefusedError(404), ConfigurationError),
        (TimeoutError(), ModelTimeoutError),
        (type("ReadTimeout", (Exception,), {})(), ModelTimeoutError),
        (KeyError("x"), ModelError),
        (AIMessage("I would rather not.", usage_metadata=USED), ModelOutputError),
        (by_tool({"text": []}), ModelError),
    ],
)
def test_chat_model_failures_are_mapped_to_our_errors(said: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        ask(said)
    if isinstance(said, AIMessage):
        assert isinstance(caught.value, ModelError)
        assert caught.value.tokens == Tokens(1, 40, 9, 30)


def test_a_memory_extracts_with_the_adapted_model() -> None:
    model = ChatModel(Tooled(said=by_tool(PORTO), heard=[]), "desk-1")
    with Memory(MemoryStore(), HashEmbedder(), llm=model) as memory:
        done = memory.bank("ana").retain("Ana: I moved to Porto.")
        assert [unit.text for unit in done.units] == ["Ana moved to Porto."]
        assert done.usage.model.input == 40


class Lettered(Embeddings):
    """Counts letters."""

    def __init__(self) -> None:
        self.calls = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.calls += 1
        return [[float(text.lower().count(letter)) + 0.1 for letter in "abcdefghij"] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def test_a_memory_embeds_with_the_apps_model() -> None:
    model = Lettered()
    embedder = TextEmbedder(model, "letters")
    assert embedder.dimension == embedder.dimension == 10
    assert model.calls == 1
    with Memory(MemoryStore(), embedder) as memory:
        bank = memory.bank("ana")
        bank.retain("The cabbage is beside the cab.")
        assert bank.recall("Where is the cabbage?").hits
    assert TextEmbedder(model, "letters", 10).dimension == 10


def test_embedding_failures_are_mapped_to_our_errors() -> None:
    class Broken(Lettered):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise RefusedError(429)

    with pytest.raises(ModelBusyError):
        TextEmbedder(Broken(), "letters", 10).embed(["a"])
