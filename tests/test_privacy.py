"""Whom the files of a memory are open to, and what of them is left behind."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from fourfold import ConfigurationError, Memory
from fourfold.testing import HashEmbedder

HOLDER = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from fourfold import Memory
from fourfold.testing import HashEmbedder
memory = Memory.open(":memory:", embedder=HashEmbedder())
memory.bank("a").retain("The code of the door is X-17.")
print("open", flush=True)
sys.stdin.read()
"""


def open_at(directory: Path) -> Memory:
    return Memory.open(str(directory), embedder=HashEmbedder())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_directory_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    for directory in (tmp_path / "new", tmp_path / "empty", tmp_path / "memory"):
        if directory.name != "new":
            directory.mkdir(mode=0o755)
            directory.chmod(0o755)
        open_at(directory).close()
        assert (mode(directory), mode(directory / "store")) == (0o700, 0o700)
        for path in (directory, directory / "store"):
            path.chmod(0o755)
        open_at(directory).close()
        assert (mode(directory), mode(directory / "store")) == (0o700, 0o700)


def test_a_directory_with_other_things_in_it_stays_open_and_only_the_store_is_closed(tmp_path: Path) -> None:
    open_at(tmp_path).close()
    (tmp_path / "notes.txt").touch()
    for path in (tmp_path, tmp_path / "store"):
        path.chmod(0o755)
    open_at(tmp_path).close()
    assert (mode(tmp_path), mode(tmp_path / "store")) == (0o755, 0o700)


def test_a_foreign_directory_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    tmp_path.chmod(0o755)
    with pytest.raises(ConfigurationError, match="holds no Fourfold memory"):
        open_at(tmp_path)
    assert mode(tmp_path) == 0o755


def test_an_export_is_for_its_user_alone(tmp_path: Path) -> None:
    with open_at(tmp_path / "memory") as memory:
        memory.bank("a").retain("The code of the door is X-17.")
        memory.bank("a").export(tmp_path / "a.jsonl")
    assert mode(tmp_path / "a.jsonl") == 0o600


def test_what_a_killed_memory_left_in_the_temporary_directory_is_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    users_own = temporary / "fourfold-notes"
    users_own.parent.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    open_at(users_own).close()
    command = [sys.executable, "-c", HOLDER, str(temporary)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        (left,) = set(temporary.iterdir()) - {users_own}
        open_at(tmp_path / "memory").close()
        assert left.exists()  # it is held
        holder.kill()
    open_at(tmp_path / "memory").close()
    assert list(temporary.iterdir()) == [users_own]
    with Memory.open(":memory:", embedder=HashEmbedder()) as memory:
        memory.bank("a").retain("The harbour has a crane.")
        assert len(list(temporary.iterdir())) == 2
    assert list(temporary.iterdir()) == [users_own]
