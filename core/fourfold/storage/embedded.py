"""The embedded store: Qdrant's own engine (`qdrant-edge-py`) over one directory, owned by one process.

directory/
  owner.lock      held while the store is open; owner.json says by whom
  store.next/     a copy with another embedder's vectors, as long as it is being made
  store.old/      what such a copy took the place of, for a moment
  memory          says that there was a store, so that its loss is noticed
  store/          appears whole (built aside, then renamed)
    manifest.json
    contents.json how many records and which files there were last
    shard/        Qdrant's files
    purge         what is being erased, until that is done
    cache/        graphs of large banks, made again where they are missing
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import qdrant_edge as qe
from filelock import FileLock

from fourfold.errors import StoreError
from fourfold.forks import abandon_in_children, leave_descriptors, never_free
from fourfold.ports import PAYLOAD, Cache, CopyDroppedError, Fields, Point, Query, Store, Where
from fourfold.schema.records import bank_of, is_cursor, read_cursors
from fourfold.settings import make_directory, make_private
from fourfold.storage import purge
from fourfold.storage.cache import DirectoryCache
from fourfold.storage.contents import expect_fewer, record_contents
from fourfold.storage.directory import (
    allocated_bytes,
    check_layout,
    check_present,
    check_space,
    contains_any,
    encodings_of,
    finish_swap,
    identity_of,
    lock_directory,
    mark_as_memory,
    paths_below,
    read_manifest,
    remove_tree,
    swap_stores,
    unlock_directory,
)
from fourfold.storage.embedded_types import EDGE, payload_of
from fourfold.storage.filters import MOST_BANKS
from fourfold.storage.lru import PayloadCache
from fourfold.storage.manifest import Manifest
from fourfold.storage.shard import count_points, create_store, engine_errors, load_shard
from fourfold.storage.temporary import make_temporary_directory, mark_temporary, remove_abandoned
from fourfold.storage.translation import from_record, vector_names

_PAGE = 1000
"""Records a read of a scan. A guess, not measured: the store's lock is free in between."""
_FLUSH_BYTES = 32 * 2**20
"""The size of one file of the engine's log: opening replays about one at the most. Without it, an opening after 2,000
units replayed 100 MB, which took 2.8 s; now 0.2 (docs/adr/0001)."""
_DISK_OF_BYTES = 2
"""Bytes on the disk for each byte of a write: it goes into the log, and from there into the segments. 1.6 were
measured for retains of short and of long lines; the rest is for indexes, which grow in steps."""
_DELETION_BYTES = 100
"""Bytes of an id in a record of the log, and in what notes it as deleted. A guess, generous."""
_CACHED_PAYLOADS = 8192
"""About 8 MB at 1 kB a unit. A guess, not measured."""


