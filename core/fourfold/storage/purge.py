"""Rewrites points of an embedded store, and takes the bytes of what they were out of its files. Run as a program it
does that to one store, in a process of its own: the engine holds the interpreter for as long as it works.

What to do is written down first, in one file: from then on it is done, by whoever opens the store next if need be.
Points are deleted and put in again, so that every segment that held one lost something; such segments are built anew,
aside, and swapped in (the engine's own work, and it survives being killed). Then the engine's log is pushed on until
no file of it is left that held anything (docs/adr/0014).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import qdrant_edge as qe
from filelock import FileLock

from fourfold.errors import StoreError
from fourfold.ports import Point
from fourfold.schema.fields import KIND
from fourfold.storage import child
from fourfold.storage.contents import expect_fewer, expect_other_segments
from fourfold.storage.directory import allocated_bytes, read_manifest, sync_directory
from fourfold.storage.embedded_types import EDGE, config_of
from fourfold.storage.jsonl import from_line, to_line
from fourfold.storage.manifest import Manifest
from fourfold.storage.shard import engine_errors

_LOG_FILE_BYTES = 32 * 2**20
"""The engine's limit of a file of its log: a record of that size begins a new one, and the older ones can be
dropped."""
_NOBODY = str(uuid.UUID(int=1))
"""The id of no point: ours are hashes (`records.make_id`)."""
_NEVER = 10**9
"""Kilobytes, above which the engine would build an index: no segment is that large."""
_BATCH = 500
"""Points deleted and put in again at once. A guess, not measured."""
_TEXT_OF_BYTES = 6
"""Bytes of an order for each byte of its points: a float of four is written with up to 22 digits."""
_LONGEST_WAIT = 60
"""Seconds for another process to finish: an erasure in 10,000 units takes five, one in 100,000 took fifty
(docs/benchmarks.md)."""


def write_order(home: Path, points: Sequence[Point], removed: Sequence[str]) -> None:
    """Writes down, whole or not at all, that `points` are to be put in, and that those of the ids `removed` go. An
    order that is still due must be carried out before: this one would take its place."""
    expect_fewer(home, len(removed))
    aside = _unfinished_path(home)
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"gone": list(removed)}) + "\n")
            file.writelines(to_line(point) + "\n" for point in points)
            file.flush()
            os.fsync(file.fileno())
        # The rename is the commit of an erasure, so it must not come before the contents, nor be lost: both are
        # synced.
        aside.replace(_order_path(home))
    finally:
        _discard_unfinished(home)
    sync_directory(home)


def is_due(home: Path) -> bool:
    """Returns whether an order was written down and is not carried out."""
    return _order_path(home).exists()


def finish_order(home: Path, directory: Path) -> None:
    """Carries out the order that is due, if there is one; the shard is closed."""
    with engine_errors("open", directory):
        _discard_unfinished(home)
    if not is_due(home):
        return
    try:
        # In this process the engine itself may fail.
        with engine_errors("erase from", directory):
            _carry_out_apart(home)
    except (StoreError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or "").strip().splitlines()
        raise StoreError(
            f"What was to be erased in {directory} is noted, but not done yet "
            f"({': '.join([str(error), *said[-1:]])}). It is done before the "
            f"memory is read or written next; make room on the disk if that is full, and try again."
        ) from error


def _discard_unfinished(home: Path) -> None:
    """Removes an order whose writing was cut off, which is none: it has the text of what replaces the erased in it.
    Only whoever owns the store may ask, since he alone writes orders."""
    _unfinished_path(home).unlink(missing_ok=True)


def _carry_out_apart(home: Path) -> None:
    """Carries the order out, in a process of its own where one can be started; nobody may have the shard open. Raises
    `OSError` and `subprocess.SubprocessError`; the order is still there then."""
    if not child.can_start():
        _carry_out_alone(home)
        return
    try:
        child.run_module("fourfold.storage.purge", home)
    except OSError:  # the system starts no more processes, or forbids it
        _carry_out_alone(home)
    except subprocess.SubprocessError:
        if is_due(home):  # else it failed when all was done
            raise


def needed_bytes(home: Path, points_bytes: int) -> int:
    """Returns the room on the disk that an order may take: itself in text, all segments beside those they take the
    place of, and two files of the log."""
    return _TEXT_OF_BYTES * points_bytes + allocated_bytes(home / "shard") + 2 * _LOG_FILE_BYTES


def optimise(home: Path) -> bool:
    """Merges segments, and builds anew those that lost something and the indexes that are worth it. Returns whether
    there was anything to do."""
    expect_other_segments(home)
    edge_shard = _opened(home / "shard", read_manifest(home), index=True)
    changed = edge_shard.optimize()
    edge_shard.close()
    return bool(changed)


def _carry_out_alone(home: Path) -> None:
    """Carries the order out, unless it is done by now. A memory that was killed leaves its process at work behind it,
    and two that rewrite one store take each other's files away: so the second waits here."""
    with FileLock(home / "purge.lock", timeout=_LONGEST_WAIT):
        if is_due(home):
            _carry_out(home)


