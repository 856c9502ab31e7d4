"""What a store has to have when it is opened: how many records at the least, and which files of each segment.

The engine does not ask. A shard whose segment is missing opens without its records, one whose payloads are missing
opens with records that say nothing, and both take new writes.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fourfold.errors import StoreError
from fourfold.storage.directory import replace_file

_HOLDING_RECORDS = ("*id_tracker*", "payload_storage", "vector_storage*", "version.info")
"""Entries of a segment's directory without which the engine opens it as empty, or with records that say nothing. The
others it makes anew, or does not open without."""
_REWRITTEN = ("flags_", "journal")
"""What the names of those files in them have that the engine puts anew by another name, or removes."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was on the disk when a store was last closed: never more than what is there now. `points` counts records;
    `segments` has of each segment, by its directory's name, the paths in it that hold records."""

    points: int = 0
    segments: Mapping[str, Sequence[str]] | None = None


def record_contents(home: Path, points: int) -> None:
    """Notes what the store in `home` has, with `points` records, all of them on the disk: what is in the system's
    cache alone may be lost with the power, and the memory would be refused for it."""
    # On a full disk the older note stays, which demands less.
    with contextlib.suppress(OSError):
        _write(home, Contents(points, {path.name: _entries(path) for path in _segments(home)}))


def expect_fewer(home: Path, fewer: int) -> None:
    """Notes that up to `fewer` records are about to go: before they do, or an opening after a crash in between would
    miss them."""
    known = _read(home)
    _write(home, Contents(max(0, known.points - fewer), known.segments))


def expect_other_segments(home: Path) -> None:
    """Notes that the engine is about to build segments anew: which files there will be, nobody knows until then.
    Raises `StoreError` as `check_files`: what is lost would not be missed any more."""
    check_files(home)
    _write(home, Contents(_read(home).points))


def check_files(home: Path) -> None:
    """Raises `StoreError` where a segment, or a part of one, is missing. To be asked before the engine opens the
    shard, since it removes what it takes for unfinished, and makes a segment where there is none."""
    for name, entries in (_read(home).segments or {}).items():
        path = home / "shard" / "segments" / name
        lost = sorted(set(entries).difference(_entries(path)))
        if lost:
            raise _incomplete(home, f"{path / lost[0]} is missing")


def check_points(home: Path, points: int) -> None:
    """Raises `StoreError` where a shard that was opened has fewer records than it must have."""
    known = _read(home).points
    if points < known:
        raise _incomplete(home, f"{known - points} of {known} records are missing")


def _incomplete(home: Path, what: str) -> StoreError:
    return StoreError(
        f"{home.parent} is damaged: {what}. Nothing was changed. Restore the directory from a backup. To go on "
        f"without what is missing, delete {_path(home)} first."
    )


def _segments(home: Path) -> list[Path]:
    # One that the engine was about to remove has another name by then ("....deleted").
    return [path for path in (home / "shard" / "segments").glob("*") if path.is_dir() and not path.suffix]


def _entries(segment: Path) -> list[str]:
    held = (path for pattern in _HOLDING_RECORDS for path in segment.glob(pattern))
    paths = (path for entry in held for path in (entry, *entry.rglob("*")))
    return sorted(
        str(path.relative_to(segment)) for path in paths if not any(part in path.name for part in _REWRITTEN)
    )


def _read(home: Path) -> Contents:
    """Reads the note; one that is not there, or was damaged, demands nothing."""
    try:
        fields = json.loads(_path(home).read_text())
        segments = {name: list(map(str, paths)) for name, paths in dict(fields["segments"] or {}).items()}
        return Contents(int(fields["points"]), segments)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Contents()


def _write(home: Path, contents: Contents) -> None:
    if contents != _read(home):
        fields = {"points": contents.points, "segments": contents.segments}
        replace_file(_path(home), json.dumps(fields))


def _path(home: Path) -> Path:
    return home / "contents.json"
