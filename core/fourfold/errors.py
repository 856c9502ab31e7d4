"""Everything Fourfold raises on purpose.

    FourfoldError
    ├── ConfigurationError      a setting, a path or a model is wrong; nothing was opened
    ├── StoreError              the store could not read or write
    │   ├── StoreLockedError    another process owns the directory
    │   └── StoreVersionError   written by another schema version or another embedding model
    ├── ModelError              an embedding, language or reranking model failed
    │   ├── ModelTimeoutError
    │   └── ModelOutputError
    ├── InputError              what was passed in cannot be used; nothing was written
    └── NotFoundError           no such bank, unit or entity

A message says what happened and what to do about it.
"""


class FourfoldError(Exception):
    """The root of the tree."""


class ConfigurationError(FourfoldError):
    """A setting, a path or a model is wrong; nothing was opened."""


class StoreError(FourfoldError):
    """The store could not read or write."""


class StoreLockedError(StoreError):
    """Another process owns the directory."""


class StoreVersionError(StoreError):
    """The store was written by another schema version or with another embedding model."""


class ModelError(FourfoldError):
    """An embedding, language or reranking model failed."""


class ModelTimeoutError(ModelError):
    """A model did not answer in time."""


class ModelOutputError(ModelError):
    """A model answered in a shape that cannot be used."""


class InputError(FourfoldError, ValueError):
    """What was passed in cannot be used; nothing was written."""


class NotFoundError(FourfoldError, LookupError):
    """No such bank, unit or entity."""
