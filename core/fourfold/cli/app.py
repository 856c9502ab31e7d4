"""The commands, each a thin translation of one operation of `Memory`."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def _root() -> None:
    """Long-term memory for agents."""


def main() -> None:
    """Runs the command line."""
    app()
