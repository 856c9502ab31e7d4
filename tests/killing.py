"""Runs a program and kills it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def killed_after(delay: float, program: str, *arguments: str | Path) -> str:
    """Runs a Python program that says "open" when it begins, kills it so many seconds later, and returns what else it
    said."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "open\n"
        killer = time.monotonic() + delay
        while time.monotonic() < killer and running.poll() is None:
            pass
        running.kill()
        return running.stdout.read()
