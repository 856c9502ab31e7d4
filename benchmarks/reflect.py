"""Reflection: extractive answers on conversations in LoCoMo's format, what a step costs beside the language model's
own time, and what consolidation costs those who recall meanwhile.

    python benchmarks/reflect.py path/to/conversations.json

An extractive answer (no language model, at most 512 tokens of citations) counts where all content words of the gold
answer (stemmed, no stop words) stand in the cited text, dates as they were resolved. Beside it: as many tokens of
what dense search alone finds, each under the day it was said.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from conversations import CATEGORIES, Conversation, read_conversations
from machine import describe, percentiles
from recall import Remembering
from speed import Pooled, line, questions

from fourfold import Bank, Memory, Message
from fourfold.language.languages import ENGLISH
from fourfold.language.text import estimate_tokens, terms
from fourfold.models.openai import OpenAIChat
from fourfold.settings import load_settings
from fourfold.testing import Call, OpenAIServer
from fourfold.values.rendering import written_day

BUDGET = 512
ANSWERED = (1, 2, 4)
UNITS = 10_000
STEPS = 4
MESSAGES = 700

Cite = Callable[[str, str], Sequence[str]]
"""The cited texts for (bank, question), best first."""


def main() -> None:
    """Measures and prints a Markdown report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=["answers", "steps", "consolidation"])
    chosen = parser.parse_args()
    print(f"{describe()}\n")
    if chosen.only in (None, "answers"):
        answers(chosen.data)
    if chosen.only in (None, "steps"):
        steps()
    if chosen.only in (None, "consolidation"):
        consolidation()


def answers(data: Path) -> None:
    """The share of answerable questions whose gold answer stands in what is cited."""
    conversations = read_conversations(data)
    gold = {entry["sample_id"]: entry["qa"] for entry in json.loads(data.read_text())}
    asked = [
        (c.name, one["question"], str(one["answer"]), one["category"])
        for c in conversations
        for one in gold[c.name]
        if one["category"] in ANSWERED and one.get("answer") is not None
    ]
    embedder = Remembering("minilm")
    with Memory.open(":memory:", embedder=embedder, settings=load_settings(consolidate="asked")) as memory:
        for conversation in conversations:
            memory.bank(conversation.name).retain(conversation.messages, document="chat")

        def ours(bank: str, question: str) -> Sequence[str]:
            cited = memory.bank(bank).reflect(question, budget=BUDGET).citations
            assert sum(estimate_tokens(citation.quote) for citation in cited) <= BUDGET
            return [citation.quote for citation in cited]

        print(
            f"Gold answer inside at most {BUDGET} tokens of citations, no language model, {len(asked)} questions:\n"
        )
        print("| | " + " | ".join(CATEGORIES[c] for c in ANSWERED) + " | all |")
        print("|---" * (len(ANSWERED) + 2) + "|")
        for name, cite in {
            "reflect": ours,
            "dense search alone": _dense(memory, embedder, conversations),
        }.items():
            found: dict[int, list[bool]] = defaultdict(list)
            for bank, question, answer, category in asked:
                inside = set(terms(answer, ENGLISH)) <= set(terms("\n".join(cite(bank, question)), ENGLISH))
                found[category].append(inside)
            shares = [np.mean(found[c]) for c in ANSWERED]
            everything = np.mean([one for c in ANSWERED for one in found[c]])
            print(f"| {name} | " + " | ".join(f"{share:.1%}" for share in [*shares, everything]) + " |")
    print()


def _dense(memory: Memory, embedder: Remembering, conversations: Sequence[Conversation]) -> Cite:
    """Bare turns under the day they were said, by the cosine of their bare text."""
    turns = {
        c.name: [f"[{written_day(m.known_time)}] {m.text}" for m in c.messages if m.known_time]
        for c in conversations
    }
    vectors = {
        c.name: np.stack([e.vector for e in embedder.embed([m.text for m in c.messages])])
        for c in conversations
    }

    def cite(bank: str, question: str) -> Sequence[str]:
        order = np.argsort(-(vectors[bank] @ embedder.embed([question])[0].vector))
        left, kept = BUDGET, []
        for place in order.tolist():
            size = estimate_tokens(turns[bank][place])
            if size <= left:
                left -= size
                kept.append(turns[bank][place])
        return kept

    return cite


def _step(call: Call) -> Any:
    """What the server answers: three look-ups at every step but the last."""
    if "no more to look up" in call.user:
        return {"answer": "So."}
    wanted = [{"what": "recall", "query": query} for query in ("the blue boat", "behind the station")]
    return {"look_up": [*wanted, {"what": "entity", "query": "Ana"}]}


