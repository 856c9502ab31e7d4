"""The commands, each a thin translation of one operation of `Memory`."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fourfold import (
    Bank,
    BankStatus,
    FourfoldError,
    InputError,
    Memory,
    Message,
    NotFoundError,
    RetainResult,
    __version__,
)
from fourfold.cli import cmd_history, cmd_reflect, files, output
from fourfold.cli.common import At, BankName, Json, app, existing, info_of
from fourfold.language.languages import language
from fourfold.settings import directory_of, is_url, load_settings

__all__ = ["app", "cmd_history", "cmd_reflect", "main"]

_BATCH = 256


def main() -> None:
    """Runs the command line. Exit status: 0 well, 1 an error of ours (on stderr), 2 wrong usage, 130 Ctrl-C."""
    try:
        app()
    except FourfoldError as error:
        output.err.print(f"fourfold: {error}", style="red", markup=False)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        output.err.print("fourfold: stopped. What was reported as retained is kept.")
        raise SystemExit(130) from None


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Long-term memory for agents: retain what was said, recall what bears on a question. Offline, no key."""
    if version:
        output.out.print(__version__)
        raise typer.Exit


@app.command()
def retain(
    paths: Annotated[list[Path], typer.Argument(help="Text, Markdown, JSON or JSONL files; - reads text.")],
    bank: BankName = "default",
    memory: At = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag for all of it; may be repeated.")] = None,
    spoken: Annotated[
        str | None,
        typer.Option("--language", help="The language of a new bank (en, de, ...); else it is found out."),
    ] = None,
    json: Json = False,
) -> None:
    """Retain files. Doing it again adds only what is new, also after Ctrl-C."""
    documents = [pair for path in paths for pair in _read(path).items()]
    done: list[RetainResult] = []
    began = time.perf_counter()
    with Memory.open(memory) as opened:
        chosen = opened.bank(bank, language=spoken)
        # With a language model a document goes in at once: its text is safe before the first call.
        at_once = _BATCH if load_settings().llm is None else None
        for document, messages in documents:
            with output.progress(document, len(messages)) as bar:
                for first in range(0, len(messages), at_once or len(messages)):
                    batch = messages[first : first + (at_once or len(messages))]
                    follow = None if at_once else output.follow(bar)
                    done.append(chosen.retain(batch, document=document, tags=tag or [], progress=follow))
                    if at_once:
                        bar.advance(bar.task_ids[0], len(batch))
        status = _consolidated(chosen)
    output.show_retained(done, status, bank, time.perf_counter() - began, json)


@app.command()
def resume(bank: BankName = "default", memory: At = None, json: Json = False) -> None:
    """Have the language model read what it could not read when it was retained."""
    began = time.perf_counter()
    with existing(memory) as opened:
        info_of(opened, bank)
        with output.progress(bank, 0) as bar:
            done = opened.bank(bank).resume(progress=output.follow(bar))
        status = _consolidated(opened.bank(bank))
    output.show_retained([done], status, bank, time.perf_counter() - began, json)


