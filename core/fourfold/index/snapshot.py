"""Snapshots of an index as bytes: arrays and JSON values, checked when they are read. What they mean is known to the
index alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 9
"""Goes up when an index holds other things, or the same ones in another way: a snapshot of an earlier format is not
read, and the index is built anew."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an index is made of: arrays, and JSON values."""

    arrays: Mapping[str, Array]
    values: Mapping[str, Any]

    def part(self, name: str) -> Snapshot:
        """Returns the snapshot of a part: the arrays called "name.x", and the JSON object under `name`, if there is
        one."""
        prefix = f"{name}."
        arrays = {
            key.removeprefix(prefix): array for key, array in self.arrays.items() if key.startswith(prefix)
        }
        return Snapshot(arrays, self.values.get(name, {}))

    def to_bytes(self) -> bytes:
        """Returns the snapshot as `from_bytes` reads it, marked with the format."""
        text = json.dumps({**self.values, "format": FORMAT}, separators=(",", ":"))
        file = io.BytesIO()
        # Without pickles, here and where it is read: reading one runs what is in it (docs/adr/0012).
        np.savez(file, allow_pickle=False, plain=np.frombuffer(text.encode(), np.uint8), **self.arrays)
        return file.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> Snapshot | None:
        """Returns what `to_bytes` wrote; None if it is damaged or of another format."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = dict(file)  # reads them, and compares the checksum of each
            values = json.loads(arrays.pop("plain").tobytes())
            return Snapshot(arrays, values) if values.pop("format") == FORMAT else None
        # Damage shows in any part: the archive, its directory, a header, the JSON, a compression that is not known.
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, NotImplementedError):
            return None
