"""The indexes of the banks in use: built from payloads when a bank is first asked for, kept current, and evicted when
they take too much room. A snapshot of a large one is put into the store's cache, so that the next process need not
build it: it only catches up with what was written since (docs/adr/0012)."""

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

_MAX_PASTS, _PAST_SHARE = 4, 0.25
"""How many past moments are cached, and the share of the units of all indexes that they may have. Guesses, not
measured."""
_REBUILT_AFTER = frozenset({"merge", "split", "rename", "undo", "erase", "load"})
"""Operations of another process that an index cannot follow point by point: it is built anew."""
_SNAPSHOT_UNITS, _SNAPSHOT_SHARE = 500, 0.1
"""A snapshot is cached when so many units, and that share of all, have changed since the last one: catching up with
fewer is quick (docs/adr/0012)."""


class IndexRegistry:
    """The indexes of the banks in use, of at most `most_units` units together: the least recently used is evicted."""

    def __init__(self, store: Store, most_units: int) -> None:
        self._store, self._most = store, most_units
        self._indexes: OrderedDict[str, BankIndex] = OrderedDict()
        self._locks: dict[str, threading.RLock] = {}  # they outlive the indexes, so that a bank never has two
        self._lock = threading.Lock()
        self._new_locks = threading.Lock()
        self._installs: dict[str, threading.Lock] = {}
        self._new_installs = threading.Lock()
        self._pasts: OrderedDict[tuple[str, datetime], tuple[dict[str, int], BankView]] = OrderedDict()

    def view(self, bank: str, moment: datetime | None) -> BankView:
        """Returns `bank` as it is, or as it was at `moment`, worked out from its log. The latest are cached."""
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
        return len(self._pasts) > _MAX_PASTS or units > _PAST_SHARE * self._most

    def get(self, bank: str) -> BankIndex:
        """Returns the index of `bank`, with everything that any process has written to it."""
        lock = self._lock_of(bank)
        with lock:
            index = self._indexes.get(bank)
            if index is None:
                index = self._from_cache(bank, lock)
            if index is None or not self._catch_up(index):
                # Nothing is there yet; or entities were merged or split elsewhere, or it has another language now.
                self.forget(bank)
                index = BankIndex(bank, lock)
                self._catch_up(index)
            with self._lock:
                self._indexes[bank] = index
                self._indexes.move_to_end(bank)
            self._evict(bank)
            return index

    def forget(self, bank: str) -> None:
        """Drops the index of `bank`, its snapshot too; it is built anew when it is next asked for."""
        with self._lock:
            self._indexes.pop(bank, None)
            for key in [key for key in self._pasts if key[0] == bank]:
                del self._pasts[key]
        if self._store.cache is not None:
            self._store.cache.drop(_cache_key(bank))

    def forget_all(self) -> None:
        """Drops all indexes, their snapshots too: what they say of vectors is of another embedder's. The caller holds
        all banks."""
        with self._lock:
            banks = list(self._indexes)
            # Whoever is still working out a past puts it into the one that nobody looks at any more.
            self._pasts = OrderedDict()
        for bank in banks:
            self.forget(bank)

    def keep(self, bank: str, *, wait: bool = True) -> None:
        """Caches a snapshot of the index of `bank` for the next process, if enough of it is new; not if somebody
        writes to the bank meanwhile, nor, without `wait`, if somebody holds it. With `wait`, the caller must hold no
        bank."""
        index, cache = self._indexes.get(bank), self._store.cache
        if (
            index is None
            or cache is None
            or index.changes < max(_SNAPSHOT_UNITS, _SNAPSHOT_SHARE * len(index))
        ):
            return
        data = _snapshot_of(index, wait)
        if data is not None:
            cache.put(_cache_key(bank), data)
            if (
                self._indexes.get(bank) is not index
            ):  # it was dropped meanwhile, perhaps for what was in it: an erasure
                cache.drop(_cache_key(bank))

    def close(self) -> None:
        """Caches the snapshots that are worth it, before the store is closed."""
        for bank in list(self._indexes):
            self.keep(bank)

    def _from_cache(self, bank: str, lock: threading.RLock) -> BankIndex | None:
        """Reads the cached snapshot; None where there is none, or where it knows more than the store, which has lost
        something then."""
        data = None if self._store.cache is None else self._store.cache.get(_cache_key(bank))
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
        """Yields the index of `bank`, locked: nobody else writes to the bank meanwhile."""
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
                self._indexes.pop(bank, None)

    def _surplus(self, keep: str) -> str | None:
        """Returns the bank whose index is to be evicted next; None where there is room."""
        with self._lock:
            oldest = next(iter(self._indexes))
            return oldest if sum(map(len, self._indexes.values())) > self._most and oldest != keep else None


def _starts_anew(index: BankIndex, point: Point) -> bool:
    """Returns whether an index has to be built anew for what another process wrote."""
    p = point.payload
    if p["kind"] == "bank":
        return read_profile(p).language != (index.profile and index.profile.language)
    return p["kind"] == OPERATION and p["what"] in _REBUILT_AFTER


def _snapshot_of(index: BankIndex, wait: bool) -> bytes | None:
    """A snapshot, taken slice by slice, so that a recall need not wait for all of it."""
    freezing, seen = index.to_snapshot(), dict(index.revisions)
    while index.lock.acquire(blocking=wait):
        try:
            if index.revisions != seen:
                break
            next(freezing)
        except StopIteration as done:
            snapshot: Snapshot = done.value
            data = snapshot.to_bytes()  # it shares parts with the index, so before anybody may change that
            index.changes = 0
            return data
        finally:
            index.lock.release()
    return None


def _cache_key(bank: str) -> str:
    return f"graph {bank}"
