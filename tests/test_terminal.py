"""The command line on a terminal: each command that draws a bar or a spinner, on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals"),
]


def on_terminal(*arguments: object) -> tuple[int, str]:
    """The exit status, and all that the terminal was sent."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-c", "from fourfold.cli import main; main()", *map(str, arguments)]
    environment = os.environ | {"FOURFOLD_EMBEDDER": "static", "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        shown = b""
        while chunk := _read(controller):
            shown += chunk
    os.close(controller)
    return process.returncode, shown.decode(errors="replace")


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 65536)
    except OSError:  # Linux says so when the last writer has gone
        return b""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes {draft} [red].md"
    path.write_text("I live in Porto, [/] [bold]x[/bold].\n\nMy sister Clara moved to Lisbon last week.\n")
    return path


def test_every_command_with_a_progress_bar_works_on_a_terminal(tmp_path: Path, notes: Path) -> None:
    memory, file = tmp_path / "memory", tmp_path / "bank.fourfold"
    status, shown = on_terminal("retain", notes, "--memory", memory)
    assert status == 0, shown
    assert ": 2 new statements; " in shown
    assert "reading notes {draft} [red].md" in shown
    assert shown.count("notes {draft} [red].md") > shown.count("reading")  # the bar's own words, as they are
    for command in (
        ("resume",),
        ("consolidate",),
        ("export", file),
        ("fork", "copy"),
        ("merge", "copy"),
        ("load", file, "--bank", "loaded"),
        ("recall", "Where do I live?"),
        ("reembed", "minilm"),
    ):
        status, shown = on_terminal(*command, "--memory", memory)
        assert (status, "Traceback" in shown) == (0, False), shown
        assert command[0] != "recall" or "Porto, [/] [bold]x[/bold]." in shown
