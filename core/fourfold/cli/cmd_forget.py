"""Commands that let go of what a bank holds: forgetting, erasing, and archiving what has faded."""

from __future__ import annotations

from typing import Annotated

import typer

from fourfold import ForgetResult, InputError, PrunePolicy
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


@app.command()
def forget(
    bank: BankOption = "default",
    memory: MemoryOption = None,
    document: Annotated[str | None, typer.Option(help="A document.")] = None,
    unit: Annotated[str | None, typer.Option(help="A unit's id.")] = None,
    entity: Annotated[str | None, typer.Option(help="All that mentions an entity.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="All with this tag; may be repeated.")] = None,
    before: Annotated[str | None, typer.Option(help="All that was said before this time (ISO 8601).")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole bank, with --erase.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="For good: no bytes are left.")] = False,
    verify: Annotated[str | None, typer.Option(help="Look for this text in every record and file.")] = None,
    reason: ReasonOption = "",
    json: JsonOption = False,
) -> None:
    """Forget something: it is retired, and what rested on it falls; an answer as of an earlier time still sees it.
    With --erase it is gone for good. --verify, alone or after an erasure, proves it: exit status 1 if the text is
    found."""
    selectors = [document, unit, entity, tag or None, before]
    is_selected = any(selector is not None for selector in selectors)
    if everything and (not erase or is_selected):
        raise InputError("--everything erases the bank: say --erase with it, and nothing else to forget.")
    with open_existing(memory) as open_memory:
        if everything:
            info_of(open_memory, bank)
            _emit_forgotten(ForgetResult((), (), open_memory.erase(bank)), json)
        elif is_selected or verify is None:
            info_of(open_memory, bank)
            result = open_memory.bank(bank, actor=ACTOR).forget(
                document=document,
                unit=unit,
                entity=entity,
                tags=tag or None,
                before=time_of_option(before, "--before"),
                erase=erase,
                reason=reason,
            )
            _emit_forgotten(result, json)
        places = None if verify is None else open_memory.find_text(verify)
    if places is not None:
        output.emit({"found": list(places)}, json, lambda: output.show_found_text(places))
        if places:
            raise typer.Exit(1)


@app.command()
def prune(
    bank: BankOption = "default",
    memory: MemoryOption = None,
    below: Annotated[
        float, typer.Option(help="Archive what is remembered to less than this, 0 to 1.")
    ] = 0.05,
    keep: Annotated[int, typer.Option(help="Leave at least so many units.")] = 0,
    delete_after: Annotated[
        float | None, typer.Option(help="Erase what has been archived for so many days.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    reason: ReasonOption = "",
    json: JsonOption = False,
) -> None:
    """Archive what has faded: it is kept and not recalled, until it is undone or erased."""
    policy = PrunePolicy(below=below, keep=keep, delete_after=delete_after)
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        result = open_memory.bank(bank, actor=ACTOR).prune(policy, dry_run=dry_run, reason=reason)
    output.emit(result, json, lambda: output.show_pruned(result, dry_run))


def _emit_forgotten(result: ForgetResult, in_json: bool) -> None:
    output.emit(result, in_json, lambda: output.show_forgotten(result))
