"""A recall from end to end: plan, channels, fuse, rerank, pack."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from fourfold.engine import Engine
from fourfold.errors import InputError
from fourfold.model import Channel, ChannelScore, Hit, Interval, Network, Recall, Trace, aware
from fourfold.ports import Floats, Store, Where
from fourfold.recall import graph as graph_channel
from fourfold.recall import keyword, rerank, semantic, temporal
from fourfold.recall.fuse import Candidates, Fused, Rows, Weights, fuse
from fourfold.recall.pack import choose, render
from fourfold.recall.plan import Plan, plan
from fourfold.stores.graph import BankGraph, Reached
from fourfold.stores.records import NEVER, read_unit

_NEIGHBOURS_OF = 40


@dataclass(frozen=True, slots=True)
class Request:
    """A question and its bounds; see `Bank.recall`."""

    bank: str
    question: str
    budget: int | None = 2048
    limit: int | None = None
    networks: tuple[Network, ...] | None = None
    tags: tuple[str, ...] | None = None
    during: Interval | None = None
    as_of: datetime | None = None
    explain: bool = False


def recall(engine: Engine, request: Request, weights: Weights) -> Recall:
    """Answers `request`; an empty or unknown bank has no hits.

    Raises `InputError`, `ModelError`, `StoreError`.
    """
    where = _where(request)
    timer = _Timer()
    graph = engine.graphs.get(request.bank)
    if not len(graph) or not request.question.strip():
        return Recall((), "")
    timer.lap("open")
    question = plan(request.question, engine.embedder, graph, request.as_of or engine.clock.now())
    timer.lap("plan")
    found = _Search(engine, graph, question, where).run(timer)
    with graph.lock:
        fused = fuse(question, graph, found.candidates, weights)
        timer.lap("fuse")
        rows = found.candidates.rows
        best = np.lexsort((rows, -fused.scores))
        chosen = choose((int(rows[i]) for i in best), graph.rows, request.budget, request.limit)
        hits = _hits(engine.store, graph, found, fused, chosen)
    if not request.explain:
        hits = tuple(replace(hit, path=(), factors={}) for hit in hits)
    timer.lap("pack")
    return Recall(
        hits=hits,
        text="\n".join(render(hit.unit) for hit in hits),
        trace=Trace(timer.laps, found.counts(), question.entities, question.intervals),
    )


def _where(request: Request) -> Where:
    aware(request.as_of, "as_of")
    if not isinstance(request.question, str):
        raise InputError(f"The question is a {type(request.question).__name__}, not a string.")
    for name, bound in (("budget", request.budget), ("limit", request.limit)):
        if bound is not None and bound <= 0:
            raise InputError(f"{name} is {bound}: give a positive number, or None for no bound.")
    for name, given in (("networks", request.networks), ("tags", request.tags)):
        if given is not None and not given:
            raise InputError(f"{name} is empty, which nothing matches: leave it out to search everything.")
    during = request.during
    return Where(
        bank=request.bank,
        live=request.as_of is None,
        held_at=None if request.as_of is None else request.as_of.timestamp(),
        kind=None if request.as_of is None else "unit",
        networks=None if request.networks is None else tuple(Network(n).value for n in request.networks),
        tags=request.tags,
        occurred=None
        if during is None
        else (
            during.start.timestamp() if during.start else -NEVER,
            during.end.timestamp() if during.end else NEVER,
        ),
    )


@dataclass(slots=True)
class _Found:
    """The candidates, and what each channel put forward (row -> raw score)."""

    candidates: Candidates
    channels: dict[Channel, Mapping[int, float]]
    reached: Mapping[int, Reached]

    def counts(self) -> dict[str, int]:
        return {name: len(scores) for name, scores in self.channels.items()}


@dataclass(slots=True)
class _Search:
    """The channels, in two trips to the store: find candidates, then score all of them."""

    engine: Engine
    graph: BankGraph
    plan: Plan
    where: Where

    def run(self, timer: _Timer) -> _Found:
        limit = self.engine.settings.candidates
        near, terms = self._first(limit)
        timer.lap("search")
        with self.graph.lock:
            dated = temporal.find(self.plan, self.graph, limit // 2)
            reached = graph_channel.find(self.plan, self.graph, [near, terms], limit // 2)
            rows = self._with_neighbours({*near, *terms, *dated, *reached}, near, terms)
        timer.lap("graph")
        cosines, late = self._second(rows)
        floor = self.engine.settings.relevance if self.where.occurred is None else 0.0
        if not rerank.relevant(self.plan, late, floor):
            cosines, late = {}, {}
        admitted = np.array(sorted(cosines), dtype=np.intp)
        channels: dict[Channel, Mapping[int, float]] = {
            "semantic": near,
            "keyword": terms,
            "graph": {row: r.activation for row, r in reached.items() if row in cosines},
            "temporal": {row: 1 / (1 + i) for i, row in enumerate(dated) if row in cosines},
            "rerank": late,
        }
        timer.lap("rerank")
        candidates = Candidates(
            rows=admitted,
            keyword=_column(admitted, terms),
            semantic=_column(admitted, cosines),
            rerank=_column(admitted, late or cosines),
            graph=_column(admitted, channels["graph"]),
        )
        return _Found(candidates, channels, reached)

    def _first(self, limit: int) -> tuple[dict[int, float], dict[int, float]]:
        queries = [semantic.query(self.plan, self.where, limit)]
        worded = keyword.query(self.plan, self.where, limit)
        if worded is not None:
            queries.append(worded)
        answers = [self._rows(answer) for answer in self.engine.store.search(queries)]
        return answers[0], answers[1] if worded is not None else {}

    def _second(self, rows: set[int]) -> tuple[dict[int, float], dict[int, float]]:
        """Cosine and late interaction of every candidate that the filters admit."""
        if not rows:
            return {}, {}
        ids = tuple(self.graph.ids[row] for row in rows)
        where = replace(self.where, ids=ids)
        queries = [semantic.query(self.plan, where, len(ids))]
        late = rerank.query(self.plan, where, len(ids))
        if late is not None:
            queries.append(late)
        answers = [self._rows(answer) for answer in self.engine.store.search(queries)]
        return answers[0], answers[1] if late is not None else {}

    def _rows(self, answer: list[tuple[str, float]]) -> dict[int, float]:
        """By row; what another process has just written and this graph has not seen is left for next time."""
        return {row: score for unit, score in answer if (row := self.graph.row(unit)) is not None}

    def _with_neighbours(
        self, rows: set[int], near: Mapping[int, float], terms: Mapping[int, float]
    ) -> set[int]:
        """Adds what was said just before and after the best units."""
        best = np.array([*list(near)[:_NEIGHBOURS_OF], *list(terms)[:_NEIGHBOURS_OF]], dtype=np.intp)
        records = self.graph.rows[best]
        return rows | {int(row) for side in ("previous", "next") for row in records[side] if row >= 0}


def _column(rows: Rows, scores: Mapping[int, float]) -> Floats:
    return np.array([scores.get(int(row), 0.0) for row in rows], dtype=np.float32)


def _hits(store: Store, graph: BankGraph, found: _Found, fused: Fused, chosen: list[int]) -> tuple[Hit, ...]:
    """The chosen rows as hits, their units read from the store at once."""
    if not chosen:
        return ()
    units = {p.id: read_unit(p) for p in store.scan(Where(ids=tuple(graph.ids[row] for row in chosen)))}
    place = np.searchsorted(found.candidates.rows, chosen)
    ranks = {
        name: {row: rank for rank, row in enumerate(sorted(scores, key=lambda r: (-scores[r], r)), 1)}
        for name, scores in found.channels.items()
    }
    return tuple(
        Hit(
            unit=units[graph.ids[row]],
            score=float(fused.scores[i]),
            channels={
                name: ChannelScore(ranks[name][row], float(scores[row]))
                for name, scores in found.channels.items()
                if row in scores
            },
            path=_path(graph, found.reached.get(row)),
            factors={name: float(factor[i]) for name, factor in fused.factors.items()},
        )
        for row, i in zip(chosen, place, strict=True)
    )


def _path(graph: BankGraph, reached: Reached | None) -> tuple[str, ...]:
    nodes = reached.path if reached else ()
    return tuple(node if isinstance(node, str) else graph.ids[node] for node in nodes)


class _Timer:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now
