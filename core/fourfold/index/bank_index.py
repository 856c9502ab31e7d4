"""The graph of one bank, in memory: units and entities as nodes of a NetworkX graph, and a few columns about
the units for ranking. It is a view: everything in it comes from payloads, and it can be rebuilt at any time.
Measured: about 1.5 kB a unit with its edges (docs/benchmarks.md).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from fourfold.errors import NotFoundError
from fourfold.index.document_index import DocumentIndex
from fourfold.index.edges import Edges
from fourfold.index.entity_index import EntityIndex
from fourfold.index.postings import Postings
from fourfold.index.snapshot import Snapshot
from fourfold.index.supersession import Supersession
from fourfold.language.languages import ENGLISH
from fourfold.language.pack import Language
from fourfold.language.text import inverse_document_frequency, normalise
from fourfold.ports import Point, Where
from fourfold.schema.banks import Profile, bank_point, read_profile
from fourfold.schema.records import NEVER, USE
from fourfold.values.units import SHORT_ID, Entity

_LONGEST_CHAIN = 100
_LINE_TOKENS = 8  # a unit's date and speaker in a prompt

_ROW = np.dtype(
    [
        ("mentioned", "f8"),
        ("start", "f8"),
        ("end", "f8"),
        ("recorded", "f8"),
        ("retired", "f8"),
        ("previous", "i4"),
        ("next", "i4"),
        ("session", "i4"),
        ("speaker", "i4"),
        ("network", "i4"),
        ("asking", "f4"),
        ("words", "i8"),
        ("said", "i8"),
        ("tokens", "i4"),
        ("times", "i4"),
        ("uses", "i4"),
        ("used", "f8"),
        ("dated", "?"),
        ("counts", "?"),
    ]
)


class BankIndex:
    """The view of one bank. Hold `lock` while reading or writing it; two threads may share one."""

    def __init__(self, bank: str, lock: threading.RLock | None = None) -> None:
        self.bank = bank
        self.lock = lock or threading.RLock()
        self.edges = Edges()
        self.unit_ids: list[str] = []
        self.profile: Profile | None = None
        self.revisions: dict[str, int] = {}
        """By writer, the last revision that is in here."""
        self.postings = Postings()
        self.names = EntityIndex()
        self.documents = DocumentIndex()
        self._row_of: dict[str, int] = {}
        self._columns = np.zeros(64, dtype=_ROW)
        self._codes: dict[str, int] = {}
        self._rows_by_tag: dict[str, set[int]] = {}
        self._attributes: dict[str, list[int]] = {}
        self.supersession = Supersession()
        self._pinned: tuple[str, ...] = ()
        self._term_counts: Counter[int] = Counter()
        self._dangling_links: dict[str, list[tuple[int, str, float]]] = {}
        """By unit that is not there yet, the links to it."""
        self.changes = 0
        """How many units were added or brought up to date since it was made, or was last kept."""

    def __len__(self) -> int:
        return len(self.unit_ids)

    def to_snapshot(self) -> Generator[None, None, Snapshot]:
        """Takes a snapshot of the graph and returns it. The lock may be let go at every yield; who finds that the
        graph was changed meanwhile starts anew."""
        edges = yield from self.edges.to_snapshot(len(self))
        parts = {"edges": edges, "postings": self.postings.to_snapshot()}
        arrays = {f"{part}.{name}": a for part, of in parts.items() for name, a in of.arrays.items()}
        arrays["ids"] = np.frombuffer(bytes.fromhex("".join(self.unit_ids)), np.uint8)
        arrays["rows"] = self.columns.copy()
        arrays["terms"] = np.array(list(self._term_counts.items()), np.int64).reshape(-1, 2)
        plain = {
            "edges": edges.plain,
            "names": self.names.to_snapshot(),
            "documents": self.documents.to_snapshot(),
            "profile": self.profile and dict(bank_point(self.profile).payload),
            "seen": self.revisions,
            "labels": list(self._codes),
            "tagged": {tag: sorted(rows) for tag, rows in self._rows_by_tag.items()},
            "attributes": self._attributes,
            "succession": self.supersession.to_snapshot(),
            "pinned": self._pinned,
            "awaited": self._dangling_links,
        }
        return Snapshot(arrays, plain)

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, bank: str, lock: threading.RLock) -> BankIndex:
        """The graph that `to_snapshot` took down; raises `ValueError` or `KeyError` if it is none."""
        arrays, plain = snapshot.arrays, snapshot.plain
        index = cls(bank, lock)
        ids = arrays["ids"].tobytes().hex()
        index.unit_ids = [ids[at : at + 32] for at in range(0, len(ids), 32)]
        index._row_of = {unit: row for row, unit in enumerate(index.unit_ids)}
        index._columns = np.concatenate([arrays["rows"], np.zeros(64, dtype=_ROW)])
        if index._columns.dtype != _ROW or len(index.columns) != len(arrays["rows"]):
            raise ValueError("not the rows of a graph")
        index._term_counts = Counter(dict(arrays["terms"].tolist()))
        index.edges = Edges.from_snapshot(snapshot.part("edges"), len(index))
        index.postings = Postings.from_snapshot(snapshot.part("postings"))
        index.names = EntityIndex.from_snapshot(plain["names"])
        index.documents = DocumentIndex.from_snapshot(plain["documents"])
        index.profile = read_profile(plain["profile"]) if plain["profile"] else None
        index.revisions = plain["seen"]
        index._codes = {name: at for at, name in enumerate(plain["labels"])}
        index._rows_by_tag = {tag: set(rows) for tag, rows in plain["tagged"].items()}
        index._attributes = plain["attributes"]
        index.supersession = Supersession.from_snapshot(plain["succession"])
        index._pinned = tuple(plain["pinned"])
        index._dangling_links = {
            unit: [tuple(link) for link in links] for unit, links in plain["awaited"].items()
        }
        return index

    @property
    def graph(self) -> nx.Graph:
        """The NetworkX graph."""
        return self.edges.graph

    @property
    def columns(self) -> NDArray[np.void]:
        """One record a unit: times in epoch seconds, neighbours in the session (-1 for none), labels, a hash of
        what it says, and its size in a prompt."""
        return self._columns[: len(self.unit_ids)]

    @property
    def language(self) -> Language:
        """The language the bank is kept in; English as long as nobody can tell."""
        return (self.profile and self.profile.language) or ENGLISH

    def row(self, unit: str) -> int | None:
        """The row of a unit id."""
        return self._row_of.get(unit)

    def find(self, written: str) -> str | None:
        """The id of a unit by its id, with or without dashes, or by its beginning, where one unit begins so."""
        plain = written.strip().replace("-", "").lower()
        if plain in self._row_of:
            return plain
        if len(plain) < SHORT_ID:
            return None
        found = [unit for unit in self.unit_ids if unit.startswith(plain)]
        return found[0] if len(found) == 1 else None

    def code(self, name: str) -> int:
        """The number that stands for a session or a speaker in `rows`; -1 if it was never seen."""
        return self._codes.get(name, -1)

    def idf(self, term: int) -> float:
        """The inverse document frequency of a term id in this bank."""
        return inverse_document_frequency(len(self.unit_ids), self._term_counts[term])

    # entities ---------------------------------------------------------------------------------------------

    def entity(self, name: str) -> Entity | None:
        """The entity of that name or alias, case ignored, with the number of units that mention it."""
        found = self.names.get(name)
        return found and replace(found, mentions=len(self.graph.adj.get(found.name, {})))

    def require_entity(self, name: str) -> Entity:
        """Returns the entity of that name or alias; raises `NotFoundError` where the bank knows none."""
        entity = self.entity(name)
        if entity is None:
            raise NotFoundError(f'The bank "{self.bank}" knows no entity called "{name}".')
        return entity

    def units_mentioning(self, name: str) -> list[int]:
        """Returns the rows of the units that mention the entity of this (canonical) name, in the order they came."""
        return [row for row in self.graph.adj.get(name, ()) if isinstance(row, int)]

    def entities(self) -> list[Entity]:
        """All entities, most mentioned first."""
        found = [self.entity(name) for name in self.names]
        return sorted((e for e in found if e is not None), key=lambda e: (-e.mentions, e.name))

    def mentioned_with(self, name: str, most: int = 64) -> set[str]:
        """The entities that share a unit with this one, looking at `most` of its units."""
        units = list(self.graph.adj.get(name, ()))[-most:]
        return {node for unit in units for node in self.graph.adj[unit] if isinstance(node, str)} - {name}

    def add_entity(self, entity: Entity) -> None:
        """Adds an entity, or the aliases it did not have."""
        self.names.add(entity)
        self.graph.add_node(entity.name)

    # units ------------------------------------------------------------------------------------------------

    def add(self, point: Point) -> None:
        """Adds a unit, as it lies in the store with its terms, or brings the one of the same id up to date."""
        payload = point.payload
        known = self._row_of.get(point.id)
        row = len(self.unit_ids) if known is None else known
        self.changes += 1
        if known is None:
            self._grow()
            self.unit_ids.append(point.id)
            self._row_of[point.id] = row
            self._columns[row]["previous"] = self._columns[row]["next"] = -1
            self._term_counts.update([] if point.terms is None else point.terms.indices.tolist())
            self.postings.add(row, payload["codes"])
            self.graph.add_node(row)
        self._describe(row, payload)
        for entity in payload["entities"]:
            self.edges.join(row, entity, "entity", 1.0)
            self.names.mention(entity, float(self._columns[row]["mentioned"]))
        before = []  # its place in its session is behind the unit it links to most strongly in time
        for to, kind, weight in payload["links"]:
            other = self._row_of.get(to)
            if other is None:  # clocks differ: what it rests on may come after it
                self._dangling_links.setdefault(to, []).append((row, kind, weight))
                continue
            self.edges.join(row, other, kind, weight)
            if kind == "temporal":
                before.append((weight, other))
        for waiting, kind, weight in self._dangling_links.pop(point.id, ()):
            self.edges.join(waiting, row, kind, weight)
        for tag in payload["tags"]:
            self._rows_by_tag.setdefault(tag, set()).add(row)
        if known is None:
            for attribute in payload["attributes"]:
                self._attributes.setdefault(attribute, []).append(row)
        self.supersession.note(row, payload)
        if before and known is None:
            previous = max(before)[1]
            self._columns[row]["previous"] = previous
            self._columns[previous]["next"] = row
        self.documents.place(row, payload, self._columns)

    def _describe(self, row: int, payload: Mapping[str, Any]) -> None:
        speaker, network, dated = (
            payload["speaker"] or "",
            payload["network"],
            payload["occurred"] is not None,
        )
        words = _hash(normalise(payload["text"]))
        known = self._columns[row]
        self._columns[row] = (
            datetime.fromisoformat(payload["mentioned_at"]).timestamp(),
            payload["from"],
            payload["to"],
            payload["recorded"],
            payload["retired"],
            known["previous"],
            known["next"],
            *(
                self._codes.setdefault(name, len(self._codes))
                for name in (payload["session"], speaker, network)
            ),
            payload["asking"],
            words,
            _hash(f"{words} {payload['from'] if dated else ''} {speaker}"),
            payload["size"] + _LINE_TOKENS,
            len(payload["messages"]),
            known["uses"],
            known["used"],
            dated,
            payload["counts"],
        )

    def known_messages(self, document: str, messages: Iterable[str]) -> dict[str, int]:
        """Those of `messages` that units hold now, or held until a newer one took their place or they were archived;
        and the row of the (first) unit of each."""
        found = self.documents.rows(document, messages)
        return {message: row for message, row in found.items() if self._is_known(row)}

    def _is_known(self, row: int) -> bool:
        return bool(self._columns[row]["retired"] == NEVER) or self.supersession.is_known(row)

    def note_record(self, point: Point) -> None:
        """Takes notice of a record that is no unit: a chunk, what is pinned, how often units were used."""
        payload = point.payload
        match payload["kind"]:
            case "core":
                self._pinned = tuple(payload["pinned"])
            case kind if kind == USE:
                for unit, (uses, at) in payload["uses"].items():
                    row = self._row_of.get(unit)
                    if (
                        row is not None and uses >= self._columns[row]["uses"]
                    ):  # a copied bank may have two records
                        self._columns[row]["uses"], self._columns[row]["used"] = uses, at
            case _:
                self.documents.note(point)

    def pinned_rows(self) -> list[int]:
        """The rows that are pinned, by themselves or with an entity they mention."""
        rows = [row for one in self._pinned if (row := self._row_of.get(one)) is not None]
        if len(rows) == len(self._pinned):
            return rows
        pinned = {name for name in self.names if (known := self.names.get(name)) and known.id in self._pinned}
        near = (self.graph.adj.get(name, ()) for name in pinned)
        return rows + [row for mentioning in near for row in mentioning if isinstance(row, int)]

    def with_attribute(self, attribute: str) -> list[int]:
        """The rows that hold now and give that attribute (of something) a value, in the order they came."""
        rows = self._attributes.get(attribute, ())
        return [row for row in rows if self._columns[row]["retired"] == NEVER]

    def successors(self, row: int) -> list[int]:
        """The rows that probably hold in place of that one: the one that took its place, what took that one's, and so
        on; the last holds now."""
        found: list[int] = []
        while (unit := self.supersession.superseded.get(row)) is not None and (
            newer := self._row_of.get(unit)
        ) is not None:
            if newer in found or len(found) >= _LONGEST_CHAIN:
                break
            found.append(newer)
            row = newer
        return found

    def replaced_by(self, row: int) -> list[int]:
        """The rows that were retired in favour of that one, the latest first."""
        near = self.graph.adj.get(row, {}).items()
        linked = [other for other, kinds in near if isinstance(other, int) and "supersedes" in kinds]
        older = [other for other in linked if other < row and other in self.supersession.replaced]
        return sorted(older, key=lambda other: (-self._columns["mentioned"][other], -other))

    @property
    def has_successors(self) -> bool:
        """Whether any row has one."""
        return bool(self.supersession.superseded)

    def with_text(self, text: str) -> list[int]:
        """The rows of units that (but for a hash collision) have the same words as `text`, case and punctuation
        ignored."""
        return [int(row) for row in np.flatnonzero(self.columns["words"] == _hash(normalise(text)))]

    def mask(self, where: Where, *, history: bool = False) -> NDArray[np.bool_]:
        """Which rows the conditions of `where` admit that bear on units; ids and documents are not looked at. With
        `history` also those that a later one took the place of: they are not forgotten."""
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
        """Which rows hold now."""
        return np.asarray(self.columns["retired"] == NEVER)

    def _grow(self) -> None:
        if len(self.unit_ids) == len(self._columns):
            self._columns = np.concatenate([self._columns, np.zeros_like(self._columns)])


def _hash(text: str) -> int:
    """64 bits of a text, the same in every process."""
    return int.from_bytes(
        blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "little", signed=True
    )
