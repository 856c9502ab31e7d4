"""The commands, each a thin translation of one operation of `Memory`."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from fourfold import (
    Bank,
    BankStatus,
    Entity,
    FourfoldError,
    InputError,
    Memory,
    NotFoundError,
    Unit,
    __version__,
)
from fourfold.cli import cmd_forget, cmd_history, cmd_key, cmd_reflect, cmd_transfer, output
from fourfold.cli.common import (
    BankOption,
    JsonOption,
    MemoryOption,
    app,
    info_of,
    open_existing,
    time_of_option,
)
from fourfold.cli.files import read_files, retain_files
from fourfold.cli.interrupt import interrupts_announced
from fourfold.cli.preview import emit_preview
from fourfold.cli.show_record import show_record
from fourfold.settings import directory_of, is_directory, load_settings

__all__ = [
    "app",
    "cmd_forget",
    "cmd_history",
    "cmd_key",
    "cmd_reflect",
    "cmd_transfer",
    "main",
]  # importing a module adds its commands


def main() -> None:
    """Runs the commands of this package. Exit status: 0 well, 1 an error of ours (on stderr), 2 wrong usage."""
    try:
        with interrupts_announced():
            app()
    except FourfoldError as error:
        output.warn(str(error), style="red")
        raise SystemExit(1) from None
    except OSError as error:
        # A memory has its own error for its own disk, and one of a file has its name: this one is of what is printed.
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        output.warn("what this prints cannot be written: no space is left there.", style="red")
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Long-term memory for agents: retain what was said, recall what bears on a question. Offline, no key."""
    if version:
        output.out.print(__version__)
        raise typer.Exit


