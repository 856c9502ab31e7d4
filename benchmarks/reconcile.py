"""Whether newer facts take the place of older ones, without a language model: for each question the current fact
should be among the first 5 recalled, and every superseded one absent, or below it and marked.

    python benchmarks/reconcile.py ../shared/data/factconsolidation-sh-6k.json

The data is a numbered list of facts ("3. The capital of X is Y."), of which a later one replaces an earlier one
with the same subject and relation; retained in order, the number as the message id, `--at-once` facts a retain.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from pathlib import Path

from machine import describe

from fourfold import Memory, Message, Recall
from fourfold.language.text import normalise

_FACT = re.compile(r"^(\d+)\. (.+)$")


def main() -> None:
    """Prints one line of figures, and with --show the questions that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--at-once", type=int, default=10_000)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    data = json.loads(options.data.read_text())
    facts = [(m[1], m[2]) for line in data["context"].split("\n") if (m := _FACT.match(line))]
    print(describe())
    with Memory.open(":memory:") as memory:
        bank = memory.bank("facts")
        began = time.perf_counter()
        for first in range(0, len(facts), options.at_once):
            bank.retain([Message(text, id=number) for number, text in facts[first : first + options.at_once]])
        seconds = time.perf_counter() - began
        right = clean = 0
        for question, answers in zip(data["questions"], data["answers"], strict=True):
            answer = bank.recall(question, limit=10)
            place = _place(answer, answers)
            stale = _stale(answer, place, facts)
            right += place < 5
            clean += place < 5 and not stale
            if options.show and (place >= 5 or stale):
                print(f"\n{question} -> {answers}; at {place}, stale {stale}")
                for hit in answer.hits[:5]:
                    mark = "superseded" if hit.unit.superseded_by else ""
                    print(f"   {hit.score:.2f} {hit.unit.text} {mark}")
    total = len(data["questions"])
    print(f"{len(facts)} facts in {seconds:.1f} s; current fact in the first 5: {right}/{total}; "
          f"and no stale one above it or unmarked: {clean}/{total}")  # fmt: skip


def _place(answer: Recall, answers: list[str]) -> int:
    """The place of the first unit that holds (is not marked) and ends with an answer."""
    wanted = [normalise(one) for one in answers]
    for place, hit in enumerate(answer.hits):
        said = normalise(hit.unit.text)
        if hit.unit.superseded_by is None and any(said.endswith(one) for one in wanted):
            return place
    return len(answer.hits) + 100


def _stale(answer: Recall, place: int, facts: list[tuple[str, str]]) -> list[str]:
    """What says something else of the same subject and relation as the answer, and is above it or not marked."""
    if place >= len(answer.hits):
        return []
    current = answer.hits[place].unit.text
    rivals = _rivals(facts)
    return [
        hit.unit.text
        for at, hit in enumerate(answer.hits)
        if hit.unit.text != current
        and rivals.get(hit.unit.text) == rivals.get(current)
        and (at < place or hit.unit.superseded_by is None)
    ]


def _rivals(facts: list[tuple[str, str]]) -> dict[str, str]:
    """For each fact the words it shares with the facts that differ from it in their end alone: the set's own
    frame."""
    by_start: dict[str, set[str]] = defaultdict(set)
    texts = {text for _, text in facts}
    for text in texts:
        words = text.split()
        for cut in range(2, len(words)):
            by_start[" ".join(words[:cut])].add(text)
    found = {}
    for text in texts:
        words = text.split()
        starts = [" ".join(words[:cut]) for cut in range(len(words) - 1, 1, -1)]
        found[text] = next((s for s in starts if len(by_start[s]) > 1 and _ends_in_relation(s)), text)
    return found


def _ends_in_relation(start: str) -> bool:
    said = re.search(r" (?:is|are|was|were|speaks|plays|died|works|worked)(?: |$)", start)
    return said is not None and re.search(r" (?:is|are|by|of|in|to|for|with|at)$", start) is not None


if __name__ == "__main__":
    main()
