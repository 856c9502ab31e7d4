"""`fourfold demo`: the main job on a conversation that comes with Fourfold; it leaves nothing behind."""

from __future__ import annotations

import json as jsonlib
import time
from dataclasses import dataclass
from importlib.resources import files as resources
from itertools import pairwise
from pathlib import Path

from fourfold import Belief, Entity, Memory, Recall, Reflection, RetainResult, Summary, Unit
from fourfold.cli import output
from fourfold.transfer.importers import read_import
from fourfold.values.units import SHORT_ID
from fourfold.values.wording import counted


@dataclass(frozen=True, slots=True)
class _DemoResult:
    """What came of each part of the demo, and how long it took."""

    messages: int
    retained: RetainResult
    entities: list[Entity]
    answers: list[tuple[str, Recall]]
    reflection: Reflection
    belief: Belief
    evidence: dict[str, Unit]
    summary: Summary
    seconds: dict[str, float]


def run(json: bool) -> None:
    """Retains the conversation, asks its questions, reflects, and shows a belief's history and a summary."""
    result = _run_parts(conversation())
    if not json:
        _show(result)
        return
    report = {
        "seconds": {name: round(value, 3) for name, value in result.seconds.items()},
        "units": len(result.retained.units),
        "answers": {q: [hit.unit.text for hit in answer.hits] for q, answer in result.answers},
        "reflection": result.reflection,
        "belief": result.belief,
        "summary": result.summary,
    }
    output.out.print(output.as_json(report))


def _run_parts(path: Path) -> _DemoResult:
    messages = read_import(path).documents[0].messages
    script = jsonlib.loads(path.read_text("utf-8"))
    times = [time.perf_counter()]
    with Memory.open(":memory:") as memory:  # leaves nothing behind, whatever memory the user has
        bank = memory.bank("demo")
        times.append(time.perf_counter())
        retained = bank.retain(messages, document=path.name)
        times.append(time.perf_counter())
        answers = [(question, bank.recall(question, limit=3)) for question in script["questions"]]
        times.append(time.perf_counter())
        bank.consolidate()
        times.append(time.perf_counter())
        reflection = bank.reflect(script["reflect"], budget=160)
        times.append(time.perf_counter())
        entities = bank.entities()
        belief = max(bank.beliefs(), key=lambda belief: len(belief.history))  # the one with most to show
        evidence_ids = [unit_id for change in belief.history for unit_id in change.evidence]
        evidence = {unit_id: bank.unit(unit_id) for unit_id in evidence_ids}
        summary = bank.summary(entities[0].name)
    parts = ("open", "retain", "recall", "consolidate", "reflect")
    seconds = {part: after - before for part, (before, after) in zip(parts, pairwise(times), strict=True)}
    return _DemoResult(
        len(messages), retained, entities, answers, reflection, belief, evidence, summary, seconds
    )


def _show(result: _DemoResult) -> None:
    units, names = result.retained.units, [entity.name for entity in result.entities]
    networks = {unit.network.value for unit in units}
    output.out.print(
        f"Retained {counted(result.messages, 'message')} as {counted(len(units), 'unit')} in "
        f"{', '.join(sorted(networks))}; {len(names)} entities, among them {', '.join(names[:6])}.\n"
    )
    for question, answer in result.answers:
        output.print_line((f"? {question}", "bold green"))
        output.show_recall(answer, explain=False)
        output.out.print()
    output.print_line((f"Reflecting: {result.reflection.question}", "bold green"))
    output.show_reflection(result.reflection)
    output.out.print()
    output.print_line(("A belief, and what moved it", "bold green"))
    output.show_beliefs([result.belief], result.evidence, plot=True)
    output.out.print()
    heading = f"What is known of {result.summary.entity}, and the unit that says it"
    output.print_line((heading, "bold green"))
    for sentence in result.summary.sentences:
        ids = ", ".join(unit_id[:SHORT_ID] for unit_id in sentence.evidence)
        output.print_line(f"{sentence.text} ", (ids, "dim"))
    steps = ", ".join(f"{name} {value:.2f} s" for name, value in result.seconds.items())
    output.out.print(f"\nTook: {steps} (the first retain loads the embedding model).")


def conversation() -> Path:
    """The conversation: in the wheel it lies beside this file, in a checkout under examples/."""
    packaged = Path(str(resources("fourfold.cli") / "conversation.json"))
    return packaged if packaged.exists() else Path(__file__).parents[3] / "examples" / "conversation.json"
