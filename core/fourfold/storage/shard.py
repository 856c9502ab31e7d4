"""The engine's part of an embedded store, its shard: made, opened, and its failures told. Run as a program it opens
one and closes it, which replays what the log has and the segments have not."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import qdrant_edge as qe

from fourfold.errors import StoreError, StoreLockedError
from fourfold.ports import Fields
from fourfold.schema.sealed import SEALED
from fourfold.settings import make_private
from fourfold.storage import child
from fourfold.storage.contents import check_files, check_points
from fourfold.storage.directory import drop_pages, owner, read_ahead, write_manifest
from fourfold.storage.embedded_types import EDGE, config_of, payload_of
from fourfold.storage.filters import INDEXED
from fourfold.storage.manifest import Manifest


def create_store(home: Path, directory: Path, manifest: Manifest) -> None:
    """Makes an empty store in `home`, which appears whole: it is made aside and renamed."""
    aside = directory / "store.new"
    shutil.rmtree(aside, ignore_errors=True)
    with engine_errors("create", directory):
        make_private(aside)
        (aside / "shard").mkdir()
        shard = qe.EdgeShard.create(str(aside / "shard"), config_of(manifest))
        _create_indexes(shard)
        shard.close()
        write_manifest(aside, manifest)
        aside.rename(home)


def load_shard(home: Path, directory: Path, manifest: Manifest, reserve: int = 0) -> qe.EdgeShard:
    """Opens the shard in `home`. Raises `StoreError` where something of it is missing or damaged, or is not as its
    manifest says."""
    if not (home / "shard" / "edge_config.json").exists():
        raise StoreError(
            f"The data of {directory} is missing or damaged (no {home / 'shard' / 'edge_config.json'}). Nothing "
            f"was changed. Restore the directory from a backup."
        )
    check_files(home)
    if shutil.disk_usage(directory).free < reserve:
        _replay_log(home, directory)
    with engine_errors("open", directory):
        shard = qe.EdgeShard.load(str(home / "shard"))
        points = count_points(shard)
        try:
            check_points(home, points)
            first, _ = shard.scroll(
                qe.ScrollRequest(limit=1, with_payload=payload_of(Fields(only=(SEALED,))))
            )
            for record in first:
                manifest.check_record(record.payload or {}, str(directory))
        except StoreError:
            shard.close()
            raise
        if not points:
            _create_indexes(shard)  # a shard whose segments are gone has none
    drop_pages(home)
    read_ahead(home / "shard" / "segments")
    return shard


def _create_indexes(shard: qe.EdgeShard) -> None:
    """Creates the indexes of the fields that filters go by."""
    for name, kind in INDEXED.items():
        shard.update(qe.UpdateOperation.create_field_index(name, EDGE.types.index(kind)))


def count_points(shard: qe.EdgeShard) -> int:
    """Returns how many records a shard has."""
    return int(shard.count(qe.CountRequest(exact=True)))


def _replay_log(home: Path, directory: Path) -> None:
    """Replays the log in a process of its own: on a full disk it would end this one. Raises `StoreError` where the
    room does not suffice."""
    if not child.can_start():
        return
    try:
        child.run_module(__name__, home)
    except subprocess.CalledProcessError as error:
        # A status of its own is a failure that the engine tells better when it is asked here.
        if error.returncode < 0:
            free = shutil.disk_usage(directory).free
            raise StoreError(
                f"The disk of {directory} has {free / 2**20:.0f} MB left, too little to open it: what was written "
                f"last is in its log, and has to be put in its place first. Nothing is lost. Make room and open it "
                f"again."
            ) from error


@contextlib.contextmanager
def engine_errors(doing: str, directory: Path) -> Iterator[None]:
    """Raises the engine's failures as `StoreError`s that say what to do. Our own bugs pass: whoever was told that the
    files are damaged would restore a backup over good data."""
    try:
        yield
    except BaseException as error:  # the engine's panics are no `Exception`s
        if not _is_of_engine(error):
            raise
        # All that the engine says when another process has the shard open is this name of Rust's error.
        if "WouldBlock" in str(error):
            raise StoreLockedError(
                f"{directory} is open in {owner(directory)}. Close it there first."
            ) from error
        raise StoreError(
            f"Could not {doing} {directory}: {error}. If this repeats, its files are damaged or the disk is full; "
            f"make room, or restore the directory from a backup."
        ) from error


def _is_of_engine(error: BaseException) -> bool:
    """Returns whether the engine, or the file system, failed. The engine raises bare `Exception`s, and on broken
    files panics, which are `BaseException`s of a module that cannot be imported; for arguments of a wrong type or
    form it raises `TypeError` and `ValueError`, which are bugs of ours."""
    return type(error) is Exception or type(error).__module__ == "pyo3_runtime" or isinstance(error, OSError)


if __name__ == "__main__":
    qe.EdgeShard.load(str(Path(sys.argv[1]) / "shard")).close()
