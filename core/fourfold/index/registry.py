"""The graphs of the banks in use: built from payloads when a bank is first asked for, kept current, and let go when
they take too much room. A large one is kept in the store's cache, so that the next process need not build it: it
only catches up with what was written since (docs/adr/0012)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from fourfold.index.as_of import BankView, is_now, view_as_of
from fourfold.index.bank_index import BankIndex
from fourfold.index.build import READ, build_index
from fourfold.index.snapshot import Snapshot
from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.banks import read_profile
from fourfold.schema.records import OPERATION

_MOST_PASTS, _PAST_SHARE = 4, 0.25
"""So many moments are kept, and no more units in them than that share of what graphs may have."""
_ANEW = frozenset({"merge", "split", "rename", "undo", "erase", "load"})
"""What is done to a bank that a graph cannot follow step by step."""
_WORTH = 500
_SHARE = 0.1
"""A graph is kept when as many of its units, and that share of them, are new: catching up with fewer is quick."""


class IndexRegistry:
    """The graphs of the banks in use, at most `most_units` units together: the one used longest ago goes."""

    def __init__(self, store: Store, most_units: int) -> None:
        self._store, self._most = store, most_units
        self._graphs: OrderedDict[str, BankIndex] = OrderedDict()
        self._locks: dict[str, threading.RLock] = {}  # outlive the graphs, so a bank never has two
        self._lock = threading.Lock()
        self._new_locks = threading.Lock()
        self._installs: dict[str, threading.Lock] = {}
        self._new_installs = threading.Lock()
        self._pasts: OrderedDict[tuple[str, datetime], tuple[dict[str, int], BankView]] = OrderedDict()

    def view(self, bank: str, moment: datetime | None) -> BankView:
        """`bank` as it is, or as it was at `moment`: seen from its log. The pasts asked for last are kept."""
        index = self.get(bank)
        if moment is None:
            return BankView(self._store, index)
        with index.lock:
            seen = dict(index.revisions)
        with self._lock:
            pasts = self._pasts
            cached = pasts.get((bank, moment))
        if cached is not None and cached[0] == seen:
            return cached[1]
        if is_now(self._store, index, moment):
            return BankView(self._store, index)
        past = view_as_of(self._store, bank, moment)
        with self._lock:
            pasts[bank, moment] = seen, past
            pasts.move_to_end((bank, moment))
            while len(self._pasts) > 1 and self._too_much_past():
                self._pasts.popitem(last=False)
        return past

    def _too_much_past(self) -> bool:
        units = sum(len(view.index) for _, view in self._pasts.values())
        return len(self._pasts) > _MOST_PASTS or units > _PAST_SHARE * self._most

    def get(self, bank: str) -> BankIndex:
        """The graph of `bank`, with everything that any process has written to it."""
        lock = self._lock_of(bank)
        with lock:
            index = self._graphs.get(bank)
            if index is None:
                index = self._kept(bank, lock)
            if index is None or not self._catch_up(index):
                # Nothing is there yet; or entities were merged or split elsewhere, or it has another language now.
                self.forget(bank)
                index = BankIndex(bank, lock)
                self._catch_up(index)
            with self._lock:
                self._graphs[bank] = index
                self._graphs.move_to_end(bank)
            self._evict(bank)
            return index

    def forget(self, bank: str) -> None:
        """Lets the graph of `bank` go, the kept one too; it is built anew when it is next asked for."""
        with self._lock:
            self._graphs.pop(bank, None)
            for key in [key for key in self._pasts if key[0] == bank]:
                del self._pasts[key]
        if self._store.cache is not None:
            self._store.cache.drop(_name(bank))

    def forget_all(self) -> None:
        """Lets all graphs go, those that are kept on the disk included: what they say of vectors is of another
        embedder's. The caller holds all banks."""
        with self._lock:
            banks = list(self._graphs)
            # Whoever is still working out a past puts it into the one that nobody looks at any more.
            self._pasts = OrderedDict()
        for bank in banks:
            self.forget(bank)

    def keep(self, bank: str, *, wait: bool = True) -> None:
        """Keeps the graph of `bank` for the next process, if enough of it is new; not if somebody writes to the bank
        meanwhile, nor, without `wait`, if somebody holds it. Call it with `wait` only where you hold no graph."""
        index, cache = self._graphs.get(bank), self._store.cache
        if index is None or cache is None or index.changes < max(_WORTH, _SHARE * len(index)):
            return
        data = _frozen(index, wait)
        if data is not None:
            cache.put(_name(bank), data)
            if self._graphs.get(bank) is not index:  # it was let go meanwhile, perhaps for what was in it
                cache.drop(_name(bank))

    def close(self) -> None:
        """Keeps what is worth it, before the store is closed."""
        for bank in list(self._graphs):
            self.keep(bank)

    def _kept(self, bank: str, lock: threading.RLock) -> BankIndex | None:
        """The graph that was kept, if one was; not if it knows more than the store, which lost something then."""
        data = None if self._store.cache is None else self._store.cache.get(_name(bank))
        snapshot = None if data is None else Snapshot.from_bytes(data)
        if snapshot is None:
            return None
        try:
            index = BankIndex.from_snapshot(snapshot, bank, lock)
        except (KeyError, ValueError, TypeError, IndexError):
            return None
        cursors = self._store.cursors(bank)
        return index if all(cursors.get(w, 0) >= r for w, r in index.revisions.items()) else None

    @contextmanager
    def locked(self, bank: str) -> Iterator[BankIndex]:
        """The graph of `bank`, held: nobody else writes to the bank meanwhile."""
        with self._lock_of(bank):
            yield self.get(bank)

    @contextmanager
    def all_locked(self) -> Iterator[None]:
        """Holds every bank, those included that are not there yet: nobody writes to the memory meanwhile, and whoever
        asks for a bank waits."""
        with ExitStack() as locks:
            # No thread holds one bank while it asks for another, so the order of the banks does not matter. A fork
            # holds a bank while it installs another: what is installed comes last.
            locks.enter_context(self._new_locks)
            for bank_lock in list(self._locks.values()):
                locks.enter_context(bank_lock)
            locks.enter_context(self._new_installs)
            for install_lock in list(self._installs.values()):
                locks.enter_context(install_lock)
            yield

    @contextmanager
    def installing(self, bank: str) -> Iterator[None]:
        """Holds a bank that is being written as a whole and that nobody can open yet. It may be used while another
        bank is held; no bank is asked for under it."""
        with self._new_installs:
            lock = self._installs.setdefault(bank, threading.Lock())
        with lock:
            yield

    def _lock_of(self, bank: str) -> threading.RLock:
        lock = self._locks.get(bank)
        if lock is None:
            with self._new_locks:
                lock = self._locks.setdefault(bank, threading.RLock())
        return lock

    def _catch_up(self, index: BankIndex) -> bool:
        """Brings `index` up to date; False where only a new one can be."""
        cursors = self._store.cursors(index.bank)
        is_new = not index.revisions
        behind = {w: index.revisions.get(w, 0) for w, r in cursors.items() if index.revisions.get(w, 0) < r}
        if not behind:
            return True
        wheres = (
            [Where(bank=index.bank)]
            if is_new
            else [Where(bank=index.bank, after=it) for it in behind.items()]
        )
        news = (point for where in wheres for point in self._store.scan(where, Fields(terms=True, only=READ)))
        if is_new:
            build_index(index, news)
        else:
            points = list(news)
            if any(_starts_anew(index, point) for point in points):
                return False
            build_index(index, points)
        index.revisions.update(cursors)
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


def _starts_anew(index: BankIndex, point: Point) -> bool:
    """Whether a graph has to be made anew for what another process wrote."""
    p = point.payload
    if p["kind"] == "bank":
        return read_profile(p).language != (index.profile and index.profile.language)
    return p["kind"] == OPERATION and p["what"] in _ANEW


def _frozen(index: BankIndex, wait: bool) -> bytes | None:
    """A snapshot, taken slice by slice, so that a recall need not wait for all of it."""
    freezing, seen = index.to_snapshot(), dict(index.revisions)
    while index.lock.acquire(blocking=wait):
        try:
            if index.revisions != seen:
                break
            next(freezing)
        except StopIteration as done:
            snapshot: Snapshot = done.value
            data = snapshot.to_bytes()  # it shares parts with the graph, so before anybody may change that
            index.changes = 0
            return data
        finally:
            index.lock.release()
    return None


def _name(bank: str) -> str:
    return f"graph {bank}"
