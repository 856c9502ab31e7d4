"""Runs the command line within the test's process: what a user types, and what comes back."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from functools import cache
from unittest import mock

from fourfold.cli import main
from fourfold.models.packaged.minilm import MiniLM


@cache
def packaged_model() -> MiniLM:
    """The packaged model, loaded once for all commands of a test run: it takes a second."""
    return MiniLM()


def fourfold(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `fourfold ARGUMENTS` and returns its exit status and what it wrote. Neither stream is a terminal."""
    command = ["fourfold", *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", command),
        mock.patch.object(sys, "stdin", io.StringIO(stdin)),
        mock.patch.dict(os.environ, {"FOURFOLD_CONSOLIDATE": "background"} | environment),
        mock.patch("fourfold.models.packaged.minilm.MiniLM", return_value=packaged_model()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(command, status, out.getvalue(), err.getvalue())


def fourfold_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """As `fourfold`, in a process of its own: for what a child process writes, and for the command's own start."""
    command = [sys.executable, "-c", "from fourfold.cli import main; main()", *map(str, arguments)]
    environment = os.environ | {"FOURFOLD_CONSOLIDATE": "background"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
