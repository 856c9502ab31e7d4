"""The directory of an embedded store: who owns it, what it says of itself, how much room there is."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mmap
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from fourfold.errors import StoreError, StoreLockedError
from fourfold.settings import MARK, MARK_TEXT, is_mark
from fourfold.storage.manifest import Manifest

_READ_AHEAD = 1024 * 2**20
"""Bytes of a store that are read ahead. A guess, not measured."""
_OWNER = "owner.json"
_STORES = ("store", "store.new", "store.next", "store.old")
_PARTS_OF_STORE = {
    *("shard", "cache", "manifest.json", "manifest.new", "contents.json", "contents.new"),
    *("purge", "purge.new", "purge.lock"),
}
"""Names in the directory of a store: of what `storage` writes there, finished or not."""
_ADVICE_BYTES = 128 * 2**10
"""Bytes of one piece of advice: Linux takes no more at once."""


def lock_directory(directory: Path) -> FileLock:
    """Takes the directory for this process, or raises `StoreLockedError` naming the owner.
    `unlock_directory` gives it back."""
    # A lock of the system, which ends with the process, however that ends; a file with a process id would have to be
    # judged. thread_local=False: it is the process', whichever thread opens or closes the memory.
    lock = FileLock(directory / "owner.lock", blocking=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreLockedError(
            f"{directory} is open in {owner(directory)}. Close it there, use a Qdrant server "
            f"for several processes (Memory.open(url)), or open another directory."
        ) from error
    except OSError as error:
        lock.release()
        raise StoreError(
            f"{directory} cannot be written to ({error.strerror}). Make it writable, or choose another one."
        ) from error
    # It only says by whom: on a full disk the memory can be read all the same.
    with contextlib.suppress(OSError):
        if _is_owners_note(directory):
            (directory / _OWNER).write_text(json.dumps({"pid": os.getpid()}))
    return lock


def swap_stores(directory: Path) -> None:
    """Puts the finished copy, `store.next`, in the place of `store`, which becomes `store.old`. Two renames, since no
    file system exchanges two directories portably: `finish_swap` completes it where the process ended in between."""
    home, previous = directory / "store", directory / "store.old"
    home.rename(previous)
    try:
        (directory / "store.next").rename(home)
    except OSError:  # nothing was lost: the store is put back, and the copy is still there
        previous.rename(home)
        raise
    # The swap is done, and whoever was told that it failed would go on with the other embedder.
    with contextlib.suppress(OSError):
        sync_directory(directory)


def check_layout(directory: Path) -> None:
    """Raises `StoreError` where a part of the memory is a link or somebody else's, or its `store` is gone."""
    # A swap would rename the link and leave what it leads to, which no search for erased text sees either. The
    # directory itself may be a link.
    for home in (directory / name for name in _STORES):
        for path in (home, *paths_below(home)):
            if path.is_symlink():
                raise StoreError(
                    f"{path} is a symbolic link, behind which erased text would stay. Nothing was changed. Put what "
                    f"it leads to in its place; to have the memory on another disk, move {directory} as a whole, and "
                    f"link that."
                )
    for home in (directory / name for name in _STORES[1:]):
        if home.exists() and not (
            home.is_dir() and {path.name for path in home.iterdir()} <= _PARTS_OF_STORE
        ):
            raise StoreError(
                f"{home} has a name that the memory needs for a copy of its store, and is none. Nothing was changed. "
                f"Move it somewhere else."
            )
    mark = directory / MARK
    if is_mark(mark) and not any((directory / name).exists() for name in ("store", "store.old")):
        raise StoreError(
            f"{directory} held a memory, and {directory / 'store'} is gone. Nothing was changed. Restore it from a "
            f"backup. To begin an empty memory in its place, delete {mark} first."
        )


