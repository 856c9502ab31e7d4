"""The graph of one bank, in memory: units and entities as nodes of a NetworkX graph, and a few columns about
the units for ranking. It is a view: everything in it comes from payloads, and it can be rebuilt at any time.

Unit nodes are integers (their row), entity nodes their names. An edge carries one weight a link kind, for
instance `{"temporal": 0.9, "semantic": 0.74}`; a mention is `{"entity": 1.0}`. Measured: about 1.5 kB a unit with
its edges (docs/benchmarks.md).
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from fourfold.language import ENGLISH, Language
from fourfold.model import SHORT_ID, Entity
from fourfold.ports import Point, Where
from fourfold.stores.documents import Documents
from fourfold.stores.names import Names
from fourfold.stores.postings import Postings
from fourfold.stores.records import NEVER, Profile, is_id, make_id
from fourfold.text import inverse_document_frequency, normalise

_LONGEST_CHAIN = 100
_BOOST = {"causal": 1.5, "entity": 1.2}
_SPREAD = 0.5
_LINE_TOKENS = 8  # a unit's date and speaker in a prompt
_HUB = 64  # an entity that more units mention than this says nothing about any one of them

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
        ("dated", "?"),
        ("counts", "?"),
    ]
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A unit that activation reached: how strongly, and over which nodes from its seed."""

    activation: float
    path: tuple[int | str, ...]


