"""The `fourfold` command."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points


def main() -> None:
    """Runs the command line. A command that another package brings is run without loading the rest: what starts it
    may be waiting. Exit status: 0 well, 1 an error of ours (on stderr), 2 wrong usage, 130 Ctrl-C."""
    brought = entry_points(group="fourfold.commands", name=sys.argv[1] if len(sys.argv) > 1 else "")
    for command in brought:
        run = command.load()
        del sys.argv[1]
        run()
        return
    from fourfold.cli.app import main as run_core

    run_core()
