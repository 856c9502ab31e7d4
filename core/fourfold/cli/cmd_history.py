"""The commands that govern a bank: what was when, what was done, the way back, forgetting, and banks on the move."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fourfold import ForgetResult, InputError, Memory, PrunePolicy
from fourfold.cli import files, output
from fourfold.cli.common import At, BankName, Json, app, existing, info_of
from fourfold.values.units import Interval

Reason = Annotated[str, typer.Option(help="Why; the history keeps it.")]


@app.command()
def timeline(
    bank: BankName = "default",
    memory: At = None,
    entity: Annotated[str | None, typer.Option(help="Only what mentions this entity.")] = None,
    since: Annotated[str | None, typer.Option(help="Only from this time on (ISO 8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Only before this time (ISO 8601).")] = None,
    limit: Annotated[int | None, typer.Option(help="The latest so many.")] = 50,
    json: Json = False,
) -> None:
    """Show what held and until when, and what was believed, in the order of time."""
    start, end = files.parse_time(since, "--since"), files.parse_time(until, "--until")
    during = None if start is None and end is None else Interval(start, end)
    with existing(memory) as opened:
        info_of(opened, bank)
        events = opened.bank(bank).timeline(entity=entity, during=during, limit=limit)
    if json:
        output.out.print(output.as_json([asdict(event) for event in events]), markup=False)
    else:
        output.show_timeline(events)


@app.command()
def history(
    unit: Annotated[str | None, typer.Argument(help="A unit's id; without it, all of the bank's.")] = None,
    bank: BankName = "default",
    memory: At = None,
    limit: Annotated[int, typer.Option(help="The latest so many.")] = 20,
    json: Json = False,
) -> None:
    """Show what was done to the bank, by whom and why, the latest first."""
    with existing(memory) as opened:
        info_of(opened, bank)
        changes = opened.bank(bank).history(unit, limit=limit)
    if json:
        output.out.print(output.as_json([asdict(change) for change in changes]), markup=False)
    else:
        output.show_history(changes)


@app.command()
def undo(
    change: Annotated[
        str, typer.Argument(help="The id of a change, or its first 8 characters; see history.")
    ],
    bank: BankName = "default",
    memory: At = None,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Take a change back. An undo can be undone."""
    with existing(memory) as opened:
        info_of(opened, bank)
        done = opened.bank(bank, actor="command line").undo(change, reason=reason)
    if json:
        output.out.print(output.as_json(done), markup=False)
    else:
        output.out.print(f"Undone: {done.subject} ({len(done.units)} units).", markup=False)


