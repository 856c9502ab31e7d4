"""The seam between a text and what only adds to it: names, times, attributes, how it is meant, how it is summarised.

What is said is kept whatever happens to its reading. So each such step is called through `enriched`: where the step
raises, the text goes on without it, the failure is logged, and it is counted for the bank that is worked on
(`Bank.status`). A test wants to see the failure instead: with `FOURFOLD_STRICT_ENRICHMENT` set in the environment it
is raised.
"""

from __future__ import annotations

import hashlib
import logging
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal, ParamSpec, TypeVar

from fourfold.errors import FourfoldError, InputError

log = logging.getLogger(__name__)

Step = Literal[
    "attributes",
    "beliefs",
    "comparison",
    "confidence",
    "language",
    "modality",
    "names",
    "question",
    "sentences",
    "statements",
    "succession",
    "summary",
    "times",
    "voices",
    "words",
]
"""What a step adds to a text."""
STRICT = "FOURFOLD_STRICT_ENRICHMENT"
"""The environment variable that makes a failing step raise."""
_FRAMES = 2
"""Places in the code that the log names for a failure, the innermost last; a guess."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_counter: ContextVar[Callable[[Step], None] | None] = ContextVar("counter", default=None)


def enriched(
    step: Step, text: str, default: _T, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
) -> _T:
    """Returns `function(*args, **kwargs)`, which reads `text`; `default` where it fails. An error of the store, of a
    model or of a setting is no failure of the text, and is raised."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # whatever it is: nobody loses a text to a mistake in reading it
        is_of_text = isinstance(error, InputError) or not isinstance(error, FourfoldError)
        if not is_of_text or os.environ.get(STRICT):
            raise
        _report(step, text, error)
        return default


@contextmanager
def counting_failures(counter: Callable[[Step], None]) -> Iterator[None]:
    """Has `counter` called for each step that fails within, in threads and tasks that are started within as well."""
    token = _counter.set(counter)
    try:
        yield
    finally:
        _counter.reset(token)


def _report(step: Step, text: str, error: Exception) -> None:
    # A log is read, kept and sent on by others than the memory. So it has neither the text nor the error's message,
    # which may quote it: the length and a digest tell which text it was to whoever has it.
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
    places = ", ".join(
        f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    )
    log.warning(
        "A text of %d characters (sha256 %s) is kept without its %s: %s in %s.",
        len(text), digest, step, type(error).__name__, places,
    )  # fmt: skip
    counter = _counter.get()
    if counter is not None:
        counter(step)
