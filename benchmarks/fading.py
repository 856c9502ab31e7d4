"""What memory strength does to evidence recall: the day after a conversation ended, and a season later.

    python benchmarks/fading.py path/to/conversations.json

The same questions as in recall.py, with nothing fading, and with the strength factor at several weights and decays,
asked by a clock that stands a day, or ninety, after the last turn; nothing is noted of what was recalled.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from conversations import Conversation, read_conversations
from machine import describe
from recall import Remembering

from fourfold import Memory
from fourfold.recall.fuse import Weights
from fourfold.settings import load_settings
from fourfold.testing import FrozenClock

AFTER = (1, 90)
DECAYS = (None, 7.0, 30.0, 90.0)
WEIGHTS = (0.05, 0.1, 0.2)


def measured(
    conversation: Conversation, embedder: Remembering, after: int
) -> dict[tuple[float | None, float], list[float]]:
    """Recall@10 of every question, by decay and weight."""
    found: dict[tuple[float | None, float], list[float]] = {}
    clock = FrozenClock(
        max(m.known_time for m in conversation.messages if m.known_time) + timedelta(days=after)
    )
    with Memory.open(":memory:", embedder=embedder, clock=clock) as memory:
        bank = memory.bank("a")
        bank.retain(conversation.messages, document="chat")
        services = memory._async.services
        for decay in DECAYS:
            memory._async.services = replace(
                services, settings=load_settings().model_copy(update={"decay": decay})
            )
            for weight in WEIGHTS if decay is not None else (0.0,):
                memory._async.weights = Weights(strength=weight)
                shares = []
                for question in conversation.questions:
                    hits = memory.bank("a").recall(question.text, budget=None, limit=10).hits
                    said = {message for hit in hits for message in hit.unit.source.messages}
                    shares.append(len(question.evidence & said) / len(question.evidence))
                found[decay, weight] = shares
        memory._async.services = services
    return found


def main() -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    conversations = read_conversations(parser.parse_args().data)
    embedder = Remembering("minilm")
    print(f"{describe()}\n\n| days after | decay | weight | recall@10 |\n|---|---|---|---|")
    for after in AFTER:
        results = [measured(conversation, embedder, after) for conversation in conversations]
        for decay, weight in results[0]:
            shares = [share for result in results for share in result[decay, weight]]
            print(f"| {after} | {decay} | {weight} | {np.mean(shares):.4f} |", flush=True)


if __name__ == "__main__":
    main()
