"""What closer looks at likely changes cost a retain (docs/adr/0021): a conversation is retained with and without,
in turn, in one run.

    python benchmarks/closer_looks.py ../shared/data/locomo-dev.json [--conversations 2] [--rounds 2] [--show]

Prints, of each conversation, the statements, the pairs looked at, the texts embedded for that, the units marked by a
look, and the processor time with looks over that without. `--show` prints the pairs marked.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from conversations import read_conversations
from machine import describe

from fourfold import Memory, Message
from fourfold.ingest.compare import closer_looks, successors
from fourfold.models.packaged.change_model import ChangeModel, change_model
from fourfold.ports import Embedder

_counts = {"looks": 0, "texts": 0}


class _CountedLooks(closer_looks.CloserLooks):
    def changes(self, embedder: Embedder) -> Iterator[closer_looks.Look]:
        texts = {text for look in self._looks for text in (look.newer.text, look.older.text)}
        _counts["looks"] += len(self._looks)
        _counts["texts"] += len(texts)
        yield from super().changes(embedder)


def main() -> None:
    """Prints a line for each conversation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--conversations", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    print(describe())
    for conversation in read_conversations(options.data)[: options.conversations]:
        seconds: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(options.rounds):
            for with_looks in (False, True):
                _counts.update(looks=0, texts=0)
                spent, units, marked = _retain(conversation.messages, with_looks)
                seconds[with_looks].append(spent)
        if options.show:
            print(*marked, sep="\n")
        ratio = statistics.median(seconds[True]) / statistics.median(seconds[False])
        print(
            f"{units} statements, {_counts['looks']} pairs looked at, {_counts['texts']} texts embedded, "
            f"{len(marked)} marked by a look; {ratio:.3f} x the processor time of {min(seconds[False]):.1f} s"
        )


def _retain(messages: Sequence[Message], with_looks: bool) -> tuple[float, int, list[str]]:
    """Returns the processor seconds of a retain, its statements, and what a look marked."""

    def model(embedder: str, language: str) -> ChangeModel | None:
        return change_model(embedder, language) if with_looks else None

    with (
        patch.object(successors, "change_model", model),
        patch.object(successors, "CloserLooks", _CountedLooks),
        tempfile.TemporaryDirectory() as directory,
        Memory.open(directory) as memory,
    ):
        bank = memory.bank("a")
        bank.retain([Message(text="Hello there.")])
        began = time.process_time()
        retained = bank.retain(messages)
        spent = time.process_time() - began
    reasons = [operation.reason for operation in retained.operations]
    return spent, len(reasons), [reason for reason in reasons if "probably tells of a change" in reason]


if __name__ == "__main__":
    main()