def _carry_out(home: Path) -> None:
    """Carries the order out from its beginning; what was done of it before is done again, to the same end."""
    shard = home / "shard"
    manifest = read_manifest(home)
    expect_other_segments(home)
    edge_shard = _opened(shard, manifest, index=_is_indexed(shard))
    with _order_path(home).open(encoding="utf-8") as lines:
        removed: list[int | str | uuid.UUID] = [
            str(uuid.UUID(point_id)) for point_id in json.loads(next(lines))["gone"]
        ]
        if removed:
            edge_shard.update(qe.UpdateOperation.delete_points(removed))
        for points in _batches(lines):
            # Deleted first: the engine overwrites in place in its newest segment, and would leave the old bytes
            # there.
            edge_shard.update(qe.UpdateOperation.delete_points([point.id for point in points]))
            edge_shard.update(qe.UpdateOperation.upsert_points([EDGE.point(point) for point in points]))
    edge_shard.optimize()
    edge_shard.flush()
    # A deletion of nothing whose filter is as large as a file of the log: it needs a new file, and with the flush the
    # older ones, which hold what is erased, are dropped.
    filler = qe.FieldCondition(KIND, match=qe.MatchValue("x" * _LOG_FILE_BYTES))
    edge_shard.update(qe.UpdateOperation.delete_points_by_filter(qe.Filter(must=[filler])))
    edge_shard.flush()
    # A flush leaves the last record in the log: without a small one behind it, each opening would replay the filler.
    edge_shard.update(qe.UpdateOperation.delete_points([_NOBODY]))
    edge_shard.flush()
    edge_shard.close()
    # The kept index has words and names of the erased units.
    shutil.rmtree(home / "cache", ignore_errors=True)
    # Last: as long as the order is there, a process that opens the store carries it out again, from the beginning.
    _order_path(home).unlink()
    sync_directory(home)


def _batches(lines: Iterator[str]) -> Iterator[list[Point]]:
    """Yields the points of an order in lists of at most `_BATCH`: it may be a whole bank, and need not fit in
    memory."""
    batch: list[Point] = []
    for line in lines:
        batch.append(from_line(line))
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _opened(shard: Path, manifest: Manifest, index: bool) -> qe.EdgeShard:
    """Opens the shard so that `optimize` builds anew every segment that lost a point; `index` lets it build
    indexes."""
    # The engine builds a segment anew once a fifth of it is deleted; here one deleted point has to be enough.
    optimisers = qe.EdgeOptimizersConfig(
        deleted_threshold=1e-9, vacuum_min_vector_number=1, indexing_threshold=None if index else _NEVER
    )
    config = config_of(manifest)
    return qe.EdgeShard.load(
        str(shard),
        qe.EdgeConfig(vectors=config.vectors, sparse_vectors=config.sparse_vectors, optimizers=optimisers),
    )


def _is_indexed(shard: Path) -> bool:
    """Returns whether some segment has an index of its vectors; a store has none before it is first compacted."""
    return any('"type":"hnsw"' in path.read_text() for path in shard.glob("segments/*/segment.json"))


def _order_path(home: Path) -> Path:
    return home / "purge"


def _unfinished_path(home: Path) -> Path:
    return home / "purge.new"


if __name__ == "__main__":
    _carry_out_alone(Path(sys.argv[1]))
