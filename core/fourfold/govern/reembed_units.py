"""Makes the vectors of units anew out of what they say: for another model, or without what was said before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice

from fourfold.ingest.embed import (
    Embedded,
    embed_statements,
    unit_vectors,
)
from fourfold.ingest.extract.statement import Statement
from fourfold.language.pack import Language
from fourfold.ports import Embedder, Floats, Point, Progress
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.units import links_of, read_unit, with_vectors
from fourfold.values.units import Unit

_BATCH = 256
"""Units a call of the embedder, and how far back a unit's previous one is looked for. A guess, not measured."""

Before = Mapping[str, tuple[Floats, Floats]]
"""By unit, its vector and the token rows of its own text."""


def renewed(embedder: Embedder, points: Sequence[Point], language: Language) -> Iterator[Point]:
    """Units that were said one after the other, the first after nothing, with new vectors."""
    before: tuple[Floats, Floats] | None = None
    for point, vectors in zip(points, _embedded(embedder, points, language), strict=True):
        new_point = _renewed(point, vectors, before, language)
        yield new_point
        assert new_point.vector is not None
        before = new_point.vector, vectors.own


def renew_all(
    embedder: Embedder,
    points: Iterable[Point],
    language: Language,
    progress: Progress | None = None,
    total: int = 0,
) -> Iterator[Point]:
    """Units in the order they came, with new vectors; each carries the one that it follows in its session, if that is
    among the last hundreds."""
    units, count = iter(points), 0
    last: dict[str, tuple[Floats, Floats]] = {}
    while part := list(islice(units, _BATCH)):
        recent = {unit: last[unit] for unit in list(last)[-_BATCH:]}
        last = recent
        for point, vectors in zip(part, _embedded(embedder, part, language), strict=True):
            new_point = _renewed(point, vectors, last.get(followed(point) or ""), language)
            assert new_point.vector is not None
            last[point.id] = new_point.vector, vectors.own
            yield new_point
        count += len(part)
        if progress is not None:
            progress(count, max(total, count))


def renew_units(
    embedder: Embedder,
    points: Iterable[Point],
    language: Language,
    progress: Progress | None = None,
    total: int = 0,
) -> Iterator[Point]:
    """Yields the records of a bank, of which the units come last, the units with new vectors."""
    stream = iter(points)
    for point in stream:
        if kind_of(point) == UNIT:
            yield from renew_all(embedder, chain([point], stream), language, progress, total)
            return
        yield point


def followed(point: Point) -> str | None:
    """The unit that one follows in its session."""
    links = [(link.weight, link.to) for link in links_of(point) if link.kind == "temporal"]
    return max(links)[1] if links else None


def _embedded(embedder: Embedder, points: Sequence[Point], language: Language) -> list[Embedded]:
    """The units' own vectors, those of one context at once."""
    vectors: list[Embedded] = []
    for context, group in groupby(map(read_unit, points), key=lambda unit: unit.context):
        vectors += embed_statements(embedder, [_statement(unit) for unit in group], context, language)
    return vectors


def _statement(unit: Unit) -> Statement:
    return Statement(unit.text, "", (), unit.mentioned_at, unit.network, unit.speaker)


def _renewed(
    point: Point, vectors: Embedded, before: tuple[Floats, Floats] | None, language: Language
) -> Point:
    """Returns `point` with these vectors, after what was said `before`."""
    unit = read_unit(point)
    return with_vectors(point, unit_vectors(vectors, unit.speaker, unit.context, language, before))
