"""Rounds token vectors to the nearest of a packaged set of centroids (made by scripts/centroids.py)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from fourfold.models.products import product
from fourfold.ports import Floats


@cache
def load_centroids(embedder: str) -> Floats:
    """Returns the centroids packaged for "minilm" or "static": (2048, 128), rows of length about 1."""
    # In the file each row is 8-bit integers and a scale: a quarter of the size in the package.
    with (files("fourfold.models") / "data" / f"{embedder}-centroids.npz").open("rb") as file:
        packed = np.load(file)
        rows: Floats = packed["rows"] * packed["scales"].astype(np.float32)[:, None]
        return rows


def nearest_centroids(tokens: Floats, centroids: Floats) -> NDArray[np.uint16]:
    """Returns the number of the centroid nearest to each row of `tokens`."""
    # By the dot product: rows and centroids have a length of about 1, so the largest is the nearest.
    numbers: NDArray[np.uint16] = product(tokens, centroids.T).argmax(axis=1).astype(np.uint16)
    return numbers
