"""Models behind an OpenAI-compatible endpoint (OpenAI, vLLM, llama.cpp, Ollama, LM Studio): chat and embeddings.

`pip install "fourfold[openai]"`. The shape of an answer is asked for as a JSON schema; where an endpoint refuses
that, as a tool call; where it refuses that too, in words. What an endpoint can is found out once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fourfold.errors import (
    ConfigurationError,
    ModelBusyError,
    ModelError,
    ModelLengthError,
    ModelOutputError,
    ModelRefusedError,
    ModelTimeoutError,
)
from fourfold.models.remote import Clients, require, status_error
from fourfold.models.structured import decode, schema_instructions
from fourfold.ports import Embedding, Floats, ModelResponse, OnText, OutputT, PromptMessage
from fourfold.token_usage import Tokens

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

DEFAULT = "gpt-5-mini"
_KEY = "OPENAI_API_KEY"
_TOOL = "answer"

Way = Literal["schema", "tool", "words"]
_WAYS: tuple[Way, ...] = ("schema", "tool", "words")


class OpenAIChat:
    """A chat model. `base_url` None is OpenAI itself, or `OPENAI_BASE_URL`; an endpoint of one's own needs no key.
    `timeout` is the seconds that a call may take, `most_tokens` the longest answer; both defaults are guesses."""

    def __init__(
        self,
        model: str = DEFAULT,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 120.0,
        most_tokens: int = 8192,
    ) -> None:
        require("openai")
        self.model = model
        self._timeout = timeout
        self._most = most_tokens
        self._base_url = base_url or os.environ.get("OPENAI_BASE_URL")
        self._key = _key(api_key, self._base_url, self.name)
        self._clients: Clients[AsyncOpenAI] = Clients(self._client)
        self._way: Way = "schema"

    @property
    def name(self) -> str:
        """ "openai:" and the model's id."""
        return f"openai:{self.model}"

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`."""

        async def call(way: Way) -> ModelResponse[OutputT]:
            with _errors(self.name):
                request = self._request(turns, shape, way)
                completion = await self._clients.get().chat.completions.create(**request)
            return _Answer.of(completion).read(shape)

        return await self._call_in_a_known_way(call)

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """See `StreamingModel.stream`."""

        async def call(way: Way) -> ModelResponse[OutputT]:
            answer = _Answer(self.name)
            with _errors(self.name):
                # A stream has no usage unless it is asked for, and tokens have to be booked.
                request = self._request(turns, shape, way) | {"stream_options": {"include_usage": True}}
                chunks = await self._clients.get().chat.completions.create(**request, stream=True)
                async for chunk in chunks:
                    if piece := answer.add_chunk(chunk):
                        on_text(piece)
            return answer.read(shape)

        return await self._call_in_a_known_way(call)

    async def _call_in_a_known_way(
        self, call: Callable[[Way], Awaitable[ModelResponse[OutputT]]]
    ) -> ModelResponse[OutputT]:
        """Asks by schema, by tool, in words, until the endpoint knows the way; later calls begin with that one."""
        # The strictest way first: an endpoint that binds its decoding to the schema needs no mending. No endpoint
        # says beforehand what it knows, and the same server may serve a model that can and one that cannot.
        for way in _WAYS[_WAYS.index(self._way) :]:
            try:
                response = await call(way)
            except ModelError as error:
                if way == _WAYS[-1] or not _unknown(way, error):
                    raise
                continue
            self._way = way
            return response
        raise AssertionError("the last way answers or raises")

    async def close(self) -> None:
        """See `LanguageModel.close`."""
        await self._clients.close()

    def _request(self, turns: Sequence[PromptMessage], shape: type[OutputT], way: Way) -> dict[str, Any]:
        schema = shape.model_json_schema()
        messages = [{"role": turn.role, "content": turn.text} for turn in turns]
        request: dict[str, Any] = {"model": self.model, "messages": messages}
        # OpenAI's reasoning models refuse the older name, and most other servers know only that.
        request["max_tokens" if self._base_url else "max_completion_tokens"] = self._most
        match way:
            case "schema":
                form = {"name": shape.__name__, "schema": schema}
                request["response_format"] = {"type": "json_schema", "json_schema": form}
            case "tool":
                function = {"name": _TOOL, "description": "Gives the answer.", "parameters": schema}
                request["tools"] = [{"type": "function", "function": function}]
                request["tool_choice"] = {"type": "function", "function": {"name": _TOOL}}
            case "words":
                request["messages"] = [*messages, {"role": "user", "content": schema_instructions(shape)}]
        return request

    def _client(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        return AsyncOpenAI(api_key=self._key, base_url=self._base_url, timeout=self._timeout, max_retries=0)


def _unknown(way: Way, error: ModelError) -> bool:
    """Returns whether an endpoint does not know this way of asking: it answers 400, or names what it stumbles on (the
    server of llama-cpp-python answers 500)."""
    stumbles = {"schema": ("response_format", "json_schema"), "tool": ("tool_choice", "tools"), "words": ()}
    is_mentioned = any(word in str(error) for word in stumbles[way])
    return type(error) is ModelError or (isinstance(error, ModelBusyError) and is_mentioned)


class OpenAIEmbedder:
    """An embedding model behind an OpenAI-compatible endpoint."""

    token_dimension = 0
    centroids = None
    _MAX_TEXTS = 128
    """Texts of one call. A guess, not measured."""
    _retries = 5
    """Attempts after the first that the SDK makes. A guess, not measured."""

    def __init__(
        self,
        model: str = "text-embedding-3-small",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        require("openai")
        self.model, self._timeout = model, timeout
        self._base_url = base_url or os.environ.get("OPENAI_BASE_URL")
        self._key = _key(api_key, self._base_url, self.name)
        self._client: OpenAI | None = None
        self._dimension: int | None = None

    @property
    def name(self) -> str:
        """ "openai:" and the model's id."""
        return f"openai:{self.model}"

    @property
    def dimension(self) -> int:
        """The length of a vector, found out by embedding one text."""
        if self._dimension is None:
            self._dimension = len(self._vectors(["dimension"])[0])
        return self._dimension

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order."""
        no_tokens = np.zeros((0, 0), np.float32)
        parts = [texts[i : i + self._MAX_TEXTS] for i in range(0, len(texts), self._MAX_TEXTS)]
        return [Embedding(vector, no_tokens) for part in parts for vector in self._vectors(part)]

    def _vectors(self, texts: Sequence[str]) -> list[Floats]:
        from openai import OpenAI

        if self._client is None:
            # The SDK's own retries (with `retry-after`) serve here: embedding is synchronous.
            self._client = OpenAI(
                api_key=self._key,
                base_url=self._base_url,
                timeout=self._timeout,
                max_retries=self._retries,
            )
        with _errors(self.name):
            # An empty text would be refused. As floats, since not every server knows the SDK's default, base64.
            answer = self._client.embeddings.create(
                model=self.model, input=[text or " " for text in texts], encoding_format="float"
            )
        # By their index: no order of the list is promised.
        vectors = sorted(answer.data or (), key=lambda item: item.index)
        if len(vectors) != len(texts):
            raise ModelOutputError(f"{self.name} sent {len(vectors)} vectors for {len(texts)} texts.")
        rows = [np.asarray(item.embedding, dtype=np.float32) for item in vectors]
        return [row / (np.linalg.norm(row) or 1.0) for row in rows]


def _key(api_key: str | None, base_url: str | None, name: str) -> str:
    key = api_key or os.environ.get(_KEY)
    if key is None and base_url is None:
        raise ConfigurationError(
            f'"{name}" needs a key: set {_KEY}; or name an endpoint of your own: "{name}@http://127.0.0.1:8000/v1".'
        )
    return key or "none"  # the SDK wants some key, also for a server that asks for none


@contextmanager
def _errors(name: str) -> Iterator[None]:
    """Raises the SDK's errors as ours."""
    from openai import APIConnectionError, APIError, APIStatusError

    try:
        yield
    except APIStatusError as error:
        # The SDK puts the status before the message, and `status_error` does so too.
        response_text = re.sub(r"^Error code: \d+ - ", "", str(error.message))
        raise status_error(name, error.status_code, response_text, error.response.headers, _KEY) from error
    except APIConnectionError as error:
        cause = error.__cause__ or error
        raise ModelTimeoutError(f"No answer from {name}: {type(cause).__name__}: {cause}") from error
    except APIError as error:
        raise ModelOutputError(f"{name} sent what is no answer: {error.message}") from error


@dataclass(slots=True)
class _Answer:
    """An answer of a model, whole or as far as it has come."""

    model: str
    written: str = ""
    refusal: str = ""
    finish: str | None = None
    has_choice: bool = False
    tokens: Tokens = field(default_factory=lambda: Tokens(1))

    @staticmethod
    def of(completion: ChatCompletion) -> _Answer:
        """Returns an answer that came whole."""
        answer = _Answer(completion.model, tokens=_tokens(completion.usage))
        # Some servers answer with no choice, or with null for the list.
        for choice in completion.choices[:1] if completion.choices else ():
            calls = [getattr(call, "function", None) for call in choice.message.tool_calls or ()]
            arguments = next((call.arguments for call in calls if call is not None), None)
            answer.written = arguments or choice.message.content or ""
            answer.refusal = choice.message.refusal or ""
            answer.finish = choice.finish_reason
            answer.has_choice = True
        return answer

    def add_chunk(self, chunk: ChatCompletionChunk) -> str:
        """Adds a chunk of an answer that is streamed; returns what it adds to the text."""
        if chunk.usage is not None:
            self.tokens = _tokens(chunk.usage)
        self.model = chunk.model or self.model
        piece = ""
        for choice in chunk.choices[:1]:
            calls = [call.function for call in choice.delta.tool_calls or () if call.function is not None]
            piece = "".join(call.arguments or "" for call in calls) or choice.delta.content or ""
            self.refusal += choice.delta.refusal or ""
            self.finish = choice.finish_reason or self.finish
            self.has_choice = True
        self.written += piece
        return piece

    def read(self, shape: type[OutputT]) -> ModelResponse[OutputT]:
        """Returns its value. Raises `ModelOutputError`, `ModelRefusedError`, `ModelLengthError`, with the tokens
        that it took."""
        try:
            if not self.has_choice:
                raise ModelOutputError(f"{self.model} answered without a choice.")
            if self.refusal or self.finish == "content_filter":
                raise ModelRefusedError(f"{self.model} refused: {self.refusal or 'content filter'}.")
            if self.finish == "length":
                raise ModelLengthError(f"{self.model} stopped in the middle: its answer got too long.")
            return ModelResponse(decode(self.written, shape), self.tokens)
        except (ModelOutputError, ModelRefusedError) as error:
            error.tokens = self.tokens
            raise


def _tokens(used: CompletionUsage | None) -> Tokens:
    if used is None:  # some servers do not count: then at least the call is
        return Tokens(1)
    details = used.prompt_tokens_details
    return Tokens(1, used.prompt_tokens, used.completion_tokens, (details and details.cached_tokens) or 0)
