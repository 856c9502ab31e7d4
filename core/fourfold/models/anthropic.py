"""Claude, through Anthropic's SDK 2.x: `pip install "fourfold[anthropic]"`, key in `ANTHROPIC_API_KEY`.

The answer's shape goes along as a JSON schema (structured outputs), as the SDK's `messages.parse` would send it. We
read the answer ourselves: `parse` throws away the text, the stop reason and the usage of an answer that does not fit,
and these are what mending, splitting and accounting need.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from fourfold.errors import (
    ConfigurationError,
    ModelError,
    ModelLengthError,
    ModelOutputError,
    ModelRefusedError,
    ModelTimeoutError,
)
from fourfold.models.remote import Clients, require, status_error
from fourfold.models.structured import decode
from fourfold.ports import ModelResponse, OnText, OutputT, PromptMessage
from fourfold.token_usage import Tokens

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message, MessageParam, OutputConfigParam, TextBlockParam
    from anthropic.types.messages import MessageBatchIndividualResponse


class MessageRequest(TypedDict):
    """The parameters of a call of the Messages API, streamed or not, alone or in a batch."""

    model: str
    max_tokens: int
    system: list[TextBlockParam]
    messages: list[MessageParam]
    output_config: OutputConfigParam


DEFAULT = "claude-haiku-5-5"
_KEY = "ANTHROPIC_API_KEY"


class Claude:
    """A Claude model. `model` is an id as the API names it, `base_url` another address of the API, `timeout` the
    seconds that a call may take, `most_tokens` the longest answer, `poll` the seconds before the first look at a
    batch. The three defaults are guesses, not measured."""

    def __init__(
        self,
        model: str = DEFAULT,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 120.0,
        most_tokens: int = 8192,
        poll: float = 10.0,
    ) -> None:
        require("anthropic")
        self.model = model
        self._most = most_tokens
        self._base_url = base_url
        self.poll = poll
        self._key = api_key or os.environ.get(_KEY)
        self._timeout = timeout
        if self._key is None and not os.environ.get("ANTHROPIC_AUTH_TOKEN"):
            raise ConfigurationError(f'The language model "{self.name}" needs a key: set {_KEY}.')
        self._clients: Clients[AsyncAnthropic] = Clients(self._client)

    @property
    def name(self) -> str:
        """ "anthropic:" and the model's id."""
        return f"anthropic:{self.model}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`."""
        with self._errors():
            message: Message = await self._clients.get().messages.create(**self.request(turns, shape))
        return read_message(message, shape)

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """See `StreamingModel.stream`."""
        message: Message | None = None
        with self._errors():
            async with self._clients.get().messages.stream(**self.request(turns, shape)) as events:
                async for event in events:
                    if event.type == "text":
                        on_text(event.text)
                    elif event.type == "message_stop":
                        message = event.message
        # Without its last event the SDK ends a stream as if it were whole.
        if message is None:
            raise ModelTimeoutError(f"The answer of {self.name} broke off.")
        return read_message(message, shape)

    async def submit(self, requests: Mapping[str, Sequence[PromptMessage]], shape: type[OutputT]) -> str:
        """See `BatchModel.submit`."""
        # Any: to mypy, a TypedDict with five of the API's fields is none with these and fourteen optional ones.
        batch_requests: Any = [
            {"custom_id": key, "params": self.request(turns, shape)} for key, turns in requests.items()
        ]
        with self._errors():
            batch = await self._clients.get().messages.batches.create(requests=batch_requests)
        return batch.id

    async def collect(
        self, batch: str, shape: type[OutputT]
    ) -> Mapping[str, ModelResponse[OutputT] | ModelError] | None:
        """See `BatchModel.collect`."""
        with self._errors():
            batches = self._clients.get().messages.batches
            if (await batches.retrieve(batch)).processing_status != "ended":
                return None
            return {
                result.custom_id: _outcome(result, shape) async for result in await batches.results(batch)
            }

    async def close(self) -> None:
        """See `LanguageModel.close`."""
        await self._clients.close()

    def request(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> MessageRequest:
        """Returns the parameters of the call that `ask` makes. The system's turns are marked for the prompt cache."""
        from anthropic import transform_schema

        fixed = [turn.text for turn in turns if turn.role == "system"]
        return {
            "model": self.model,
            "max_tokens": self._most,
            "system": [{"type": "text", "text": "\n\n".join(fixed), "cache_control": {"type": "ephemeral"}}],
            "messages": [_message(turn) for turn in turns if turn.role != "system"],
            "output_config": {"format": {"type": "json_schema", "schema": transform_schema(shape)}},
        }

    def _client(self) -> AsyncAnthropic:
        from anthropic import AsyncAnthropic

        return AsyncAnthropic(
            api_key=self._key,
            base_url=self._base_url,
            timeout=self._timeout,
            max_retries=0,  # `RetryingModel` does
        )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raises the SDK's errors as ours."""
        from anthropic import APIConnectionError, APIError, APIStatusError
        from httpx2 import HTTPError

        try:
            yield
        except HTTPError as error:  # in the middle of a stream the SDK lets it through as it is
            raise ModelTimeoutError(f"The answer of {self.name} broke off: {error}") from error
        except APIStatusError as error:
            response_text = error.api_message or str(error.message)
            raise status_error(
                self.name, error.status_code, response_text, error.response.headers, _KEY
            ) from error
        except APIConnectionError as error:
            cause = error.__cause__ or error
            raise ModelTimeoutError(f"No answer from {self.name}: {type(cause).__name__}: {cause}") from error
        except APIError as error:
            raise ModelOutputError(f"{self.name} sent what is no answer: {error.message}") from error


def _message(turn: PromptMessage) -> MessageParam:
    if turn.role == "assistant":
        return {"role": "assistant", "content": turn.text}
    return {"role": "user", "content": turn.text}


def _outcome(
    result: MessageBatchIndividualResponse, shape: type[OutputT]
) -> ModelResponse[OutputT] | ModelError:
    """Returns the answer to one question of a batch, or the error that it came to."""
    match result.result.type:
        case "succeeded":
            try:
                return read_message(result.result.message, shape)
            except ModelError as error:
                return error
        case "errored":
            return ModelError(f"The batch failed on it: {result.result.error.error.message}")
        case other:
            return ModelError(f"The batch left it out: {other}.")


def read_message(message: Message, shape: type[OutputT]) -> ModelResponse[OutputT]:
    """Returns the answer in a message of the API. Raises `ModelLengthError`, `ModelRefusedError`, `ModelOutputError`,
    with the tokens that it took."""
    tokens = _tokens(message)
    text = "".join(getattr(block, "text", "") for block in message.content or ())
    try:
        match message.stop_reason:
            case "refusal":
                details = message.stop_details
                reason = (details and details.explanation) or "no reason"
                raise ModelRefusedError(f"{message.model} refused: {reason}.")
            case "max_tokens" | "model_context_window_exceeded":
                raise ModelLengthError(f"{message.model} stopped in the middle: its answer got too long.")
            case _:
                return ModelResponse(decode(text, shape), tokens)
    except (ModelOutputError, ModelRefusedError) as error:
        error.tokens = tokens
        raise


def _tokens(message: Message) -> Tokens:
    used = message.usage
    # The API counts three kinds of input apart: read from the cache, written to it, and neither.
    cached = used.cache_read_input_tokens or 0
    input_tokens = used.input_tokens + cached + (used.cache_creation_input_tokens or 0)
    return Tokens(1, input_tokens, used.output_tokens, cached)
