"""The commands, each a thin translation of one operation of `Memory`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from fourfold import FourfoldError, InputError, Memory, Message, NotFoundError, __version__
from fourfold.cli import files, show
from fourfold.model import Verdict
from fourfold.settings import directory_of, is_url, load_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)

At = Annotated[str | None, typer.Option("--memory", "-m", help="Directory, Qdrant URL or :memory:.")]
BankName = Annotated[str, typer.Option("--bank", "-b", help="The bank.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

_BATCH = 256


def main() -> None:
    """Runs the command line. Exit status: 0 well, 1 an error of ours (on stderr), 2 wrong usage, 130 Ctrl-C."""
    try:
        app()
    except FourfoldError as error:
        show.err.print(f"fourfold: {error}", style="red", markup=False)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        show.err.print("fourfold: stopped. What was reported as retained is kept.")
        raise SystemExit(130) from None


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Long-term memory for agents: retain what was said, recall what bears on a question. Offline, no key."""
    if version:
        show.out.print(__version__)
        raise typer.Exit


@app.command()
def retain(
    paths: Annotated[list[Path], typer.Argument(help="Text, Markdown, JSON or JSONL files; - reads text.")],
    bank: BankName = "default",
    memory: At = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag for all of it; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Retain files. Doing it again adds only what is new, also after Ctrl-C."""
    documents = [pair for path in paths for pair in _read(path).items()]
    counts = dict.fromkeys(Verdict, 0)
    began = time.perf_counter()
    with Memory.open(memory) as opened:
        chosen = opened.bank(bank)
        for document, messages in documents:
            with show.progress(document, len(messages)) as bar:
                for first in range(0, len(messages), _BATCH):
                    batch = messages[first : first + _BATCH]
                    for operation in chosen.retain(batch, document=document, tags=tag or []).operations:
                        counts[operation.verdict] += 1
                    bar.advance(bar.task_ids[0], len(batch))
    seconds = time.perf_counter() - began
    if json:
        show.out.print(
            show.as_json({**{v.value: n for v, n in counts.items()}, "seconds": round(seconds, 3)})
        )
    else:
        known = counts[Verdict.NOOP]
        show.out.print(
            f"Retained {counts[Verdict.ADD]} units in {bank} ({known} known already), {seconds:.1f} s."
        )


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
    with _existing(memory) as opened:
        _check_bank(opened, bank)
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
        show.out.print(show.as_json(answer), markup=False)
    else:
        show.show_recall(answer, explain)


@app.command()
def banks(memory: At = None, json: Json = False) -> None:
    """List the banks."""
    with _existing(memory) as opened:
        found = opened.banks()
    if json:
        show.out.print(
            show.as_json([{"name": b.name, "units": b.units, "created_at": b.created_at} for b in found])
        )
        return
    for info in found:
        show.out.print(f"{info.name}: {info.units} units since {info.created_at:%Y-%m-%d}", markup=False)
    if not found:
        show.out.print("No banks yet. Make one: fourfold retain FILE --bank NAME")


@app.command(name="show")
def show_unit(
    unit: Annotated[str, typer.Argument(help="A unit's id, or an entity's name.")],
    bank: BankName = "default",
    memory: At = None,
    json: Json = False,
) -> None:
    """Show one unit, or one entity, with all that is known of it."""
    with _existing(memory) as opened:
        chosen = opened.bank(bank)
        try:
            found: object = chosen.unit(unit)
        except NotFoundError:
            found = chosen.entity(unit)
    if json:
        show.out.print(show.as_json(found), markup=False)
        return
    for name in found.__slots__:  # type: ignore[attr-defined]
        value = getattr(found, name)
        if value not in (None, (), ""):
            show.out.print(f"{name:13} {value}", markup=False)


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
    show.out.print(
        show.as_json(result) if json else f"Compacted {location} in {seconds:.1f} s.", markup=False
    )


@app.command()
def doctor(memory: At = None, json: Json = False) -> None:
    """Show what is configured, load and try each part, and say how fast it is."""
    from fourfold.cli.doctor import examine

    report = examine(memory)
    if json:
        show.out.print(show.as_json(report), markup=False)
    else:
        for name, value in report.items():
            show.out.print(f"{name:24} {value}", markup=False)
    if any(str(value).startswith("FAILED") for value in report.values()):
        raise typer.Exit(1)


@app.command()
def demo(json: Json = False) -> None:
    """Retain a conversation, ask it questions, and show what comes back and how long it took."""
    from fourfold.cli.demo import run

    run(json)


def _read(path: Path) -> dict[str, list[Message]]:
    if str(path) == "-":
        return {"": [Message(sys.stdin.read())]}
    return files.read_file(path)


@contextmanager
def _existing(memory: str | None) -> Iterator[Memory]:
    """Opens a memory that is there: asking a question should not make one."""
    location = memory or load_settings().location
    if not is_url(location) and location != ":memory:" and not (directory_of(location) / "store").exists():
        raise NotFoundError(
            f"{location} holds no memory yet. Make one: fourfold retain FILE --memory {location}"
        )
    with Memory.open(location) as opened:
        yield opened


def _check_bank(memory: Memory, bank: str) -> None:
    names = [info.name for info in memory.banks()]
    if bank not in names:
        there = ", ".join(names[:20]) or "none yet"
        raise NotFoundError(f'There is no bank "{bank}". Banks: {there}.')


def _optimise(directory: str) -> None:
    from fourfold.stores.edge import optimise

    try:
        optimise(Path(directory))
    except FourfoldError as error:
        show.err.print(f"fourfold: {error}", style="red", markup=False)
        raise SystemExit(1) from None
