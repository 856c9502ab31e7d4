"""Gives a memory another embedder. A copy of the whole store is made beside it, with the vectors of the new embedder,
while the old one answers; what is written meanwhile is copied as well, and then the copy takes the store's place.

The copy is its own record of how far it is: each point carries the writer and the revision that wrote it, so a point
is up to date in the copy where both are the same there. A copy that was cut off goes on from that.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from fourfold.govern.reembed_units import followed, renew_all
from fourfold.language.languages import ENGLISH
from fourfold.ports import CopyDroppedError, Embedder, Fields, Point, Progress, Store, Where
from fourfold.schema.banks import read_profile
from fourfold.schema.fields import combined
from fourfold.schema.records import (
    ARRIVING,
    BANK,
    KIND_ONLY,
    PLACE_ONLY,
    STAMP_ONLY,
    UNIT,
    bank_of,
    kind_of,
    place_of,
    stamp_of,
)
from fourfold.services import Services

log = logging.getLogger(__name__)

_BATCH = 64
"""Units a write: what a kill costs at most, besides what one call of the embedder makes. A guess, not measured."""
_RECORDS_BATCH = 500
"""Records a write. A guess, not measured."""
_ROUNDS = 8
"""Rounds without the memory held. Each has less to do than the one before it, unless writes come faster than they
can be copied: then the last round, which holds them, is a long one. A guess, not measured."""
_COMPARED = combined(KIND_ONLY, STAMP_ONLY, PLACE_ONLY)


def reembed(services: Services, embedder: Embedder, progress: Progress | None) -> int:
    """Changes the embedder of the memory; how many units were given new vectors. Where something is erased meanwhile,
    the copy is dropped and begun again."""
    vectors = embedder.name, embedder.dimension, embedder.token_dimension
    current = services.embedder
    if vectors == (current.name, current.dimension, current.token_dimension):
        return 0
    while True:
        try:
            return _Copying(services.store, services.store.copy_for(vectors), embedder, progress).run(
                services
            )
        except CopyDroppedError:
            log.info(
                "Something was erased while the memory was given another embedder: the copy begins anew."
            )


@dataclass(frozen=True, slots=True)
class _Changes:
    """What the copy lacks of one bank: units, in the order they came, and other records, by id; and what it has that
    is gone by now. `cursors` is how far the bank's writers had got before it was looked at."""

    bank: str
    cursors: Mapping[str, int]
    units: Sequence[str]
    records: Sequence[str]
    gone: Sequence[str]


@dataclass(slots=True)
class _Copying:
    """The copy of a store while it is being made; `embedded` counts the units."""

    store: Store
    copy: Store
    embedder: Embedder
    progress: Progress | None
    embedded: int = 0
    copied: dict[str, Mapping[str, int]] = field(default_factory=dict)
    """By bank, how far its writers had got when it was last copied."""

    def run(self, services: Services) -> int:
        """Copies in rounds until little is new, and the last of it while nobody can write; then the copy takes over.
        `progress` is not called while the memory is held: it may ask the memory something."""
        for _ in range(_ROUNDS):
            if self._copy_round(self.progress) <= _BATCH:
                break
        with services.indexes.all_locked():
            self._copy_round(None)
            previous = services.embedder
            # First the embedder: a recall that searches the copy by the old one's vectors is to see that it changed.
            services.backend.embedder = self.embedder
            try:
                self.store.adopt_copy()
            except BaseException:
                services.backend.embedder = previous
                raise
            finally:
                services.indexes.drop_all()
        if self.progress is not None:
            self.progress(self.embedded, self.embedded)
        return self.embedded

    def _copy_round(self, progress: Progress | None) -> int:
        """Brings the copy up to date once; how many units had changed."""
        changed = list(self._changes())
        units = sum(len(changes.units) for changes in changed)
        total = self.embedded + units
        for changes in changed:
            self._copy_records(changes)
            for count in self._embed(changes):
                self.embedded += count
                if progress is not None:
                    progress(self.embedded, total)
            self.copied[changes.bank] = changes.cursors
        return units

    def _changes(self) -> Iterator[_Changes]:
        """The banks that were written to since they were last copied. One that is still being loaded is left out: it
        is written without revisions, and is there as a whole or not at all."""
        banks = self.store.counts(Where()).keys() | self.copy.counts(Where()).keys()
        # Asked for after the banks: a bank is marked before anything else of it is written.
        arriving = {bank_of(point) for point in self.store.scan(Where(kind=ARRIVING))}
        for bank in sorted(banks - arriving):
            cursors = dict(self.store.cursors(bank))
            if self.copied.get(bank) != cursors:
                yield self._compared(bank, cursors)

    def _compared(self, bank: str, cursors: Mapping[str, int]) -> _Changes:
        copied = {point.id: stamp_of(point) for point in self.copy.scan(Where(bank=bank), _COMPARED)}
        units: list[tuple[float, int, str]] = []
        records = []
        for point in self.store.scan(Where(bank=bank), _COMPARED):
            if copied.pop(point.id, None) == stamp_of(point):
                continue
            if kind_of(point) == UNIT:
                units.append((*place_of(point), point.id))
            else:
                records.append(point.id)
        return _Changes(bank, cursors, [unit for _, _, unit in sorted(units)], records, list(copied))

    def _copy_records(self, changes: _Changes) -> None:
        """Copies what has no vectors of an embedder, as it is."""
        if changes.gone:
            self.copy.delete(changes.gone)
        for start in range(0, len(changes.records), _RECORDS_BATCH):
            ids = tuple(changes.records[start : start + _RECORDS_BATCH])
            self.copy.write(list(self.store.scan(Where(ids=ids), Fields(terms=True))))

    def _embed(self, changes: _Changes) -> Iterator[int]:
        """Copies units with new vectors, a few at a time; how many each time."""
        profiles = list(self.store.scan(Where(bank=changes.bank, kind=BANK)))
        language = (read_profile(profiles[0]).language if profiles else None) or ENGLISH
        changed_units = set(changes.units)
        renewed = renew_all(self.embedder, self._in_order(changes.units), language)
        points = (point for point in renewed if point.id in changed_units)
        while batch := list(islice(points, _BATCH)):
            self.copy.write(batch)
            yield len(batch)

    def _in_order(self, units: Sequence[str]) -> Iterator[Point]:
        """The units, each after the one that it follows in its session, whose vector is a part of its own."""
        previous: set[str] = set()
        for start in range(0, len(units), _BATCH):
            ids = units[start : start + _BATCH]
            points = {point.id: point for point in self.store.scan(Where(ids=tuple(ids)))}
            sources = {unit for point in points.values() if (unit := followed(point)) is not None}
            missing = tuple(sources - points.keys() - previous)
            earlier = {p.id: p for p in self.store.scan(Where(ids=missing))} if missing else {}
            for unit in ids:
                point = points.get(unit)
                if point is None:
                    continue
                if (source := earlier.pop(followed(point) or "", None)) is not None:
                    yield source
                yield point
            previous = set(ids)
