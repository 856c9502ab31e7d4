"""Gives all units of a store vectors of another embedder. The old ones answer until all are made; what is
written meanwhile is made again. It can be stopped at any time, and goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from fourfold.govern.reembed_units import followed, renew_all
from fourfold.ports import Embedder, Point, Progress, Where
from fourfold.services import Services

_AT_ONCE = 64


def reembed(services: Services, embedder: Embedder, progress: Progress | None) -> int:
    """Changes the embedder of the store; how many units it made vectors for."""
    vectors = embedder.name, embedder.dimension, embedder.token_dimension
    if vectors == (services.embedder.name, services.embedder.dimension, services.embedder.token_dimension):
        return 0
    services.store.prepare(vectors)
    made = 0
    while True:
        todo = {bank: lacking for bank in _banks(services) if (lacking := services.store.lacking(bank))}
        total = made + sum(map(len, todo.values()))
        for bank, lacking in todo.items():
            for done in _fill(services, bank, lacking, embedder):
                made += done
                if progress is not None:
                    progress(made, total)
        with services.indexes.era.change():
            if not any(services.store.lacking(bank) for bank in _banks(services)):
                services.store.switch()
                services.embedder.become(embedder)
                services.indexes.forget_all()
                return made


def _banks(services: Services) -> list[str]:
    return sorted(services.store.counts(Where(kind="unit")))


def _fill(services: Services, bank: str, lacking: set[str], embedder: Embedder) -> Iterator[int]:
    """Makes the vectors of these units, a few at a time; how many each time."""
    index = services.indexes.get(bank)
    with index.lock:
        wanted = [unit for unit in index.unit_ids if unit in lacking]
        language = index.language
    made = (
        point for point in renew_all(embedder, _in_order(services, wanted), language) if point.id in lacking
    )
    while part := list(islice(made, _AT_ONCE)):
        with services.indexes.locked(bank):
            ids = tuple(point.id for point in part)
            there = {point.id for point in services.store.scan(Where(bank=bank, ids=ids))}
            services.store.add_next([point for point in part if point.id in there])
        yield len(part)


def _in_order(services: Services, units: Sequence[str]) -> Iterator[Point]:
    """The units, each after the one that it follows in its session, which it carries."""
    seen: set[str] = set()
    for first in range(0, len(units), _AT_ONCE):
        ids = units[first : first + _AT_ONCE]
        points = {point.id: point for point in services.store.scan(Where(ids=tuple(ids)))}
        before = {one for point in points.values() if (one := followed(point)) is not None}
        missing = tuple(before - points.keys() - seen)
        earlier = {point.id: point for point in services.store.scan(Where(ids=missing))} if missing else {}
        for unit in ids:
            point = points.get(unit)
            if point is None:
                continue
            if (previous := earlier.pop(followed(point) or "", None)) is not None:
                yield previous
            yield point
        seen = set(ids)
