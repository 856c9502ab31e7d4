"""What a process that is forked from one with an open memory may do: nothing with that memory, and end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import asyncio, os, sys
from fourfold import FourfoldError, Memory
from fourfold.testing import HashEmbedder

directory = sys.argv[1]
memory = Memory.open(directory, embedder=HashEmbedder())
temporary = Memory.open(":memory:", embedder=HashEmbedder())
bank = memory.bank("a")
bank.retain_later("The roof leaks.").result()  # so that there are threads, which the child lacks
child_done, parent_closed = os.pipe(), os.pipe()

def refused(use):
    try:
        use()
    except FourfoldError as error:
        assert f"opened in process {os.getppid()}" in str(error), error
        return
    raise AssertionError("not refused")

def child():
    with memory:
        refused(lambda: bank.recall("roof"))
        refused(lambda: bank.retain("The cellar is dry."))
        refused(lambda: bank.entries.list("note"))
        refused(lambda: memory.bank("b"))
        refused(lambda: asyncio.run(bank.as_async.units()))
        asyncio.run(memory.as_async.close())
    temporary.close()
    with Memory.open(":memory:", embedder=HashEmbedder()) as another:
        another.bank("a").retain("The cellar is dry.")
        assert another.bank("a").recall("cellar").hits
    os.write(child_done[1], b".")
    os.read(parent_closed[0], 1)
    sys.exit(7)

pid = os.fork()
if pid == 0:
    child()
os.close(child_done[1])
assert os.read(child_done[0], 1)
assert os.path.exists(os.path.join(directory, "owner.json"))
bank.retain("The ferry is blue.")
assert temporary.banks() == []
memory.close()
with Memory.open(directory, embedder=HashEmbedder()) as again:  # although the child is still there
    assert {unit.text for unit in again.bank("a").units()} == {"The roof leaks.", "The ferry is blue."}
os.write(parent_closed[1], b".")
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no forks")
def test_a_forked_process_is_refused_the_memory_and_ends_while_the_parent_keeps_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "memory")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
