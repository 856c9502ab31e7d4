"""Models of frameworks as ours: what they raise, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from fourfold.errors import FourfoldError, ModelError, ModelTimeoutError
from fourfold.models.remote import status_error
from fourfold.models.structured import decode
from fourfold.models.vectors import embeddings
from fourfold.ports import Embedding, Floats, ModelResponse, OutputT, PromptMessage
from fourfold.token_usage import Tokens


@contextmanager
def errors(name: str) -> Iterator[None]:
    """Raises a model's errors as ours. A framework hands out each provider's own, of which nothing is known but, for
    most, an HTTP status."""
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


def answer(
    name: str, shape: type[OutputT], tokens: Tokens, arguments: Mapping[str, Any] | None, text: str
) -> ModelResponse[OutputT]:
    """The answer in the `arguments` of a tool call, or where there was none in its `text`. Raises `ModelError`, which
    tells the tokens too."""
    try:
        found = decode(text, shape) if arguments is None else shape.model_validate(arguments)
        return ModelResponse(found, tokens)
    except (ModelError, ValueError) as error:
        failed = error if isinstance(error, ModelError) else ModelError(f"{name}: {error}")
        failed.tokens = tokens
        raise failed from error


def one_system(turns: Sequence[PromptMessage]) -> list[PromptMessage]:
    """The turns with those of the system as one, at the beginning: some providers take only one."""
    system = "\n\n".join(turn.text for turn in turns if turn.role == "system")
    said = [turn for turn in turns if turn.role != "system"]
    return [PromptMessage("system", system), *said] if system else said


class FrameworkEmbedder:
    """An embedder of `rows`, which gives a vector a text. It has no token vectors, so recall goes without late
    interaction. A memory keeps the `name` and refuses another."""

    token_dimension = 0
    centroids: Floats | None = None

    def __init__(
        self, name: str, rows: Callable[[list[str]], Sequence[Sequence[float]]], dimension: int | None
    ) -> None:
        """Without `dimension` one text is embedded to find it."""
        self.name, self._rows, self._dimension = name, rows, dimension

    @cached_property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension or len(self.embed(["dimension"])[0].vector)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One embedding a text."""
        if not texts:
            return []
        with errors(self.name):
            rows = self._rows(list(texts))
        return embeddings(rows, len(texts), self.name)
