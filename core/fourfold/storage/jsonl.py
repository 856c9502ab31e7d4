"""A point as a line of JSON, its vectors in base64: how points travel from one store to another."""

from __future__ import annotations

import base64
import json
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fourfold.language.text import SparseVector
from fourfold.ports import Floats, Point

Precision = Literal["f2", "f4"]
PackedArray: TypeAlias = tuple[str, list[int], str]
"""An array in JSON: the type of its numbers ("f2", "f4", "u4"; little endian), its shape, its bytes in base64."""


def to_line(point: Point, precision: Precision = "f4") -> str:
    """Returns `point` as a line of JSON, its vectors as floats of 2 or 4 bytes."""
    fields: dict[str, object] = {"id": point.id, "payload": dict(point.payload)}
    if point.vector is not None:
        fields["vector"] = _packed(point.vector, precision)
    if point.terms is not None and len(point.terms.indices):
        # Always in 4 bytes: half a precision would change BM25 scores, and a term's number needs all 32 bits.
        fields["terms"] = [_packed(point.terms.indices, "u4"), _packed(point.terms.values, "f4")]
    if point.tokens is not None and len(point.tokens):
        fields["tokens"] = _packed(point.tokens, precision)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Point:
    """Returns the point that `to_line` wrote; raises `ValueError` or `KeyError` if it is none."""
    fields = json.loads(line)
    terms = fields.get("terms")
    return Point(
        fields["id"],
        fields["payload"],
        vector=_optional_floats(fields.get("vector")),
        terms=None if terms is None else SparseVector(_integers(terms[0]), _floats(terms[1])),
        tokens=_optional_floats(fields.get("tokens")),
    )


def _packed(array: NDArray[np.generic], kind: str) -> PackedArray:
    data = np.ascontiguousarray(array, dtype=f"<{kind}")
    return kind, list(data.shape), base64.b64encode(data.tobytes()).decode()


def _unpacked(packed: PackedArray, *kinds: str) -> NDArray[np.generic]:
    kind, shape, data = packed
    # A file may come from anywhere: NumPy would take any type that it names, Python objects included.
    if kind not in kinds:
        raise ValueError(f"an array is of {' or '.join(kinds)}, not {kind}")
    return np.frombuffer(base64.b64decode(data), dtype=f"<{kind}").reshape(shape)


def _integers(packed: PackedArray) -> NDArray[np.uint32]:
    return _unpacked(packed, "u4").astype(np.uint32)


def _floats(packed: PackedArray) -> Floats:
    return _unpacked(packed, "f2", "f4").astype(np.float32)


def _optional_floats(packed: PackedArray | None) -> Floats | None:
    return None if packed is None else _floats(packed)
