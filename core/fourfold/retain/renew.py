"""Makes the vectors of units anew out of what they say: for another model, or without what was said before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fourfold.language import Language
from fourfold.model import Unit
from fourfold.ports import Embedder, Floats, Point
from fourfold.retain.embed import Embedded, carried_on, embed_statements, with_previous
from fourfold.retain.statement import Statement
from fourfold.stores.records import read_unit


def renewed(embedder: Embedder, points: Sequence[Point], language: Language) -> Iterator[Point]:
    """Units that were said one after the other, the first after nothing, with new vectors; their terms stay."""
    before: tuple[Floats, Floats] | None = None
    for point in points:
        vectors = embedded(embedder, read_unit(point), language)
        vector = carried_on(vectors.embedding.vector, before and before[0])
        tokens = with_previous(vectors.embedding.tokens, before and before[1])
        yield with_vectors(point, vectors, vector, tokens)
        before = vector, vectors.own


def embedded(embedder: Embedder, unit: Unit, language: Language) -> Embedded:
    """A unit's own vectors."""
    statement = Statement(unit.text, "", (), unit.mentioned_at, unit.network, unit.speaker)
    (found,) = embed_statements(embedder, [statement], unit.context, language)
    return found


def with_vectors(point: Point, vectors: Embedded, vector: Floats, tokens: Floats) -> Point:
    """`point` with these vectors, and what its payload says of them."""
    own = {"own": [vectors.own_from, len(vectors.embedding.tokens)], "codes": list(vectors.codes)}
    return replace(point, payload={**point.payload, **own}, vector=vector, tokens=tokens)
