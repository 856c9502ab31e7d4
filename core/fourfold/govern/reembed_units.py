"""Makes the vectors of units anew out of what they say: for another model, or without what was said before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice

import numpy as np

from fourfold.ingest.embed import Embedded, embed_statements, unit_vectors
from fourfold.ingest.extract.statement import Statement
from fourfold.language.pack import Language
from fourfold.ports import Embedder, Floats, Point, Progress
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.units import links_of, read_unit, with_vectors
from fourfold.values.units import Unit

_BATCH = 256
"""Units a call of the embedder, and how far back a unit's previous one is looked for. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class _Renewed:
    """A unit with its new vectors: its own vector with what it carries on, the token rows of its passage up to its
    end, that passage, and the vector and the token rows of what the passage follows."""

    vector: Floats
    tokens: Floats
    passage: str
    context: tuple[Floats, Floats] | None


def renewed(embedder: Embedder, points: Sequence[Point], language: Language) -> Iterator[Point]:
    """Units that were said one after the other, the first after nothing, with new vectors."""
    before: _Renewed | None = None
    for point, vectors in zip(points, _embedded(embedder, points, language), strict=True):
        new_point, before = _renewed(point, vectors, before, language)
        yield new_point


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
    last: dict[str, _Renewed] = {}
    while part := list(islice(units, _BATCH)):
        last = {unit: last[unit] for unit in list(last)[-_BATCH:]}
        for point, vectors in zip(part, _embedded(embedder, part, language), strict=True):
            new_point, last[point.id] = _renewed(point, vectors, last.get(followed(point) or ""), language)
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
        vectors += embed_statements(embedder, list(_statements(group)), context, language)
    return vectors


def _statements(units: Iterable[Unit]) -> Iterator[Statement]:
    """Yields the units as statements; those of one passage with its text, as far as it is at hand."""
    for _, group in groupby(units, key=lambda unit: unit.passage or unit.id):
        siblings = list(group)
        passage = " ".join(unit.text for unit in siblings) if len(siblings) > 1 else ""
        start = 0
        for unit in siblings:
            yield Statement(
                unit.text,
                "",
                (),
                unit.mentioned_at,
                unit.network,
                unit.speaker,
                passage=passage,
                passage_start=start,
            )
            start += len(unit.text) + 1 if passage else 0


def _renewed(
    point: Point, vectors: Embedded, before: _Renewed | None, language: Language
) -> tuple[Point, _Renewed]:
    """Returns `point` with these vectors, after what was said `before`."""
    unit = read_unit(point)
    context, tokens = None, vectors.own
    if before is not None and unit.passage and unit.passage == before.passage:
        context, tokens = before.context, np.concatenate([before.tokens, vectors.own])
    elif before is not None:
        context = before.vector, before.tokens
    new_point = with_vectors(point, unit_vectors(vectors, unit.speaker, unit.context, language, context))
    assert new_point.vector is not None
    return new_point, _Renewed(new_point.vector, tokens, unit.passage, context)
