"""What the commands share: the app, the options, and the ways to open what must be there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from fourfold import BankInfo, Memory, NotFoundError
from fourfold.settings import directory_of, is_url, load_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)

At = Annotated[str | None, typer.Option("--memory", "-m", help="Directory, Qdrant URL or :memory:.")]
BankName = Annotated[str, typer.Option("--bank", "-b", help="The bank.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@contextmanager
def existing(memory: str | None) -> Iterator[Memory]:
    """Opens a memory that is there: asking a question should not make one."""
    location = memory or load_settings().location
    if not is_url(location) and location != ":memory:" and not (directory_of(location) / "store").exists():
        raise NotFoundError(
            f"{location} holds no memory yet. Make one: fourfold retain FILE --memory {location}"
        )
    with Memory.open(location) as opened:
        yield opened


def info_of(memory: Memory, bank: str) -> BankInfo:
    """What is known of a bank that must be there."""
    found = memory.banks([bank])
    if not found:
        there = ", ".join([info.name for info in memory.banks()][:20]) or "none yet"
        raise NotFoundError(f'There is no bank "{bank}". Banks: {there}.')
    return found[0]