@app.command()
def retain(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Chats (WhatsApp, Telegram, Slack, Discord, JSON), transcripts, mail, notes, other products' "
            "exports, or folders and zip archives of these; - reads text."
        ),
    ],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag for all of it; may be repeated.")] = None,
    spoken: Annotated[
        str | None,
        typer.Option("--language", help="The language of a new bank (en, de, ...); else it is found out."),
    ] = None,
    replaces: Annotated[
        list[str] | None,
        typer.Option(help="The id of a unit whose place this takes; may be repeated. For a single file."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be made of each sentence, and retain nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Retain files: texts, chats, what other products export. Doing it again adds only what is new, also after
    Ctrl-C. What cannot be read of a file is told, and the rest is taken; a file of which nothing can be read is an
    error, and then nothing is retained of any."""
    files = read_files(paths)
    if replaces and len(files) != 1:
        raise InputError(f"--replaces is for what one file says, and these are {len(files)}.")
    if dry_run:
        emit_preview(memory, bank, spoken, [file for _, file in files], json)
        return
    started = time.perf_counter()
    with Memory.open(memory) as open_memory:
        chosen = open_memory.bank(bank, language=spoken)
        results = list(retain_files(chosen, [file for _, file in files], tag or [], replaces or ()))
        status = _consolidate(chosen)
    seconds = time.perf_counter() - started
    output.emit_retained(results, status, bank, seconds, json, files)


@app.command()
def resume(bank: BankOption = "default", memory: MemoryOption = None, json: JsonOption = False) -> None:
    """Have the language model read what it could not read when it was retained."""
    started = time.perf_counter()
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        with output.progress(bank, 0) as bar:
            result = open_memory.bank(bank).resume(progress=output.follow(bar))
        status = _consolidate(open_memory.bank(bank))
    output.emit_retained([result], status, bank, time.perf_counter() - started, json)


@app.command()
def recall(
    question: str,
    bank: BankOption = "default",
    memory: MemoryOption = None,
    budget: Annotated[int, typer.Option(help="Tokens at most.")] = 2048,
    limit: Annotated[int | None, typer.Option(help="Hits at most.")] = 10,
    tag: Annotated[list[str] | None, typer.Option(help="Only units with one of these tags.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="world, experience, summary or belief.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Answer as of this time (ISO 8601).")] = None,
    explain: Annotated[bool, typer.Option(help="Show ids and factors.")] = False,
    json: JsonOption = False,
) -> None:
    """Recall what bears on a question."""
    moment = time_of_option(as_of, "--as-of")
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        answer = open_memory.bank(bank).recall(
            question,
            budget=budget,
            limit=limit,
            tags=tag or None,
            networks=network or None,
            as_of=moment,
            explain=explain,
        )
    output.emit(answer, json, lambda: output.show_recall(answer, explain))


@app.command()
def banks(memory: MemoryOption = None, json: JsonOption = False) -> None:
    """List the banks."""
    with open_existing(memory) as open_memory:
        infos = open_memory.banks()
    output.emit(infos, json, lambda: output.show_banks(infos))


def _named(bank: Bank, name: str) -> tuple[Unit | Entity, str]:
    """Returns the entity of a name with its summary, "" where it has none; of a user who is nowhere named, the
    summary as a unit. Raises `NotFoundError`."""
    about = entity = None
    with suppress(NotFoundError):
        about = bank.summary(name)
    with suppress(NotFoundError):
        entity = bank.entity(name)
    if about is not None and about.is_of_user_beside(entity):
        return about.unit, about.text
    return entity or bank.entity(name), "" if about is None else about.text


@app.command(name="show")
def show_unit(
    unit: Annotated[str, typer.Argument(help="A unit's id, or an entity's name.")],
    bank: BankOption = "default",
    memory: MemoryOption = None,
    json: JsonOption = False,
) -> None:
    """Show one unit, or one entity with its summary."""
    with open_existing(memory) as open_memory:
        chosen = open_memory.bank(bank)
        summary = ""
        record: Unit | Entity
        try:
            record = chosen.unit(unit)
        except NotFoundError:  # a name rather than an id
            record, summary = _named(chosen, unit)
    output.emit(record, json, lambda: show_record(record, summary))


@app.command()
def compact(memory: MemoryOption = None, json: JsonOption = False) -> None:
    """Merge segments and build the indexes of a store that nobody has open. Worth it from 20,000 units on."""
    location = memory or load_settings().location
    if not is_directory(location):
        raise InputError("compact works on a directory; a Qdrant server optimises itself.")
    started = time.perf_counter()
    # In a process of its own: the engine holds the interpreter's lock while it optimises, so Ctrl-C would not come
    # through.
    code = (
        "import sys; from pathlib import Path; from fourfold.cli.app import _optimise; _optimise(sys.argv[1])"
    )
    process = subprocess.run([sys.executable, "-c", code, str(directory_of(location))], check=False)
    if process.returncode:
        raise typer.Exit(1)
    seconds = time.perf_counter() - started
    result = {"directory": location, "seconds": round(seconds, 1)}
    output.emit(result, json, f"Compacted {location} in {seconds:.1f} s.")


@app.command()
def doctor(memory: MemoryOption = None, json: JsonOption = False) -> None:
    """Show what is configured, load and try each part, and say how fast it is."""
    from fourfold.cli.doctor import examine

    report = examine(memory)
    lines = [f"{name:24} {value}" for name, value in report.items()]
    output.emit(report, json, lambda: output.print_lines("\n".join(lines)))
    if any(str(value).startswith("FAILED") for value in report.values()):
        raise typer.Exit(1)


@app.command()
def demo(json: JsonOption = False) -> None:
    """Retain a conversation, ask it questions, and show what comes back and how long it took."""
    from fourfold.cli.demo import run

    run(json)


def _consolidate(bank: Bank) -> BankStatus:
    """Takes what was written into beliefs and summaries, unless that is to be asked for. Returns the
    bank's status."""
    # A command has no background in which it would be done later.
    if load_settings().consolidate == "asked":
        return bank.status()
    with output.waiting("taking it into beliefs and summaries"):
        return bank.consolidate()


def _optimise(directory: str) -> None:
    from fourfold.storage.embedded import optimise

    try:
        optimise(Path(directory))
    except FourfoldError as error:
        output.warn(str(error), style="red")
        raise SystemExit(1) from None
