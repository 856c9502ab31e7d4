"""Reads a file several times, and each time the bytes of the first: what was checked at first is what is used later,
even where somebody writes to the file meanwhile. Knows nothing of what is in it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from fourfold.errors import InputError

_BLOCK_BYTES = 2**20
"""Bytes that are read, and compared, at once. A guess: a file of 100 GB has then 3 MB of digests."""


class RereadFile:
    """A file and the digests of its blocks, which are noted when it is read first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digests: list[bytes] = []
        self._is_read = False

    def open(self) -> io.BufferedReader:
        """Returns the file, to be read from its start. Reading raises `InputError` where that fails, and before it
        gives a byte that was another one when the file was read first, to its end."""
        return stream_of(self._blocks())

    def _blocks(self) -> Iterator[bytes]:
        if self.path.exists() and not self.path.is_file():
            raise InputError(
                f"{self.path} cannot be read: an export is read several times, and that is no file."
            )
        digests, is_known = self._digests, self._is_read
        if not is_known:
            digests.clear()  # whoever began before has stopped halfway
        try:
            with self.path.open("rb") as file:
                for number in count():
                    block = file.read(_BLOCK_BYTES)
                    digest = hashlib.sha256(block).digest()
                    if not is_known:
                        digests.append(digest)
                    elif digests[number] != digest:
                        raise InputError(f"{self.path} was changed while it was read. Nothing was loaded.")
                    if not block:  # compared too: nothing comes after the end
                        break
                    yield block
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror}.") from error
        self._is_read = True


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Says that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills `buffer` as far as there is something, and returns how far."""
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def stream_of(blocks: Iterator[bytes]) -> io.BufferedReader:
    """Returns blocks of bytes as a file that is read to the end; what they raise, reading raises."""
    # Lines are then found by the standard library, one of many blocks too, in linear time.
    return io.BufferedReader(_Blocks(blocks), _BLOCK_BYTES)
