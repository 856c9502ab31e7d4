"""Adapts models of other frameworks to Fourfold's ports: maps their errors, reads their answers, wraps embedders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from fourfold.errors import FourfoldError, ModelError, ModelTimeoutError
from fourfold.models.remote import status_error
from fourfold.models.structured import decode, schema_instructions
from fourfold.models.vectors import embeddings
from fourfold.ports import Embedding, Floats, ModelResponse, OutputT, PromptMessage
from fourfold.token_usage import Tokens

__all__ = ["FrameworkEmbedder", "map_model_errors", "merge_system", "read_response", "schema_instructions"]


@contextmanager
def map_model_errors(name: str) -> Iterator[None]:
    """Raises what the model called `name` raises as `ModelError`, `ModelTimeoutError` or `ConfigurationError`."""
    # A framework hands out each provider's own errors. Nothing is known of their classes, but most of them have the
    # HTTP status of the provider's answer in an attribute.
    try:
        yield
    except FourfoldError:
        raise
    except TimeoutError as error:
        raise ModelTimeoutError(f"{name} did not answer in time.") from error
    except Exception as error:
        status = getattr(error, "status_code", None)
        if isinstance(status, int):
            headers = getattr(getattr(error, "response", None), "headers", {})
            raise status_error(name, status, str(error), headers, "its key") from error
        if "timeout" in type(error).__name__.lower():
            raise ModelTimeoutError(f"{name} did not answer in time: {error}") from error
        raise ModelError(f"{name} failed: {type(error).__name__}: {error}") from error


def read_response(
    name: str, shape: type[OutputT], tokens: Tokens, arguments: Mapping[str, object] | None, text: str
) -> ModelResponse[OutputT]:
    """Returns the answer as a value of `shape`: from the `arguments` of a tool call, or, where these are None, out of
    its `text`. Raises `ModelError`, which has the `tokens` too: an unusable answer is paid for as well."""
    try:
        value = decode(text, shape) if arguments is None else shape.model_validate(arguments)
        return ModelResponse(value, tokens)
    except (ModelError, ValueError) as error:
        failure = error if isinstance(error, ModelError) else ModelError(f"{name}: {error}")
        failure.tokens = tokens
        raise failure from error


def merge_system(messages: Sequence[PromptMessage]) -> list[PromptMessage]:
    """Returns the messages with those of the system as one, at the beginning: some providers take only one."""
    # The fixed prompt and what differs from call to call stay in this order, so that a cache holds up to where they
    # part.
    system = "\n\n".join(message.text for message in messages if message.role == "system")
    conversation = [message for message in messages if message.role != "system"]
    return [PromptMessage("system", system), *conversation] if system else conversation


class FrameworkEmbedder:
    """An embedder over a framework's function from texts to vectors.

    It has no token vectors, so recall goes without late interaction. A memory keeps the `name` and refuses another.
    """

    token_dimension = 0
    centroids: Floats | None = None

    def __init__(
        self, name: str, rows: Callable[[list[str]], Sequence[Sequence[float]]], dimension: int | None
    ) -> None:
        """`rows` returns one vector a text, in order. Without `dimension` one text is embedded to find it."""
        self.name = name
        self._rows = rows
        self._dimension = dimension

    @cached_property
    def dimension(self) -> int:
        """The length of a vector, found out by embedding one text where it was not given."""
        return self._dimension or len(self.embed(["dimension"])[0].vector)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order. Raises `ModelError`."""
        if not texts:
            return []
        with map_model_errors(
            self.name
        ):  # around the call alone: what is wrong with its vectors says so itself
            rows = self._rows(list(texts))
        return embeddings(rows, len(texts), self.name)
