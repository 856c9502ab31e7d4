"""Relevance: how far a unit bears on a question, on one scale for all questions and banks.

Fusion puts the candidates of one recall in order by scores that are scaled within them, which say nothing beyond that
recall: the best of five units that all miss the point stands where the best of five that hit it would. Relevance is a
logistic model of what each channel measures in absolute terms (docs/adr/0018). Hits show it as their score, and what
has too little of it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fourfold.index.bank_index import BankIndex
from fourfold.index.columns import LINE_TOKENS
from fourfold.language.text import once_weight
from fourfold.ports import Floats
from fourfold.recall.channels.ranked import Rows
from fourfold.recall.channels.temporal import nearness, on_day
from fourfold.recall.plan import Plan

# Fitted to units with and without an answer, of small banks and of three public sets: docs/adr/0018.
_LATE_INTERACTION, _COSINE, _SHARED_TERMS, _LEGIBLE_BASE = 7.9, 2.8, 3.7, -5.0
_NAMED = 1.75
"""What a unit has for being said by, or about, someone whom the question names, or at a time that it names. The first
was fitted; the last is a guess, not measured."""
_OF_MATTER = 3.0
"""What a statement has for being of the matter of life that somebody asks for, in whatever words ("Where do I work?",
"I quit my job"). A guess, not measured."""
_MOST_OF_MATTER = 20
"""Statements of a matter that are taken for candidates, the latest. A guess, not measured."""
_ILLEGIBLE_SHARED_TERMS, _ILLEGIBLE_BASE, _MOST_ILLEGIBLE_SHARE = 27.6, -1.1, 0.25
"""The same of what the embedder cannot read, where shared terms are all there is: a quarter of them is as good as
all, since most pairs of characters in a question are no words."""
_CHANCE_UNITS = 1000
"""Units from which a term of the question that stands in one of them says nothing beyond the vectors: a bank of that
size has it by chance. A guess, not measured."""
_TERMS_A_TOKEN = 0.5
"""Terms for each token of a prompt: half of English text is stop words. A guess, not measured."""
_CUT = 0.15
"""Relevance below which a unit is left out, unless it is among the best: of gold units .992 of small banks and all of
LoCoMo's and MemDaily's stay (docs/adr/0018)."""
_CUT_FUSED = 0.25
"""Share of the best fused score that spares a unit the cut: what neighbours lend is in it. Chosen on BEAM with
another `_CUT` (docs/adr/0018): how many of its gold units stay with this one was not measured."""


class Relevance:
    """The relevance of candidates; `rows` are theirs, sorted. Build it under the index's lock."""

    def __init__(self, plan: Plan, index: BankIndex, rows: Rows) -> None:
        records = index.columns[rows]
        self._plan = plan
        self._is_named = _named(plan, index, rows, records)
        self._is_on_day = on_day(plan.days, records)
        self._is_of_matter = np.isin(rows, rows_of_matter(plan, index))
        if plan.intervals:
            self._is_named |= nearness(plan, records) > 0
        lengths = _TERMS_A_TOKEN * (records["tokens"] - LINE_TOKENS)
        self._all_terms = plan.term_weight * once_weight(lengths)
        self._chance = max(0.0, 1 - np.log(max(1, len(index))) / np.log(_CHANCE_UNITS))

    def of(self, scores: Mapping[str, Floats]) -> Floats:
        """Returns the relevance of each candidate, in (0, 1), given what each channel made of them."""
        nothing = np.zeros(len(self._all_terms), dtype=np.float32)
        cosine = scores.get("semantic", nothing)
        similarity = scores.get("late_interaction", cosine)
        shared = np.divide(
            scores.get("keyword", nothing), self._all_terms, out=nothing.copy(), where=self._all_terms > 0
        )
        legible = (
            _LATE_INTERACTION * similarity
            + _COSINE * cosine
            + _SHARED_TERMS * self._chance * np.minimum(shared, 1)
            + _LEGIBLE_BASE
        )
        illegible = _ILLEGIBLE_SHARED_TERMS * np.minimum(shared, _MOST_ILLEGIBLE_SHARE) + _ILLEGIBLE_BASE
        read = self._plan.legible
        # Somebody who asks for a day asks for what was on it, whatever it was.
        named = _NAMED * self._is_named + _NAMED * self._is_on_day + _OF_MATTER * self._is_of_matter
        logits = read * legible + (1 - read) * illegible + named
        relevance: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return relevance


def rows_of_matter(plan: Plan, index: BankIndex) -> Rows:
    """Returns the rows of the latest statements on the matter of life that a question asks for."""
    rows = sorted({row for key in plan.of_matter for row in index.with_attribute(key)})
    return np.array(rows[-_MOST_OF_MATTER:], dtype=np.intp)


def bears(relevance: Floats, fused: Floats, floor: float) -> NDArray[np.bool_]:
    """Tells of each candidate whether it bears on the question: none does unless one reaches the `floor`; of those
    that do, what is neither relevant nor near the best fused score is left out."""
    if not len(relevance) or relevance.max() < floor:
        return np.zeros(len(relevance), dtype=np.bool_)
    is_relevant: NDArray[np.bool_] = (relevance >= min(_CUT, floor)) | (fused >= _CUT_FUSED * fused.max())
    return is_relevant


def falling(relevance: Floats) -> Floats:
    """Returns the scores of a ranking, best first, such that they never rise: each at least what is below it."""
    lifted: Floats = np.maximum.accumulate(relevance[::-1])[::-1]
    return lifted


def _named(plan: Plan, index: BankIndex, rows: Rows, records: NDArray[np.void]) -> NDArray[np.bool_]:
    """Tells of each candidate whether someone whom the question names says or is mentioned in it."""
    speakers = [code for name in plan.entities if (code := index.code(name)) >= 0]
    mentioning = [row for name in plan.entities for row in index.units_mentioning(name)]
    is_named: NDArray[np.bool_] = np.isin(records["speaker"], speakers) | np.isin(rows, mentioning)
    return is_named
