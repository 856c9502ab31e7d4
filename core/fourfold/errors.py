"""Everything Fourfold raises on purpose.

    FourfoldError
    ├── ConfigurationError      a setting, a path or a model is wrong; nothing was opened
    ├── StoreError              the store could not read or write
    │   ├── StoreLockedError    another process owns the directory
    │   └── StoreVersionError   written by a newer schema version or with another embedding model
    ├── ModelError              an embedding, language or reranking model failed
    │   ├── ModelTimeoutError   it did not answer in time, or the connection broke
    │   ├── ModelBusyError      it is rate limited or overloaded; `retry_after` says for how long
    │   ├── ModelRefusedError   it will not answer this
    │   └── ModelOutputError    it answered in a shape that cannot be used
    │       └── ModelLengthError    the question, or the answer, is longer than it can be
    ├── TokenLimitError         the bank's limit of language model tokens is reached
    ├── ConflictError           what was to be replaced has been changed meanwhile; nothing was written
    ├── InputError              what was passed in cannot be used; nothing was written
    └── NotFoundError           no such bank, unit or entity

A message says what happened and what to do about it. Two errors are Python's own as well, `ValueError` and
`LookupError`, for callers who know those.
"""

from fourfold.token_usage import Tokens


class FourfoldError(Exception):
    """The root of the tree."""


class ConfigurationError(FourfoldError):
    """A setting, a path or a model is wrong; nothing was opened."""


class StoreError(FourfoldError):
    """The store could not read or write."""


class StoreLockedError(StoreError):
    """Another process owns the directory."""


class StoreVersionError(StoreError):
    """The store was written by a newer schema version or with another embedding model."""


class ModelError(FourfoldError):
    """An embedding, language or reranking model failed. `tokens` is what the failed call took, if it took any."""

    # Of the class, so that a backend sets it only where a call was paid for, and accounting can add it up unasked.
    tokens: Tokens = Tokens()


class ModelTimeoutError(ModelError):
    """A model did not answer in time."""


class ModelBusyError(ModelError):
    """A model is rate limited or overloaded. `retry_after`: the seconds it asks to wait, None if it does not say."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelRefusedError(ModelError):
    """A model will not answer this; asking again would not help."""


class ModelOutputError(ModelError):
    """A model answered in a shape that cannot be used."""


class ModelLengthError(ModelOutputError):
    """The question, or the answer to it, is longer than the model can take: less at a time may work."""


class TokenLimitError(FourfoldError):
    """The bank's limit of language model tokens is reached; what was retained is kept."""


class ConflictError(FourfoldError):
    """What was to be replaced has been changed meanwhile; nothing was written. Read it again."""


class InputError(FourfoldError, ValueError):
    """What was passed in cannot be used; nothing was written."""


class NotFoundError(FourfoldError, LookupError):
    """No such bank, unit or entity."""
