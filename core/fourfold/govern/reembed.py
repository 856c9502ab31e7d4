"""Gives all units of a store vectors of another embedder. The old ones answer until all are made; what is
written meanwhile is made again. It can be stopped at any time, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from fourfold.govern.reembed_units import followed, renew_all
from fourfold.ingest.embed import Progress
from fourfold.ports import Embedder, Point, Where
from fourfold.services import Services

_AT_ONCE = 64


def reembed(engine: Services, embedder: Embedder, progress: Progress | None) -> int:
    """Changes the embedder of the store; how many units it made vectors for."""
    vectors = embedder.name, embedder.dimension, embedder.token_dimension
    if vectors == (engine.embedder.name, engine.embedder.dimension, engine.embedder.token_dimension):
        return 0
    engine.store.prepare(vectors)
    made = 0
    while True:
        todo = {bank: lacking for bank in _banks(engine) if (lacking := engine.store.lacking(bank))}
        total = made + sum(map(len, todo.values()))
        for bank, lacking in todo.items():
            for done in _fill(engine, bank, lacking, embedder):
                made += done
                if progress is not None:
                    progress(made, total)
        with engine.graphs.era.change():
            if not any(engine.store.lacking(bank) for bank in _banks(engine)):
                engine.store.switch()
                engine.embedder.become(embedder)
                engine.graphs.forget_all()
                return made


def _banks(engine: Services) -> list[str]:
    return sorted(engine.store.counts(Where(kind="unit")))


def _fill(engine: Services, bank: str, lacking: set[str], embedder: Embedder) -> Iterator[int]:
    """Makes the vectors of these units, a few at a time; how many each time."""
    graph = engine.graphs.get(bank)
    with graph.lock:
        wanted = [unit for unit in graph.ids if unit in lacking]
        language = graph.language
    made = (
        point for point in renew_all(embedder, _in_order(engine, wanted), language) if point.id in lacking
    )
    while part := list(islice(made, _AT_ONCE)):
        with engine.graphs.locked(bank):
            ids = tuple(point.id for point in part)
            there = {point.id for point in engine.store.scan(Where(bank=bank, ids=ids))}
            engine.store.add_next([point for point in part if point.id in there])
        yield len(part)


def _in_order(engine: Services, units: Sequence[str]) -> Iterator[Point]:
    """The units, each after the one that it follows in its session, which it carries."""
    seen: set[str] = set()
    for first in range(0, len(units), _AT_ONCE):
        ids = units[first : first + _AT_ONCE]
        points = {point.id: point for point in engine.store.scan(Where(ids=tuple(ids)))}
        before = {one for point in points.values() if (one := followed(point)) is not None}
        missing = tuple(before - points.keys() - seen)
        earlier = {point.id: point for point in engine.store.scan(Where(ids=missing))} if missing else {}
        for unit in ids:
            point = points.get(unit)
            if point is None:
                continue
            if (previous := earlier.pop(followed(point) or "", None)) is not None:
                yield previous
            yield point
        seen = set(ids)
