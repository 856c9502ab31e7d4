"""A cache in a directory: one file a name. Whatever it loses can be made again."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
from pathlib import Path

log = logging.getLogger(__name__)


class DirectoryCache:
    """Keeps files in `directory`, as long as more than `reserve` bytes of the disk are free."""

    def __init__(self, directory: Path, reserve: int = 0) -> None:
        self._directory, self._reserve = directory, reserve

    def get(self, name: str) -> bytes | None:
        """Returns what was put last under `name`; None where there is nothing."""
        with contextlib.suppress(OSError):
            return self._path(name).read_bytes()
        return None

    def put(self, name: str, data: bytes) -> None:
        """Writes `data` aside and renames the file."""
        # Without waiting until it is on the disk, which takes long for a large index: a reader checks what it gets.
        path = self._path(name)
        aside = path.with_suffix(".new")
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            # The last bytes of a disk belong to what cannot be made again.
            if shutil.disk_usage(self._directory).free < self._reserve + len(data):
                return
            aside.write_bytes(data)
            aside.replace(path)
        except OSError as error:
            log.warning("%s could not be written (%s); the next start takes longer.", path, error.strerror)

    def drop(self, name: str) -> None:
        """Removes the file."""
        with contextlib.suppress(OSError):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        # A digest, since a bank's name may have any characters, and erasing must not leave it in a file's name.
        return self._directory / hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
