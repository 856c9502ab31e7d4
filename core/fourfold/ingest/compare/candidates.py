"""What a new statement is compared with: what its bank holds, and what the very write it belongs to has added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from fourfold.ingest.compare.deduplicate import LEAST_STEMS, ComparedStatement, same_statement
from fourfold.ingest.embed import Embedded
from fourfold.language.enrichment import enriched
from fourfold.language.text import asking, canonical, terms
from fourfold.models.products import product
from fourfold.ports import Floats, Query, Where
from fourfold.schema.records import NEVER
from fourfold.schema.units import is_retired, own_tokens, successor_of
from fourfold.transaction.transaction import Transaction
from fourfold.values.units import Unit

SEMANTIC_MOST = 5
"""Units that a new one is compared with and linked to by cosine; a guess, not measured."""
_MOST_COMPETING = 50
"""Units with the same attribute that are compared with a new one, the latest first; a guess, not measured."""
_MOST_SAME = 10
"""Units in the same words that are compared, the latest: "Yes." is one for each question that it answers, and a bank
may have thousands. What an older one says is kept twice then. A guess."""
_CANDIDATE_COSINE = 0.7
"""Units below this cosine are not compared word by word; a guess, far below what a paraphrase has (see
`deduplicate`)."""
_UNDECIDED_COSINE = 0.88
"""From this cosine on two units may say the same although the rules found no proof; a guess, just below the token
likeness of 0.89 at which real retellings begin (`deduplicate`)."""
_NEIGHBOURS_IN_WRITE = 3
"""Units of the same write that are compared; a guess, not measured."""
_MOST_RANKED = max(SEMANTIC_MOST, _NEIGHBOURS_IN_WRITE)
_BLOCK = 64
"""Statements whose cosines with those before them are worked out at once; a guess, not measured."""

Near = Sequence[tuple[str, float]]
"""Units with their cosines, best first."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The cosines of some statements, one row each, the first of them at `first`, with those at `places`: what was
    added before the block, and the block itself."""

    first: int
    places: NDArray[np.intp]
    cosines: Floats


@dataclass(slots=True)
class KnownStatements:
    """The statements that a new one is compared with while `transaction` is prepared. The caller holds the lock of
    the bank's index."""

    transaction: Transaction
    _expected: list[Embedded] = field(default_factory=list)
    """What is searched of the statements that this write may add, in order."""
    _vectors: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """Their vectors, (expected, dimension)."""
    _places: dict[int, int] = field(default_factory=dict)
    """The place of each of them in that order, by its identity."""
    _added: dict[int, Unit] = field(default_factory=dict)
    """The units that this write has added, by the place of their statement."""
    _is_added: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """The places in `_added` once more, (expected,)."""
    _ranked: tuple[int, list[tuple[float, int]]] = (-1, [])
    """The place of the statement whose neighbours were looked for last, and the nearest of them: the cosine, negated,
    and the place."""
    _block: _Block = field(
        default_factory=lambda: _Block(0, np.zeros(0, np.intp), np.zeros((0, 0), np.float32))
    )
    _asserted: dict[str, list[str]] = field(default_factory=dict)
    _by_words: dict[str, list[str]] = field(default_factory=dict)
    """The ids of the units that this write has added, by their words (`text.canonical`)."""

    def expect(self, statements: Sequence[Embedded]) -> None:
        """Notes the statements that are added next, or found to be known."""
        first = len(self._expected)
        self._places |= {id(each): first + i for i, each in enumerate(statements)}
        self._expected += statements
        rows = [each.embedding.vector[np.newaxis] for each in statements]
        dimension = self.transaction.services.embedder.dimension
        self._vectors = np.concatenate([self._vectors.reshape(-1, dimension), *rows])
        self._is_added = np.concatenate([self._is_added, np.zeros(len(statements), np.bool_)])

    def add(self, unit: Unit, vectors: Embedded, attributes: Sequence[str]) -> None:
        """Adds a unit that this write makes, with the attributes that it gives a value."""
        for attribute in attributes:
            self._asserted.setdefault(attribute, []).append(unit.id)
        self._by_words.setdefault(canonical(unit.text), []).append(unit.id)
        place = self._places[id(vectors)]
        self._added[place] = unit
        self._is_added[place] = True

    def latest_added(self, most: int, attributes: Sequence[str]) -> list[Unit]:
        """Returns the `most` latest units of this write, and those among all of them that have one of the
        attributes."""
        ids = [unit.id for unit in islice(reversed(self._added.values()), most)][::-1]
        ids += [unit for attribute in attributes for unit in self._asserted.get(attribute, ())[-most:]]
        return self.transaction.read(list(dict.fromkeys(ids)))

    def in_bank(self, vectors: Sequence[Floats]) -> list[Near]:
        """Returns, for each vector, the nearest live units of the bank."""
        where = Where(bank=self.transaction.index.bank, live=True)
        if not len(self.transaction.index) or not vectors:
            return [[] for _ in vectors]
        return list(
            self.transaction.services.store.search([Query(where, SEMANTIC_MOST, vector=v) for v in vectors])
        )

    def in_write(self, vectors: Embedded, most: int, floor: float) -> Near:
        """Returns the nearest units of this write, at most `most`, of a cosine of `floor` or more."""
        return [(self._added[place].id, cosine) for place, cosine in self._nearest(vectors, most, floor)]

    def same_as(
        self, claim: ComparedStatement, vectors: Embedded, neighbours: Near, before: str | None
    ) -> tuple[str, str] | None:
        """Returns the live unit that already says what `claim` says, which was said after the unit `before`, and the
        reason for that judgement; None where there is none."""
        # Units of this write are in no store yet, so the search of the bank does not find them.
        for place, _ in self._nearest(vectors, _NEIGHBOURS_IN_WRITE, _CANDIDATE_COSINE):
            unit = self._added[place]
            if self._superseded(unit.id):
                continue
            own = partial(getattr, self._expected[place], "own")
            reason = self._reason(claim, unit, vectors, own)
            if reason and self._answers_the_same(unit, claim, before):
                return unit.id, reason
        index = self.transaction.index
        likely = (index.row(unit) for unit, cosine in neighbours if cosine >= _CANDIDATE_COSINE)
        near = self._live_of([row for row in likely if row is not None], claim.speaker)
        same = self._live_of(index.with_text(claim.text), claim.speaker)[-_MOST_SAME:]
        for unit in self.transaction.read(list(dict.fromkeys([*same, *near]))):
            if unit.retired_at is not None or unit.superseded_by is not None:
                continue
            own = partial(self._own_tokens, unit.id)
            reason = self._reason(claim, unit, vectors, own)
            if reason and self._answers_the_same(unit, claim, before):
                return unit.id, reason
        return None

    def stated_before(self, claim: ComparedStatement) -> tuple[str, str] | None:
        """Returns the unit that says `claim` in the same words, where at most one of the two gives a time, and the
        reason. For statements that stand alone only: in a conversation the time may be the very difference."""
        rows = self.transaction.index.with_text(claim.text)
        added = self._by_words.get(canonical(claim.text), ())[-_MOST_SAME:]
        added_ids = [unit for unit in added if not self._superseded(unit)]
        for unit in self.transaction.read([*added_ids, *self._live_of(rows, claim.speaker)[-_MOST_SAME:]]):
            is_superseded = unit.retired_at is not None or unit.superseded_by is not None
            is_same = unit.speaker == claim.speaker and canonical(unit.text) == canonical(claim.text)
            if is_same and not is_superseded and None in (unit.occurred, claim.occurred):
                return unit.id, "stated before in the same words"
        return None

    def _answers_the_same(self, known: Unit, claim: ComparedStatement, before: str | None) -> bool:
        """Tells whether `claim`, said after the unit `before`, answers the question that a unit in the same words
        does: "Yes." says what its question asks. A statement that says something by itself answers any."""
        if len(set(terms(claim.text, self.transaction.language))) >= LEAST_STEMS:
            return True
        known_before = said_before(known)
        return self._question(known_before, known.speaker) == self._question(before, claim.speaker)

    def _question(self, unit_id: str | None, speaker: str | None) -> str:
        """Returns the question that the unit of this id asked somebody else, `speaker`; "" for none."""
        units = self.transaction.read([unit_id]) if unit_id else []
        asked = [unit for unit in units if unit.speaker != speaker and asking(unit.text)]
        return canonical(asked[0].text) if asked else ""

    def competing(self, unit: Unit, attributes: Sequence[str]) -> list[Unit]:
        """Returns the live units that give one of the attributes a value."""
        index = self.transaction.index
        ids: list[str] = []
        for attribute in attributes:
            ids += [index.unit_ids[row] for row in index.with_attribute(attribute)[-_MOST_COMPETING:]]
            ids += self._asserted.get(attribute, ())
        units = self.transaction.read(list(dict.fromkeys(ids)))
        return [older for older in units if older.retired_at is None and older.id != unit.id]

    def undecided(self, unit: Unit, vectors: Embedded, neighbours: Near) -> list[str]:
        """Returns the units so near to `unit`, and about the same entity, that only a language model can tell
        whether they say the same."""
        added = self.in_write(vectors, _NEIGHBOURS_IN_WRITE, _UNDECIDED_COSINE)
        close = [
            candidate
            for candidate, cosine in (*neighbours, *added)
            if cosine >= _UNDECIDED_COSINE and candidate != unit.id
        ]
        return [
            candidate.id
            for candidate in self.transaction.read(list(dict.fromkeys(close)))
            if set(unit.entities) & set(candidate.entities) - {unit.speaker}
            and candidate.retired_at is None
            and _kind(unit) == _kind(candidate)
        ]

    def _reason(
        self, claim: ComparedStatement, unit: Unit, vectors: Embedded, own: Callable[[], Floats]
    ) -> str | None:
        """Returns the reason why `claim` says nothing that `unit` did not say; None if it may."""
        language, old = self.transaction.language, compared(unit)
        return enriched(
            "comparison", claim.text, None, same_statement, claim, old, lambda: vectors.own, own, language
        )

    def _nearest(self, vectors: Embedded, most: int, floor: float) -> list[tuple[int, float]]:
        """Returns the places in `_added` of the nearest units, with their cosines, best first."""
        place = self._places[id(vectors)]
        if self._ranked[0] != place:  # each statement is asked about twice
            places, cosines = self._cosines(place)
            count = min(_MOST_RANKED, len(places))
            nearest = np.argpartition(-cosines, count - 1)[:count] if count else ()
            self._ranked = place, sorted((-float(cosines[each]), int(places[each])) for each in nearest)
        return [(each, -distance) for distance, each in self._ranked[1][:most] if -distance >= floor]

    def _cosines(self, place: int) -> tuple[NDArray[np.intp], Floats]:
        """Returns the places of the statements that this write has added, and their cosines with one of those that
        are expected. They are worked out for the next `_BLOCK` of these at once."""
        block = self._block
        if not block.first <= place < block.first + len(block.cosines):
            asked = np.arange(place, min(place + _BLOCK, len(self._expected)))
            places = np.concatenate([np.fromiter(self._added, np.intp, len(self._added)), asked])
            cosines = product(self._vectors[asked], self._vectors[places].T)
            self._block = block = _Block(place, places, cosines)
        is_added = self._is_added[block.places]
        return block.places[is_added], block.cosines[place - block.first][is_added]

    def _live_of(self, rows: Sequence[int], speaker: str | None) -> list[str]:
        """Returns the ids of the units at `rows` that are live and were said by `speaker`."""
        index = self.transaction.index
        records, label = index.columns, index.code(speaker or "")
        return [
            index.unit_ids[row]
            for row in dict.fromkeys(rows)
            if records[row]["speaker"] == label and records[row]["retired"] == NEVER
        ]

    def _superseded(self, unit: str) -> bool:
        """Returns whether this write has retired, or marked as superseded, a unit that it added."""
        point = self.transaction.units[unit]
        return is_retired(point) or successor_of(point) is not None

    def _own_tokens(self, unit_id: str) -> Floats:
        (point,) = self.transaction.points([unit_id])
        return own_tokens(point)


def said_before(unit: Unit) -> str | None:
    """Returns the id of what was said before a unit in its session; None where it began it."""
    linked = [(link.weight, link.to) for link in unit.links if link.kind == "temporal"]
    return max(linked)[1] if linked else None


def compared(unit: Unit) -> ComparedStatement:
    """Returns what deduplication looks at in a unit."""
    return ComparedStatement(unit.text, unit.speaker, unit.entities, unit.occurred, unit.mentioned_at)


def _kind(unit: Unit) -> tuple[str | None, str, str]:
    """Returns the speaker, the network and the modality: units that differ in one of them never say the same."""
    return unit.speaker, unit.network, unit.modality
