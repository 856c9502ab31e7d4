"""A point as a line of JSON, its vectors in base64: how points travel from one store to another."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fourfold.language.text import SparseVector
from fourfold.ports import Point

Precision = Literal["f2", "f4"]


def to_line(point: Point, precision: Precision = "f4") -> str:
    """Returns `point` as a line, its vectors as floats of 2 or 4 bytes (little endian), shape first."""
    fields: dict[str, Any] = {"id": point.id, "payload": dict(point.payload)}
    if point.vector is not None:
        fields["vector"] = _packed(point.vector, precision)
    if point.terms is not None and len(point.terms.indices):
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
        vector=_floats(fields.get("vector")),
        terms=None if terms is None else SparseVector(_unpacked(terms[0]), _unpacked(terms[1])),
        tokens=_floats(fields.get("tokens")),
    )


def _packed(array: NDArray[Any], kind: str) -> list[Any]:
    data = np.ascontiguousarray(array, dtype=f"<{kind}")
    return [kind, list(data.shape), base64.b64encode(data.tobytes()).decode()]


def _unpacked(packed: list[Any]) -> NDArray[Any]:
    kind, shape, data = packed
    if kind not in ("f2", "f4", "u4"):
        raise ValueError(f"vectors are of 2 or 4 bytes, not {kind}")
    return np.frombuffer(base64.b64decode(data), dtype=f"<{kind}").reshape(shape)


def _floats(packed: list[Any] | None) -> NDArray[np.float32] | None:
    return None if packed is None else _unpacked(packed).astype(np.float32)
