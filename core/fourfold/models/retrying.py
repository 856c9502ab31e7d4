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
"""Seconds that a provider may ask to wait; one that asks for more is not waited for. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to try: `attempts` calls at most, within `seconds`; after a malformed answer `repeats` more. Between
    two calls pass `wait_first` seconds, then twice as many each time, up to `wait_most`, and a random part of
    `wait_first` on top. All numbers are guesses, not measured."""

    attempts: int = 6
    seconds: float = 300.0
    repeats: int = 1
    wait_first: float = 0.5
    wait_most: float = 30.0


class RetryingModel(DelegatingModel):
    """A language model that calls `inner` again where that may help. Belongs to one event loop."""

    def __init__(
        self,
        inner: LanguageModel,
        concurrency: int = 16,
        policy: RetryPolicy | None = None,
    ) -> None:
        super().__init__(inner)
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._policy = policy or RetryPolicy()

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """See `LanguageModel.ask`; raises the last attempt's error."""
        return await self._retry(partial(self.inner.ask, turns, shape), _RetryDecision(self._policy.repeats))

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """See `StreamingModel.stream`. Once a piece has been passed on there is no other attempt."""
        decision = _RetryDecision(self._policy.repeats)

        def pass_on(piece: str) -> None:
            decision.has_streamed = True
            on_text(piece)

        return await self._retry(partial(streamed, self.inner, turns, shape, pass_on), decision)

    async def _retry(
        self, call: Callable[[], Awaitable[ModelResponse[OutputT]]], decision: _RetryDecision
    ) -> ModelResponse[OutputT]:
        policy = self._policy
        async for attempt in stamina.retry_context(
            on=decision.wait,
            attempts=policy.attempts,
            timeout=policy.seconds,
            wait_initial=policy.wait_first,
            wait_max=policy.wait_most,
            # All calls of a chunked text are refused at one moment; without a random part they would all come again
            # at one.
            wait_jitter=policy.wait_first,
        ):
            with attempt:
                # Around one attempt, not around all of them: a call that waits must not keep another from being made.
                async with self._limiter:
                    return await call()
        raise AssertionError("stamina raises the last error")


@dataclass(slots=True)
class _RetryDecision:
    """Decides for the attempts of one call whether an error is worth another one."""

    repeats: int
    has_streamed: bool = False
    _malformed: int = field(default=0)

    def wait(self, error: Exception) -> bool | float:
        """Returns the seconds to wait before another attempt; True leaves them to the policy, False ends the call."""
        # Whoever listens has seen the beginning, and it cannot be taken back.
        if self.has_streamed:
            return False
        match error:
            case ModelBusyError(retry_after=float(seconds)):
                return seconds if seconds <= _LONGEST_WAIT else False
            case ModelTimeoutError() | ModelBusyError():
                return True
            # A `ModelOutputError` too, but the same text would be as long the next time: the caller has to cut it.
            case ModelLengthError():
                return False
            # Once by default: each attempt is paid for, and a model that fails twice has not understood the task.
            case ModelOutputError():
                self._malformed += 1
                return self._malformed <= self.repeats
            case _:
                return False
