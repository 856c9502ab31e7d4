"""Commands about a bank's past: what was when, what was done to it, and the way back."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from fourfold import Interval
from fourfold.cli import output
from fourfold.cli.common import (
    ACTOR,
    BankOption,
    JsonOption,
    MemoryOption,
    ReasonOption,
    app,
    info_of,
    open_existing,
    time_of_option,
)
from fourfold.cli.show_past import show_history, show_timeline
from fourfold.values.changes import DIARY, TimelineKind
from fourfold.values.wording import counted


@app.command()
def timeline(
    bank: BankOption = "default",
    memory: MemoryOption = None,
    what: Annotated[
        list[str] | None,
        typer.Option(
            help="events, plans, changes, states or beliefs; may be repeated. The first three if left out."
        ),
    ] = None,
    entity: Annotated[str | None, typer.Option(help="Only what mentions this entity.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this time on (ISO 8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Only before this time (ISO 8601).")] = None,
    limit: Annotated[int | None, typer.Option(help="The latest so many.")] = 50,
    json: JsonOption = False,
) -> None:
    """Show what happened and is going to, and what held until when, day by day."""
    start, end = time_of_option(since, "--since"), time_of_option(until, "--until")
    during = None if start is None and end is None else Interval(start, end)
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        kinds = cast("list[TimelineKind]", what or list(DIARY))  # the bank refuses any other
        events = open_memory.bank(bank).timeline(what=kinds, entity=entity, during=during, limit=limit)
    output.emit(events, json, lambda: show_timeline(events))


@app.command()
def history(
    unit: Annotated[str | None, typer.Argument(help="A unit's id; without it, all of the bank's.")] = None,
    bank: BankOption = "default",
    memory: MemoryOption = None,
    limit: Annotated[int, typer.Option(help="The latest so many.")] = 20,
    json: JsonOption = False,
) -> None:
    """Show what was done to the bank, by whom and why, the latest first."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        changes = open_memory.bank(bank).history(unit, limit=limit)
    output.emit(changes, json, lambda: show_history(changes))


@app.command()
def undo(
    change: Annotated[
        str, typer.Argument(help="The id of a change, or its first 8 characters; see history.")
    ],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    reason: ReasonOption = "",
    json: JsonOption = False,
) -> None:
    """Take a change back. An undo can be undone."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        undone = open_memory.bank(bank, actor=ACTOR).undo(change, reason=reason)
    output.emit(undone, json, f"Undone: {undone.subject} ({counted(len(undone.units), 'unit')}).")
