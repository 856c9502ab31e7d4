"""Hands Fourfold's errors to a host application as the exceptions that its framework expects."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from fourfold.errors import FourfoldError, InputError, NotFoundError

P = ParamSpec("P")
T = TypeVar("T")
ExceptionFactory = Callable[[str], Exception]
"""Makes the framework's exception of a message: usually its class."""


def raise_as(
    exception: ExceptionFactory,
    *,
    wrong_input: ExceptionFactory | None = None,
    logger: logging.Logger | None = None,
) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """Returns a decorator for coroutine functions that raises each `FourfoldError` as `exception`, with its message,
    which says what to do about it. `wrong_input` takes the place of `exception` where what was asked for does not
    exist or is wrong (`NotFoundError`, `InputError`). With a `logger` the error is logged as a warning too."""

    def decorate(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
        # `wraps` keeps the signature: frameworks make a tool's schema of it.
        @functools.wraps(function)
        async def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return await function(*args, **kwargs)
            except FourfoldError as error:
                if logger is not None:
                    logger.warning("%s failed: %s", function.__qualname__, error)
                is_input = isinstance(error, InputError | NotFoundError)
                factory = wrong_input if wrong_input is not None and is_input else exception
                raise factory(str(error)) from error

        return call

    return decorate
