"""What reading a text costs, by what it is made of: the slowest kinds, in microseconds a character.

    python benchmarks/text_cost.py [--characters 100000]
    python benchmarks/text_cost.py --talk ../shared/data/locomo-dev.json [--conversations 3] [--without-engine]

Retains a message of one kind after another into an empty bank, on an embedder that costs next to nothing, and
consolidates it; what the packaged model takes to read each text for the heads is counted. With `--talk`, retains
conversations of ordinary talk instead, each into an empty bank, with the default embedder, in the embedded engine, or
with `--without-engine` in the store of the tests. What embedding takes is left out then; the first conversation pays
for what is loaded once a process. Time is that of the processor.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from conversations import Conversation, read_conversations
from machine import describe

from fourfold import Memory
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Embedding
from fourfold.settings import load_settings
from fourfold.testing import HashEmbedder, MemoryStore

KINDS = """a|A|A |Anna Maria |([{|"'|12 |1/2/|. |a. |? |a? |a@|@|-|_|'s |in May |Monday to |3 May - |2022-|last |not
I will |I think |my x is y. |I live in Porto. |中|我住在|三月|👍🏽|http://a |sk-a|password is |Mr. |said, "|ich werde
vor 3 Tagen |der Hund |between May and """.replace("\n", " |").split("|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--talk", type=Path)
    parser.add_argument("--conversations", type=int, default=3)
    parser.add_argument("--without-engine", action="store_true")
    options = parser.parse_args()
    characters = options.characters
    print(describe())
    if options.talk is not None:
        _measure_talk(read_conversations(options.talk)[: options.conversations], options.without_engine)
        return
    _cost("I think so. ", 1000)
    costs = sorted(((_cost(kind, characters), kind) for kind in KINDS), reverse=True)
    for cost, kind in costs[:12]:
        print(f"{cost:8.2f} us a character   {kind!r}")


def _cost(kind: str, characters: int) -> float:
    text = kind * (characters // len(kind))
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        began = time.process_time()
        memory.bank("a").retain(text)
        memory.bank("a").consolidate()
        return (time.process_time() - began) / len(text) * 1e6


class _MeasuredEmbedder(MiniLM):
    """The default embedder; `seconds` of the processor went into embedding so far."""

    seconds = 0.0

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        began = time.process_time()
        try:
            return super().embed(texts)
        finally:
            self.seconds += time.process_time() - began


def _measure_talk(conversations: Sequence[Conversation], without_engine: bool) -> None:
    embedder = _MeasuredEmbedder()
    settings = load_settings(consolidate="asked")
    for conversation in conversations:
        # One store a run: what is read of a text is kept, so a second store would be given it for nothing.
        with (
            Memory(MemoryStore(), embedder, settings)
            if without_engine
            else Memory.open(":memory:", embedder=embedder, settings=settings)
        ) as memory:
            cost = _talk_cost(memory, embedder, conversation)
        print(f"{cost:8.2f} us a character   {conversation.name}, {len(conversation.messages)} messages")


def _talk_cost(memory: Memory, embedder: _MeasuredEmbedder, conversation: Conversation) -> float:
    began, embedding_before = time.process_time(), embedder.seconds
    memory.bank("a").retain(conversation.messages, document="talk")
    spent = time.process_time() - began - (embedder.seconds - embedding_before)
    return spent / sum(len(message.text) for message in conversation.messages) * 1e6


if __name__ == "__main__":
    main()
