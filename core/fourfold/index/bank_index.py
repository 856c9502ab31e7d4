"""The index of one bank, in memory: columns of values about its units for filters and ranking, the graph of units and
entities, and what is looked up by name, by message and by token. It is a view: everything in it comes from payloads,
and it can be rebuilt at any time. Measured: about 1.5 kB a unit with its edges (docs/benchmarks.md).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from operator import itemgetter

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from fourfold.errors import NotFoundError
from fourfold.index.columns import ROW, fill_row, passage_rows, text_hash
from fourfold.index.document_index import DocumentIndex
from fourfold.index.edges import Edges, Node
from fourfold.index.entity_index import EntityIndex
from fourfold.index.evidence import EvidenceIndex
from fourfold.index.postings import Postings
from fourfold.index.snapshot import Snapshot
from fourfold.index.supersession import Supersession
from fourfold.language.languages import ENGLISH
from fourfold.language.pack import Language
from fourfold.language.text import SparseVector, canonical, inverse_document_frequency
from fourfold.ports import Point, Where
from fourfold.schema.banks import (
    READ_ENTITY,
    READ_PROFILE,
    Profile,
    parse_profile,
    profile_payload,
    read_entity,
    read_profile,
)
from fourfold.schema.bookkeeping import READ_USES, uses_of
from fourfold.schema.changelog import READ_OPERATION
from fourfold.schema.chunks import CHUNKS, READ_CHUNK_MESSAGES
from fourfold.schema.core_profile import READ_PINNED, pinned_of
from fourfold.schema.fields import combined
from fourfold.schema.indexed_units import READ_INDEXED_UNIT, IndexedUnit, read_indexed_unit
from fourfold.schema.records import BANK, CORE, ENTITY, NEVER, UNIT, UNKNOWN_TIME, USE, kind_of
from fourfold.values.units import SHORT_ID, Entity

READ_INDEXED = combined(
    READ_INDEXED_UNIT,
    READ_ENTITY,
    READ_PROFILE,
    READ_CHUNK_MESSAGES,
    READ_PINNED,
    READ_USES,
    READ_OPERATION,
)
"""The fields of records that an index is made of, and those that tell whether one has to be built anew."""

_LONGEST_CHAIN = 100
"""Successors of a unit that are followed at most. A guess, not measured."""
_NEIGHBOURS_LOOKED_AT = 64
"""Units of an entity that are looked at for entities beside it. A guess, not measured."""
_MORE_UNITS = 20
"""Units without a term that its IDF takes a bank to have besides its own. A guess: with none, "Does the dishwasher
work?" found neither of the only two units of a bank, both of a dishwasher."""
_FIRST_ROWS = 64
"""Rows that an empty index has room for; the room doubles when it is used up."""


