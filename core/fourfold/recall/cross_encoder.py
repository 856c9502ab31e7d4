"""The last word of a cross-encoder, where one is configured: it reads the question and each of the best units
together, which is slower and surer than comparing vectors (Nogueira and Cho 2019)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fourfold.errors import ModelOutputError
from fourfold.index.as_of import BankView
from fourfold.ports import Reranker
from fourfold.recall.search import Candidates
from fourfold.values.rendering import render_unit

_READ = 32
"""Units that the reranker reads, since its time grows with each. A guess, not measured."""


def reranked(view: BankView, reranker: Reranker, question: str, candidates: Candidates) -> Candidates:
    """Returns `candidates` with the best `_READ` units in the order of the reranker's scores.

    Their fused scores stay, in falling order, so that scores go on falling over the whole list. A unit that is
    probably superseded stays below the one that took its place.
    """
    rows = [int(row) for row in candidates.rows[:_READ]]
    if len(rows) < 2:
        return candidates
    index = view.index
    ids = [index.unit_ids[row] for row in rows]
    units = view.units(ids)
    scores = reranker.score(question, [render_unit(units[unit]) for unit in ids])
    if len(scores) != len(rows):
        raise ModelOutputError(f"{reranker.name} gave {len(scores)} scores for {len(rows)} texts.")
    by_row = dict(zip(rows, scores, strict=True))
    for row in rows:
        newer = [by_row[n] for n in index.successors(row)[-1:] if n in by_row]
        by_row[row] = min([by_row[row], *(score - 1e-6 for score in newer)])
    best = np.argsort([-by_row[row] for row in rows], kind="stable")
    order = np.concatenate([best, np.arange(len(rows), len(candidates.rows))])
    return replace(
        candidates,
        rows=candidates.rows[order],
        factors={name: factor[order] for name, factor in candidates.factors.items()},
    )
