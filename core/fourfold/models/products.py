"""Matrix products that stay in the thread that asks for them.

NumPy's OpenBLAS shares a larger product among threads of its own, which go on spinning for a while when it is done:
on a small machine they take the processors from the embedding model that runs next. The token vectors of a batch of
texts are not worth that: in pieces the product takes as long, and embedding a conversation 0.7 times as long
(docs/benchmarks.md, "Speed and memory").
"""

from __future__ import annotations

import numpy as np

from fourfold.ports import Floats

_SINGLE_THREADED = 2**18
"""Multiplications of a piece. On two cores the OpenBLAS of NumPy 2.4 keeps 393,000 of two matrices, and 384,000 of a
matrix and a vector, in the calling thread, and shares 492,000 and 461,000."""
_WIDEST = 128
"""Columns of a piece. A guess, not measured."""


def product(a: Floats, b: Floats) -> Floats:
    """Returns `a @ b` for a matrix (n, k) and another (k, m), or a vector (k,): (n, m), or (n,)."""
    columns_of_b = 1 if b.ndim == 1 else b.shape[1]
    width = max(1, min(_WIDEST, columns_of_b))
    height = max(1, _SINGLE_THREADED // (max(1, a.shape[1]) * width))
    if len(a) <= height and columns_of_b <= width:
        whole: Floats = a @ b
        return whole
    pieces = np.empty((len(a), *b.shape[1:]), np.result_type(a, b))
    b = np.ascontiguousarray(b)  # of a transposed matrix a piece takes twice as long
    for start in range(0, len(a), height):
        rows = a[start : start + height]
        if b.ndim == 1:
            np.matmul(rows, b, out=pieces[start : start + height])
        else:
            for left in range(0, b.shape[1], width):
                columns = slice(left, left + width)
                np.matmul(rows, b[:, columns], out=pieces[start : start + height, columns])
    return pieces