class BankGraph:
    """The view of one bank. Hold `lock` while reading or writing it; two threads may share one."""

    def __init__(self, bank: str, lock: threading.RLock | None = None) -> None:
        self.bank = bank
        self.lock = lock or threading.RLock()
        self.graph = nx.Graph()
        self.ids: list[str] = []
        self.profile: Profile | None = None
        self.seen: dict[str, int] = {}
        """By writer, the last revision that is in here."""
        self.postings = Postings()
        self.names = Names()
        self.documents = Documents()
        self._row_of: dict[str, int] = {}
        self._rows = np.zeros(64, dtype=_ROW)
        self._labels: dict[str, int] = {}
        self._weights: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}
        self._tagged: dict[str, set[int]] = {}
        self._attributes: dict[str, list[int]] = {}
        self._superseded: dict[int, str] = {}
        self._replaced: set[int] = set()
        self._term_counts: Counter[int] = Counter()
        self._awaited: dict[str, list[tuple[int, str, float]]] = {}
        """By unit that is not there yet, the links to it."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> NDArray[np.void]:
        """One record a unit: times in epoch seconds, neighbours in the session (-1 for none), labels, a hash of
        what it says, and its size in a prompt."""
        return self._rows[: len(self.ids)]

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
        found = [unit for unit in self.ids if unit.startswith(plain)]
        return found[0] if len(found) == 1 else None

    def label(self, name: str) -> int:
        """The number that stands for a session or a speaker in `rows`; -1 if it was never seen."""
        return self._labels.get(name, -1)

    def idf(self, term: int) -> float:
        """The inverse document frequency of a term id in this bank."""
        return inverse_document_frequency(len(self.ids), self._term_counts[term])

    # entities ---------------------------------------------------------------------------------------------

    def entity(self, name: str) -> Entity | None:
        """The entity of that name or alias, case ignored, with the number of units that mention it."""
        found = self.names.get(name)
        return found and replace(found, mentions=len(self.graph.adj.get(found.name, {})))

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
        row = len(self.ids) if known is None else known
        if known is None:
            self._grow()
            self.ids.append(point.id)
            self._row_of[point.id] = row
            self._rows[row]["previous"] = self._rows[row]["next"] = -1
            self._term_counts.update([] if point.terms is None else point.terms.indices.tolist())
            self.postings.add(row, payload["codes"])
            self.graph.add_node(row)
        self._describe(row, payload)
        for entity in payload["entities"]:
            self._join(row, entity, "entity", 1.0)
            self.names.mention(entity, float(self._rows[row]["mentioned"]))
        before = []
        for to, kind, weight in payload["links"]:
            other = self._row_of.get(to)
            if other is None:  # clocks differ: what it rests on may come after it
                self._awaited.setdefault(to, []).append((row, kind, weight))
                continue
            self._join(row, other, kind, weight)
            if kind == "temporal":
                before.append((weight, other))
        for waiting, kind, weight in self._awaited.pop(point.id, ()):
            self._join(waiting, row, kind, weight)
        for tag in payload["tags"]:
            self._tagged.setdefault(tag, set()).add(row)
        if known is None:
            for attribute in payload["attributes"]:
                self._attributes.setdefault(attribute, []).append(row)
        self._succeed(row, payload)
        self._place(row, payload, before)

    def _succeed(self, row: int, payload: Mapping[str, Any]) -> None:
        """Notes what took the unit's place, for certain or probably; a forgotten one has no successor."""
        if is_id(payload["retired_by"] or ""):
            self._replaced.add(row)
        else:
            self._replaced.discard(row)
        if payload["superseded_by"] is not None:
            self._superseded[row] = payload["superseded_by"]
        else:
            self._superseded.pop(row, None)

    def _join(self, node: int, other: int | str, kind: str, weight: float) -> None:
        """Adds an edge, or a kind to the one that is there. Edges of like weight (to two digits) share one
        dictionary, which nobody may change."""
        adjacent = self.graph._adj
        held = adjacent[node].get(other)
        this = (kind, round(weight, 2) or 0.01)
        key = (this,) if held is None else tuple(sorted({**held, kind: this[1]}.items()))
        shared = self._weights.get(key)
        if shared is None:
            shared = self._weights[key] = dict(key)
        adjacent[node][other] = adjacent[other][node] = shared

    def _describe(self, row: int, payload: Mapping[str, Any]) -> None:
        speaker, network, dated = (
            payload["speaker"] or "",
            payload["network"],
            payload["occurred"] is not None,
        )
        words = hash(normalise(payload["text"]))
        known = self._rows[row]
        self._rows[row] = (
            datetime.fromisoformat(payload["mentioned_at"]).timestamp(),
            payload["from"],
            payload["to"],
            payload["recorded"],
            payload["retired"],
            known["previous"],
            known["next"],
            *(
                self._labels.setdefault(name, len(self._labels))
                for name in (payload["session"], speaker, network)
            ),
            payload["asking"],
            words,
            hash((words, speaker, payload["from"] if dated else None)),
            payload["size"] + _LINE_TOKENS,
            dated,
            payload["counts"],
        )

    def _place(self, row: int, payload: Mapping[str, Any], before: list[tuple[float, int]]) -> None:
        """Finds the unit's place in its session (behind the unit it links to most strongly in time) and notes
        which messages of its document are known."""
        if before:
            previous = max(before)[1]
            self._rows[row]["previous"] = previous
            self._rows[previous]["next"] = row
        self.documents.place(row, payload, self._rows)

    def known(self, document: str, messages: Iterable[str]) -> dict[str, int]:
        """Those of `messages` that units hold now, or held until a newer one took their place; and the row of the
        (first) unit of each."""
        found = self.documents.rows(document, messages)
        return {message: row for message, row in found.items() if self._is_known(row)}

    def _is_known(self, row: int) -> bool:
        return bool(self._rows[row]["retired"] == NEVER) or row in self._replaced

    def asserting(self, attribute: str) -> list[int]:
        """The rows that hold now and give that attribute (of something) a value, in the order they came."""
        rows = self._attributes.get(attribute, ())
        return [row for row in rows if self._rows[row]["retired"] == NEVER]

    def successors(self, row: int) -> list[int]:
        """The rows that probably hold in place of that one: the one that took its place, what took that one's, and so
        on; the last holds now."""
        found: list[int] = []
        while (unit := self._superseded.get(row)) is not None and (
            newer := self._row_of.get(unit)
        ) is not None:
            if newer in found or len(found) >= _LONGEST_CHAIN:
                break
            found.append(newer)
            row = newer
        return found

    @property
    def has_successors(self) -> bool:
        """Whether any row has one."""
        return bool(self._superseded)

    def same_words(self, text: str) -> list[int]:
        """The rows of units that (but for a hash collision) have the same words as `text`, case and punctuation
        ignored."""
        return [int(row) for row in np.flatnonzero(self.rows["words"] == hash(normalise(text)))]

    def admitted(self, where: Where, *, history: bool = False) -> NDArray[np.bool_]:
        """Which rows the conditions of `where` admit that bear on units; ids and documents are not looked at. With
        `history` also those that a later one took the place of: they are not forgotten."""
        rows = self.rows
        mask = self.held(where.held_at)
        if history:
            mask[list(self._replaced)] = True
        if where.networks is not None:
            mask &= np.isin(rows["network"], [self.label(name) for name in where.networks])
        if where.tags is not None:
            tagged = set().union(*(self._tagged.get(tag, ()) for tag in where.tags))
            mask &= np.isin(np.arange(len(rows)), list(tagged))
        if where.occurred is not None:
            start, end = where.occurred
            mask &= (rows["start"] < end) & (rows["end"] > start)
        return mask

    def held(self, at: float | None) -> NDArray[np.bool_]:
        """Which rows hold now (None), or were known and held at that moment."""
        rows = self.rows
        if at is None:
            return np.asarray(rows["retired"] == NEVER)
        return np.asarray((rows["recorded"] <= at) & (rows["retired"] > at))

    def spread(
        self, seeds: Mapping[int | str, float], hops: int = 2, most_nodes: int = 24
    ) -> dict[int, Reached]:
        """Spreading activation (Hindsight, section 4.2): a(j) <- max over i of a(i) * w(i, j) * 0.5 * boost.

        Causal and entity edges are boosted; what passes through an entity is damped by 1/log2(2 + degree). At
        most `most_nodes` nodes are expanded, strongest first. Seeds stay in the answer.
        """
        reached = {node: Reached(level, (node,)) for node, level in seeds.items() if node in self.graph}
        frontier = dict(reached)
        budget = most_nodes
        for _ in range(hops):
            following: dict[int | str, Reached] = {}
            for node, source in sorted(frontier.items(), key=lambda item: -item[1].activation)[:budget]:
                budget -= 1
                for other, level in self._neighbours(node, source.activation):
                    if level > 1e-3 and level > (reached[other].activation if other in reached else 0.0):
                        following[other] = reached[other] = Reached(level, (*source.path, other))
            frontier = following
        return {node: found for node, found in reached.items() if isinstance(node, int)}

    def _neighbours(self, node: int | str, level: float) -> Iterator[tuple[int | str, float]]:
        adjacent = self.graph._adj[node]
        if isinstance(node, str):
            if len(adjacent) > _HUB:
                return
            level /= math.log2(2 + len(adjacent))
        for other, edge in adjacent.items():
            weight = 0.0
            for kind, w in edge.items():
                weight = max(weight, w * _BOOST.get(kind, 1.0))
            yield other, level * min(1.0, weight * _SPREAD)

    def _grow(self) -> None:
        if len(self.ids) == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])


def entity_id(bank: str, name: str) -> str:
    """The id of the entity called `name` in `bank`."""
    return make_id(bank, "entity", name.casefold())
