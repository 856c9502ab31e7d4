"""The indexes of the banks in use: built from payloads when a bank is first asked for, kept current, and evicted when
they take too much room. A snapshot of a large one is put into the store's cache, so that the next process need not
build it: it only catches up with what was written since (docs/adr/0012)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from weakref import WeakValueDictionary

from fourfold.index.as_of import BankView, is_unchanged_since, view_as_of
from fourfold.index.bank_index import READ_INDEXED, BankIndex
from fourfold.index.snapshot import Snapshot
from fourfold.ports import Point, Store, Where
from fourfold.schema.banks import read_profile
from fourfold.schema.changelog import operation_of
from fourfold.schema.records import BANK, OPERATION, kind_of

_MAX_PASTS = 4
"""How many past moments are cached. A guess, not measured."""
_PAST_SHARE = 0.25
"""The share of the units of all indexes that past moments may have. A guess, not measured."""
_REBUILT_AFTER = frozenset({"merge", "split", "rename", "undo", "erase", "load"})
"""Operations of another process that an index cannot follow point by point: it is built anew."""
_SNAPSHOT_UNITS = 500
_SNAPSHOT_SHARE = 0.1
"""A snapshot is cached when so many units, and that share of all, have changed since the last one: catching up with
fewer is quick (docs/adr/0012)."""


_held = threading.local()
"""Of each thread, `depth`: how many banks it holds."""


def holds_bank() -> bool:
    """Returns whether this thread holds a bank, so that waiting for another thread's use of it would never end."""
    return getattr(_held, "depth", 0) > 0


@contextmanager
def _holding() -> Iterator[None]:
    _held.depth = getattr(_held, "depth", 0) + 1
    try:
        yield
    finally:
        _held.depth -= 1


