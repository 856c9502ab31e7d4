"""A recall from end to end: plan, channels, fuse, rerank, pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.errors import InputError, StoreError
from fourfold.index.as_of import BankView
from fourfold.index.bank_index import BankIndex
from fourfold.index.retention import strength
from fourfold.ports import Where
from fourfold.recall.channels.ranked import Ranked
from fourfold.recall.cross_encoder import reranked
from fourfold.recall.fuse import Weights
from fourfold.recall.latest import LOOKED_AT, latest_first
from fourfold.recall.plan import Plan, plan
from fourfold.recall.prompt import pack
from fourfold.recall.search import Candidates, Search
from fourfold.recall.stopwatch import Stopwatch
from fourfold.recall.superseded import with_superseded
from fourfold.schema.summaries import is_summary, read_summary, summary_id
from fourfold.schema.units import seconds_of
from fourfold.services import Services
from fourfold.values.rendering import render_unit
from fourfold.values.results import ChannelScore, Hit, Recall, Trace
from fourfold.values.summaries import Summary
from fourfold.values.units import Interval, Network, Unit, require_aware

# The three that follow are guesses, not measured.
_UNBOUNDED = 4
"""Times as many units are scored exactly where a recall sets no bound."""
_BEST = 10
"""Hits that count as used, and whose entities bring their summaries."""
_MOST_SUMMARIES = 3


@dataclass(frozen=True, slots=True)
class RecallRequest:
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


def recall(services: Services, request: RecallRequest, weights: Weights) -> Recall:
    """Answers `request`; an empty or unknown bank has no hits.

    Raises `InputError`, `ModelError`, `StoreError`.
    """
    while True:
        embedder = services.embedder
        try:
            with services.working_on(request.bank):
                answer = _answer(services, request, weights)
        except StoreError:  # vectors of other dimensions than the store has by now
            if services.embedder is embedder:
                raise
        else:
            if services.embedder is embedder:
                return answer
        # The memory was given another embedder meanwhile: a question in its vectors searched those of the other one.


def _answer(services: Services, request: RecallRequest, weights: Weights) -> Recall:
    where = _where(request)
    timer = Stopwatch()
    view = services.indexes.view(request.bank, request.as_of)
    index = view.index
    if not len(index) or not request.question.strip():
        return Recall((), "")
    timer.lap("open")
    now = request.as_of or services.clock.now()
    question = plan(request.question, services.embedder, index, now)
    timer.lap("plan")
    candidates = Search(services, view, question, where, weights, _most(services, request), now).run(timer)
    if services.reranker is not None:
        candidates = reranked(view, services.reranker, question.text, candidates)
        timer.lap("cross-encoder")
    candidates = with_superseded(question, index, candidates)
    candidates, chosen, units = _in_order(view, question, candidates, request)
    hits = _hits(view.index, candidates, chosen, units, explain=request.explain)
    if request.explain and services.settings.decay is not None:
        hits = _with_strength(view, hits, now, services.settings.decay)
    if request.as_of is None and services.settings.decay is not None:
        services.recall_counts.add(request.bank, [hit.unit.id for hit in hits[:_BEST]], now.timestamp())
    timer.lap("pack")
    summaries = _summaries(view, request, question, hits)
    timer.lap("summaries")
    return Recall(
        hits=hits,
        text="\n".join(render_unit(hit.unit) for hit in hits),
        summaries=summaries,
        trace=Trace(
            timer.laps,
            {name: len(r.rows) for name, r in candidates.channels.items()},
            question.entities,
            question.intervals,
        ),
    )


def _most(services: Services, request: RecallRequest) -> int:
    """Returns how many units to score exactly: more for a larger limit, and most where no bound is set."""
    if request.limit is None and request.budget is None:
        return _UNBOUNDED * services.settings.candidates
    return max(services.settings.candidates, request.limit or 0)


def _where(request: RecallRequest) -> Where:
    require_aware(request.as_of, "as_of")
    for name, bound in (("budget", request.budget), ("limit", request.limit)):
        if bound is not None and bound <= 0:
            raise InputError(f"{name} is {bound}: give a positive number, or None for no bound.")
    for name, values in (("networks", request.networks), ("tags", request.tags)):
        if values is not None and not values:
            raise InputError(f"{name} is empty, which nothing matches: leave it out to search everything.")
    during = request.during
    return Where(
        bank=request.bank,
        live=True,
        networks=None if request.networks is None else tuple(Network(n).value for n in request.networks),
        tags=request.tags,
        occurred=None if during is None else seconds_of(during),
    )


def _chosen(view: BankView, candidates: Candidates, request: RecallRequest) -> list[int]:
    """Returns the places of `candidates` that fit the bounds of the request."""
    with view.index.lock:
        records = view.index.columns[candidates.rows]
    return pack(records["tokens"], records["said"], request.budget, request.limit)


def _in_order(
    view: BankView, question: Plan, candidates: Candidates, request: RecallRequest
) -> tuple[Candidates, list[int], dict[str, Unit]]:
    """Returns the candidates in the order in which they are shown, the places of those that fit the bounds, and their
    units by id. One request reads them; a second one what fits since the order changed, if anything."""
    chosen = _chosen(view, candidates, request)
    best = range(min(LOOKED_AT, len(candidates.rows)))
    units = view.units(_ids(view.index, candidates, [*best, *chosen]))
    candidates = latest_first(question, view, candidates, units)
    chosen = _chosen(view, candidates, request)
    missing = [unit for unit in _ids(view.index, candidates, chosen) if unit not in units]
    return candidates, chosen, units | (view.units(missing) if missing else {})


def _ids(index: BankIndex, candidates: Candidates, places: Sequence[int]) -> list[str]:
    """Returns the ids of the units at some places of `candidates`, each once."""
    return [index.unit_ids[row] for row in dict.fromkeys(candidates.rows[list(places)].tolist())]


def _hits(
    index: BankIndex, candidates: Candidates, chosen: list[int], units: Mapping[str, Unit], *, explain: bool
) -> tuple[Hit, ...]:
    """Returns the chosen places of `candidates` as hits, with their `units`."""
    rows = [int(candidates.rows[place]) for place in chosen]
    ids = [index.unit_ids[row] for row in rows]
    channel_scores = {name: _channel_scores(ranked, rows) for name, ranked in candidates.channels.items()}
    return tuple(
        Hit(
            unit=units[unit],
            score=float(candidates.scores[place]),
            channels={name: by_row[row] for name, by_row in channel_scores.items() if row in by_row},
            path=_path(index, candidates, row) if explain else (),
            factors={name: float(f[place]) for name, f in candidates.factors.items()} if explain else {},
        )
        for place, row, unit in zip(chosen, rows, ids, strict=True)
    )


def _with_strength(view: BankView, hits: Sequence[Hit], now: datetime, decay: float) -> tuple[Hit, ...]:
    with view.index.lock:
        rows = [view.index.row(hit.unit.id) for hit in hits]
        strengths = [None if row is None else strength(view.index, row, now, decay) for row in rows]
    return tuple(replace(hit, strength=each) for hit, each in zip(hits, strengths, strict=True))


def _summaries(
    view: BankView, request: RecallRequest, question: Plan, hits: Sequence[Hit]
) -> tuple[Summary, ...]:
    """Returns the summaries of the entities that the question names, then of those that its best hits name."""
    if request.networks is not None and Network.SUMMARY not in request.networks:
        return ()
    met: dict[str, float] = {}
    for rank, hit in enumerate(hits[:_BEST], 1):
        for entity in hit.unit.entities:
            met[entity] = met.get(entity, 0.0) + 1 / rank
    names = list(dict.fromkeys([*question.entities, *sorted(met, key=lambda name: -met[name])]))
    ids = tuple(summary_id(view.index.bank, name) for name in names[:_MOST_SUMMARIES])
    summaries = {p.id: read_summary(p) for p in view.read(ids) if is_summary(p)} if ids else {}
    return tuple(summaries[summary] for summary in ids if summary in summaries)


def _channel_scores(ranked: Ranked, rows: list[int]) -> dict[int, ChannelScore]:
    """Returns the rank (from 1) and score that a channel gave to each of `rows`, where it ranked them."""
    wanted_rows = set(rows)
    listed = zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
    return {
        row: ChannelScore(rank, score) for rank, (row, score) in enumerate(listed, 1) if row in wanted_rows
    }


def _path(index: BankIndex, candidates: Candidates, row: int) -> tuple[str, ...]:
    """Returns how the first channel that knows a way reached a unit: ids of units and names of entities."""
    nodes = next((r.paths[row] for r in candidates.channels.values() if row in r.paths), ())
    return tuple(node if isinstance(node, str) else index.unit_ids[node] for node in nodes)