def identity_of(home: Path) -> tuple[int, int] | None:
    """Returns what tells the shard in `home` from another one of its name; None where there is none."""
    with contextlib.suppress(FileNotFoundError):
        status = (home / "shard").stat()
        return status.st_dev, status.st_ino
    return None


def check_present(home: Path, identity: tuple[int, int] | None) -> None:
    """Raises `StoreError` where the files of an open store, which had this identity, are gone, or others are in
    their place: the engine would write to what nobody finds any more, and into the others."""
    if identity_of(home) != identity:
        raise StoreError(
            f"{home} was removed or replaced while it was open. Nothing was written. Export what can still be read, "
            f"close the memory, and restore the directory from a backup."
        )


def mark_as_memory(directory: Path) -> None:
    """Notes that there is a `store`, so that its loss is noticed."""
    mark = directory / MARK
    with contextlib.suppress(OSError):  # a disk that is full, or read alone, can be read all the same
        if not os.path.lexists(mark):  # else it is the mark, or its user's own
            sync_directory(directory)  # the store's name is on the disk before the mark is
            mark.write_text(MARK_TEXT)


def remove_tree(path: Path) -> None:
    """Removes a directory that may not be there. Raises `OSError` where anything of it stays."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)


def finish_swap(directory: Path) -> None:
    """Completes a swap that was cut off, and removes the store that the copy took the place of."""
    home = directory / "store"
    copy = directory / "store.next"
    previous = directory / "store.old"
    # Between the two renames there is no `store`. The copy was whole before the first of them, so it takes the place.
    if previous.exists() and not home.exists():
        (copy if copy.exists() else previous).rename(home)
    shutil.rmtree(previous, ignore_errors=True)


def sync_directory(directory: Path) -> None:
    """Waits until the names of the directory's entries are on the disk, where the system can say so."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(directory, os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unlock_directory(directory: Path, lock: FileLock) -> None:
    """Gives the directory up."""
    # In this order: after the release the file may be the next owner's.
    with contextlib.suppress(OSError):
        if _is_owners_note(directory):
            (directory / _OWNER).unlink(missing_ok=True)
    lock.release()


def owner(directory: Path) -> str:
    """Returns "another process (pid 123)", or "this process", for who has a directory open."""
    process = _owner_noted(directory)
    if process is None:
        return "another process"
    return "this process" if process == os.getpid() else f"another process (pid {process})"


