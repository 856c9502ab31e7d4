"""From a plan to scored units, in two trips to the store: the channels put units forward, a first fusion picks the
best of them, and these are scored exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from fourfold.index.as_of import BankView
from fourfold.index.bank_index import BankIndex
from fourfold.index.retention import freshness
from fourfold.ports import Floats, Query, Where
from fourfold.recall.channels.channel import Channel, Estimate, Question
from fourfold.recall.channels.ranked import NOTHING, Ranked, Rows, best
from fourfold.recall.fuse import Fusion, Scores, Weights
from fourfold.recall.occasions import in_asked_order
from fourfold.recall.plan import Plan
from fourfold.recall.relevance import Relevance, bears, falling, rows_of_matter
from fourfold.recall.stopwatch import Stopwatch
from fourfold.services import Services

_NEIGHBOURS_OF = 40
"""How many of a store channel's best units bring in the lines before and after them. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search came to: rows best first with their scores (the relevance) and what fusion made of them, what
    multiplied that, and what each channel said."""

    rows: Rows
    scores: Floats
    fused: Floats
    factors: Mapping[str, Floats]
    channels: Mapping[str, Ranked]


@dataclass(frozen=True, slots=True)
class Search:
    """One question to one bank, now or then, of which `most` units are scored exactly. `where` bears on what holds in
    the view."""

    services: Services
    view: BankView
    plan: Plan
    where: Where
    weights: Weights
    most: int
    now: datetime

    @property
    def index(self) -> BankIndex:
        """Returns the index that is searched."""
        return self.view.index

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Returns the channels that are asked."""
        return self.weights.channels

    def run(self, timer: Stopwatch) -> Candidates:
        """Searches; the lock of the index is held only while the index is read."""
        question = self._question()
        answered = self._ask({channel.name: channel.query(question) for channel in self.channels})
        timer.lap("search")
        with self.index.lock:
            listed = answered | self._found(question, answered, timer)
            estimates = self._estimates(question, timer)
            units = len(self.index)
            pool = self._pool(listed, answered, estimates)
            own_scores = {
                name: column[pool]
                for name, column in (
                    self._columns(listed, units) | {name: each.units for name, each in estimates.items()}
                ).items()
            }
            scores = self._with_stand_ins(own_scores)
            remembered, gains = self._remembered(pool), _passage_gains(estimates, pool)
            fusion = Fusion(self.plan, self.index, pool, scores, self.weights, remembered, gains)
            relevance = Relevance(self.plan, self.index, pool)
            chosen = pool[best(fusion.fused(scores), self.most)]
            pairs = self._successors(chosen)
            chosen = np.union1d(chosen, [newer for _, newer in pairs]).astype(chosen.dtype)
        timer.lap("fuse")
        exact = self._exact(question, chosen)
        timer.lap("exact")
        own_scores |= {name: column[pool] for name, column in self._columns(exact, units).items()}
        is_scored = np.zeros(units, dtype=np.bool_)
        for ranked in exact.values():
            is_scored[ranked.rows] = True
        fused = fusion.fused(self._with_stand_ins(own_scores))
        ranking = _newest_first(_best_first(fused, is_scored[pool]), pool, pairs)
        relevances = _with_newest(relevance.of(own_scores), pool, pairs)
        records = self.index.columns[pool[ranking.rows]]
        ranking = in_asked_order(self.plan, ranking, relevances[ranking.rows], records, units)
        ranking = self._relevant(ranking, relevances)
        return Candidates(
            rows=pool[ranking.rows],
            scores=falling(relevances[ranking.rows]),
            fused=ranking.scores,
            factors={name: factor[ranking.rows] for name, factor in fusion.factors.items()},
            # What asked the store is shown as it answered, the others as far as it was scored in the end.
            channels={name: ranked.among(is_scored) for name, ranked in listed.items()} | exact | answered,
        )

    def _question(self) -> Question:
        where, corpus = self._stored()
        return Question(self.plan, self.index, where, corpus, self.most, self.services.embedder.centroids)

    def _ask(self, queries: Mapping[str, Query | None]) -> dict[str, Ranked]:
        """Returns the store's answer to each query that there is, in one trip. What another process has just written
        and this index has not seen is left for next time."""
        present = {name: query for name, query in queries.items() if query is not None}
        answers = self.services.store.search(list(present.values()))
        row = self.index.row
        return {
            name: Ranked.of((at, score) for unit, score in answer if (at := row(unit)) is not None)
            for name, answer in zip(present, answers, strict=True)
        }

    def _found(
        self, question: Question, answered: Mapping[str, Ranked], timer: Stopwatch
    ) -> dict[str, Ranked]:
        """Returns what the channels that did not ask the store find in the index."""
        found = {}
        for channel in self.channels:
            if channel.name not in answered:
                found[channel.name] = channel.find(question, answered)
                timer.lap(channel.name)
        return found

    def _estimates(self, question: Question, timer: Stopwatch) -> dict[str, Estimate]:
        estimates = {}
        for channel in self.channels:
            estimate = channel.estimate(question)
            if estimate is not None:
                estimates[channel.name] = estimate
                timer.lap(channel.name)
        return estimates

    def _exact(self, question: Question, rows: Rows) -> dict[str, Ranked]:
        """Returns the exact scores of `rows`, which the filters admit, by channel."""
        where = Where(bank=self.where.bank, ids=self._ids(rows))
        most = max(1, len(rows))
        return self._ask(
            {channel.name: channel.exact_query(question, where, most) for channel in self.channels}
        )

    def _relevant(self, ranking: Ranked, relevance: Floats) -> Ranked:
        """Returns those of `ranking` that bear on the question by their `relevance` (one value a candidate)."""
        scores = relevance[ranking.rows]
        # A ranking always has a best unit: without a floor, an off-topic question would fill its whole token budget
        # (docs/adr/0005). What asks for a time alone, or has no word of its own, goes without one, and an embedder
        # without token vectors has no likeness that is known to mean the same in each bank.
        if (
            self.where.occurred is None
            and len(self.plan.terms.indices)
            and self.services.embedder.token_dimension
        ):
            is_relevant = bears(scores, ranking.scores, self.services.settings.relevance)
            return ranking.at(is_relevant)
        return ranking

    def _columns(self, listed: Mapping[str, Ranked], units: int) -> dict[str, Floats]:
        """Returns the scores of each channel that listed units, as an array (units,)."""
        columns = {}
        for channel in self.channels:
            ranked = listed.get(channel.name, NOTHING)
            if len(ranked.rows):
                lowest = float(ranked.scores.min()) if channel.unlisted_as_last else 0.0
                columns[channel.name] = ranked.column(units, lowest)
        return columns

    def _with_stand_ins(self, scores: Scores) -> Scores:
        """Returns `scores` with those of another channel for each that has none and names one."""
        stand_ins = {
            channel.name: scores[channel.stand_in]
            for channel in self.channels
            if channel.stand_in is not None and channel.stand_in in scores and channel.name not in scores
        }
        return {**scores, **stand_ins}

    def _stored(self) -> tuple[Where, Where | None]:
        """Returns what the store is asked about, and what its terms are weighed by (None: what holds now). Units are
        named where its payloads say what holds now, and that is not what is asked, or where time narrows it."""
        if not self.view.past and self.where.occurred is None:
            return self.where, None
        bank = self.where.bank
        with self.index.lock:
            admitted, live = (
                np.flatnonzero(self.index.mask(self.where)),
                np.flatnonzero(self.index.live_mask()),
            )
        by_id = Where(bank=bank, ids=self._ids(admitted))
        return by_id, Where(bank=bank, ids=self._ids(live)) if self.view.past else None

    def _ids(self, rows: Rows) -> tuple[str, ...]:
        return tuple(self.index.unit_ids[row] for row in rows.tolist())

    def _pool(
        self, listed: Mapping[str, Ranked], answered: Mapping[str, Ranked], estimates: Mapping[str, Estimate]
    ) -> Rows:
        """Returns all candidates: what the channels put forward, what their estimates do, and what was said just
        before and after the store's best; of these, what the filters admit."""
        admitted = self.index.mask(self.where)
        pool = np.zeros(len(admitted), dtype=np.bool_)
        for ranked in listed.values():
            pool[ranked.rows] = True
        for ranked in answered.values():
            beside = self.index.columns[ranked.rows[:_NEIGHBOURS_OF]]
            for side in ("previous", "next"):
                pool[beside[side][beside[side] >= 0]] = True
        for estimate in estimates.values():
            # 200 for the 160 that are scored exactly: the setting that docs/adr/0006 measured.
            pool[best(np.where(admitted, estimate.units, -np.inf), self.most * 5 // 4)] = True
        pool[rows_of_matter(self.plan, self.index)] = True
        if self.index.has_successors:
            for row in np.flatnonzero(pool & admitted).tolist():
                for newer in self.index.successors(row):
                    pool[newer] = True
        return np.flatnonzero(pool & admitted)

    def _successors(self, rows: Rows) -> list[tuple[int, int]]:
        """Returns (row, the row that probably holds in its place) for those of `rows` that have one the filters
        admit."""
        if not self.index.has_successors:
            return []
        admitted = self.index.mask(self.where)
        pairs = [(row, newer) for row in rows.tolist() for newer in self.index.successors(row)[-1:]]
        return [(row, newer) for row, newer in pairs if admitted[newer]]

    def _remembered(self, rows: Rows) -> Floats | None:
        decay = self.services.settings.decay
        return None if decay is None else freshness(self.index, rows, self.now, decay)


def _passage_gains(estimates: Mapping[str, Estimate], pool: Rows) -> dict[str, Floats]:
    """Returns what the passage of each candidate has over it as a whole, by the channels that can tell."""
    return {
        name: (each.passages - each.units)[pool]
        for name, each in estimates.items()
        if each.passages is not None
    }


def _best_first(fused: Floats, is_scored: NDArray[np.bool_]) -> Ranked:
    """Returns the places that were scored exactly, best first; the others only lend their neighbours."""
    places = np.flatnonzero(is_scored)
    order = np.lexsort((places, -fused[places]))
    return Ranked(places[order], fused[places[order]])


def _with_newest(relevance: Floats, pool: Rows, pairs: Sequence[tuple[int, int]]) -> Floats:
    """Returns `relevance` with, for what probably holds in a unit's place, that unit's if it is larger."""
    lifted = relevance.copy()
    place = {row: at for at, row in enumerate(pool.tolist())} if pairs else {}
    for older, newer in pairs:
        if older in place and newer in place:
            lifted[place[newer]] = max(lifted[place[newer]], lifted[place[older]])
    return lifted


def _newest_first(ranked: Ranked, pool: Rows, pairs: Sequence[tuple[int, int]]) -> Ranked:
    """Returns `ranked` with every unit that is probably superseded right below the one that took its place, which
    gets the better of their two scores."""
    scores = dict(zip(pool[ranked.rows].tolist(), ranked.scores.tolist(), strict=True))
    pairs_in_ranking = [(older, newer) for older, newer in pairs if older in scores and newer in scores]
    if not pairs_in_ranking:
        return ranked
    for older, newer in pairs_in_ranking:
        scores[newer] = max(scores[newer], scores[older])
    for older, newer in pairs_in_ranking:
        scores[older] = min(scores[older], np.nextafter(np.float32(scores[newer]), np.float32(-np.inf)))
    changed = np.array([scores[row] for row in pool[ranked.rows].tolist()], dtype=np.float32)
    order = np.lexsort((ranked.rows, -changed))
    return Ranked(ranked.rows[order], changed[order])
