"""How much a text reads like the telling of a change ("dropped out of uni", "we're back on Jenkins") rather than of a
detail, by an embedder's token vectors: a direction among them, fitted by benchmarks/fit_succession.py."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from fourfold.ports import Floats

_FILES = {"all-MiniLM-L6-v2-int8/128/2048": "minilm-change.npz"}
"""By the name of the embedder whose vectors it was fitted to: to another's it means nothing."""
LANGUAGE = "en"
"""The language of the pairs that it was fitted to, and the only one that MiniLM reads well."""


def change_of(embedder: str, tokens: Floats, language: str) -> float | None:
    """Returns how much a text with these token rows (n, token_dimension) reads like the telling of a change, in
    log-odds; None for an embedder or a language without a direction, and without a row."""
    if embedder not in _FILES or language != LANGUAGE or not len(tokens):
        return None
    return float(mean_direction(tokens) @ _direction(_FILES[embedder]))


def mean_direction(tokens: Floats) -> Floats:
    """Returns the mean of token rows, with a length of 1."""
    mean = tokens.mean(axis=0)
    direction: Floats = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return direction


@cache
def _direction(file_name: str) -> Floats:
    with (files("fourfold.models") / "data" / file_name).open("rb") as file:
        direction: Floats = np.load(file)["direction"]
        return direction
