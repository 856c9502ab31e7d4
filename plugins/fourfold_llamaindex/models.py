"""Adapts the app's own models to Fourfold: an LLM of LlamaIndex as a language model, its embedding as an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import LLM
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.program.function_program import get_function_tool

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
    """A language model for `Memory.open(llm=ChatModel(llm))`. It is asked by a tool call, and in words where it has
    no tools. What it raises becomes a `ModelError` or `ConfigurationError`, by its HTTP status if it tells one.

    One attempt a call: Fourfold tries again itself, so set `max_retries=0` on the LLM.
    """

    def __init__(self, model: LLM, name: str | None = None) -> None:
        """`name` is what results and accounts call it; default: the model's own."""
        self._model = model
        self.name = f"llamaindex:{name or model.metadata.model_name}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`."""
        model, arguments = self._model, None
        with map_model_errors(self.name):
            if isinstance(model, FunctionCallingLLM) and model.metadata.is_function_calling_model:
                # Not LlamaIndex's structured LLM, which reads braces in a message as a template.
                tool = get_function_tool(shape)
                response = await model.achat_with_tools(
                    [tool], chat_history=_messages(turns), tool_required=True
                )
                calls = model.get_tool_calls_from_response(response, error_on_no_tool_call=False)
                arguments = calls[0].tool_kwargs if calls else None
            else:
                response = await model.achat(
                    _messages([*turns, PromptMessage("user", schema_instructions(shape))])
                )
        return read_response(self.name, shape, _tokens(response), arguments, response.message.content or "")

    async def close(self) -> None:
        """Does nothing: the model is the app's."""


class TextEmbedder(FrameworkEmbedder):
    """An embedder for `Memory.open(embedder=TextEmbedder(embedding))`. A memory keeps its `name`, by default the
    model's own, and refuses another. Without `dimension` one text is embedded to find it."""

    def __init__(self, model: BaseEmbedding, name: str | None = None, dimension: int | None = None) -> None:
        rows = model.get_text_embedding_batch
        super().__init__(f"llamaindex:{name or model.model_name}", rows, dimension)


def _messages(turns: Sequence[PromptMessage]) -> list[ChatMessage]:
    return [ChatMessage(turn.text, role=turn.role) for turn in merge_system(turns)]


def _tokens(response: ChatResponse) -> Tokens:
    """Returns what was used, where the provider's answer tells it."""
    # LlamaIndex hands the provider's answer on as it is: OpenAI says prompt_tokens, Anthropic input_tokens.
    raw: Any = response.raw
    usage = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
    counts = usage if isinstance(usage, dict) else getattr(usage, "__dict__", {})
    input_tokens = counts.get("prompt_tokens") or counts.get("input_tokens") or 0
    output_tokens = counts.get("completion_tokens") or counts.get("output_tokens") or 0
    return Tokens(1, input_tokens, output_tokens)
