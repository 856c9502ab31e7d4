"""What the commands share: the app, the options, and the ways to open what must exist already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import entry_points
from typing import Annotated

import typer

from fourfold import BankInfo, InputError, Memory, NotFoundError
from fourfold.settings import directory_of, is_directory, load_settings
from fourfold.transfer.importers import parse_time

_OTHERS = ", ".join(sorted({command.name for command in entry_points(group="fourfold.commands")}))
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=f"Programs of their own, each with its --help: {_OTHERS}." if _OTHERS else None,
)

MemoryOption = Annotated[
    str | None, typer.Option("--memory", "-m", help="Directory, Qdrant URL or :memory:.")
]
BankOption = Annotated[str, typer.Option("--bank", "-b", help="The bank.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
ReasonOption = Annotated[str, typer.Option(help="Why; the history keeps it.")]

ACTOR = "command line"
"""Whom the history names for what is done here."""
_MAX_NAMES = 20
"""Names of banks in an error message. A guess, not measured."""


@contextmanager
def open_existing(memory: str | None) -> Iterator[Memory]:
    """Opens a memory that exists. Raises `NotFoundError` otherwise: asking a question should not make one."""
    location = memory or load_settings().location
    # Looked at before it is opened, as opening makes what is not there; a server has nothing to look at from here.
    if is_directory(location) and not (directory_of(location) / "store").exists():
        raise NotFoundError(
            f"{location} holds no memory yet. Make one: fourfold retain FILE --memory {location}"
        )
    with Memory.open(location) as open_memory:
        yield open_memory


def time_of_option(text: str | None, option: str) -> datetime | None:
    """Returns the time that an option was given, None where it was not. Raises `InputError` that names the option."""
    # In a file a blank is a time that is missing; here it is a variable of a script that was not set, and leaving
    # `--as-of` out by mistake answers another question.
    if text is not None and not text.strip():
        raise InputError(f"{option} is blank: give a time, as 2026-05-20T19:10:00+00:00, or leave it out.")
    return parse_time(text, option)


def info_of(memory: Memory, bank: str) -> BankInfo:
    """Returns what is known of a bank. Raises `NotFoundError` for one that does not exist."""
    infos = memory.banks([bank])
    if not infos:
        names = ", ".join([info.name for info in memory.banks()][:_MAX_NAMES]) or "none yet"
        raise NotFoundError(f'There is no bank "{bank}". Banks: {names}.')
    return infos[0]