def steps() -> None:
    """What a step costs at `UNITS` units beside the language model's time, over the wire to a server here."""
    draw = random.Random(3)
    lines = [
        Message(f"{line(draw)} (entry {n})", draw.choice(["Ana", "Ben"]), id=str(n)) for n in range(UNITS)
    ]
    settings = load_settings(consolidate="asked")
    with Memory.open(":memory:", embedder=Pooled(), settings=settings) as memory:
        bank = memory.bank("bank")
        for first in range(0, UNITS, 1000):
            bank.retain(lines[first : first + 1000], document="log")
        began = time.perf_counter()
        bank.consolidate()
        settled = time.perf_counter() - began
        services = memory._async.services
        taken, whole = [], []
        with OpenAIServer(_step) as server:
            chat = OpenAIChat("m", base_url=server.url)
            reasoning = Memory(services.store, services.embedder, settings, llm=chat)
            for question in questions(60):
                began = time.perf_counter()
                answer = reasoning.bank("bank").reflect(question, steps=STEPS)
                total = time.perf_counter() - began
                whole.append(total / STEPS)
                taken.append((total - answer.trace.milliseconds["model"] / 1000) / STEPS)
            reasoning._portal.stop()
        recalled = [_timed(bank, question) for question in questions(60)]
    print(
        f"A step of reflection beside the model's own time, {UNITS:,} units, three look-ups a step: p50 / p95 "
        f"{percentiles(taken)} ({percentiles(whole)} with the server and the SDK); a recall alone "
        f"{percentiles(recalled)}. The first consolidation of those units took {settled:.1f} s.\n"
    )


def consolidation() -> None:
    """How long `MESSAGES` messages take to be consolidated in the background, and recall meanwhile."""
    with Memory.open(":memory:", settings=load_settings(consolidate="asked")) as memory:
        bank = memory.bank("bank")
        draw = random.Random(5)
        talk = [Message(text, draw.choice(["Ana", "Ben"]), id=str(n)) for n, text in enumerate(_talk(draw))]
        bank.retain(talk[:MESSAGES], document="one")
        bank.consolidate()
        asked = questions(40)
        for question in asked[:10]:
            bank.recall(question)
        idle = [_timed(bank, question) for question in asked for _ in range(3)]
        bank.retain(talk[MESSAGES:], document="two")
        meanwhile, seconds = _meanwhile(memory, bank, asked)
        began = time.perf_counter()
        bank.consolidate()
        again = time.perf_counter() - began
        told = {"summaries": sum(1 for _ in _summaries(bank)), "beliefs": len(bank.beliefs())}
    ratio = np.median(meanwhile) / np.median(idle)
    print(
        f"Consolidation of {MESSAGES} messages in the background, no language model: {seconds:.1f} s "
        f"({told['summaries']} summaries, {told['beliefs']} beliefs in the bank); recall p50 / p95 idle "
        f"{percentiles(idle)}, meanwhile {percentiles(meanwhile)}, p50 {ratio:.2f} x; once more, with nothing to do, "
        f"{again * 1000:.0f} ms"
    )


def _talk(draw: random.Random) -> Iterator[str]:
    """Twice `MESSAGES` lines, some of them judgements and what bears on them."""
    things = (
        "the ferry",
        "the new kiln",
        "the harbour café",
        "the night bus",
        "the old printer",
        "the yoga class",
    )
    good, bad = ("excellent", "reliable", "great"), ("awful", "late", "broken", "terrible")
    for number in range(2 * MESSAGES):
        thing = draw.choice(things)
        match number % 7:
            case 0:
                yield f"I think {thing} is {draw.choice(good)}."
            case 1:
                yield f"On day {number} {thing} was {draw.choice([*good, *bad])}, so I told Ben in Porto."
            case _:
                yield line(draw)


def _meanwhile(memory: Memory, bank: Bank, asked: Sequence[str]) -> tuple[list[float], float]:
    """Recalls, one after another, while the background is at work; and how long that took."""
    from fourfold.consolidate import background

    worker = background.Background(_in_background(memory._async.services))
    background.QUIET_SECONDS = 0.0
    began = time.perf_counter()
    worker.notice(bank.name)
    taken: list[float] = []
    draw = random.Random(1)
    while worker.is_busy(bank.name):
        taken.append(_timed(bank, draw.choice(asked)))
    seconds = time.perf_counter() - began
    worker.stop()
    return taken, seconds


def _in_background(services: Any) -> Any:
    from dataclasses import replace

    return replace(services, settings=services.settings.model_copy(update={"consolidate": "background"}))


def _summaries(bank: Bank) -> Iterator[str]:
    from fourfold import NotFoundError

    for entity in bank.entities():
        try:
            yield bank.summary(entity.name).text
        except NotFoundError:
            continue


def _timed(bank: Bank, question: str) -> float:
    began = time.perf_counter()
    bank.recall(question)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
