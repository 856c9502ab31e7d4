"""What a new statement is compared with: what its bank holds, and what the very write it belongs to has added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from fourfold.ingest.deduplicate import ComparedStatement, same_statement
from fourfold.ingest.embed import Embedded
from fourfold.ingest.link import SEMANTIC_MOST
from fourfold.language.text import normalise
from fourfold.ports import Floats, Query, Where
from fourfold.schema.records import NEVER
from fourfold.schema.units import own_tokens
from fourfold.transaction.transaction import Transaction
from fourfold.values.units import Unit

_MOST_RIVALS = 50
_LIKELY = 0.7
_UNCLEAR = 0.88

Near = Sequence[tuple[str, float]]
"""Units with their cosines, best first."""


@dataclass(slots=True)
class KnownStatements:
    """What is known while `transaction` is prepared; the caller holds the lock of its bank's graph."""

    transaction: Transaction
    _added: list[tuple[Unit, Embedded]] = field(default_factory=list)
    _vectors: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _asserted: dict[str, list[str]] = field(default_factory=dict)

    def expect(self, count: int) -> None:
        """Makes room for so many statements."""
        dimension = self.transaction.services.embedder.dimension
        rows = self._vectors.reshape(-1, dimension)
        self._vectors = np.concatenate([rows, np.zeros((count, dimension), np.float32)])

    def add(self, unit: Unit, vectors: Embedded, attributes: Sequence[str]) -> None:
        """Notes a new unit, and the attributes it gives a value."""
        for attribute in attributes:
            self._asserted.setdefault(attribute, []).append(unit.id)
        self._vectors[len(self._added)] = vectors.embedding.vector
        self._added.append((unit, vectors))

    @property
    def last(self) -> tuple[Unit, Embedded] | None:
        """The unit that was added last."""
        return self._added[-1] if self._added else None

    def in_bank(self, vectors: Sequence[Floats]) -> list[Near]:
        """For each vector the units of the bank that hold now and are nearest."""
        where = Where(bank=self.transaction.index.bank, live=True)
        if not len(self.transaction.index) or not vectors:
            return [[] for _ in vectors]
        return list(
            self.transaction.services.store.search([Query(where, SEMANTIC_MOST, vector=v) for v in vectors])
        )

    def in_write(self, vectors: Embedded, most: int, floor: float) -> Near:
        """The units of this very write that are nearest."""
        return [(self._added[place][0].id, cosine) for place, cosine in self._nearest(vectors, most, floor)]

    def same_as(
        self, claim: ComparedStatement, vectors: Embedded, neighbours: Near
    ) -> tuple[str, str] | None:
        """The unit that already says what `claim` says, and why that is so."""
        language = self.transaction.language
        for place, _ in self._nearest(vectors, 3, _LIKELY):
            unit, embedded = self._added[place]
            if self._superseded(unit.id):
                continue
            own = partial(getattr, embedded, "own")
            reason = same_statement(claim, claim_of(unit), lambda: vectors.own, own, language)
            if reason:
                return unit.id, reason
        index = self.transaction.index
        likely = (index.row(unit) for unit, cosine in neighbours if cosine >= _LIKELY)
        rows = [*index.with_text(claim.text), *(row for row in likely if row is not None)]
        for unit in self.transaction.read(self._held_of(rows, claim.speaker)):
            if unit.retired_at is not None or unit.superseded_by is not None:
                continue
            own = partial(self._own_tokens, unit.id)
            reason = same_statement(claim, claim_of(unit), lambda: vectors.own, own, language)
            if reason:
                return unit.id, reason
        return None

    def stated_before(self, claim: ComparedStatement) -> tuple[str, str] | None:
        """The unit that says `claim` in the same words, where at most one of them gives a time, and why that is the
        same. It is for statements that stand alone: of what is said in a talk, the time may be what differs."""
        rows = self.transaction.index.with_text(claim.text)
        added_ids = [unit.id for unit, _ in self._added if not self._superseded(unit.id)]
        for unit in self.transaction.read([*added_ids, *self._held_of(rows, claim.speaker)]):
            is_superseded = unit.retired_at is not None or unit.superseded_by is not None
            is_same = unit.speaker == claim.speaker and normalise(unit.text) == normalise(claim.text)
            if is_same and not is_superseded and None in (unit.occurred, claim.occurred):
                return unit.id, "stated before in the same words"
        return None

    def rivals(self, unit: Unit, attributes: Sequence[str]) -> list[Unit]:
        """The units that hold now and give one of the attributes a value."""
        index = self.transaction.index
        ids: list[str] = []
        for attribute in attributes:
            ids += [index.unit_ids[row] for row in index.with_attribute(attribute)[-_MOST_RIVALS:]]
            ids += self._asserted.get(attribute, ())
        units = self.transaction.read(list(dict.fromkeys(ids)))
        return [older for older in units if older.retired_at is None and older.id != unit.id]

    def unclear(self, unit: Unit, vectors: Embedded, neighbours: Near) -> list[str]:
        """The units so near to `unit`, and about the same, that only a reader can say whether they say the same."""
        added = self.in_write(vectors, 3, _UNCLEAR)
        close = [
            candidate
            for candidate, cosine in (*neighbours, *added)
            if cosine >= _UNCLEAR and candidate != unit.id
        ]
        return [
            candidate.id
            for candidate in self.transaction.read(list(dict.fromkeys(close)))
            if set(unit.entities) & set(candidate.entities) - {unit.speaker}
            and candidate.retired_at is None
            and _kind(unit) == _kind(candidate)
        ]

    def _nearest(self, vectors: Embedded, most: int, floor: float) -> list[tuple[int, float]]:
        """The places in this write of what is nearest, with the cosines."""
        if not self._added:
            return []
        cosines = self._vectors[: len(self._added)] @ vectors.embedding.vector
        best = np.argsort(-cosines)[:most]
        return [(int(place), float(cosines[place])) for place in best if cosines[place] >= floor]

    def _held_of(self, rows: Sequence[int], speaker: str | None) -> list[str]:
        """The ids of those rows that hold and were said by `speaker`."""
        index = self.transaction.index
        records, label = index.columns, index.code(speaker or "")
        return [
            index.unit_ids[row]
            for row in dict.fromkeys(rows)
            if records[row]["speaker"] == label and records[row]["retired"] == NEVER
        ]

    def _superseded(self, unit: str) -> bool:
        """Whether this write has retired or marked a unit that it added."""
        payload = self.transaction.units[unit].payload
        return payload["retired"] != NEVER or payload["superseded_by"] is not None

    def _own_tokens(self, unit_id: str) -> Floats:
        (point,) = self.transaction.points([unit_id])
        return own_tokens(point)


def claim_of(unit: Unit) -> ComparedStatement:
    """What reconciling looks at in a unit."""
    return ComparedStatement(unit.text, unit.speaker, unit.entities, unit.occurred)


def _kind(unit: Unit) -> tuple[str | None, str, str]:
    """Who says it, in which network, and how it is meant."""
    return unit.speaker, unit.network, unit.modality
