"""Packs a recall into a prompt: whole units, best first, until the token budget is full. What does not fit is
skipped, shorter ones behind it may still; a statement is given once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pack(
    tokens: NDArray[np.int32], said: NDArray[np.int64], budget: int | None, limit: int | None
) -> list[int]:
    """Which places of a ranking go in, best first: at most `budget` tokens and `limit` units, no two that say the
    same. None is no bound."""
    chosen: list[int] = []
    seen: set[int] = set()
    left = float("inf") if budget is None else budget
    for place, (size, saying) in enumerate(zip(tokens.tolist(), said.tolist(), strict=True)):
        if limit is not None and len(chosen) >= limit:
            break
        if size <= left and saying not in seen:
            seen.add(saying)
            left -= size
            chosen.append(place)
    return chosen
