"""The inverted file under late interaction, against the plain computation it stands for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fourfold.index.postings import Postings

CENTROIDS = 300

units_of_codes = st.lists(st.lists(st.integers(0, CENTROIDS - 1), max_size=12), min_size=1, max_size=40)


def _plain(similar: np.ndarray, units: list[list[int]], probes: int) -> np.ndarray:
    floors = np.sort(similar, axis=1)[:, -probes]
    rows = zip(similar, floors, strict=True)
    best = [[max([floor, *scores[codes]]) for codes in units] for scores, floor in rows]
    return np.array(best, dtype=np.float32)


@given(units_of_codes, units_of_codes, st.integers(0, 2**32 - 1))
def test_the_best_similarity_is_that_of_the_nearest_token_or_the_last_probe(
    first: list[list[int]], more: list[list[int]], seed: int
) -> None:
    similar = np.random.default_rng(seed).standard_normal((3, CENTROIDS)).astype(np.float32)
    postings = Postings()
    units: list[list[int]] = []
    for part in (first, more):  # what is added after an answer counts in the next one
        for codes in part:
            postings.add(len(units), codes)
            units.append(codes)
        assert np.array_equal(postings.best(similar, len(units)), _plain(similar, units, 64))


def test_a_bank_without_token_vectors_has_only_floors() -> None:
    similar = np.eye(2, 5, dtype=np.float32)
    assert Postings().best(similar, 3).tolist() == [[0.0] * 3] * 2