class IndexRegistry:
    """The indexes of the banks in use, of at most `most_units` units together: the least recently used is evicted.

    A bank's lock is taken before the lock of the registry's own tables, which is held for a moment only.
    """

    def __init__(self, store: Store, most_units: int) -> None:
        self._store, self._most_units = store, most_units
        self._indexes: OrderedDict[str, BankIndex] = OrderedDict()
        # A lock outlives the index as long as anybody has it, so that a bank never has two; no longer, since any name
        # may be asked for.
        self._locks: WeakValueDictionary[str, threading.RLock] = WeakValueDictionary()
        self._lock = threading.Lock()  # guards the indexes and the pasts
        self._new_locks = threading.Lock()
        self._installs: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._new_installs = threading.Lock()
        self._pasts: OrderedDict[tuple[str, datetime], tuple[dict[str, int], BankView]] = OrderedDict()

    def view(self, bank: str, moment: datetime | None) -> BankView:
        """Returns `bank` as it is, or as it was at `moment`, worked out from its log. The latest are cached."""
        index = self.get(bank)
        if moment is None:
            return BankView(self._store, index)
        with index.lock:
            revisions = dict(index.revisions)
        with self._lock:
            pasts = self._pasts
            cached = pasts.get((bank, moment))
        # A past is told by what the store has otherwise by now: after a write that is something else.
        if cached is not None and cached[0] == revisions:
            return cached[1]
        if is_unchanged_since(self._store, index, moment):
            return BankView(self._store, index)
        past = view_as_of(self._store, bank, moment)
        with self._lock:
            pasts[bank, moment] = revisions, past
            pasts.move_to_end((bank, moment))
            while len(self._pasts) > 1 and self._pasts_exceed_limit():
                self._pasts.popitem(last=False)
        return past

    def _pasts_exceed_limit(self) -> bool:
        units = sum(len(view.index) for _, view in self._pasts.values())
        return len(self._pasts) > _MAX_PASTS or units > _PAST_SHARE * self._most_units

    def get(self, bank: str) -> BankIndex:
        """Returns the index of `bank`, with everything that any process has written to it."""
        lock = self._lock_of(bank)
        with lock:
            index = self._indexes.get(bank)
            if index is None:
                index = self._from_cache(bank, lock)
            if index is None or not self._catch_up(index):
                # Nothing is there yet; or entities were merged or split elsewhere, it has another language now, or
                # another process has erased it.
                self.drop(bank)
                index = BankIndex(bank, lock)
                self._catch_up(index)
            self._keep(index)
            return index

    def _keep(self, index: BankIndex) -> None:
        """Keeps an index for whoever asks next; not that of a bank that nothing was written to."""
        if index.revisions:
            with self._lock:
                self._indexes[index.bank] = index
                self._indexes.move_to_end(index.bank)
            self._evict(index.bank)

    def drop(self, bank: str) -> None:
        """Drops the index of `bank`, its snapshot too; it is built anew when it is next asked for."""
        with self._lock:
            self._indexes.pop(bank, None)
            for key in [key for key in self._pasts if key[0] == bank]:
                del self._pasts[key]
        if self._store.cache is not None:
            self._store.cache.drop(_cache_key(bank))

    def drop_all(self) -> None:
        """Drops all indexes, their snapshots too: what they say of vectors is of another embedder's. The caller holds
        all banks."""
        with self._lock:
            banks = list(self._indexes)
            # Whoever is still working out a past puts it into the one that nobody looks at any more.
            self._pasts = OrderedDict()
        for bank in banks:
            self.drop(bank)

    def save_snapshot(self, bank: str, *, wait: bool = True) -> None:
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
            # The index was dropped meanwhile, perhaps for what was in it (an erasure): so is its snapshot.
            if self._indexes.get(bank) is not index:
                cache.drop(_cache_key(bank))

    def close(self) -> None:
        """Caches the snapshots that are worth it, before the store is closed."""
        for bank in list(self._indexes):
            self.save_snapshot(bank)

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
        return index if _is_behind(index, self._store.cursors(bank)) else None

    @contextmanager
    def locked(self, bank: str) -> Iterator[BankIndex]:
        """Yields the index of `bank`, locked: nobody else writes to the bank meanwhile, in any process."""
        # The store's hold second: threads of one process wait for each other here, not by asking a server.
        with self._lock_of(bank), self._store.held(bank), _holding():
            index = self.get(bank)
            is_new = not index.revisions
            yield index
            if is_new:
                self._keep(index)

    @contextmanager
    def all_locked(self) -> Iterator[None]:
        """Holds every bank, those included that are not there yet: nobody writes to the memory meanwhile, and whoever
        asks for a bank waits. Other processes wait to write to the banks that are there."""
        with ExitStack() as locks:
            # No thread holds one bank while it asks for another, so the order of the banks does not matter. A fork
            # holds a bank while it installs another: what is installed comes last.
            locks.enter_context(self._new_locks)
            for bank_lock in list(self._locks.values()):
                locks.enter_context(bank_lock)
            locks.enter_context(self._new_installs)
            for install_lock in list(self._installs.values()):
                locks.enter_context(install_lock)
            for bank in self._store.counts(Where()):
                locks.enter_context(self._store.held(bank))
            locks.enter_context(_holding())
            yield

    @contextmanager
    def installing(self, bank: str) -> Iterator[None]:
        """Holds a bank that is being written as a whole and that nobody can open yet. It may be used while another
        bank is held; no bank may be asked for while it is used."""
        with self._new_installs:
            lock = self._installs.setdefault(bank, threading.Lock())
        with lock, self._store.held(bank):
            yield

    def _lock_of(self, bank: str) -> threading.RLock:
        lock = self._locks.get(bank)
        if lock is None:  # asked once more under the lock: two threads may have come here
            with self._new_locks:
                lock = self._locks.setdefault(bank, threading.RLock())
        return lock

    def _catch_up(self, index: BankIndex) -> bool:
        """Brings `index` up to date; False where only a new one can be."""
        cursors = self._store.cursors(index.bank)
        if not _is_behind(index, cursors):
            return False
        indexed = {writer: index.revisions.get(writer, 0) for writer in cursors}
        behind = [(writer, revision) for writer, revision in indexed.items() if revision < cursors[writer]]
        if not behind:
            return True
        if not index.revisions:
            # As a stream: a list of all payloads would be larger than the index.
            index.add_records(self._store.scan(Where(bank=index.bank), READ_INDEXED))
        else:
            wheres = [Where(bank=index.bank, after=after) for after in behind]
            points = [point for where in wheres for point in self._store.scan(where, READ_INDEXED)]
            # Looked at as a whole before any is added: an index that took half of them in could not be used.
            if any(_needs_rebuild(index, point) for point in points):
                return False
            index.add_records(points)
        # The cursors of before the scan: what was written meanwhile is read again, which changes nothing.
        index.revisions.update(cursors)
        return True

    def _evict(self, keep: str) -> None:
        while (bank := self._next_to_evict(keep)) is not None:
            self.save_snapshot(bank, wait=False)
            with self._lock:
                self._indexes.pop(bank, None)

    def _next_to_evict(self, keep: str) -> str | None:
        """Returns the bank whose index is to be evicted next; None where there is room. That of `keep` stays."""
        with self._lock:
            units = sum(len(index) for index in self._indexes.values())
            least_recent = next(iter(self._indexes))
        return least_recent if units > self._most_units and least_recent != keep else None


def _is_behind(index: BankIndex, cursors: Mapping[str, int]) -> bool:
    """Returns whether the store has all that is in the index. It has less where the bank was erased, by another
    process or before a snapshot of it was read."""
    return all(cursors.get(writer, 0) >= revision for writer, revision in index.revisions.items())


def _needs_rebuild(index: BankIndex, point: Point) -> bool:
    """Returns whether an index has to be built anew for what another process wrote."""
    kind = kind_of(point)
    if kind == BANK:
        return read_profile(point).language != (index.profile and index.profile.language)
    return kind == OPERATION and operation_of(point) in _REBUILT_AFTER


def _snapshot_of(index: BankIndex, wait: bool) -> bytes | None:
    """Returns a snapshot; None where somebody wrote to the bank meanwhile or, without `wait`, holds it."""
    slices = index.to_snapshot()
    revisions = dict(index.revisions)
    # The lock is let go after each slice, so that a recall need not wait for all of them.
    while index.lock.acquire(blocking=wait):
        try:
            if index.revisions != revisions:
                break
            next(slices)
        except StopIteration as end:
            snapshot: Snapshot = end.value
            data = snapshot.to_bytes()  # it shares parts with the index, so before anybody may change that
            index.changes = 0
            return data
        finally:
            index.lock.release()
    return None


def _cache_key(bank: str) -> str:
    return f"graph {bank}"
