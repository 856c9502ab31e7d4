"""The app's own models for Fourfold: a chat model of LangChain as a language model, its embeddings as an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from fourfold import Tokens
from fourfold.integrations.framework_models import (
    FrameworkEmbedder,
    map_model_errors,
    merge_system,
    read_response,
    schema_instructions,
)
from fourfold.ports import ModelResponse, OutputT, PromptMessage


class ChatModel:
    """A language model for `Memory.open(llm=ChatModel(model))`. It is asked by `with_structured_output`, and in words
    where the model has none. What it raises becomes a `ModelError` or `ConfigurationError`, by its HTTP status if it
    tells one.

    One attempt a call: Fourfold tries again itself, so set `max_retries=0` on the model.
    """

    def __init__(self, model: BaseChatModel, name: str | None = None) -> None:
        """`name` is what results and accounts call it; default: the model's own."""
        self._model, self._structured = model, True
        told = getattr(model, "model_name", None) or getattr(model, "model", None) or type(model).__name__
        self.name = f"langchain:{name or told}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`."""
        if self._structured:
            try:
                form = self._model.with_structured_output(shape, include_raw=True)
            except NotImplementedError:  # it has no tools
                self._structured = False
            else:
                with map_model_errors(self.name):
                    found: Any = await form.ainvoke(_messages(turns))
                return self._answer(found["raw"], shape)
        with map_model_errors(self.name):
            said = await self._model.ainvoke(
                _messages([*turns, PromptMessage("user", schema_instructions(shape))])
            )
        return self._answer(said, shape)

    async def close(self) -> None:
        """The model is the app's: it is left as it is."""

    def _answer(self, said: BaseMessage, shape: type[OutputT]) -> ModelResponse[OutputT]:
        calls = said.tool_calls if isinstance(said, AIMessage) else []
        return read_response(self.name, shape, _tokens(said), calls[0]["args"] if calls else None, said.text)


class TextEmbedder(FrameworkEmbedder):
    """An embedder for `Memory.open(embedder=TextEmbedder(embeddings, "text-embedding-3-small"))`. `name` says which
    model it is: a memory keeps it and refuses another. Without `dimension` one text is embedded to find it."""

    def __init__(self, model: Embeddings, name: str, dimension: int | None = None) -> None:
        super().__init__(f"langchain:{name}", model.embed_documents, dimension)


def _messages(turns: Sequence[PromptMessage]) -> list[BaseMessage]:
    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[turn.role](turn.text) for turn in merge_system(turns)]


def _tokens(said: BaseMessage) -> Tokens:
    used = said.usage_metadata if isinstance(said, AIMessage) else None
    if used is None:
        return Tokens(1)
    cached = used.get("input_token_details", {}).get("cache_read")
    return Tokens(1, used["input_tokens"], used["output_tokens"], cached or 0)
