"""What happens after something failed below: a child process, the disk, a file of the engine's. What is acknowledged
afterwards stays, and what cannot be trusted is refused."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from fourfold import Bank, Change, ConfigurationError, Memory, Message, StoreError
from fourfold.testing import HashEmbedder

SECRET = "The vault code is a flowerpot."


def _open(directory: Path) -> Memory:
    return Memory.open(str(directory), embedder=HashEmbedder())


@contextmanager
def _failing_children(tmp_path: Path) -> Iterator[None]:
    """Has every Python that is started fail at once."""
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(script))
        yield


def _files(directory: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def _named(bank: Bank, text: str) -> str:
    return next(unit.id for unit in bank.units() if unit.text == text)


def _change_of(bank: Bank, text: str) -> Change:
    return next(change for change in bank.history() if _named(bank, text) in change.units)


AFTERWARDS: dict[str, tuple[Callable[[Bank], object], set[str]]] = {
    "retain": (
        lambda bank: bank.retain("The ferry is blue."),
        {"The ferry is blue.", "The roof leaks.", "The cellar is dry."},
    ),
    "forget": (lambda bank: bank.forget(unit=_named(bank, "The roof leaks.")), {"The cellar is dry."}),
    "edit": (
        lambda bank: bank.edit(_named(bank, "The cellar is dry."), "The cellar is wet."),
        {"The roof leaks.", "The cellar is wet."},
    ),
    "undo": (lambda bank: bank.undo(_change_of(bank, "The cellar is dry.")), {"The roof leaks."}),
    "erase": (
        lambda bank: bank.forget(unit=_named(bank, "The roof leaks."), erase=True),
        {"The cellar is dry."},
    ),
}


@pytest.mark.parametrize("then", AFTERWARDS)
def test_what_is_written_after_a_failed_erasure_stays(tmp_path: Path, then: str) -> None:
    write, texts = AFTERWARDS[then]
    with _open(tmp_path / "memory") as memory:
        bank = memory.bank("a")
        bank.retain(SECRET, document="secret")
        bank.retain("The roof leaks.", document="roof")
        bank.retain("The cellar is dry.", document="cellar")
        with _failing_children(tmp_path), pytest.raises(StoreError, match="noted, but not done yet"):
            bank.forget(document="secret", erase=True)
        write(bank)
        records = len(bank.history())
    with _open(tmp_path / "memory") as memory:
        bank = memory.bank("a")
        assert {unit.text for unit in bank.units()} == texts
        assert len(bank.history()) == records
        assert memory.find_text("flowerpot") == []


def test_nothing_is_read_or_written_as_long_as_an_erasure_cannot_be_finished(tmp_path: Path) -> None:
    with _open(tmp_path / "memory") as memory:
        bank = memory.bank("a")
        bank.retain(SECRET, document="secret")
        bank.retain("The roof leaks.")
        with _failing_children(tmp_path):
            for use in (
                lambda: bank.forget(document="secret", erase=True),
                lambda: bank.retain("The ferry is blue."),
                lambda: bank.recall("What leaks?"),
            ):
                with pytest.raises(StoreError, match="before the memory is read or written next"):
                    use()
    with _failing_children(tmp_path), pytest.raises(StoreError, match="noted, but not done yet"):
        _open(tmp_path / "memory")
    with _open(tmp_path / "memory") as memory:
        assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]


def test_an_erasure_needs_no_process_where_none_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _open(tmp_path / "memory") as memory:
        memory.bank("a").retain(SECRET, document="secret")
        monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
        memory.bank("a").forget(document="secret", erase=True)
        assert memory.find_text("flowerpot") == []


def test_an_erasure_minds_no_modules_of_the_directory_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / "random.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setattr(sys, "path", [*sys.path, tmp_path])  # no text: Python passes over it
    with _open(tmp_path / "memory") as memory:
        memory.bank("a").retain(SECRET, document="secret")
        memory.bank("a").forget(document="secret", erase=True)
        assert memory.find_text("flowerpot") == []


@pytest.mark.parametrize(
    "lost",
    [
        ".",
        "payload_storage",
        "version.info",
        "mutable_id_tracker.mappings",
        "vector_storage-dense/vectors/chunk_0.mmap",
    ],
)
def test_a_memory_that_lost_a_segment_or_a_part_of_one_is_refused(tmp_path: Path, lost: str) -> None:
    directory, kept = tmp_path / "memory", tmp_path / "kept"
    with _open(directory) as memory:
        memory.bank("a").retain("The roof leaks.")
    shutil.copytree(directory, kept)
    (segment,) = (directory / "store" / "shard" / "segments").iterdir()
    shutil.rmtree(segment / lost) if (segment / lost).is_dir() else (segment / lost).unlink()
    before = _files(directory / "store")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"is damaged: .* missing\. Nothing was changed\. Restore"):
            _open(directory)
    assert _files(directory / "store") == before
    shutil.rmtree(directory)
    kept.rename(directory)
    with _open(directory) as memory:
        assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]


def test_a_memory_that_lost_a_segment_opens_without_it_where_that_is_asked_for(tmp_path: Path) -> None:
    with _open(tmp_path) as memory:
        memory.bank("a").retain("The roof leaks.")
    shutil.rmtree(next((tmp_path / "store" / "shard" / "segments").iterdir()))
    (tmp_path / "store" / "contents.json").unlink()
    with _open(tmp_path) as memory:
        assert memory.banks() == []
        memory.bank("a").retain("The roof leaks.")
        assert [hit.unit.text for hit in memory.bank("a").recall("roof").hits] == ["The roof leaks."]


def test_a_memory_whose_store_is_gone_is_refused_until_that_is_asked_for(tmp_path: Path) -> None:
    _open(tmp_path).close()
    shutil.rmtree(tmp_path / "store")
    with pytest.raises(
        StoreError, match=r"store is gone\. Nothing was changed\. Restore .*, delete"
    ) as refused:
        _open(tmp_path)
    assert str(tmp_path / "memory") in str(refused.value)
    assert not (tmp_path / "store").exists()
    (tmp_path / "memory").unlink()
    _open(tmp_path).close()


def test_a_store_that_is_removed_while_it_is_open_takes_no_more(tmp_path: Path) -> None:
    with _open(tmp_path) as memory:
        memory.bank("a").retain("The roof leaks.")
        (tmp_path / "store").rename(tmp_path / "elsewhere")
        with pytest.raises(StoreError, match=r"store was removed or replaced while it was open\. Nothing"):
            memory.bank("a").retain("The cellar is dry.")
        shutil.copytree(tmp_path / "elsewhere", tmp_path / "store")
        before = _files(tmp_path / "store")
        with pytest.raises(StoreError, match=r"removed or replaced"):
            memory.bank("a").retain("The cellar is dry.")
        assert _files(tmp_path / "store") == before
        shutil.rmtree(tmp_path / "store")
        assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]
        (tmp_path / "elsewhere").rename(tmp_path / "store")
        memory.bank("a").retain("The cellar is dry.")


@pytest.mark.parametrize("kind", ["file", "link", "directory"])
def test_what_a_user_calls_memory_is_no_mark_of_a_memory(tmp_path: Path, kind: str) -> None:
    own, elsewhere = tmp_path / "mine" / "memory", tmp_path / "elsewhere"
    own.parent.mkdir()
    elsewhere.touch()
    if kind == "file":
        own.write_text("My notes on memory.")
    elif kind == "link":
        own.symlink_to(elsewhere)
    else:
        own.mkdir()
    with pytest.raises(ConfigurationError, match=r"holds no Fourfold memory \(it has memory\)"):
        _open(own.parent)
    assert list(own.parent.iterdir()) == [own]
    assert own.is_dir() or own.read_bytes() == (b"My notes on memory." if kind == "file" else b"")


def test_files_with_the_names_of_a_memorys_own_stay_as_they_are(tmp_path: Path) -> None:
    _open(tmp_path / "memory").close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / "memory" / "owner.json").symlink_to(elsewhere)
    _open(tmp_path / "memory").close()
    assert elsewhere.read_text() == "mine"
    (tmp_path / "memory" / "owner.json").unlink()
    (tmp_path / "memory" / "owner.json").write_text('{"keys": ["mine"]}')
    _open(tmp_path / "memory").close()
    assert (tmp_path / "memory" / "owner.json").read_text() == '{"keys": ["mine"]}'
    for name, make in (("store.old", Path.mkdir), ("store.next", Path.touch)):
        own = tmp_path / "memory" / name
        make(own)
        kept = own if own.is_file() else own / "photos"
        kept.write_text("mine")
        with pytest.raises(StoreError, match="Move it somewhere else"):
            _open(tmp_path / "memory")
        assert kept.read_text() == "mine"
        kept.rename(tmp_path / f"{name} moved")
        shutil.rmtree(own, ignore_errors=True)
    _open(tmp_path / "memory").close()


@pytest.mark.parametrize("name", ["manifest.json", "contents.json"])
def test_numbers_that_are_none_in_the_files_beside_a_store_raise_nothing_raw(
    tmp_path: Path, name: str
) -> None:
    with _open(tmp_path) as memory:
        memory.bank("a").retain("The roof leaks.")
    path = tmp_path / "store" / name
    path.write_text(re.sub(r": \d+", ": Infinity", path.read_text()))
    if name == "manifest.json":
        with pytest.raises(StoreError, match="damaged"):
            _open(tmp_path)
    else:  # it demands nothing then
        with _open(tmp_path) as memory:
            assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]


def test_a_first_opening_that_was_killed_before_there_was_a_store_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "owner.lock").touch()
    (tmp_path / "owner.json").write_text('{"pid": 1}')
    (tmp_path / "store.new" / "shard").mkdir(parents=True)
    _open(tmp_path).close()


@pytest.mark.parametrize("part", ["store", "store/shard"])
def test_a_memory_of_which_a_part_is_a_link_is_refused_and_one_behind_a_link_is_not(
    tmp_path: Path, part: str
) -> None:
    directory, link, elsewhere = tmp_path / "memory", tmp_path / "link", tmp_path / "another disk"
    directory.mkdir()
    link.symlink_to(directory)
    _open(link).close()
    (directory / part).rename(elsewhere)
    (directory / part).symlink_to(elsewhere)
    before = _files(elsewhere)
    with pytest.raises(StoreError, match="is a symbolic link, behind which erased text would stay"):
        _open(directory)
    assert _files(elsewhere) == before


def test_what_a_change_of_the_embedder_could_not_remove_goes_with_the_next_erasure(tmp_path: Path) -> None:
    with _open(tmp_path) as memory:
        memory.bank("a").retain(SECRET, document="secret")
        shutil.copytree(tmp_path / "store", tmp_path / "store.old")
        memory.bank("a").forget(document="secret", erase=True)
        assert memory.find_text("flowerpot") == []


REMOVES_WHILE_LISTED = """
import shutil, sys
from fourfold import Memory

