"""Packs a recall into a prompt: whole units, best first, until the token budget is full. What does not fit is
skipped, shorter ones behind it may still; a statement is given once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pack(
    tokens: NDArray[np.int32], statement_ids: NDArray[np.int64], budget: int | None, limit: int | None
) -> list[int]:
    """Returns the places of a ranking that go into the prompt, best first: at most `budget` tokens and `limit` units,
    no two with the same statement. None sets no bound.

    `tokens` (n,) and `statement_ids` (n,) are the size and the statement of each place."""
    chosen: list[int] = []
    packed_ids: set[int] = set()
    tokens_left = float("inf") if budget is None else budget
    for place, (size, statement_id) in enumerate(zip(tokens.tolist(), statement_ids.tolist(), strict=True)):
        if limit is not None and len(chosen) >= limit:
            break
        # A unit too large for what is left is skipped, not the end: a shorter one behind it may still fit.
        if size <= tokens_left and statement_id not in packed_ids:
            packed_ids.add(statement_id)
            tokens_left -= size
            chosen.append(place)
    return chosen
