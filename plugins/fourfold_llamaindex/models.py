"""The app's own models for Fourfold: an LLM of LlamaIndex as a language model, its embedding as an embedder."""

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
                tool = get_function_tool(shape)
                said = await model.achat_with_tools([tool], chat_history=_messages(turns), tool_required=True)
                calls = model.get_tool_calls_from_response(said, error_on_no_tool_call=False)
                arguments = calls[0].tool_kwargs if calls else None
            else:
                said = await model.achat(
                    _messages([*turns, PromptMessage("user", schema_instructions(shape))])
                )
        return read_response(self.name, shape, _tokens(said), arguments, said.message.content or "")

    async def close(self) -> None:
        """The model is the app's: it is left as it is."""


class TextEmbedder(FrameworkEmbedder):
    """An embedder for `Memory.open(embedder=TextEmbedder(embedding))`. A memory keeps its `name`, by default the
    model's own, and refuses another. Without `dimension` one text is embedded to find it."""

    def __init__(self, model: BaseEmbedding, name: str | None = None, dimension: int | None = None) -> None:
        rows = model.get_text_embedding_batch
        super().__init__(f"llamaindex:{name or model.model_name}", rows, dimension)


def _messages(turns: Sequence[PromptMessage]) -> list[ChatMessage]:
    return [ChatMessage(turn.text, role=turn.role) for turn in merge_system(turns)]


def _tokens(said: ChatResponse) -> Tokens:
    """What was used, where the provider's answer tells it."""
    raw: Any = said.raw
    used = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
    told = used if isinstance(used, dict) else vars(used) if hasattr(used, "__dict__") else {}
    spent = (told.get("prompt_tokens") or told.get("input_tokens"), told.get("completion_tokens"))
    return Tokens(1, spent[0] or 0, spent[1] or told.get("output_tokens") or 0)
