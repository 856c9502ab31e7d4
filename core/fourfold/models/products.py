"""Matrix products that stay in the thread that asks for them.

NumPy's OpenBLAS shares a larger product among threads of its own, which go on spinning for a while when it is done:
on a small machine they take the processors from the embedding model that runs next. One text's token vectors, or
those of a batch, are not worth that: in pieces below its threshold the product itself takes as long, and embedding a
conversation 1.4 times less (docs/benchmarks.md, "Speed and memory").
"""

from __future__ import annotations

import numpy as np

from fourfold.ports import Floats

_SINGLE_THREADED = 2**18
"""Multiplications up to which OpenBLAS computes a product of two matrices in the calling thread
(SMP_THRESHOLD_MIN x GEMM_MULTITHREAD_THRESHOLD in its `interface/gemm.c`)."""
_SINGLE_THREADED_VECTOR = 9216
"""The same of a matrix and a vector (2304 x GEMM_MULTITHREAD_THRESHOLD, `interface/gemv.c`)."""
_WIDEST = 128
"""Columns of a piece. A guess, not measured."""


def product(a: Floats, b: Floats) -> Floats:
    """Returns `a @ b` for a matrix (n, k) and another (k, m), or a vector (k,): (n, m), or (n,)."""
    length = max(1, a.shape[1])
    if b.ndim == 1:
        height, width = max(1, _SINGLE_THREADED_VECTOR // length), 1
    else:
        width = min(_WIDEST, max(1, b.shape[1]))
        height = max(1, _SINGLE_THREADED // (length * width))
    if len(a) <= height and (b.ndim == 1 or b.shape[1] <= width):
        whole: Floats = a @ b
        return whole
    pieces = np.empty((len(a), *b.shape[1:]), np.result_type(a, b))
    for start in range(0, len(a), height):
        rows = a[start : start + height]
        if b.ndim == 1:
            pieces[start : start + height] = rows @ b
        else:
            for left in range(0, b.shape[1], width):
                pieces[start : start + height, left : left + width] = rows @ b[:, left : left + width]
    return pieces
