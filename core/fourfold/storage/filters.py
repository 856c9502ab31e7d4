"""The schema of a collection, and `Where` as a few plain conditions that both engines can translate.

Payload fields that are filtered on, and the names of the vectors, are listed here once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fourfold.ports import Query, Where

DENSE, TERMS, TOKENS = "dense", "terms", "tokens"
MOST_BANKS = 10_000_000
"""The engines want a limit for a count by banks; no memory has as many."""

FieldType = Literal["tenant", "keyword", "integer"]
INDEXED: dict[str, FieldType] = {
    "bank": "tenant",
    "kind": "keyword",
    "held_in": "tenant",
    "network": "keyword",
    "tags": "keyword",
    "documents": "keyword",
    "revision": "integer",
}


@dataclass(frozen=True, slots=True)
class Match:
    """The field has (one of) these values."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The field lies above `gt` / at or below `lte` / below `lt`."""

    key: str
    gt: float | None = None
    lte: float | None = None
    lt: float | None = None


@dataclass(frozen=True, slots=True)
class Ids:
    """The point is one of these."""

    ids: tuple[str, ...]


Condition = Match | Range | Ids


def conditions(where: Where) -> Iterator[Condition]:
    """Yields the conditions that must all hold."""
    if where.ids is not None:
        yield Ids(where.ids)
    if where.live and where.bank is not None:
        yield Match(
            "held_in", (where.bank,)
        )  # one condition for two: dense search over 10,000 in 1.0, not 2.7 ms
    elif where.bank is not None:
        yield Match("bank", (where.bank,))
    if where.kind is not None:
        yield Match("kind", (where.kind,))
    for key, values in (("network", where.networks), ("tags", where.tags), ("documents", where.documents)):
        if values is not None:
            yield Match(key, values)
    if where.since is not None:
        yield Range("recorded", gt=where.since)
    if where.occurred is not None:
        start, end = where.occurred
        yield Range("from", lt=end)
        yield Range("to", gt=start)
    if where.after is not None:
        writer, revision = where.after
        yield Match("writer", (writer,))
        yield Range("revision", gt=revision)


def corpus(query: Query) -> Where:
    """Returns the units whose term statistics decide IDF: all that hold now in the bank, whatever else is asked."""
    return query.corpus or Where(bank=query.where.bank, live=True)