@app.command()
def forget(
    bank: BankName = "default",
    memory: At = None,
    document: Annotated[str | None, typer.Option(help="A document.")] = None,
    unit: Annotated[str | None, typer.Option(help="A unit's id.")] = None,
    entity: Annotated[str | None, typer.Option(help="All that mentions an entity.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="All with this tag; may be repeated.")] = None,
    before: Annotated[str | None, typer.Option(help="All that was said before this time (ISO 8601).")] = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole bank, with --erase.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="For good: no bytes are left.")] = False,
    verify: Annotated[str | None, typer.Option(help="Look for this text in every record and file.")] = None,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Forget something: it is retired, and what rested on it falls; an answer as of an earlier time still sees it.
    With --erase it is gone for good. --verify, alone or after an erasure, proves it: exit status 1 if the text is
    found."""
    named = [document, unit, entity, tag or None, before]
    if everything and (not erase or any(one is not None for one in named)):
        raise InputError("--everything erases the bank: say --erase with it, and nothing else to forget.")
    with existing(memory) as opened:
        if everything:
            info_of(opened, bank)
            output.show_forgotten(ForgetResult((), (), opened.erase(bank)), json)
        elif any(one is not None for one in named) or verify is None:
            info_of(opened, bank)
            done = opened.bank(bank, actor="command line").forget(
                document=document,
                unit=unit,
                entity=entity,
                tags=tag or None,
                before=files.parse_time(before, "--before"),
                erase=erase,
                reason=reason,
            )
            output.show_forgotten(done, json)
        found = None if verify is None else opened.find_text(verify)
    if found is not None:
        output.show_found_text(found, json)
        if found:
            raise typer.Exit(1)


@app.command()
def prune(
    bank: BankName = "default",
    memory: At = None,
    below: Annotated[
        float, typer.Option(help="Archive what is remembered to less than this, 0 to 1.")
    ] = 0.05,
    keep: Annotated[int, typer.Option(help="Leave at least so many units.")] = 0,
    delete_after: Annotated[
        float | None, typer.Option(help="Erase what has been archived for so many days.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Archive what has faded: it is kept and not recalled, until it is undone or erased."""
    policy = PrunePolicy(below=below, keep=keep, delete_after=delete_after)
    with existing(memory) as opened:
        info_of(opened, bank)
        done = opened.bank(bank, actor="command line").prune(policy, dry_run=dry_run, reason=reason)
    if json:
        output.out.print(output.as_json(done), markup=False)
        return
    would = "Would archive" if dry_run else "Archived"
    output.out.print(f"{would} {len(done.archived)} units, and erase {len(done.deleted)}.", markup=False)
    for unit in done.archived[:20]:
        output.out.print(f"   {unit.id[:8]} {unit.text}", markup=False)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    bank: BankName = "default",
    memory: At = None,
    vectors: Annotated[bool, typer.Option(help="With vectors, so that loading need not embed.")] = True,
    json: Json = False,
) -> None:
    """Write all that a bank holds, its history included, to one file."""
    with existing(memory) as opened:
        units = info_of(opened, bank).units
        with output.progress(str(path), units) as bar:
            opened.bank(bank).export(path, vectors=vectors, progress=output.follow(bar))
    result = {"file": str(path), "bytes": path.stat().st_size, "units": units}
    told = f"Exported {units} units of {bank} to {path} ({path.stat().st_size / 2**20:.1f} MB)."
    output.out.print(output.as_json(result) if json else told, markup=False)


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help="A file that export wrote, or another product's export.")],
    bank: Annotated[
        str | None, typer.Option("--bank", "-b", help="Its name here; else the one it had.")
    ] = None,
    memory: At = None,
    json: Json = False,
) -> None:
    """Load a bank from a file, or take in what mem0, the MCP memory server, ChatGPT or Claude has exported."""
    with Memory.open(memory) as opened, output.progress(str(path), 0) as bar:
        loaded = opened.load(path, bank=bank, progress=output.follow(bar))
        units = info_of(opened, loaded.name).units
    told = f"Loaded {units} units into {loaded.name}."
    output.out.print(output.as_json({"bank": loaded.name, "units": units}) if json else told, markup=False)


@app.command()
def fork(
    name: Annotated[str, typer.Argument(help="The new bank.")],
    bank: BankName = "default",
    memory: At = None,
    as_of: Annotated[str | None, typer.Option(help="As it was at this time (ISO 8601).")] = None,
    json: Json = False,
) -> None:
    """Copy a bank to a new one, as it is or as it was."""
    moment = files.parse_time(as_of, "--as-of")
    with existing(memory) as opened:
        known = info_of(opened, bank)
        with output.progress(name, known.units) as bar:
            source, follow = opened.bank(bank), output.follow(bar)
            if moment is None:
                source.fork(name, progress=follow)
            else:
                source.restore(name, as_of=moment, progress=follow)
        units = info_of(opened, name).units
    told = f"Copied {bank} to {name}: {units} units."
    output.out.print(output.as_json({"bank": name, "units": units}) if json else told, markup=False)


@app.command()
def merge(
    other: Annotated[str, typer.Argument(help="The bank to take in; it stays as it is.")],
    bank: BankName = "default",
    memory: At = None,
    json: Json = False,
) -> None:
    """Take another bank in, reconciled: what is in both is there once."""
    if other == bank:
        raise InputError("A bank cannot be merged into itself.")
    with existing(memory) as opened:
        known = info_of(opened, other)
        with output.progress(other, known.units) as bar:
            target = opened.bank(bank, actor="command line")
            done = target.absorb(opened.bank(other), progress=output.follow(bar))
    new = sum(operation.verdict in ("ADD", "UPDATE") for operation in done.operations)
    told = f"Merged {other} into {bank}: {new} units are new, {len(done.operations) - new} were known."
    result = {"bank": bank, "new": new, "known": len(done.operations) - new}
    output.out.print(output.as_json(result) if json else told, markup=False)


@app.command()
def reembed(
    embedder: Annotated[str, typer.Argument(help="The new embedder: minilm, static, fastembed:MODEL, ...")],
    memory: At = None,
    json: Json = False,
) -> None:
    """Change the embedding model of a memory, without extracting anything anew. Stopped, it goes on where it was."""
    with existing(memory) as opened, output.progress(embedder, 0) as bar:
        made = opened.reembed(embedder, progress=output.follow(bar))
    told = f"Made vectors for {made} units. From now on open it with FOURFOLD_EMBEDDER={embedder}."
    output.out.print(output.as_json({"embedder": embedder, "units": made}) if json else told, markup=False)
