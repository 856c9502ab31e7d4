"""Whether a newer statement tells of a change of an older one's matter in a wording that no rule knows ("we're back
on Jenkins", "dropped out of uni"): two logistic models, fitted by benchmarks/fit_succession.py, which says on what.

The first is cheap: it weighs what the two readings have in common (`fourfold.language.succession.features`) and the
mean of the newer text's token rows, which are at hand when a statement is written. It finds the few pairs that are
worth a closer look. The second one decides on these by the vectors of both texts as they stand, without what situates
them, their product and their difference (docs/adr/0021).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from fourfold.language.succession.features import FEATURES
from fourfold.ports import Floats

_FILES = {"all-MiniLM-L6-v2-int8/128/2048": "minilm-change.npz"}
"""By the name of the embedder whose vectors it was fitted to: to another's it means nothing."""
LANGUAGE = "en"
"""The language of the pairs that it was fitted to, and the only one that MiniLM reads well."""


@dataclass(frozen=True, slots=True)
class ChangeModel:
    """The weights of both models. Of the first: `cheap_features` (features,), `direction` (token_dimension,) and
    `cheap_bias`; of the second: `features` (features,), `newer`, `product` and `difference` (dimension,) and `bias`.
    A bias has the threshold in it. Features come in the order of `succession.features.FEATURES`."""

    cheap_features: Floats
    direction: Floats
    cheap_bias: float
    features: Floats
    newer: Floats
    product: Floats
    difference: Floats
    bias: float

    def leaning(self, tokens: Floats) -> float:
        """Returns what the newer text's own token rows, (n, token_dimension), add to the first model's log-odds."""
        return float(self.direction @ mean_direction(tokens))

    def worth_a_look(self, features: Floats, leaning: float) -> float:
        """Returns the first model's log-odds above its threshold: over 0 where a pair is worth a closer look."""
        return float(self.cheap_features @ features) + leaning + self.cheap_bias

    def tells_of_change(self, features: Floats, newer: Floats, older: Floats) -> float:
        """Returns the second model's log-odds above its threshold, over 0 where the newer text is taken to tell of a
        change of the older one's matter. `newer` and `older` are the vectors of the bare texts."""
        reading = float(self.features @ features)
        vectors = self.newer @ newer + self.product @ (newer * older) + self.difference @ (newer - older)
        return reading + float(vectors) + self.bias


def change_model(embedder: str, language: str) -> ChangeModel | None:
    """Returns the model for the vectors of the embedder of this name and a language's code; None where there is
    none."""
    return _load(_FILES[embedder]) if embedder in _FILES and language == LANGUAGE else None


def mean_direction(tokens: Floats) -> Floats:
    """Returns the mean of token rows, with a length of 1; zeros for no row."""
    if not len(tokens):
        return np.zeros(tokens.shape[-1], np.float32)
    mean = tokens.mean(axis=0)
    direction: Floats = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return direction


@cache
def _load(file_name: str) -> ChangeModel:
    with (files("fourfold.models") / "data" / file_name).open("rb") as file:
        arrays = np.load(file)
        if tuple(arrays["names"].tolist()) != FEATURES:
            raise ValueError(f"{file_name} weighs other features: fit it anew (benchmarks/fit_succession.py)")
        return ChangeModel(
            cheap_features=arrays["cheap_features"],
            direction=arrays["direction"],
            cheap_bias=float(arrays["cheap_bias"]),
            features=arrays["features"],
            newer=arrays["newer"],
            product=arrays["product"],
            difference=arrays["difference"],
            bias=float(arrays["bias"]),
        )
