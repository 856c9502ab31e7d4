"""The client's own model as a language model for one retain: what it answered, by sampling, to one question."""

from __future__ import annotations

from collections.abc import Sequence

from mcp_types import CreateMessageResult, TextContent
from pydantic import ValidationError

from fourfold import ModelError, ModelOutputError, Tokens
from fourfold.ingest.extract.llm import Extraction
from fourfold.models.structured import decode, schema_instructions
from fourfold.ports import ModelResponse, OutputT, PromptMessage

SHAPE = schema_instructions(Extraction)
"""What tells the client's model in which shape to answer."""


class SampledModel:
    """A model that has answered `turns` already, and has nothing to say to anything else."""

    def __init__(self, turns: Sequence[PromptMessage] | None, found: CreateMessageResult) -> None:
        """Raises `ModelOutputError` for an answer that was cut off or is none."""
        if found.stop_reason == "maxTokens" or not isinstance(found.content, TextContent):
            raise ModelOutputError("The client's model did not answer to the end.")
        self.name = f"{found.model} (your client's model)"
        self._turns, self._answer = turns, decode(found.content.text, Extraction)

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """The answer that is there. To another question that of one who knows nothing, where `shape` has one; else
        raises `ModelError`."""
        if self._turns is not None and list(turns) == list(self._turns) and shape is Extraction:
            return ModelResponse(shape.model_validate(self._answer.model_dump()), Tokens())
        try:
            return ModelResponse(shape.model_validate({}), Tokens())
        except ValidationError as error:
            raise ModelError("The client's model was asked about one text alone.") from error

    async def close(self) -> None:
        """Nothing is open."""
