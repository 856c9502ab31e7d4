"""What models behind an HTTP API have in common: a client for each event loop, and errors by status."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import Generic, Protocol, TypeVar

from fourfold.errors import (
    ConfigurationError,
    FourfoldError,
    ModelBusyError,
    ModelError,
    ModelLengthError,
    ModelRefusedError,
    ModelTimeoutError,
)


class Closes(Protocol):
    """A client that can be closed."""

    async def close(self) -> None: ...


Client = TypeVar("Client", bound=Closes)

# What the messages of HTTP 400 of providers and of servers of one's own have in common. There is no status for either
# case, and the error codes differ; a message that has none of these words is a plain `ModelError`.
_TOO_LONG = (
    "context length",
    "context_length",
    "context window",
    "too long",
    "too many tokens",
    "max_tokens",
)
_MAX_DETAIL = 300
"""Characters of a provider's message that an error repeats. A guess, not measured."""
_REFUSED = ("content_policy", "content policy", "content_filter", "content management policy", "safety")


def require(package: str) -> None:
    """Raises `ModuleNotFoundError` where a package is not installed, without importing it."""
    # An SDK takes up to seconds to import, and a memory is opened in programs that may never ask the model.
    if find_spec(package) is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)


class Clients(Generic[Client]):
    """A client for each event loop: connections of one loop cannot be used on another."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        # Weak, so that a loop which ended without `close` (an `asyncio.run` of the caller's) takes its client along.
        self._of: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Client] = weakref.WeakKeyDictionary()

    def get(self) -> Client:
        """Returns the client of the running loop, a new one at its first use."""
        loop = asyncio.get_running_loop()
        if loop not in self._of:
            self._of[loop] = self._make()
        return self._of[loop]

    async def close(self) -> None:
        """Closes the client of the running loop; the next call makes another."""
        client = self._of.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()


def status_error(name: str, status: int, detail: str, headers: Mapping[str, str], key: str) -> FourfoldError:
    """Returns the error that an HTTP status means; `detail` is the provider's own message, `key` the environment
    variable that its key is read from."""
    # Some servers answer with a page of HTML, or with the whole request.
    message = f"{name} answered {status}: {' '.join(detail.split())[:_MAX_DETAIL]}"
    detail = detail.lower()
    match status:
        case 401 | 403:
            return ConfigurationError(f"{message} Check {key}.")
        case 402 | 404:
            return ConfigurationError(f"{message} Check the name of the model, its address and your account.")
        case 408 | 504:
            return ModelTimeoutError(message)
        case 413:
            return ModelLengthError(message)
        case 400 | 422:
            kind: type[ModelError] = ModelError
            if any(mark in detail for mark in _TOO_LONG):
                kind = ModelLengthError
            elif any(mark in detail for mark in _REFUSED):
                kind = ModelRefusedError
            return kind(message)
        case _:
            # 409 is a conflict that the SDKs try again as well, 425 "too early", 429 the rate limit; 529, Anthropic's
            # overload, is among those from 500 on.
            passes = status in (409, 425, 429) or status >= 500
            return ModelBusyError(message, retry_after(headers)) if passes else ModelError(message)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds that a `retry-after` header asks to wait (RFC 9110, section 10.2.3); None without one."""
    # `retry-after-ms` is no standard, but what the SDKs of both providers look at first.
    milliseconds = headers.get("retry-after-ms")
    seconds = headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        return None if seconds is None else max(0.0, float(seconds))
    except ValueError:
        return _until(str(seconds))


def _until(moment: str) -> float | None:
    """Returns the seconds until an HTTP date, the other form of the header; None for what is no date."""
    from datetime import UTC, datetime

    try:
        return max(0.0, (parsedate_to_datetime(moment) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
