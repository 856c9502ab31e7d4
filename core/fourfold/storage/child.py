"""Runs a module of Fourfold on a store in a process of its own: the engine holds the interpreter for as long as it
works, and its writes through memory maps end the process where the disk is full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def can_start() -> bool:
    """Returns whether there is an interpreter to start: a frozen application has none."""
    return not getattr(sys, "frozen", False)


def run_module(module: str, home: Path) -> None:
    """Runs `python -m module home`. Raises `OSError` where no process can be started, and
    `subprocess.CalledProcessError` where it failed."""
    # The path goes along whole: the parent may have found Fourfold by a path that its environment does not name.
    paths = os.pathsep.join(path or os.curdir for path in sys.path if isinstance(path, str))
    environment = {**os.environ, "PYTHONPATH": paths}
    # -P: the directory that it is started in may have a module of some other program's, by a common name.
    command = [sys.executable, "-P", "-m", module, str(home.absolute())]
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
