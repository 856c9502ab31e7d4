"""Adapts the app's own models to Fourfold: a chat model of LangChain as a language model, its embeddings as an
embedder."""

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
        # LangChain has no one name for it: integrations call the field model_name or model.
        model_name = getattr(model, "model_name", None) or getattr(model, "model", None)
        self.name = f"langchain:{name or model_name or type(model).__name__}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`."""
        if self._structured:
            try:
                # With the raw message: it has the usage, and the text of an answer that does not fit.
                form = self._model.with_structured_output(shape, include_raw=True)
            except NotImplementedError:  # it has no tools
                self._structured = False
            else:
                with map_model_errors(self.name):
                    output: Any = await form.ainvoke(_messages(turns))
                return self._response(output["raw"], shape)
        with map_model_errors(self.name):
            message = await self._model.ainvoke(
                _messages([*turns, PromptMessage("user", schema_instructions(shape))])
            )
        return self._response(message, shape)

    async def close(self) -> None:
        """Does nothing: the model is the app's."""

    def _response(self, message: BaseMessage, shape: type[OutputT]) -> ModelResponse[OutputT]:
        calls = message.tool_calls if isinstance(message, AIMessage) else []
        arguments = calls[0]["args"] if calls else None
        return read_response(self.name, shape, _tokens(message), arguments, message.text)


class TextEmbedder(FrameworkEmbedder):
    """An embedder for `Memory.open(embedder=TextEmbedder(embeddings, "text-embedding-3-small"))`. `name` says which
    model it is: a memory keeps it and refuses another. Without `dimension` one text is embedded to find it."""

    def __init__(self, model: Embeddings, name: str, dimension: int | None = None) -> None:
        super().__init__(f"langchain:{name}", model.embed_documents, dimension)


def _messages(turns: Sequence[PromptMessage]) -> list[BaseMessage]:
    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[turn.role](turn.text) for turn in merge_system(turns)]


def _tokens(message: BaseMessage) -> Tokens:
    usage = message.usage_metadata if isinstance(message, AIMessage) else None
    if usage is None:
        return Tokens(1)
    cached = usage.get("input_token_details", {}).get("cache_read")
    return Tokens(1, usage["input_tokens"], usage["output_tokens"], cached or 0)
