"""A language model that tries again: a wrapper for any `LanguageModel`.

Timeouts, rate limits and overload pass, so they are retried, with exponential backoff and jitter (stamina), or
after the time the provider names. A malformed answer is asked for once more. A refusal, a wrong key or a text too
long are not: asking again would give the same. At most `concurrency` calls run at once, and waiting holds none of
their places.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import anyio
import stamina

from fourfold.errors import ModelBusyError, ModelLengthError, ModelOutputError, ModelTimeoutError
from fourfold.models.delegating import DelegatingModel, streamed
from fourfold.ports import LanguageModel, ModelResponse, OnText, OutputT, PromptMessage

_LONGEST_WAIT = 120.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to try: `attempts` calls at most, within `seconds`; after a malformed answer `repeats` more."""

    attempts: int = 6
    seconds: float = 300.0
    repeats: int = 1
    wait_first: float = 0.5
    wait_most: float = 30.0


class RetryingModel(DelegatingModel):
    """`inner`, tried again where that may help. Belongs to one event loop."""

    def __init__(
        self,
        inner: LanguageModel,
        concurrency: int = 16,
        patience: RetryPolicy | None = None,
    ) -> None:
        super().__init__(inner)
        self._places = anyio.CapacityLimiter(concurrency)
        self._patience = patience or RetryPolicy()

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`; raises the last attempt's error."""
        return await self._tried(partial(self.inner.ask, turns, shape), _Again(self._patience.repeats))

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], heard: OnText
    ) -> ModelResponse[OutputT]:
        """See `StreamingModel.stream`. What was heard cannot be taken back: there is no other attempt after that."""
        again = _Again(self._patience.repeats)

        def hear(piece: str) -> None:
            again.heard = True
            heard(piece)

        return await self._tried(partial(streamed, self.inner, turns, shape, hear), again)

    async def _tried(
        self, attempt_at: Callable[[], Awaitable[ModelResponse[OutputT]]], again: _Again
    ) -> ModelResponse[OutputT]:
        patience = self._patience
        async for attempt in stamina.retry_context(
            on=again.wait,
            attempts=patience.attempts,
            timeout=patience.seconds,
            wait_initial=patience.wait_first,
            wait_max=patience.wait_most,
            wait_jitter=patience.wait_first,
        ):
            with attempt:
                async with self._places:
                    return await attempt_at()
        raise AssertionError("stamina raises the last error")


@dataclass(slots=True)
class _Again:
    """Whether an error is worth another attempt, or after how many seconds."""

    repeats: int
    heard: bool = False
    _malformed: int = field(default=0)

    def wait(self, error: Exception) -> bool | float:
        if self.heard:
            return False
        match error:
            case ModelBusyError(retry_after=float(seconds)):
                return seconds if seconds <= _LONGEST_WAIT else False
            case ModelTimeoutError() | ModelBusyError():
                return True
            case ModelLengthError():
                return False
            case ModelOutputError():
                self._malformed += 1
                return self._malformed <= self.repeats
            case _:
                return False
