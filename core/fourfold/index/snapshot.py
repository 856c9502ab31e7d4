"""A view as bytes: arrays and plain values, checked when they are read. It knows nothing of what they mean."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 2
"""Goes up when a view holds other things, or the same ones otherwise."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a view is made of: arrays, and what JSON can hold."""

    arrays: Mapping[str, Array]
    plain: Mapping[str, Any]

    def part(self, name: str) -> Snapshot:
        """What is filed under `name`: arrays called "name.x", and the plain values of that key, if there are any."""
        arrays = {
            key.removeprefix(f"{name}."): a for key, a in self.arrays.items() if key.startswith(f"{name}.")
        }
        return Snapshot(arrays, self.plain.get(name, {}))

    def to_bytes(self) -> bytes:
        """As `from_bytes` reads it, marked with the format."""
        told = json.dumps({**self.plain, "format": FORMAT}, separators=(",", ":"))
        written = io.BytesIO()
        np.savez(written, allow_pickle=False, plain=np.frombuffer(told.encode(), np.uint8), **self.arrays)
        return written.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> Snapshot | None:
        """What `to_bytes` wrote; None if it is damaged or of another format."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                arrays = dict(found)  # reads them, and compares the checksum of each
            plain = json.loads(arrays.pop("plain").tobytes())
            return Snapshot(arrays, plain) if plain.pop("format") == FORMAT else None
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, NotImplementedError):
            return None
