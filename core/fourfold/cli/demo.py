"""`fourfold demo`: the main job on a conversation that comes with Fourfold; it leaves nothing behind."""

from __future__ import annotations

import json as jsonlib
import time
from importlib.resources import files as resources
from pathlib import Path

from rich.markup import escape

from fourfold import Memory
from fourfold.cli import files, show


def run(json: bool) -> None:
    """Retains the conversation, asks its questions, reflects, and shows a belief's history and a summary."""
    path = conversation()
    messages = next(iter(files.read_file(path).values()))
    asked = jsonlib.loads(path.read_text("utf-8"))
    questions = asked["questions"]
    began = time.perf_counter()
    with Memory.open(":memory:") as memory:
        bank = memory.bank("demo")
        opened = time.perf_counter()
        retained = bank.retain(messages, document=path.name)
        written = time.perf_counter()
        answers = [(question, bank.recall(question, limit=3)) for question in questions]
        recalled = time.perf_counter()
        bank.settle()
        settled = time.perf_counter()
        reflection = bank.reflect(asked["reflect"], budget=160)
        done = time.perf_counter()
        entities = bank.entities()
        belief = max(bank.beliefs(), key=lambda one: len(one.history))
        told = {one: bank.unit(one) for change in belief.history for one in change.evidence}
        summary = bank.summary(entities[0].name)
    seconds = {
        "open": opened - began,
        "retain": written - opened,
        "recall": recalled - written,
        "consolidate": settled - recalled,
        "reflect": done - settled,
    }
    if json:
        report = {
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "units": len(retained.units),
            "answers": {q: [hit.unit.text for hit in answer.hits] for q, answer in answers},
            "reflection": reflection,
            "belief": belief,
            "summary": summary,
        }
        show.out.print(show.as_json(report), markup=False)
        return
    networks = {unit.network.value for unit in retained.units}
    show.out.print(
        f"Retained {len(messages)} messages as {len(retained.units)} units in {', '.join(sorted(networks))}; "
        f"{len(entities)} entities, among them {', '.join(e.name for e in entities[:6])}.\n"
    )
    for question, answer in answers:
        show.out.print(f"[bold green]? {escape(question)}[/]")
        show.show_recall(answer, explain=False)
        show.out.print()
    show.out.print(f"[bold green]Reflecting: {escape(asked['reflect'])}[/]")
    show.show_reflection(reflection)
    show.out.print("\n[bold green]A belief, and what moved it[/]")
    show.show_beliefs([belief], told, plot=True)
    show.out.print(f"\n[bold green]What is known of {escape(summary.entity)}, and the unit that says it[/]")
    for sentence in summary.sentences:
        show.out.print(f"{escape(sentence.text)} [dim]{', '.join(one[:8] for one in sentence.evidence)}[/]")
    show.out.print()
    steps = ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())
    show.out.print(f"Took: {steps} (the first retain loads the embedding model).")


def conversation() -> Path:
    """The conversation: in the wheel it lies beside this file, in a checkout under examples/."""
    packaged = Path(str(resources("fourfold.cli") / "conversation.json"))
    return packaged if packaged.exists() else Path(__file__).parents[3] / "examples" / "conversation.json"
