"""Makes token vectors small: a fixed random rotation, of which the first rows are kept.

The rotation is drawn once from NumPy's frozen legacy generator and made orthonormal with a fixed sign, so that
every machine and version projects alike.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from fourfold.models.products import product
from fourfold.ports import Floats

_SEED = 20241112
"""Any number would do; another one would make all stored token vectors unreadable."""


@cache
def rotation(dimension: int, columns: int) -> Floats:
    """Returns a (dimension, columns) matrix with orthonormal columns, the same everywhere."""
    drawn = np.random.RandomState(_SEED).standard_normal((dimension, dimension))
    # QR leaves the signs of the columns open, and LAPACK's versions differ in them: those of `r` settle it. A column
    # of `q` rests on those before it alone; the others, left out, took each process 0.1 s.
    q, r = np.linalg.qr(drawn[:, :columns])
    turned: Floats = (q * np.sign(np.diag(r))).astype(np.float32)
    return turned


def project(states: np.ndarray, onto: Floats) -> Floats:
    """Returns token states (..., dimension), brought to length 1 and projected to (..., columns). Dot products stay
    the same in expectation: scaled by dimension / columns, so that a vector's product with itself stays near 1."""
    lengths = np.linalg.norm(states, axis=-1, keepdims=True)
    scale = np.float32(np.sqrt(onto.shape[0] / onto.shape[1]))
    rows = (states / np.maximum(lengths, 1e-9)).reshape(-1, onto.shape[0])
    projected: Floats = (product(rows, onto) * scale).reshape(*states.shape[:-1], onto.shape[1])
    return projected.astype(np.float32)
