"""The commands about what a bank makes of what it holds: reflection, beliefs, and the core profile."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fourfold import NotFoundError
from fourfold.cli import output
from fourfold.cli.common import At, BankName, Json, app, existing, info_of


@app.command()
def reflect(
    question: str,
    bank: BankName = "default",
    memory: At = None,
    budget: Annotated[int | None, typer.Option(help="Tokens of evidence at most.")] = None,
    steps: Annotated[int, typer.Option(help="Calls of the language model at most.")] = 4,
    json: Json = False,
) -> None:
    """Answer a question with evidence: by the language model that is set, or as an extract."""
    with existing(memory) as opened:
        info_of(opened, bank)
        with output.waiting("reflecting"):
            answer = opened.bank(bank).reflect(question, budget=budget, steps=steps)
    if json:
        output.out.print(output.as_json(answer), markup=False)
    else:
        output.show_reflection(answer)


@app.command()
def beliefs(
    bank: BankName = "default",
    memory: At = None,
    about: Annotated[str | None, typer.Option(help="Only those about this entity.")] = None,
    min_confidence: Annotated[
        float, typer.Option(help="Only those of at least this confidence, 0 to 1.")
    ] = 0.0,
    plot: Annotated[bool, typer.Option("--plot", help="Draw each one's confidence over time.")] = False,
    png: Annotated[
        Path | None, typer.Option(help="Write the confidence of the one that changed most to this file.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what the bank believes, how sure it is, and how that came about."""
    from fourfold.cli.plot import save_png

    with existing(memory) as opened:
        info_of(opened, bank)
        chosen = opened.bank(bank)
        found = chosen.beliefs(about, min_confidence=min_confidence)
        told = {
            one: chosen.unit(one) for belief in found for change in belief.history for one in change.evidence
        }
    if png is not None:
        if not found:
            raise NotFoundError("There is no such belief to draw.")
        most = max(found, key=lambda belief: len(belief.history))
        save_png(most, png, lambda change: output.reason_of(change, told))
        output.err.print(f"Wrote {png}.", markup=False)
    if json:
        output.out.print(output.as_json([asdict(belief) for belief in found]), markup=False)
    elif png is None or plot:
        output.show_beliefs(found, told, plot)


@app.command()
def core(
    bank: BankName = "default",
    memory: At = None,
    budget: Annotated[int, typer.Option(help="Tokens at most.")] = 400,
    json: Json = False,
) -> None:
    """Show the core profile: what should always be in the prompt."""
    with existing(memory) as opened:
        info_of(opened, bank)
        profile = opened.bank(bank).core(budget)
    if json:
        output.out.print(output.as_json(profile), markup=False)
    else:
        output.out.print(profile.text or "Nothing yet.", markup=False)


@app.command()
def status(bank: BankName = "default", memory: At = None, json: Json = False) -> None:
    """Show what waits to be taken into beliefs and summaries, and what failed."""
    with existing(memory) as opened:
        info_of(opened, bank)
        found = opened.bank(bank).status()
    if json:
        output.out.print(output.as_json(found), markup=False)
    else:
        output.show_status(found)


@app.command()
def consolidate(bank: BankName = "default", memory: At = None, json: Json = False) -> None:
    """Have what waits taken into beliefs and summaries now."""
    with existing(memory) as opened:
        info_of(opened, bank)
        with output.waiting("taking it into beliefs and summaries"):
            found = opened.bank(bank).consolidate()
    if json:
        output.out.print(output.as_json(found), markup=False)
    else:
        output.show_status(found)
