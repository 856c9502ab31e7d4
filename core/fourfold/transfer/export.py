"""Exports a bank: all that it holds, its history included, into one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from fourfold.consolidate.run import pending
from fourfold.errors import NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.ports import Fields, Point, Progress, Where
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.rekey import LEFT_BEHIND
from fourfold.services import Services
from fourfold.storage.manifest import SCHEMA
from fourfold.transfer.file_format import Header, write

_AT_ONCE = 500
_KEPT_SETTINGS = ("session_gap_hours", "unit_words", "decay", "relevance")


def export(services: Services, bank: str, path: Path, vectors: bool, progress: Progress | None) -> int:
    """Writes `bank` to `path`, as it is at one moment (writes to it wait); how many units it has. Raises
    `NotFoundError`, and `InputError` where the file cannot be written."""
    with services.indexes.locked(bank) as index:
        if index.profile is None:
            raise NotFoundError(f'There is no bank "{bank}".')
        model, settings = services.embedder, services.settings.model_dump(include=set(_KEPT_SETTINGS))
        header = Header(
            bank=bank,
            version=version("fourfold"),
            schema=SCHEMA,
            embedder=model.name,
            dimension=model.dimension,
            token_dimension=model.token_dimension,
            vectors=vectors,
            at=services.clock.now().isoformat(),
            units=len(index),
            pending=pending(services, bank),
            settings=settings,
        )
        write(path, header, everything(services, index, vectors, progress))
        return len(index)


def everything(
    services: Services, index: BankIndex, vectors: bool = True, progress: Progress | None = None
) -> Iterator[Point]:
    """The records of a bank but for those that stay behind: first those that are no units, then the units in the
    order they came. The caller holds the index's lock."""
    for point in services.store.scan(Where(bank=index.bank)):
        if kind_of(point) not in (UNIT, *LEFT_BEHIND):
            yield point
    for first in range(0, len(index), _AT_ONCE):
        ids = index.unit_ids[first : first + _AT_ONCE]
        found = {p.id: p for p in services.store.scan(Where(ids=tuple(ids)), Fields(vectors=vectors))}
        for one in ids:
            point = found[one]
            yield point if vectors else replace(point, vector=None, terms=None, tokens=None)
        if progress is not None:
            progress(min(first + _AT_ONCE, len(index)), len(index))
