"""Keeps a file that is made out of a packaged model in the user's cache directory, so that it is made once and not at
each start. Knows nothing of models: whatever goes wrong with the file, it is made again, in memory if need be.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

log = logging.getLogger(__name__)

_DIGEST_BYTES = hashlib.sha256().digest_size


def cached_model(name: str, make: Callable[[], bytes]) -> bytes:
    """Returns what `make` made under `name`, out of the cache or by calling it. `name` has to identify both what it
    is made of and how. What `make` raises passes."""
    path = user_cache_path("fourfold") / name
    model = _read(path)
    if model is None:
        model = make()
        _write(path, model)
    return model


def _read(path: Path) -> bytes | None:
    """Returns what `_write` wrote; None where there is nothing, or something else."""
    try:
        with path.open("rb") as file:
            digest = file.read(_DIGEST_BYTES)
            model = file.read()
    except OSError:
        return None
    if hashlib.sha256(model).digest() != digest:
        log.warning("%s is damaged; it is made again.", path)
        return None
    return model


def _write(path: Path, model: bytes) -> None:
    """Writes `model` after its checksum, whole or not at all. Several processes may do so at once: each writes a file
    of its own, and the last rename stays. It is not waited for until it is on the disk, since a reader checks."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(model).digest())
                file.write(model)
            Path(aside).replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:  # a home that cannot be written to, or a full disk
        log.debug("%s could not be written (%s); the next start makes it again.", path, error)