def _owner_noted(directory: Path) -> int | None:
    try:
        return int(json.loads((directory / _OWNER).read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _is_owners_note(directory: Path) -> bool:
    """Returns whether the file that says who has a directory open is ours: no link, no file of its user's."""
    path = directory / _OWNER
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return False
    return not path.exists() or not path.stat().st_size or _owner_noted(directory) is not None


def read_manifest(home: Path) -> Manifest:
    """Reads the manifest of the store in `home`; raises `StoreError` if it is damaged."""
    try:
        fields = dict(json.loads((home / "manifest.json").read_text()))
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise StoreError(
            f"The manifest of {home} cannot be read ({error}). Nothing was changed. Restore it from a backup."
        ) from error
    return Manifest.from_json(fields, str(home))


def write_manifest(home: Path, manifest: Manifest) -> None:
    """Puts `manifest` in place of the one there, whole or not at all."""
    replace_file(home / "manifest.json", json.dumps(manifest.to_json()))


def replace_file(path: Path, text: str) -> None:
    """Puts a file with `text` in place of the one at `path`: if the process or the machine ends in between, it is the
    old one or the new one, as a whole."""
    aside = path.with_suffix(".new")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def encodings_of(text: str) -> tuple[bytes, ...]:
    """Returns the bytes that a text may be written as: UTF-8, with JSON's escapes, UTF-16."""
    # JSON escapes letters beyond ASCII, so a name like "Zoë" is in such a file under its escapes alone. Half a
    # surrogate pair, which a text cut in two may end in, is no UTF-8: it passes, so that the search does not fail.
    escaped = json.dumps(text)[1:-1]
    encodings = (
        text.encode(errors="surrogatepass"),
        escaped.encode(),
        text.encode("utf-16-le", "surrogatepass"),
    )
    return tuple(dict.fromkeys(encodings))


def contains_any(path: Path, needles: Sequence[bytes]) -> bool:
    """Returns whether a file holds any of `needles`. One that was removed meanwhile does not."""
    try:
        size = path.stat().st_size
        if not size:
            return False
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(
                # A hole is read as zeros, and the bytes of a text may begin or end with one.
                content.find(needle, max(0, start - len(needle)), end + len(needle)) >= 0
                for start, end in _written(file.fileno(), size)
                for needle in needles
            )
    except FileNotFoundError:
        return False


def _written(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """Yields the spans of a file that were written, as far as the system can say so: the engine reserves hundreds of
    megabytes, of which most are holes."""
    if not hasattr(os, "SEEK_DATA"):
        yield 0, size
        return
    end = 0
    try:
        while True:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
            yield start, end
    except OSError as error:
        if error.errno != errno.ENXIO:  # that there is no more
            raise


def check_space(directory: Path, reserve: int, taken: int) -> None:
    """Raises `StoreError` if less than `reserve` bytes would be free once `taken` more are used."""
    free = shutil.disk_usage(directory).free
    if free < reserve + taken:
        raise StoreError(
            f"The disk of {directory} has {free / 2**20:.0f} MB left. This takes up to {taken / 2**20:.1f} MB, and "
            f"{reserve / 2**20:.0f} MB are kept in reserve (FOURFOLD_RESERVE_BYTES). Nothing was written. Make room "
            f"and try again, or write less at once."
        )


def allocated_bytes(directory: Path) -> int:
    """Returns the bytes that the files of a directory take on the disk, which the engine's have reserved more than
    they use."""
    total = 0
    for path in paths_below(directory):
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                continue
            total += getattr(status, "st_blocks", 0) * 512 or status.st_size
    return total


def paths_below(directory: Path) -> Iterator[Path]:
    """Yields the paths of all that is in a directory, and in those in it; nothing where there is none. What goes
    meanwhile is passed over: the process of a memory that was killed may still be removing segments."""

    def check(error: OSError) -> None:
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise error

    for parent, directories, files in os.walk(directory, onerror=check):
        yield from (Path(parent, name) for name in (*directories, *files))


def read_ahead(directory: Path) -> None:
    """Asks the system to read the files into its cache, up to `_READ_AHEAD`. The engine maps them for random access,
    so each page would otherwise wait for the disk on its own (docs/adr/0001)."""
    if not hasattr(os, "posix_fadvise"):
        return
    budget = _READ_AHEAD
    with contextlib.suppress(OSError):  # what cannot be read is told by whoever has to read it
        for path in sorted(path for path in paths_below(directory) if path.is_file()):
            size = path.stat().st_blocks * 512  # what the engine has only reserved is not on the disk
            budget -= size
            if budget < 0:
                return
            with path.open("rb") as file:
                for at in range(0, size, _ADVICE_BYTES):
                    os.posix_fadvise(file.fileno(), at, _ADVICE_BYTES, os.POSIX_FADV_WILLNEED)


def drop_pages(directory: Path) -> None:
    """Takes what is mapped of the directory's files out of this process (on Linux); the system's cache keeps it.
    Opening reads all of the log once, which would count as this process' memory ever after."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return
    inside = f"{directory.resolve()}{os.sep}"
    libc = ctypes.CDLL(None, use_errno=True)
    for line in maps.read_text().splitlines():
        span, modes, *_, path = line.split(maxsplit=5)
        # Not what is mapped privately to be written to: a change would be lost.
        if path.startswith(inside) and (modes.endswith("s") or "w" not in modes):
            start, end = (int(part, 16) for part in span.split("-"))
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), mmap.MADV_DONTNEED)