class BankIndex:
    """The index of one bank. Hold `lock` while reading or writing it; two threads may share one."""

    def __init__(self, bank: str, lock: threading.RLock | None = None) -> None:
        self.bank = bank
        # Reentrant: an operation that holds the bank calls others that take the lock for themselves.
        self.lock = lock or threading.RLock()
        self.edges = Edges()
        self.unit_ids: list[str] = []
        self.profile: Profile | None = None
        self.revisions: dict[str, int] = {}
        """By writer, the last revision that is in here."""
        self.postings = Postings()
        self.names = EntityIndex()
        self.documents = DocumentIndex()
        self._evidence = EvidenceIndex()
        self._row_of: dict[str, int] = {}
        self._columns = np.zeros(_FIRST_ROWS, dtype=ROW)
        self._codes: dict[str, int] = {}
        self._rows_by_tag: dict[str, set[int]] = {}
        self._rows_by_attribute: dict[str, list[int]] = {}
        self.supersession = Supersession()
        self._pinned: tuple[str, ...] = ()
        self._term_counts: Counter[int] = Counter()
        self._dangling_links: dict[str, list[tuple[int, str, float]]] = {}
        """By unit that is not there yet, the links to it."""
        self.changes = 0
        """How many units were added or brought up to date since the index was made, or its last snapshot was."""

    def __len__(self) -> int:
        return len(self.unit_ids)

    def to_snapshot(self) -> Generator[None, None, Snapshot]:
        """Takes a snapshot of the index and returns it. The caller may let go of the lock at every yield; if it finds
        that the index was changed meanwhile, it has to begin anew."""
        edges = yield from self.edges.to_snapshot(len(self))
        parts = {"edges": edges, "postings": self.postings.to_snapshot()}
        arrays = {
            f"{part}.{name}": array
            for part, snapshot in parts.items()
            for name, array in snapshot.arrays.items()
        }
        arrays["ids"] = np.frombuffer(bytes.fromhex("".join(self.unit_ids)), np.uint8)
        arrays["rows"] = self.columns.copy()
        arrays["terms"] = np.array(list(self._term_counts.items()), np.int64).reshape(-1, 2)
        values = {
            "edges": edges.values,
            "names": self.names.to_snapshot(),
            "documents": self.documents.to_snapshot(),
            "evidence": self._evidence.to_snapshot(),
            "profile": self.profile and profile_payload(self.profile),
            "seen": self.revisions,
            "labels": list(self._codes),
            "tagged": {tag: sorted(rows) for tag, rows in self._rows_by_tag.items()},
            "attributes": self._rows_by_attribute,
            "succession": self.supersession.to_snapshot(),
            "pinned": self._pinned,
            "awaited": self._dangling_links,
        }
        return Snapshot(arrays, values)

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, bank: str, lock: threading.RLock) -> BankIndex:
        """Returns the index that `to_snapshot` described; raises `ValueError` or `KeyError` for another snapshot."""
        arrays, values = snapshot.arrays, snapshot.values
        index = cls(bank, lock)
        ids = arrays["ids"].tobytes().hex()
        index.unit_ids = [ids[at : at + 32] for at in range(0, len(ids), 32)]
        index._row_of = {unit: row for row, unit in enumerate(index.unit_ids)}
        index._columns = np.concatenate([arrays["rows"], np.zeros(_FIRST_ROWS, dtype=ROW)])
        if index._columns.dtype != ROW or len(index.columns) != len(arrays["rows"]):
            raise ValueError("not the rows of an index")
        index._term_counts = Counter(dict(arrays["terms"].tolist()))
        index.edges = Edges.from_snapshot(snapshot.part("edges"), len(index))
        index.postings = Postings.from_snapshot(snapshot.part("postings"))
        index.names = EntityIndex.from_snapshot(values["names"])
        index.documents = DocumentIndex.from_snapshot(values["documents"])
        index._evidence = EvidenceIndex(values["evidence"])
        index.profile = parse_profile(values["profile"]) if values["profile"] else None
        index.revisions = values["seen"]
        index._codes = {name: at for at, name in enumerate(values["labels"])}
        index._rows_by_tag = {tag: set(rows) for tag, rows in values["tagged"].items()}
        index._rows_by_attribute = values["attributes"]
        index.supersession = Supersession.from_snapshot(values["succession"])
        index._pinned = tuple(values["pinned"])
        index._dangling_links = {
            unit: [tuple(link) for link in links] for unit, links in values["awaited"].items()
        }
        return index

    @property
    def graph(self) -> nx.Graph:
        """The NetworkX graph."""
        return self.edges.graph

    @property
    def columns(self) -> NDArray[np.void]:
        """One record a unit, with the fields of `columns.ROW`: times in epoch seconds, neighbours in the session (-1
        for none), codes of names, hashes of the words and of what is said, when and by whom, size in a prompt."""
        return self._columns[: len(self.unit_ids)]

    @property
    def language(self) -> Language:
        """The language the bank is kept in; English until the bank has one."""
        return (self.profile and self.profile.language) or ENGLISH

    def row(self, unit: str) -> int | None:
        """Returns the row of a unit id."""
        return self._row_of.get(unit)

    def find(self, written_id: str) -> str | None:
        """Returns the id of a unit by its id, with or without dashes, or by its first `SHORT_ID` digits or more, if
        no other unit's id begins so."""
        prefix = written_id.strip().replace("-", "").lower()
        if prefix in self._row_of:
            return prefix
        if len(prefix) < SHORT_ID:
            return None
        matches = [unit for unit in self.unit_ids if unit.startswith(prefix)]
        return matches[0] if len(matches) == 1 else None

    def require_live(self, written_id: str) -> str:
        """Returns the id of the unit of that id (or that begins so); raises `NotFoundError` where none holds now."""
        unit_id = self.find(written_id)
        if unit_id is None or self._columns[self._row_of[unit_id]]["retired"] != NEVER:
            raise NotFoundError(f'The bank "{self.bank}" has no unit {written_id} that holds now.')
        return unit_id

    def code(self, name: str) -> int:
        """Returns the number that stands for a session, a speaker or a network in `columns`; -1 for an unknown
        name."""
        return self._codes.get(name, -1)

    def idf(self, term: int, more_units: int = _MORE_UNITS) -> float:
        """Returns the inverse document frequency of a term id in this bank, as though it had some more units, all
        without the term: of a few units on one matter, its word would say nothing."""
        return inverse_document_frequency(len(self.unit_ids) + more_units, self._term_counts[term])

    # the graph --------------------------------------------------------------------------------------------

    def neighbours(self, node: Node) -> Mapping[Node, Mapping[str, float]]:
        """Returns the neighbours of a unit (by its row) or an entity (by its name), and the weight of each kind of
        the edge between; nothing for an unknown node."""
        return self.edges.neighbours(node)

    def linked_units(self, node: Node, kind: str | None = None) -> list[int]:
        """Returns the rows of the units that an edge (of that kind) joins to a unit or an entity, in the order in
        which they were linked."""
        return [
            neighbour
            for neighbour, kinds in self.neighbours(node).items()
            if isinstance(neighbour, int) and (kind is None or kind in kinds)
        ]

    # entities ---------------------------------------------------------------------------------------------

    def entity(self, name: str) -> Entity | None:
        """Returns the entity of that name or alias, case ignored, with the number of units that mention it."""
        entity = self.names.get(name)
        return entity and replace(entity, mentions=len(self.neighbours(entity.name)))

    def require_entity(self, name: str) -> Entity:
        """Returns the entity of that name or alias; raises `NotFoundError` where the bank knows none."""
        entity = self.entity(name)
        if entity is None:
            raise NotFoundError(f'The bank "{self.bank}" knows no entity called "{name}".')
        return entity

    def units_mentioning(self, name: str) -> list[int]:
        """Returns the rows of the units that mention the entity of this (canonical) name, in the order they came."""
        return self.linked_units(name)

    def entities(self) -> list[Entity]:
        """Returns all entities, most mentioned first."""
        entities = [self.entity(name) for name in self.names]
        return sorted((e for e in entities if e is not None), key=lambda e: (-e.mentions, e.name))

    def mentioned_with(self, name: str, most: int = _NEIGHBOURS_LOOKED_AT) -> set[str]:
        """Returns the names of the entities that share a unit with this one, looking at its `most` latest units."""
        units = list(self.neighbours(name))[-most:]
        return {node for unit in units for node in self.neighbours(unit) if isinstance(node, str)} - {name}

    def add_entity(self, entity: Entity) -> None:
        """Adds an entity, or the aliases it did not have."""
        self.names.add(entity)
        self.graph.add_node(entity.name)

    # records ----------------------------------------------------------------------------------------------

    def add_records(self, points: Iterable[Point]) -> None:
        """Adds records of the bank, or brings what they were before up to date. The records have the fields of
        `READ_INDEXED`, and may come in any order."""
        units: list[tuple[tuple[float, int, str], bytes, SparseVector | None]] = []
        uses: list[Point] = []
        for point in points:
            kind = kind_of(point)
            if kind == UNIT:
                unit = read_indexed_unit(point)
                units.append(((*unit.place, point.id), unit.packed(), point.terms))
            elif kind == ENTITY:
                self.add_entity(read_entity(point))
            elif kind == BANK:
                self.profile = read_profile(point)
            elif kind == USE:
                uses.append(point)
            else:
                self.add_record(point)
        # A link points to what came before: in this order its target is always there first. Until their turn comes,
        # units wait as bytes: as objects, all at once, they doubled the peak (57 MB for 10,000 units, so 29).
        for (_, _, unit_id), packed, terms in sorted(units, key=itemgetter(0)):
            self._add_unit(unit_id, IndexedUnit.unpacked(packed), terms)
        for point in uses:  # of units that are there by now
            self.add_record(point)

    def add_unit(self, point: Point) -> None:
        """Adds a unit, as it lies in the store with its terms, or brings the one of the same id up to date."""
        self._add_unit(point.id, read_indexed_unit(point), point.terms)

    def add_record(self, point: Point) -> None:
        """Adds a record that is no unit, as far as the index has a place for it: a chunk, what is pinned, recalls."""
        kind = kind_of(point)
        if kind in CHUNKS:
            self.documents.add_chunk(point)
        elif kind == CORE:
            self._pinned = pinned_of(point)
        elif kind == USE:
            for unit, (uses, at) in uses_of(point).items():
                row = self._row_of.get(unit)
                # A bank that was copied may have two records of one unit: the larger count is the later one.
                if row is not None and uses >= self._columns[row]["uses"]:
                    self._columns[row]["uses"], self._columns[row]["used"] = uses, at

    def _add_unit(self, unit_id: str, unit: IndexedUnit, terms: SparseVector | None) -> None:
        known_row = self._row_of.get(unit_id)
        row = len(self.unit_ids) if known_row is None else known_row
        self.changes += 1
        if known_row is None:
            self._add_row(row, unit_id, unit, terms)
        fill_row(self._columns, row, unit, self._codes)
        mentioned = float(self._columns[row]["mentioned"])
        # A log may know the unit longer than the name.
        for entity in filter(self.graph.has_node, unit.entities):
            self.edges.add(row, entity, "entity", 1.0)
            if mentioned != UNKNOWN_TIME:
                self.names.mention(entity, mentioned)
        previous = self._join_links(row, unit_id, unit)
        for tag in unit.tags:
            self._rows_by_tag.setdefault(tag, set()).add(row)
        self.supersession.update(row, unit)
        if previous is not None and known_row is None:
            self._join_neighbours(previous, row)
        self.documents.add_unit(row, unit, self._columns)

    def _join_neighbours(self, previous: int, row: int) -> None:
        """Makes a unit the neighbour of the one that it follows in its session. Neighbours of a unit are outside of
        its passage: what is inside is found together with it anyway."""
        columns = self._columns
        if columns[row]["passage"] >= 0 and columns[row]["passage"] == columns[previous]["passage"]:
            columns[row]["previous"] = columns[previous]["previous"]
            return
        columns[row]["previous"] = previous
        columns["next"][passage_rows(self.columns, previous)] = row

    def _add_row(self, row: int, unit_id: str, unit: IndexedUnit, terms: SparseVector | None) -> None:
        """Adds what never changes of a unit: its text stays, so its terms, tokens and attributes do."""
        if row == len(self._columns):
            self._columns = np.concatenate([self._columns, np.zeros_like(self._columns)])
        self.unit_ids.append(unit_id)
        self._row_of[unit_id] = row
        self._columns[row]["previous"] = self._columns[row]["next"] = -1
        self._term_counts.update([] if terms is None else terms.indices.tolist())
        self.postings.add(row, unit.centroids)
        self.graph.add_node(row)
        for attribute in unit.attributes:
            self._rows_by_attribute.setdefault(attribute, []).append(row)

    def _join_links(self, row: int, unit_id: str, unit: IndexedUnit) -> int | None:
        """Brings the edges of a unit's links up to date; returns the row of the unit before it in its session, if
        there is one: the one that it is linked to most strongly in time."""
        for lost in self._evidence.update(unit_id, (to for to, kind, _ in unit.links if kind == "evidence")):
            if lost in self._row_of:
                self.edges.remove(row, self._row_of[lost], "evidence")
            elif rest := [x for x in self._dangling_links.pop(lost, []) if x[:2] != (row, "evidence")]:
                self._dangling_links[lost] = rest
        preceding: list[tuple[float, int]] = []
        for to, kind, weight in unit.links:
            target = self._row_of.get(to)
            if target is None:  # clocks of writers differ: what a unit rests on may come after it
                self._dangling_links.setdefault(to, []).append((row, kind, weight))
                continue
            self.edges.add(row, target, kind, weight)
            if kind == "temporal":
                preceding.append((weight, target))
        for waiting_row, kind, weight in self._dangling_links.pop(unit_id, ()):
            self.edges.add(waiting_row, row, kind, weight)
        return max(preceding)[1] if preceding else None

    # units ------------------------------------------------------------------------------------------------

    def known_messages(self, document: str, messages: Iterable[str]) -> dict[str, int]:
        """Returns, by message, the row of the (first) unit of those of `messages` that units quote which hold, or
        which were retired for a newer one or archived."""
        rows = self.documents.rows(document, messages, self.columns)
        return {message: row for message, row in rows.items() if self._is_known(row)}

    def known_units(self, document: str, message: str) -> list[int]:
        """Returns the rows of all units that quote a message, of those that `known_messages` counts as known."""
        return [row for row in self.documents.quoting(document, message) if self._is_known(row)]

    def _is_known(self, row: int) -> bool:
        return bool(self._columns[row]["retired"] == NEVER) or self.supersession.is_known(row)

    def pinned_rows(self) -> list[int]:
        """Returns the rows of the units that are pinned, by themselves or with an entity they mention, each once."""
        rows = [self._row_of[pinned] for pinned in self._pinned if pinned in self._row_of]
        # Ids of units and of entities stand in one list; only where some are left are the entities gone through.
        if len(rows) == len(self._pinned):
            return rows
        for name in self.names:
            entity = self.names.get(name)
            if entity is not None and entity.id in self._pinned:
                rows += self.units_mentioning(name)
        return list(dict.fromkeys(rows))

    def with_attribute(self, attribute: str) -> list[int]:
        """Returns the rows that hold now and give that attribute (of something) a value, in the order they came."""
        rows = self._rows_by_attribute.get(attribute, ())
        return [row for row in rows if self._columns[row]["retired"] == NEVER]

    def successors(self, row: int) -> list[int]:
        """Returns the rows that probably hold in place of that one: the one that took its place, what took that
        one's, and so on; the last holds now."""
        chain: list[int] = []
        while len(chain) < _LONGEST_CHAIN:
            unit = self.supersession.superseded.get(row)
            successor = None if unit is None else self._row_of.get(unit)
            if successor is None or successor in chain:
                break
            chain.append(successor)
            row = successor
        return chain

    def replaced_by(self, row: int) -> list[int]:
        """Returns the rows that were retired in favour of that one, the latest first."""
        # An edge has no direction: of two units that one of them supersedes, the one that came first was replaced.
        replaced = [
            linked
            for linked in self.linked_units(row, "supersedes")
            if linked < row and linked in self.supersession.replaced
        ]
        return sorted(replaced, key=lambda linked: (-self._columns["mentioned"][linked], -linked))

    @property
    def has_successors(self) -> bool:
        """Whether any row has one."""
        return bool(self.supersession.superseded)

    def with_text(self, text: str) -> list[int]:
        """Returns the rows of units that (but for a hash collision) have the same words as `text`; see
        `text.canonical`."""
        return [int(row) for row in np.flatnonzero(self.columns["words"] == text_hash(canonical(text)))]

    def mask(self, where: Where, *, history: bool = False) -> NDArray[np.bool_]:
        """Returns which rows the conditions of `where` admit that bear on units; ids and documents are not looked at.
        With `history` also those that a later one took the place of: they are not forgotten."""
        rows = self.columns
        mask = self.live_mask()
        if history:
            mask[list(self.supersession.replaced)] = True
        if where.networks is not None:
            mask &= np.isin(rows["network"], [self.code(name) for name in where.networks])
        if where.tags is not None:
            tagged = set().union(*(self._rows_by_tag.get(tag, ()) for tag in where.tags))
            mask &= np.isin(np.arange(len(rows)), list(tagged))
        if where.occurred is not None:
            start, end = where.occurred
            mask &= (rows["start"] < end) & (rows["end"] > start)
        return mask

    def live_mask(self) -> NDArray[np.bool_]:
        """Returns which rows hold now."""
        return np.asarray(self.columns["retired"] == NEVER)
