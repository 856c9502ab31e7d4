"""Whether statements that only share words are taken to compete: pairs of statements of one speaker, of different
sessions, with at least two content words in common, drawn by a seed.

    python benchmarks/competing.py ../shared/data/locomo-dev.json ../shared/data/beam-dev.json ... --show

Nearly all such pairs stand side by side, so what is said to compete is read: `--show` prints it, `--all` every pair.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from machine import describe

from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.languages import language
from fourfold.language.succession.reading import read_claims
from fourfold.language.succession.rules import competes
from fourfold.language.text import sentences, terms

SHARED_WORDS = 2
LENGTHS = range(8, 301)
"""Characters of a statement that is drawn."""
PARTNERS = 3
"""Older statements that one newer statement is paired with at most."""


class Statement(NamedTuple):
    """A sentence that somebody said; `session` says when."""

    speaker: tuple[str, str]
    session: str
    text: str
    code: str


class Pair(NamedTuple):
    """Two statements of one speaker, the older first."""

    older: str
    newer: str
    code: str


def main() -> None:
    """Prints for each file how many pairs were drawn, and how many are said to compete or to replace each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--pairs", type=int, default=167, help="pairs a file")
    parser.add_argument("--seed", type=int, default=24)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    print(describe())
    for path in options.data:
        pairs = draw(list(statements(path)), options.pairs, options.seed)
        measure(path.name, pairs, options.show, options.all)


def statements(path: Path) -> Iterator[Statement]:
    """Yields what people, not assistants, say in a file of `shared/data`, sentence by sentence, in order."""
    data = json.loads(path.read_text())
    turns = _locomo(data) if isinstance(data, list) else _conversations(data)
    for statement in turns:
        for start, end in sentences(statement.text):
            if end - start in LENGTHS:
                yield statement._replace(text=statement.text[start:end])


def draw(said: list[Statement], most: int, seed: int, shared_words: int = SHARED_WORDS) -> list[Pair]:
    """Returns at most `most` pairs that share words; the same ones for the same seed."""
    chance = random.Random(seed)
    by_speaker: dict[tuple[str, str], list[tuple[Statement, frozenset[str]]]] = defaultdict(list)
    pairs: list[Pair] = []
    for newer in said:
        stems = frozenset(terms(newer.text, language(newer.code)))
        older = by_speaker[newer.speaker]
        related = [
            statement
            for statement, other in older
            if statement.session != newer.session and len(stems & other) >= shared_words
        ]
        for statement in chance.sample(related, min(PARTNERS, len(related))):
            pairs.append(Pair(statement.text, newer.text, newer.code))
        older.append((newer, stems))
    return chance.sample(pairs, min(most, len(pairs)))


def measure(name: str, pairs: list[Pair], show: bool, show_all: bool) -> None:
    """Compares the pairs of a file, and prints the figures."""
    competing = replacing = 0
    seconds = 0.0
    for pair in pairs:
        spoken = language(pair.code)
        newer, older = read_claims(pair.newer, spoken), read_claims(pair.older, spoken)
        began = time.process_time()
        competition = competes(newer, older)
        seconds += time.process_time() - began
        comparison = compare_attributes(AttributedText(pair.newer, "a"), AttributedText(pair.older, "a"))
        competing += competition is not None
        replacing += comparison is not None and comparison[0] == "replaces"
        if show_all or (show and competition is not None):
            print(f"{competition.rule if competition else '-'}\t{pair.older}\t{pair.newer}")
    each = 1e6 * seconds / max(1, len(pairs))
    print(
        f"{name}: {len(pairs)} pairs, {competing} compete, {replacing} replace; {each:.0f} us of processor a pair"
    )


def _locomo(data: list[Any]) -> Iterator[Statement]:
    for entry in data:
        conversation, number = entry["conversation"], 1
        while f"session_{number}" in conversation:
            for turn in conversation[f"session_{number}"]:
                yield Statement((entry["sample_id"], turn["speaker"]), str(number), turn["text"], "en")
            number += 1


def _conversations(data: dict[str, Any]) -> Iterator[Statement]:
    for conversation in data["conversations"]:
        for message in conversation["messages"]:
            if message["role"] == "user":
                speaker = (conversation["id"], message["speaker"] or "")
                yield Statement(speaker, message["at"][:10], message["text"], data["language"])


if __name__ == "__main__":
    main()