@app.command()
def recall(
    question: str,
    bank: BankName = "default",
    memory: At = None,
    budget: Annotated[int, typer.Option(help="Tokens at most.")] = 2048,
    limit: Annotated[int | None, typer.Option(help="Hits at most.")] = 10,
    tag: Annotated[list[str] | None, typer.Option(help="Only units with one of these tags.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="world, experience, summary or belief.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Answer as of this time (ISO 8601).")] = None,
    explain: Annotated[bool, typer.Option(help="Show ids and factors.")] = False,
    json: Json = False,
) -> None:
    """Recall what bears on a question."""
    moment = files.parse_time(as_of, "--as-of")
    with existing(memory) as opened:
        info_of(opened, bank)
        answer = opened.bank(bank).recall(
            question,
            budget=budget,
            limit=limit,
            tags=tag or None,
            networks=network or None,
            as_of=moment,
            explain=explain,
        )
    if json:
        output.out.print(output.as_json(answer), markup=False)
    else:
        output.show_recall(answer, explain)


@app.command()
def banks(memory: At = None, json: Json = False) -> None:
    """List the banks."""
    with existing(memory) as opened:
        found = opened.banks()
    if json:
        output.out.print(output.as_json([asdict(info) for info in found]), markup=False)
        return
    for info in found:
        told = f", {language(info.language).name}" if info.language else ""
        since = f"since {info.created_at:%Y-%m-%d}"
        waits = f", {info.pending} chunks waiting for a language model" if info.pending else ""
        output.out.print(f"{info.name}: {info.units} units {since}{told}{waits}", markup=False)
    if not found:
        output.out.print("No banks yet. Make one: fourfold retain FILE --bank NAME")


@app.command(name="show")
def show_unit(
    unit: Annotated[str, typer.Argument(help="A unit's id, or an entity's name.")],
    bank: BankName = "default",
    memory: At = None,
    json: Json = False,
) -> None:
    """Show one unit, or one entity with its summary."""
    with existing(memory) as opened:
        chosen = opened.bank(bank)
        summary = None
        try:
            found: object = chosen.unit(unit)
        except NotFoundError:
            found = chosen.entity(unit)
            with suppress(NotFoundError):
                summary = chosen.summary(unit)
    if summary is not None and not json:
        output.out.print(f"{summary.text}\n", markup=False)
    if json:
        output.out.print(output.as_json(found), markup=False)
        return
    for name in found.__slots__:  # type: ignore[attr-defined]
        value = getattr(found, name)
        if value not in (None, (), ""):
            output.out.print(f"{name:13} {value}", markup=False)


@app.command()
def compact(memory: At = None, json: Json = False) -> None:
    """Merge segments and build the indexes of a store that nobody has open. Worth it from 20,000 units on."""
    location = memory or load_settings().location
    if is_url(location) or location == ":memory:":
        raise InputError("compact works on a directory; a Qdrant server optimises itself.")
    began = time.perf_counter()
    code = (
        "import sys; from pathlib import Path; from fourfold.cli.app import _optimise; _optimise(sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(directory_of(location))], check=False)
    if done.returncode:
        raise typer.Exit(1)
    seconds = time.perf_counter() - began
    result = {"directory": location, "seconds": round(seconds, 1)}
    output.out.print(
        output.as_json(result) if json else f"Compacted {location} in {seconds:.1f} s.", markup=False
    )


@app.command()
def doctor(memory: At = None, json: Json = False) -> None:
    """Show what is configured, load and try each part, and say how fast it is."""
    from fourfold.cli.doctor import examine

    report = examine(memory)
    if json:
        output.out.print(output.as_json(report), markup=False)
    else:
        for name, value in report.items():
            output.out.print(f"{name:24} {value}", markup=False)
    if any(str(value).startswith("FAILED") for value in report.values()):
        raise typer.Exit(1)


@app.command()
def demo(json: Json = False) -> None:
    """Retain a conversation, ask it questions, and show what comes back and how long it took."""
    from fourfold.cli.demo import run

    run(json)


def _consolidated(bank: Bank) -> BankStatus:
    """A command has no background: what it wrote is taken in before it ends, unless that is to be asked for."""
    if load_settings().consolidate == "asked":
        return bank.status()
    with output.waiting("taking it into beliefs and summaries"):
        return bank.consolidate()


def _read(path: Path) -> dict[str, list[Message]]:
    if str(path) == "-":
        return {"": [Message(sys.stdin.read())]}
    return files.read_file(path)


def _optimise(directory: str) -> None:
    from fourfold.storage.embedded import optimise

    try:
        optimise(Path(directory))
    except FourfoldError as error:
        output.err.print(f"fourfold: {error}", style="red", markup=False)
        raise SystemExit(1) from None
