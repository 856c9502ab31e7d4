"""Stands in as a language model for one retain, with what the client's own model answered by sampling."""

from __future__ import annotations

from collections.abc import Sequence

from mcp.server.mcpserver import Sample
from mcp_types import CreateMessageResult, SamplingMessage, TextContent
from pydantic import ValidationError

from fourfold import ModelError, ModelOutputError, Tokens
from fourfold.integrations.framework_models import read_response, schema_instructions
from fourfold.ports import ModelRequest, ModelResponse, OutputT, PromptMessage

_MAX_TOKENS = 4096
"""Tokens that the client's model may answer with. A guess, not measured."""


def sampling_request(request: ModelRequest) -> Sample:
    """Returns the request as `sampling/createMessage` takes it: one prompt of the system, with the schema of the
    answer, and one message of the user."""
    # In one prompt, with the schema in words: `sampling/createMessage` has one system prompt and no structured
    # output.
    system = [message.text for message in request.messages if message.role == "system"]
    user = [message.text for message in request.messages if message.role != "system"]
    message = SamplingMessage(role="user", content=TextContent(type="text", text="\n\n".join(user)))
    prompt = "\n\n".join([*system, schema_instructions(request.response_model)])
    return Sample([message], system_prompt=prompt, max_tokens=_MAX_TOKENS)


class SampledModel:
    """A language model that has answered `request` already, and has nothing to say to any other."""

    def __init__(self, request: ModelRequest, result: CreateMessageResult) -> None:
        """Raises `ModelOutputError` for an answer that was cut off, is no text, or does not follow the schema."""
        if result.stop_reason == "maxTokens" or not isinstance(result.content, TextContent):
            raise ModelOutputError("The client's model did not answer to the end.")
        self.name = f"{result.model} (your client's model)"
        self._request = request
        text, schema = result.content.text, request.response_model
        self._answer = read_response(self.name, schema, Tokens(), None, text).value

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """Returns the answer that is there. Any other question is answered with an empty value of `shape`; raises
        `ModelError` where `shape` has none."""
        if tuple(turns) == self._request.messages and shape is self._request.response_model:
            return ModelResponse(shape.model_validate(self._answer.model_dump()), Tokens())
        try:
            # A retain asks more than the sampled question, such as whether two statements say the same. An empty
            # answer leaves those undecided, which keeps both.
            return ModelResponse(shape.model_validate({}), Tokens())
        except ValidationError as error:
            raise ModelError("The client's model was asked about one text alone.") from error

    async def close(self) -> None:
        """Does nothing: no connection is open."""