class EmbeddedStore(Store):
    """The store in one directory. Open it with `EmbeddedStore.open` or `EmbeddedStore.temporary`."""

    # A constant, where a server's processes have names of their own: one process at a time has the directory, and the
    # next one goes on with its revisions.
    writer = "embedded"

    def __init__(
        self,
        directory: Path,
        lock: FileLock | None,
        shard: qe.EdgeShard,
        manifest: Manifest,
        reserve: int,
        home: Path | None = None,
    ) -> None:
        """`home` is the store's own directory in `directory`; a copy, which is in another one, has no `lock`."""
        self._directory = directory
        self._home = home or directory / "store"
        self._lock = lock
        self._shard, self._manifest = shard, manifest
        self._identity = identity_of(self._home)
        self.cache: Cache | None = None if home else DirectoryCache(self._home / "cache", reserve)
        self._reserve = reserve
        # Held through each call of the engine. `rewrite` and `adopt_copy` close and reopen the shard under it; a call
        # that found the shard closed would look like damage.
        self._use = threading.Lock()
        self._payloads = PayloadCache(_CACHED_PAYLOADS)
        self._cursors: dict[str, Mapping[str, int]] = {}
        # `_writes` counts them, so that whoever read outside of the lock sees that the result is out of date.
        self._writes = self._unflushed = 0
        self._closed = self._dropped = False
        # An order of `rewrite` is written down, and half of it may be done; the shard's files were or are replaced.
        self._order_due = self._shard_closed = False
        self._temporary = False
        self._copy: EmbeddedStore | None = None
        abandon_in_children(self)

    @classmethod
    def open(cls, directory: Path, manifest: Manifest, reserve_bytes: int = 0) -> EmbeddedStore:
        """Opens the store in `directory`, making it if the directory is empty or missing.

        Raises `StoreLockedError` if another process has it open, `StoreVersionError` if its schema or
        embedder does not fit, `ConfigurationError` if the directory holds something else, and `StoreError`
        if it is damaged or cannot be written. None of these changes anything.
        """
        remove_abandoned()
        make_directory(directory)
        lock = lock_directory(directory)
        try:
            with engine_errors("open", directory):
                shard, stored = _load(directory, manifest, reserve_bytes)
        except BaseException:  # an interrupt as well: the directory must not stay locked
            lock.release()
            raise
        return cls(directory, lock, shard, stored, reserve_bytes)

    @classmethod
    def temporary(cls, manifest: Manifest) -> EmbeddedStore:
        """Opens a store in a new temporary directory, which `close` removes, or, after a kill, the next `open`."""
        directory = make_temporary_directory()
        store = cls.open(directory, manifest)
        mark_temporary(directory)
        store._temporary, store.cache = True, None
        return store

    def write(self, points: Sequence[Point]) -> None:
        """Writes all points as one upsert, which is one record of the write-ahead log: whole or not at all."""
        if not points:
            return
        # Outside of the lock: this needs nothing of the store, and other threads may read meanwhile.
        upsert = qe.UpdateOperation.upsert_points([EDGE.point(point) for point in points])
        size = sum(_bytes(point) for point in points)
        with self._using("write"):
            check_present(self._home, self._identity)
            # The engine writes through memory maps, and a map onto a full disk ends the process.
            check_space(self._directory, self._reserve, _DISK_OF_BYTES * size)
            self._shard.update(upsert)
            self._writes += 1
            self._payloads.discard(point.id for point in points)
            for point in points:
                if is_cursor(point):
                    self._cursors.pop(bank_of(point), None)
            self._unflushed += size
            if self._unflushed > _FLUSH_BYTES:
                self._flush_log()

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes all points in one record of the write-ahead log."""
        delete = qe.UpdateOperation.delete_points([str(uuid.UUID(point)) for point in ids])
        with self._using("delete from"):
            # Without the reserve: what was begun is taken back by deletions, also where there is no room for more.
            check_space(self._directory, 0, _DELETION_BYTES * len(ids))
            expect_fewer(self._home, len(ids))
            self._shard.update(delete)
            self._writes += 1
            self._payloads.discard(ids)
            self._cursors.clear()

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Writes the order down, and has another process carry it out while nobody can read; see
        `fourfold.storage.purge`."""
        size = sum(_bytes(point) for point in points)
        with self._using("erase"):
            check_space(self._directory, self._reserve, purge.needed_bytes(self._home, size))
            # First, since it is not part of the order: a process killed after the order would leave it with the text.
            self._drop_copy()
            remove_tree(self._directory / "store.old")
            try:
                # The commit: from here on it is done, by whoever uses the store next if this fails or is killed.
                purge.write_order(self._home, points, removed)
            finally:  # also where it is there and only its name may not be on the disk
                self._order_due = purge.is_due(self._home)
            self._carry_out_order()
        return (
            "Every segment that held any of it was written anew without it, and no file of the write-ahead log that "
            "held it is left. Copies of the directory (backups, snapshots of the disk) are not touched."
        )

    def _carry_out_order(self) -> None:
        """Carries out the order that is due; the caller holds `_use`. Where it fails, the order waits for the next
        use: what is written in between would be taken back by it."""
        self._close_shard()
        purge.finish_order(self._home, self._directory)
        self._order_due = False

    def held(self, bank: str) -> contextlib.AbstractContextManager[None]:
        """Holds nothing: no other process has the directory."""
        return contextlib.nullcontext()

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens a second store in `store.next`, with a manifest of its own; it is written to as this one is."""
        aside = self._directory / "store.next"
        manifest = self._manifest.with_vectors(*vectors)
        with self._using("copy"):
            if self._copy is not None and self._copy._manifest.vectors == vectors:
                return self._copy
            if aside.exists() and not _is_copy_for(aside, manifest):
                self._drop_copy()
            if not aside.exists():
                create_store(aside, self._directory, manifest)
            stored = read_manifest(aside)
            shard = load_shard(aside, self._directory, stored)
            copy = EmbeddedStore(self._directory, None, shard, stored, self._reserve, aside)
            self._copy = copy
            return copy

    def adopt_copy(self) -> None:
        """Closes both shards, and swaps the directories."""
        # Closed, because the engine opens files by their names as it goes on: none may be renamed under it.
        with self._using("switch"):
            if self._copy is None:
                raise StoreError("There is no copy to adopt: begin one with copy_for, and write to it first.")
            copy, self._copy = self._copy, None
            copy.close()
            self._close_shard()
            swap_stores(self._directory)
            self._manifest = copy._manifest
        # Out of the lock: removing the old store's files takes a while, and nobody reads them any more.
        finish_swap(self._directory)

    def _close_shard(self) -> None:
        """Closes the shard, whose files are about to be replaced; the caller holds `_use`."""
        # Opened by the next use: what replaces them is done by then, and must not fail for it.
        self._shard_closed = True
        self._shard.close()

    def _reload(self) -> None:
        """Opens the shard anew, after its files were replaced; the caller holds `_use`."""
        self._shard = load_shard(self._home, self._directory, self._manifest)
        self._identity = identity_of(self._home)
        self._shard_closed = False
        self._writes += 1
        self._unflushed = 0
        self._cursors.clear()
        self._payloads.clear()

    def _drop_copy(self) -> None:
        """Removes the copy, even if somebody is writing to it; the caller holds `_use`."""
        if self._copy is not None:
            self._copy._dropped = True
            self._copy.close()
            self._copy = None
        remove_tree(self._directory / "store.next")

    def find_bytes(self, text: str) -> list[str]:
        """Returns the files of the directory that have the text in them, in UTF-8 or UTF-16, or as JSON writes it."""
        with self._using("read"):
            # What the engine has in memory alone would not be found.
            self._shard.flush()
            needles = encodings_of(text)
            files = sorted(path for path in paths_below(self._directory) if path.is_file())
            return [str(path.relative_to(self._directory)) for path in files if contains_any(path, needles)]

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Runs the queries as one batch, which the engine plans as a whole."""
        if not queries:
            return []
        batch = qe.QueryBatchRequest(EDGE.requests(queries))
        with self._using("search"):
            # The engine's types leave open what an id is. Ours are UUIDs, and to ask each would cost: a quarter of
            # the time of a recall's searches goes into turning 530 ids into UUIDs and back (docs/benchmarks.md).
            answers: Any = self._shard.query_batch(batch)
        return [[(hit.id.hex, hit.score) for hit in hits] for hits in answers]

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields what `where` admits, page by page. A write between two pages may be seen or not."""
        vectors = vector_names(fields, self._manifest)
        # Ids alone are no filter to evaluate, but a look-up: 30 of them in 0.1 ms (docs/adr/0001).
        if where.ids is not None and where == Where(ids=where.ids):
            yield from self._look_up(where.ids, fields, vectors)
            return
        offset: int | str | uuid.UUID | None = None
        while True:
            request = qe.ScrollRequest(
                offset=offset,
                limit=_PAGE,
                filter=EDGE.filter(where),
                with_payload=payload_of(fields),
                with_vector=vectors or False,
            )
            with self._using("read"):
                records, offset = self._shard.scroll(request)
            yield from (from_record(record) for record in records)
            if offset is None:
                return

    def _look_up(self, ids: Sequence[str], fields: Fields, vectors: list[str]) -> list[Point]:
        """Returns the points of these ids. Payloads that were read lately come from memory: each recall reads some
        55, often the same ones."""
        only = fields.only if fields.only and not vectors else None
        selector = payload_of(fields)
        with self._using("read"):
            cached = self._payloads.get_all(ids, only) if only else {}
            missing: list[int | str | uuid.UUID] = [point for point in ids if point not in cached]
            writes = self._writes
            records = self._shard.retrieve(missing, selector, vectors or False) if missing else []
        points = [from_record(record) for record in records]
        if only:
            with self._use:
                # After a write in between, what was read may be out of date, and nobody would tell the cache.
                if self._writes == writes:
                    for point in points:
                        self._payloads.put(point.id, only, point.payload)
        return [*(Point(point, payload) for point, payload in cached.items()), *points]

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Counts points exactly, from the index of the field."""
        request = qe.FacetRequest(by, MOST_BANKS, True, EDGE.filter(where))
        with self._using("read"):
            facet = self._shard.facet(request)
        return {str(hit.value): int(hit.count) for hit in facet.hits}

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns the revisions, read once and again after a write to them: no other process can have written."""
        cursors = self._cursors.get(bank)
        writes = self._writes
        if cursors is None:
            cursors = read_cursors(self, bank)
            with self._use:
                if self._writes == writes:  # a write since the reading may have moved them
                    self._cursors[bank] = cursors
        return cursors

    def close(self) -> None:
        """Flushes the log, and gives the directory up."""
        with self._use:
            if self._closed:
                return
            self._closed = True
        try:
            with engine_errors("close", self._directory):
                self._close_shards()
        finally:
            # Last, and outside of `_use`: another process opens the directory as soon as it can lock it.
            if self._lock is not None:
                unlock_directory(self._directory, self._lock)
            if self._temporary:
                shutil.rmtree(self._directory, ignore_errors=True)

    def abandon(self) -> None:
        """Closes the store in a forked child, where it leaves the directory and its lock to the parent."""
        self._use = threading.Lock()
        self._closed = True
        never_free(self._shard)  # it would flush
        leave_descriptors([self._directory / "owner.lock", self._home / "shard" / "wal"])

    def _close_shards(self) -> None:
        """Closes the shard, and that of the copy; nobody uses them any more."""
        with self._use:
            if self._copy is not None:
                self._copy.close()
            if self._shard_closed:  # its files were replaced, and what there is of them nobody has looked at
                return
            try:
                if self._unflushed:
                    self._flush_log()
                if not self._order_due:  # else there is less as soon as that is done
                    record_contents(self._home, count_points(self._shard))
            finally:  # or this process could not open the directory again
                self._shard.close()

    def _flush_log(self) -> None:
        """Flushes, so that the next open has little of the log to replay."""
        self._shard.flush()
        # A flush leaves the last record in the log, and that may be a batch of thousands of units. So the last record
        # is made to be a deletion of a point that there is not.
        self._shard.update(qe.UpdateOperation.delete_points([str(uuid.UUID(int=0))]))
        self._shard.flush()
        self._unflushed = 0

    @contextlib.contextmanager
    def _using(self, doing: str) -> Iterator[None]:
        with self._use:
            if self._dropped:
                raise CopyDroppedError("The copy was dropped, since something was erased meanwhile.")
            if self._closed:
                raise StoreError("The memory is closed. Open it again with Memory.open.")
            with engine_errors(doing, self._directory):
                if self._order_due:
                    self._carry_out_order()
                if self._shard_closed:
                    self._reload()
                yield


def _load(directory: Path, manifest: Manifest, reserve: int) -> tuple[qe.EdgeShard, Manifest]:
    """Opens the shard of a directory, which is locked, and reads its manifest, finishing what was cut off."""
    check_layout(directory)
    # In this order: a swap that was cut off left no `store`, and an empty one must not be made in its place.
    finish_swap(directory)
    home = directory / "store"
    if not home.exists():
        create_store(home, directory, manifest)
    mark_as_memory(directory)
    make_private(home)
    stored = read_manifest(home)
    manifest.check(stored, str(directory))
    # Before the shard is loaded: what was erased must not be read again, and the files may be open once only.
    purge.finish_order(home, directory)
    return load_shard(home, directory, stored, reserve), stored


def optimise(directory: Path) -> bool:
    """Merges segments and builds indexes in `directory`, which no process may have open; returns whether there was
    anything to do. Takes long and holds the interpreter: run it in a process of its own."""
    lock = lock_directory(directory)
    try:
        check_layout(directory)
        finish_swap(directory)
        home = directory / "store"
        if not home.exists():
            raise StoreError(f"{directory} holds no Fourfold memory.")
        purge.finish_order(home, directory)
        check_space(directory, 0, allocated_bytes(home / "shard"))
        with engine_errors("compact", directory):
            return purge.optimise(home)
    finally:
        unlock_directory(directory, lock)


def _is_copy_for(home: Path, manifest: Manifest) -> bool:
    """Returns whether the copy in `home` was begun for that manifest. A damaged one was not."""
    with contextlib.suppress(StoreError):
        return read_manifest(home) == manifest
    return False


def _bytes(point: Point) -> int:
    """Estimates the bytes that a point takes in the log: its vectors, and its payload as Python writes it."""
    vectors = (point.vector, point.tokens)
    payload = str(point.payload).encode(errors="surrogatepass")
    return len(payload) + sum(v.nbytes for v in vectors if v is not None)