def remove(event, arguments):
    if event == "os.scandir" and str(arguments[0]).endswith(".deleted"):
        shutil.rmtree(arguments[0], ignore_errors=True)

sys.addaudithook(remove)
Memory.open(sys.argv[1], embedder="static").close()
"""


def test_a_segment_that_a_killed_memory_is_still_removing_stops_no_opening(tmp_path: Path) -> None:
    Memory.open(str(tmp_path), embedder="static").close()
    removed = tmp_path / "store" / "shard" / "segments" / "a.deleted"
    (removed / "payload_index").mkdir(parents=True)
    command = [sys.executable, "-c", REMOVES_WHILE_LISTED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not removed.exists()


@pytest.mark.parametrize(("owner", "listing"), [(Path, "glob"), (Path, "rglob"), (os, "scandir")])
def test_a_disk_that_cannot_be_read_is_told_and_opens_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, listing: str
) -> None:
    def broken(path: object, pattern: str = "") -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with _open(tmp_path) as memory:
        memory.bank("a").retain("The roof leaks.")
    with monkeypatch.context() as patched:
        patched.setattr(owner, listing, broken)
        with contextlib.suppress(StoreError), _open(tmp_path) as memory:
            assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]
    with _open(tmp_path) as memory:
        assert [unit.text for unit in memory.bank("a").units()] == ["The roof leaks."]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 MB in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


KILLED = """
import os, signal, sys
from fourfold import Memory, Message, Settings
with Memory.open(sys.argv[1], embedder="static", settings=Settings(language="ja")) as memory:
    lines = [Message(f"Note {n} of the log says so.", "Ana", id=str(n)) for n in range(200)]
    memory.bank("a").retain(lines, document="d")
    print(len(memory.bank("a").units()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _fill(disk: Path, leave: int = 0) -> Path:
    """Fills the disk but for so many bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while shutil.disk_usage(disk).free > leave:
            file.write(bytes(4096))
    return filler


@pytest.mark.slow
def test_a_full_disk_ends_no_process_and_loses_nothing(small_disk: Path) -> None:
    location = str(small_disk / "memory")
    command = [sys.executable, "-c", KILLED, location]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.stdout.split() == ["200"]
    filler = _fill(small_disk)
    # What was written last is in the log alone, and there is no room to put it in its place.
    with pytest.raises(StoreError, match="Nothing is lost"):
        Memory.open(location, embedder="static")
    filler.unlink()
    with Memory.open(location, embedder="static") as memory:
        bank = memory.bank("a")
        assert len(bank.units()) == 200
        filler = _fill(small_disk, leave=66 * 2**20)  # more than the reserve, and less than it and the lines
        with pytest.raises(StoreError, match="Nothing was written"):
            bank.retain([Message(f"Line {n} of a list.", "Ana", id=str(n)) for n in range(200)], document="l")
        filler.unlink()
        bank.retain("One more.")
        assert len(bank.units()) == 201
