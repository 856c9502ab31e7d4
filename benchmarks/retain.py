"""How fast a retain with a language model is, beside the calls themselves: the provider is a server on this machine
that speaks OpenAI's wire format and takes a set time for each answer.

    python benchmarks/retain.py [--chunks 200] [--seconds 1] [--concurrency 16]

Two baselines of the same run: the calls alone (the same client, the same turns, as many at once, nothing written),
and embedding the statements alone.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
from machine import describe

from fourfold import Memory, Message
from fourfold.ingest.extract.llm import Extraction
from fourfold.models import load_embedder
from fourfold.models.openai import OpenAIChat
from fourfold.settings import load_settings
from fourfold.testing import Call, OpenAIServer, Stall

_START = datetime(2024, 1, 1, tzinfo=UTC)
_PLACES = "Porto Lisbon Faro Braga Evora Coimbra Aveiro Sintra".split()
_THINGS = "oak fig pear plum lemon olive cherry walnut almond quince".split()


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    messages = [_message(i) for i in range(options.chunks)]
    statements = [text for message in messages for text in _statements(message.text)]

    def script(call: Call) -> Any:
        said = call.user.rpartition("[1] ")[2].partition(": ")[2]
        found = [{"text": text, "network": "world", "messages": [1]} for text in _statements(said)]
        return Stall(options.seconds, {"statements": found})

    print(describe())
    embedder = load_embedder("minilm")
    embedder.embed(statements[:64])
    rows = []
    with OpenAIServer(script) as server:
        for _ in range(options.runs):
            alone = anyio.run(_calls, server.url, messages, options.concurrency)
            began = time.perf_counter()
            embedder.embed(statements)
            embedding = time.perf_counter() - began
            with tempfile.TemporaryDirectory() as directory:
                chosen = load_settings(llm_concurrency=options.concurrency)
                chat = OpenAIChat("stub", base_url=server.url)
                with Memory.open(directory, embedder=embedder, llm=chat, settings=chosen) as memory:
                    began = time.perf_counter()
                    done = memory.bank("a").retain(messages)
                    took = time.perf_counter() - began
            assert done.pending == 0
            rows.append((took, alone, embedding, done.usage.embed_seconds, len(done.units)))
    took, alone, embedding, inside, units = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"\n{options.chunks} chunks, {units:.0f} units, {options.seconds} s a call, {options.concurrency} at once, "
          f"median of {options.runs} runs\n")  # fmt: skip
    print("| | seconds | to calls and embedding |")
    print("|---|---|---|")
    print(f"| the calls alone | {alone:.1f} | |")
    print(f"| embedding alone | {embedding:.1f} | (within the retain: {inside:.1f}) |")
    print(f"| retain | {took:.1f} | {took / (alone + embedding):.2f} x |")


async def _calls(url: str, messages: list[Message], concurrency: int) -> float:
    """The seconds that the calls of a retain take by themselves."""
    from fourfold.ports import PromptMessage

    model = OpenAIChat("stub", base_url=url)
    places = anyio.CapacityLimiter(concurrency)

    async def ask(message: Message) -> None:
        async with places:
            await model.ask([PromptMessage("user", f"[1] {message.speaker}: {message.text}")], Extraction)

    began = time.perf_counter()
    async with anyio.create_task_group() as group:
        for message in messages:
            group.start_soon(ask, message)
    took = time.perf_counter() - began
    await model.close()
    return took


def _message(number: int) -> Message:
    """Four facts that nobody else tells, on a day of their own: a chunk of its own."""
    facts = []
    for i in range(4):
        tree, place = _THINGS[(number + i) % 10], _PLACES[(number * 3 + i) % 8]
        facts.append(
            f"Grower {number} planted {number + 3} {tree} trees near {place} in row {number * 7 + i}."
        )
    return Message(" ".join(facts), "Ana", at=_START + timedelta(days=number), id=str(number))


def _statements(text: str) -> list[str]:
    return [f"{one.strip()}." for one in re.split(r"\.", text) if one.strip()]


if __name__ == "__main__":
    main()
