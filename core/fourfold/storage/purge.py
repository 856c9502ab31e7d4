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
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import qdrant_edge as qe

from fourfold.ports import Point
from fourfold.storage.directory import read_manifest, sync_directory
from fourfold.storage.embedded_types import EDGE, config_of
from fourfold.storage.jsonl import from_line, to_line
from fourfold.storage.manifest import Manifest

_LOG_FILE_BYTES = 32 * 2**20
_NOBODY = str(uuid.UUID(int=1))
_NEVER = 10**9  # kB: no segment is that large
_AT_ONCE = 500
_ATTEMPTS, _PAUSE = 600, 0.1


def note(home: Path, points: Sequence[Point], gone: Sequence[str]) -> None:
    """Writes down, whole or not at all, that `points` are to be put in, and `gone` to go."""
    aside = home / "purge.new"
    with aside.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"gone": list(gone)}) + "\n")
        file.writelines(to_line(point) + "\n" for point in points)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(_noted(home))
    sync_directory(home)


def is_due(home: Path) -> bool:
    """Whether something was noted and is not done."""
    (home / "purge.new").unlink(missing_ok=True)
    return _noted(home).exists()


def carry_out(home: Path) -> None:
    """Does what was noted, in a process of its own; nobody may have the shard open. Raises `OSError` and
    `subprocess.SubprocessError`; it is still noted then."""
    if getattr(sys, "frozen", False):  # there is no interpreter to start
        _carry_out(home)
    else:
        command = [sys.executable, "-m", "fourfold.storage.purge", str(home)]
        paths = os.pathsep.join(path or os.curdir for path in sys.path)
        environment = {**os.environ, "PYTHONPATH": paths}
        for attempt in range(_ATTEMPTS):
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
            if done.returncode == 0 or not is_due(home):
                return
            if "WouldBlock" not in done.stderr or attempt == _ATTEMPTS - 1:
                done.check_returncode()
            time.sleep(_PAUSE)  # another one is at it, whose memory was killed


def optimise(home: Path) -> bool:
    """Merges segments, builds those anew that lost something, and the indexes that are worth it; whether there was
    anything to do."""
    opened = _opened(home / "shard", read_manifest(home), index=True)
    changed = opened.optimize()
    opened.close()
    return bool(changed)


def _carry_out(home: Path) -> None:
    shard = home / "shard"
    manifest = read_manifest(home)
    opened = _opened(shard, manifest, index=_is_indexed(shard))
    with _noted(home).open(encoding="utf-8") as lines:
        gone: list[Any] = [str(uuid.UUID(one)) for one in json.loads(next(lines))["gone"]]
        if gone:
            opened.update(qe.UpdateOperation.delete_points(gone))
        for points in _batches(lines):
            opened.update(qe.UpdateOperation.delete_points([point.id for point in points]))
            opened.update(qe.UpdateOperation.upsert_points([EDGE.point(point) for point in points]))
    opened.optimize()
    opened.flush()
    filler = qe.FieldCondition("kind", match=qe.MatchValue("x" * _LOG_FILE_BYTES))
    opened.update(qe.UpdateOperation.delete_points_by_filter(qe.Filter(must=[filler])))  # it needs a new file
    opened.flush()
    opened.update(qe.UpdateOperation.delete_points([_NOBODY]))
    opened.flush()
    opened.close()
    shutil.rmtree(home / "cache", ignore_errors=True)
    _noted(home).unlink()
    sync_directory(home)


def _batches(lines: Iterator[str]) -> Iterator[list[Point]]:
    batch: list[Point] = []
    for line in lines:
        batch.append(from_line(line))
        if len(batch) >= _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _opened(shard: Path, manifest: Manifest, index: bool) -> qe.EdgeShard:
    optimisers = qe.EdgeOptimizersConfig(
        deleted_threshold=1e-9, vacuum_min_vector_number=1, indexing_threshold=None if index else _NEVER
    )
    config = config_of(manifest)
    return qe.EdgeShard.load(
        str(shard),
        qe.EdgeConfig(vectors=config.vectors, sparse_vectors=config.sparse_vectors, optimizers=optimisers),
    )


def _is_indexed(shard: Path) -> bool:
    """Whether some segment has an index of its vectors; a store has none before it is first compacted."""
    return any('"type":"hnsw"' in path.read_text() for path in shard.glob("segments/*/segment.json"))


def _noted(home: Path) -> Path:
    return home / "purge"


if __name__ == "__main__":
    _carry_out(Path(sys.argv[1]))
