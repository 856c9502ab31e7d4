"""The graphs of the banks in use: built from payloads when a bank is first asked for, kept current, and let go when
they take too much room."""

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

_READ = tuple(
    "kind recorded order text speaker network tags entities links documents messages session codes mentioned_at "
    "occurred from to retired asking counts size name aliases type attributes superseded_by "
    "retired_by created_at language mission disposition bank".split()
)


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
            graph = self._graphs.setdefault(bank, BankGraph(bank, lock))
            self._graphs.move_to_end(bank)
        with graph.lock:
            if self._catch_up(graph):
                self._evict(bank)
                return graph
        self.forget(
            bank
        )  # entities merged or split elsewhere, or another language: memory cannot follow that
        return self.get(bank)

    def forget(self, bank: str) -> None:
        """Lets the graph of `bank` go; it is built anew when it is next asked for."""
        with self._lock:
            self._graphs.pop(bank, None)

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
        with self._lock:
            for bank in list(self._graphs):
                if sum(map(len, self._graphs.values())) <= self._most or bank == keep:
                    return
                del self._graphs[bank]
