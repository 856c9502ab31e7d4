"""Giving up while one long text is retained: it ends at the next safe point, with nothing half written."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import anyio
import anyio.to_thread
import pytest
from command_line import fourfold

from fourfold import AsyncMemory
from fourfold.ports import Embedding
from fourfold.testing import HashEmbedder, MemoryStore

NAMES = ("Ana", "Bob", "Clara", "Dan", "Eva")
LONG_TEXT = " ".join(
    f"{NAMES[n % 5]} carried {n} red chairs to the harbour of Town{n % 97}." for n in range(4000)
)


class GatedEmbedder(HashEmbedder):
    """Says that a batch has begun, and goes on when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.batches = 0

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.batches += 1
        self.begun.set()
        assert self.may_go_on.wait(60)
        return super().embed(texts)


def test_a_cancelled_retain_embeds_no_further_batch_and_writes_nothing() -> None:
    embedder = GatedEmbedder()

    async def cancel_after_the_first_batch() -> list[str]:
        async with AsyncMemory(MemoryStore(), embedder) as memory:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(memory.bank("a").retain, LONG_TEXT)
                await anyio.to_thread.run_sync(embedder.begun.wait, 60)
                tasks.cancel_scope.cancel()
                embedder.may_go_on.set()
            return [bank.name for bank in await memory.banks()]

    assert anyio.run(cancel_after_the_first_batch) == []
    assert embedder.batches == 1


def test_ctrl_c_while_the_commands_are_loaded_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("fourfold.cli.entry_points", interrupted)
    stopped = fourfold("banks")
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_ctrl_c_is_answered_at_once_and_a_second_one_does_no_harm(tmp_path: Path) -> None:
    import pty

    text, memory = tmp_path / "book.txt", tmp_path / "memory"
    text.write_text(LONG_TEXT)
    controller, terminal = pty.openpty()
    code = "from fourfold.cli import main; main()"
    command = [sys.executable, "-c", code, "retain", str(text), "--memory", str(memory)]
    environment = os.environ | {"FOURFOLD_EMBEDDER": "static", "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        shown = read_until(controller, r"[ m][1-9]\d*/\d+")  # one text, and the bar moves
        process.send_signal(signal.SIGINT)
        shown += read_until(controller, "stopping")
        process.send_signal(signal.SIGINT)
        shown += read_until(controller, None)
    os.close(controller)
    assert process.returncode == 130, shown
    assert "Traceback" not in shown
    assert shown.count("fourfold: stopping. What is stored by now is kept") == 1
    assert fourfold("banks", "--memory", memory, FOURFOLD_EMBEDDER="static").stdout.startswith("No banks yet")


def read_until(controller: int, pattern: str | None) -> str:
    """What a terminal is sent, up to what matches `pattern`, or to its end."""
    shown = ""
    while pattern is None or not re.search(pattern, shown):
        try:
            chunk = os.read(controller, 65536)
        except OSError:  # Linux says so when the last writer has gone
            chunk = b""
        if not chunk:
            assert pattern is None, shown
            break
        shown += chunk.decode(errors="replace")
    return shown
