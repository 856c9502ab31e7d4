"""Exports a bank: all that it holds, its history included, into one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from fourfold.consolidate.run import pending
from fourfold.errors import NotFoundError
from fourfold.index.bank_index import BankIndex
from fourfold.output_file import check_output_file
from fourfold.ports import Fields, Point, Progress, Where
from fourfold.schema.records import UNIT, kind_of
from fourfold.schema.rekey import LEFT_BEHIND
from fourfold.services import Services
from fourfold.storage.manifest import SCHEMA
from fourfold.transfer.file_format import Header, part_of, write

_BATCH_SIZE = 500
"""Units read from the store at once; a guess, not measured. With vectors they are some 6 MB of file (10,000 are
124 MB; docs/benchmarks.md, "Governing")."""
_NOTED_SETTINGS = ("session_gap_hours", "decay", "relevance")
"""The settings that shaped what is in a bank; a reader of the file can see them. Loading applies none of them."""


def export(
    services: Services,
    bank: str,
    path: Path,
    vectors: bool,
    encrypt: str | Path | None,
    sign: str | Path | None,
    progress: Progress | None,
) -> int:
    """Writes `bank` to `path`, as it is at one moment, and returns how many units it has; encrypted with the key in
    the file `encrypt` and signed with that in the file `sign`, where these are given. Raises `NotFoundError`,
    `InputError` where the file cannot be written, holds a key or is one of a memory's own, and `ConfigurationError`
    for a key that is none."""
    with suppress(OSError, RuntimeError):  # a name that no file can have is told by whoever writes there
        path = path.resolve()  # a link stays one: what it leads to is written
    for written in (path, part_of(path)):
        check_output_file(written)
    # Under the bank's lock, so that writes wait: a unit that came halfway would be in the file without its entities.
    with services.indexes.locked(bank) as index:
        if index.profile is None:
            raise NotFoundError(f'There is no bank "{bank}".')
        model, settings = services.embedder, services.settings.model_dump(include=set(_NOTED_SETTINGS))
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
        write(path, header, bank_points(services, index, vectors, progress), encrypt, sign)
        return len(index)


def bank_points(
    services: Services, index: BankIndex, vectors: bool = True, progress: Progress | None = None
) -> Iterator[Point]:
    """Yields the records of a bank, except those that stay behind (`LEFT_BEHIND`): first those that are no units,
    then the units in the order they came. The caller holds the index's lock. `progress` is called with (done, total)
    units."""
    for point in services.store.scan(Where(bank=index.bank)):
        if kind_of(point) not in (UNIT, *LEFT_BEHIND):
            yield point
    for start in range(0, len(index), _BATCH_SIZE):
        unit_ids = index.unit_ids[start : start + _BATCH_SIZE]
        # By ids alone: that is the embedded store's fast path, and the ids come from this bank's index.
        batch = services.store.scan(Where(ids=tuple(unit_ids)), Fields(vectors=vectors))
        points = {point.id: point for point in batch}
        # A scan keeps no order.
        for unit_id in unit_ids:
            point = points[unit_id]
            yield point if vectors else replace(point, vector=None, terms=None, tokens=None)
        if progress is not None:
            progress(min(start + _BATCH_SIZE, len(index)), len(index))
