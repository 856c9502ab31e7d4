"""The `fourfold` command."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points


def main() -> None:
    """Runs the command line, a command of another package by its own program. Exit status: 0 well, 1 an error of ours
    (on stderr), 2 wrong usage, 130 Ctrl-C."""
    try:
        _run(sys.argv[1] if len(sys.argv) > 1 else "")
    except KeyboardInterrupt:  # 130 is what shells report of a program that SIGINT (2) ended: 128 + 2
        raise SystemExit(130) from None


def _run(name: str) -> None:
    for command in entry_points(group="fourfold.commands", name=name):
        run_command = command.load()
        del sys.argv[1]
        run_command()
        return
    # Not at the top: `fourfold mcp` is started by a client that waits for it, and has no use for the other commands.
    from fourfold.cli.app import main as run_core

    run_core()
