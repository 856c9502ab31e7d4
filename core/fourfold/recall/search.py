"""From a plan to scored units, in two trips to the store: the channels put units forward, a first fusion picks the
best of them, and these are scored exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fourfold.index.as_of import BankView
from fourfold.index.bank_index import BankIndex
from fourfold.index.retention import retention
from fourfold.ports import Floats, Query, Where
from fourfold.recall import late_interaction
from fourfold.recall.channels import graph as graph_channel
from fourfold.recall.channels import keyword, semantic, temporal
from fourfold.recall.channels.graph import Reached
from fourfold.recall.channels.ranked import NOTHING, Ranked, Rows, best
from fourfold.recall.fuse import Fusion, FusionInput, Weights
from fourfold.recall.plan import Plan
from fourfold.recall.stopwatch import Stopwatch
from fourfold.services import Services
from fourfold.values.units import Channel

_NEIGHBOURS_OF = 40
"""How many of a store channel's best units bring in the lines before and after them. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a search came to: rows best first with their scores, what multiplied them, what each channel said, and
    how the graph reached them."""

    rows: Rows
    scores: Floats
    factors: Mapping[str, Floats]
    channels: Mapping[Channel, Ranked]
    reached: Mapping[int, Reached]


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

    def run(self, timer: Stopwatch) -> Candidates:
        """Searches; the lock of the graph is held only while the graph is read."""
        where, corpus = self._stored()
        words = keyword.query(self.plan, where, self.most)
        # A third of what is scored exactly comes from the vectors: more of them changed nothing (docs/adr/0006).
        semantic_hits, keyword_hits = self._ask(
            semantic.query(self.plan, where, self.most // 3), words and replace(words, corpus=corpus)
        )
        timer.lap("search")
        with self.index.lock:
            units = len(self.index)
            # Over every unit of the bank, since the two store channels miss some answers for good (docs/adr/0006).
            estimated = late_interaction.estimate(self.plan, self.index, self.services.embedder.centroids)
            timer.lap("estimate")
            dated = temporal.find(self.plan, self.index, self.most // 2)
            reached = graph_channel.find(self.plan, self.index, [semantic_hits, keyword_hits], self.most // 2)
            walked = Ranked.of((row, r.activation) for row, r in reached.items())
            timer.lap("graph")
            pool = self._pool([semantic_hits, keyword_hits, dated, walked], estimated)
            cosines = semantic_hits.column(units, default=semantic_hits.scores.min(initial=1.0))
            likely = cosines if estimated is None else estimated
            fusion_input = FusionInput(pool, keyword_hits.column(units)[pool], walked.column(units)[pool])
            fusion = Fusion(self.plan, self.index, fusion_input, self.weights, self._remembered(pool))
            chosen = pool[best(fusion.fused(cosines[pool], likely[pool]), self.most)]
            pairs = self._successors(chosen)
            chosen = np.union1d(chosen, [newer for _, newer in pairs]).astype(chosen.dtype)
        timer.lap("fuse")
        exact, late = self._exactly(chosen)
        # A ranking always has a best unit: without a floor, an off-topic question would fill its whole token budget
        # (docs/adr/0005).
        if not late_interaction.relevant(self.plan, late.scores, self._floor()):
            exact, late = NOTHING, NOTHING
        timer.lap("rerank")
        ranked = _newest_first(self._ranked(fusion, pool, units, exact, late), pool, pairs)
        scored = np.zeros(units, dtype=np.bool_)
        scored[exact.rows] = True
        return Candidates(
            rows=pool[ranked.rows],
            scores=ranked.scores,
            factors={name: factor[ranked.rows] for name, factor in fusion.factors.items()},
            channels={
                "semantic": semantic_hits,
                "keyword": keyword_hits,
                "graph": walked.among(scored),
                "temporal": dated.among(scored),
                "rerank": late,
            },
            reached=reached,
        )

    def _ask(self, *queries: Query | None) -> list[Ranked]:
        """Returns the store's answer to each query, an empty one for None. What another process has just written
        and this graph has not seen is left for next time."""
        present = [query for query in queries if query is not None]
        answers = iter(self.services.store.search(present))
        row = self.index.row
        return [
            NOTHING
            if query is None
            else Ranked.of((at, score) for unit, score in next(answers) if (at := row(unit)) is not None)
            for query in queries
        ]

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

    def _exactly(self, rows: Rows) -> list[Ranked]:
        """Returns cosine and late interaction of each of `rows`, which the filters admit."""
        ids = self._ids(rows)
        where = Where(bank=self.where.bank, ids=ids)
        most = max(1, len(rows))
        return self._ask(
            semantic.query(self.plan, where, most), late_interaction.query(self.plan, where, most)
        )

    def _pool(self, channels: Sequence[Ranked], estimated: Floats | None) -> Rows:
        """Returns all candidates: what the channels put forward, what the estimate does, and what was said just
        before and after the best; of these, what the filters admit."""
        admitted = self.index.mask(self.where)
        pool = np.zeros(len(admitted), dtype=np.bool_)
        for channel in channels:
            pool[channel.rows] = True
        for channel in channels[:2]:
            beside = self.index.columns[channel.rows[:_NEIGHBOURS_OF]]
            for side in ("previous", "next"):
                pool[beside[side][beside[side] >= 0]] = True
        if estimated is not None:
            # 200 for the 160 that are scored exactly: the setting that docs/adr/0006 measured.
            pool[best(np.where(admitted, estimated, -np.inf), self.most * 5 // 4)] = True
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

    def _ranked(self, fusion: Fusion, pool: Rows, units: int, exact: Ranked, late: Ranked) -> Ranked:
        """Returns the places in `pool` of what was scored exactly, best first; the others only lend, at the lowest
        score."""
        if not len(exact.rows):
            return NOTHING
        by_rerank = late if len(late.rows) else exact
        cosines, likeness = (r.column(units, default=r.scores.min())[pool] for r in (exact, by_rerank))
        scores = fusion.fused(cosines, likeness)
        places = np.searchsorted(pool, np.sort(exact.rows))
        order = np.lexsort((places, -scores[places]))
        return Ranked(places[order], scores[places[order]])

    def _remembered(self, rows: Rows) -> Floats | None:
        decay = self.services.settings.decay
        return None if decay is None else retention(self.index, rows, self.now, decay)

    def _floor(self) -> float:
        return self.services.settings.relevance if self.where.occurred is None else 0.0


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
