"""Commands about what a bank makes of what it holds: reflection, beliefs, and the core profile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fourfold import NotFoundError
from fourfold.cli import output
from fourfold.cli.common import BankOption, JsonOption, MemoryOption, app, info_of, open_existing


@app.command()
def reflect(
    question: str,
    bank: BankOption = "default",
    memory: MemoryOption = None,
    budget: Annotated[int | None, typer.Option(help="Tokens of evidence at most.")] = None,
    steps: Annotated[int, typer.Option(help="Calls of the language model at most.")] = 4,
    json: JsonOption = False,
) -> None:
    """Answer a question with evidence: by the language model that is set, or as an extract."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        with output.waiting("reflecting"):
            answer = open_memory.bank(bank).reflect(question, budget=budget, steps=steps)
    output.emit(answer, json, lambda: output.show_reflection(answer))


@app.command()
def beliefs(
    bank: BankOption = "default",
    memory: MemoryOption = None,
    about: Annotated[
        str | None, typer.Option(help="Only those about this entity, or this topic in any words.")
    ] = None,
    holder: Annotated[
        str | None, typer.Option(help="Only what this person holds; user or agent where nobody is named.")
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(help="Only those of at least this confidence, 0 to 1.")
    ] = 0.0,
    plot: Annotated[bool, typer.Option("--plot", help="Draw each one's confidence over time.")] = False,
    png: Annotated[
        Path | None, typer.Option(help="Write the confidence of the one that changed most to this file.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show what the bank believes, how sure it is, and how that came about."""
    from fourfold.cli.plot import save_png

    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        chosen = open_memory.bank(bank)
        matching = chosen.beliefs(about, holder=holder, min_confidence=min_confidence)
        evidence = {
            unit_id: chosen.unit(unit_id)
            for belief in matching
            for change in belief.history
            for unit_id in change.evidence
        }
    if png is not None:
        if not matching:
            raise NotFoundError("There is no such belief to draw.")
        most_changed = max(matching, key=lambda belief: len(belief.history))
        save_png(most_changed, png, lambda change: output.reason_of(change, evidence))
        output.warn(f"wrote {png}.")
    if json or png is None or plot:
        output.emit(matching, json, lambda: output.show_beliefs(matching, evidence, plot))


@app.command()
def core(
    bank: BankOption = "default",
    memory: MemoryOption = None,
    budget: Annotated[int, typer.Option(help="Tokens at most.")] = 400,
    json: JsonOption = False,
) -> None:
    """Show the core profile: what should always be in the prompt."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        profile = open_memory.bank(bank).core(budget)
    output.emit(profile, json, lambda: output.print_lines(profile.text or "Nothing yet."))


@app.command()
def status(bank: BankOption = "default", memory: MemoryOption = None, json: JsonOption = False) -> None:
    """Show what waits to be taken into beliefs and summaries, and what failed."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        bank_status = open_memory.bank(bank).status()
    output.emit(bank_status, json, lambda: output.show_status(bank_status))


@app.command()
def consolidate(bank: BankOption = "default", memory: MemoryOption = None, json: JsonOption = False) -> None:
    """Have what waits taken into beliefs and summaries now."""
    with open_existing(memory) as open_memory:
        info_of(open_memory, bank)
        with output.waiting("taking it into beliefs and summaries"):
            bank_status = open_memory.bank(bank).consolidate()
    output.emit(bank_status, json, lambda: output.show_status(bank_status))
