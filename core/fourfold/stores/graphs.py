"""The graphs of the banks in use: built from payloads when a bank is first asked for, kept current, and let go when
they take too much room. A large one is kept in the store's cache, so that the next process need not build it: it
only catches up with what was written since (docs/adr/0012)."""

from __future__ import annotations

import marshal
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter

from fourfold.ports import Fields, Point, Store, Where
from fourfold.stores.documents import CHUNKS
from fourfold.stores.graph import BankGraph
from fourfold.stores.records import read_entity, read_profile
from fourfold.stores.snapshot import Snapshot

_READ = tuple(
    "kind recorded order text speaker network tags entities links documents messages session codes mentioned_at "
    "occurred from to retired asking counts size name aliases type attributes superseded_by "
    "retired_by created_at language mission disposition bank".split()
)
_WORTH = 500
_SHARE = 0.1
"""A graph is kept when as many of its units, and that share of them, are new: catching up with fewer is quick."""


class Graphs:
    """The graphs of the banks in use, at most `most_units` units together: the one used longest ago goes."""

    def __init__(self, store: Store, most_units: int) -> None:
        self._store, self._most = store, most_units
        self._graphs: OrderedDict[str, BankGraph] = OrderedDict()
        self._locks: dict[str, threading.RLock] = {}  # outlive the graphs, so a bank never has two
        self._lock = threading.Lock()

    def get(self, bank: str) -> BankGraph:
        """The graph of `bank`, with everything that any process has written to it."""
        with self._lock:
            lock = self._locks.setdefault(bank, threading.RLock())
        with lock:
            graph = self._graphs.get(bank)
            if graph is None:
                graph = self._kept(bank, lock)
            if graph is None or not self._catch_up(graph):
                # Nothing is there yet; or entities were merged or split elsewhere, or it has another language now.
                self.forget(bank)
                graph = BankGraph(bank, lock)
                self._catch_up(graph)
            with self._lock:
                self._graphs[bank] = graph
                self._graphs.move_to_end(bank)
            self._evict(bank)
            return graph

    def forget(self, bank: str) -> None:
        """Lets the graph of `bank` go, the kept one too; it is built anew when it is next asked for."""
        with self._lock:
            self._graphs.pop(bank, None)
        if self._store.cache is not None:
            self._store.cache.drop(_name(bank))

    def keep(self, bank: str, *, wait: bool = True) -> None:
        """Keeps the graph of `bank` for the next process, if enough of it is new; not if somebody writes to the bank
        meanwhile, nor, without `wait`, if somebody holds it. Call it with `wait` only where you hold no graph."""
        graph, cache = self._graphs.get(bank), self._store.cache
        if graph is None or cache is None or graph.changes < max(_WORTH, _SHARE * len(graph)):
            return
        data = _frozen(graph, wait)
        if data is not None:
            cache.put(_name(bank), data)

    def close(self) -> None:
        """Keeps what is worth it, before the store is closed."""
        for bank in list(self._graphs):
            self.keep(bank)

    def _kept(self, bank: str, lock: threading.RLock) -> BankGraph | None:
        """The graph that was kept, if one was; not if it knows more than the store, which lost something then."""
        data = None if self._store.cache is None else self._store.cache.get(_name(bank))
        snapshot = None if data is None else Snapshot.from_bytes(data)
        if snapshot is None:
            return None
        try:
            graph = BankGraph.thaw(snapshot, bank, lock)
        except (KeyError, ValueError, TypeError, IndexError):
            return None
        cursors = self._store.cursors(bank)
        return graph if all(cursors.get(w, 0) >= r for w, r in graph.seen.items()) else None

    @contextmanager
    def locked(self, bank: str) -> Iterator[BankGraph]:
        """The graph of `bank`, held: nobody else writes to the bank meanwhile."""
        lock = self.get(bank).lock
        with lock:
            yield self.get(bank)

    def _catch_up(self, graph: BankGraph) -> bool:
        """Brings `graph` up to date; False where only a new one can be."""
        cursors = self._store.cursors(graph.bank)
        first = not graph.seen
        behind = {w: graph.seen.get(w, 0) for w, r in cursors.items() if graph.seen.get(w, 0) < r}
        if not behind:
            return True
        wheres = (
            [Where(bank=graph.bank)] if first else [Where(bank=graph.bank, after=it) for it in behind.items()]
        )
        units = []
        for where in wheres:
            for point in self._store.scan(where, Fields(terms=True, only=_READ)):
                if point.payload["kind"] == "change" and not first:
                    return False
                if point.payload["kind"] == "bank":
                    profile = read_profile(point.payload)
                    if not first and profile.language != (graph.profile and graph.profile.language):
                        return False
                    graph.profile = profile
                elif point.payload["kind"] == "entity":
                    graph.add_entity(read_entity(point))
                elif point.payload["kind"] in CHUNKS:
                    graph.documents.note(point)
                elif point.payload["kind"] == "unit":
                    place = (point.payload["recorded"], point.payload["order"], point.id)
                    units.append((place, marshal.dumps(dict(point.payload)), point.terms))
        # A link points to what came before: in this order its target is always there first. Until their turn comes,
        # payloads wait as bytes: as objects, all at once, they doubled the peak (57 MB for 10,000 units, so 29).
        for (_, _, unit), payload, terms in sorted(units, key=itemgetter(0)):
            graph.add(Point(unit, marshal.loads(payload), terms=terms))
        graph.seen.update(cursors)
        return True

    def _evict(self, keep: str) -> None:
        while (bank := self._surplus(keep)) is not None:
            self.keep(bank, wait=False)
            with self._lock:
                self._graphs.pop(bank, None)

    def _surplus(self, keep: str) -> str | None:
        """The bank whose graph has to go next."""
        with self._lock:
            oldest = next(iter(self._graphs))
            return oldest if sum(map(len, self._graphs.values())) > self._most and oldest != keep else None


def _frozen(graph: BankGraph, wait: bool) -> bytes | None:
    """A snapshot, taken slice by slice, so that a recall need not wait for all of it."""
    freezing, seen = graph.freeze(), dict(graph.seen)
    while graph.lock.acquire(blocking=wait):
        try:
            if graph.seen != seen:
                break
            next(freezing)
        except StopIteration as done:
            snapshot: Snapshot = done.value
            data = snapshot.to_bytes()  # it shares parts with the graph, so before anybody may change that
            graph.changes = 0
            return data
        finally:
            graph.lock.release()
    return None


def _name(bank: str) -> str:
    return f"graph {bank}"
