"""What governing a bank costs: the bank as of a moment, undoing, exporting, loading, forking, erasing a document.

    python benchmarks/govern.py [--size 10000]

A bank is filled with made-up chat lines in documents of 20, as in speed.py. Beside erasing stands what it is measured
against: copying all records but the erased ones into a new store through the engine's Python interface.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machine import describe, percentiles
from speed import Pooled, messages, questions

from fourfold import Memory
from fourfold.ports import Fields, Where
from fourfold.storage.embedded import EmbeddedStore
from fourfold.storage.manifest import Manifest

_A_DOCUMENT = 20


def took(work: Callable[..., object], *given: Any, **named: Any) -> float:
    """Seconds of `work(*given, **named)`."""
    began = time.perf_counter()
    work(*given, **named)
    return time.perf_counter() - began


def copied(directory: Path, model: Pooled) -> float:
    """Seconds to copy a store, record by record."""
    manifest = Manifest(model.name, model.dimension, model.token_dimension)
    source, target = EmbeddedStore.open(directory, manifest), EmbeddedStore.temporary(manifest)
    began = time.perf_counter()
    part = []
    for point in source.scan(Where(), Fields(vectors=True)):
        part.append(point)
        if len(part) == 500:
            target.write(part)
            part = []
    target.write(part)
    spent = time.perf_counter() - began
    source.close()
    target.close()
    return spent


def main() -> None:
    """Prints one line a measurement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    size = parser.parse_args().size
    print(describe())
    pool = Pooled()
    directory = Path(tempfile.mkdtemp(prefix="fourfold-govern-"))
    moments = []
    with Memory.open(str(directory), embedder=pool) as memory:
        bank = memory.bank("a")
        lines = messages(size, 0, pooled=True)
        for number, first in enumerate(range(0, size, _A_DOCUMENT)):
            bank.retain(lines[first : first + _A_DOCUMENT], document=f"d{number}")
            if number % 100 == 99:
                moments.append(bank.history(limit=1)[0].at)
        bank.consolidate()
        print(f"{len(bank.units())} units in {number + 1} documents, {len(bank.history())} records")
        asked = questions(20)
        now = [took(bank.recall, question) for question in asked]
        then = [took(bank.recall, asked[0], as_of=moment) for moment in moments]
        again = [took(bank.recall, question, as_of=moments[-1]) for question in asked]
        print(
            f"recall now {percentiles(now)}; as of a moment, first {percentiles(then)}, again {percentiles(again)}"
        )
        print(f"history {took(bank.history):.2f} s")
        change = bank.history()
        undo = took(bank.undo, next(one for one in change if one.operation == "retain"))
        print(f"undo a retain {undo:.2f} s; the next recall {took(bank.recall, asked[0]):.2f} s")
        for document in ("d3", "d250", "d400"):
            print(f"erase {document}: {took(bank.forget, document=document, erase=True):.2f} s")
    print(f"copying the store instead: {copied(directory, pool):.2f} s")
    with Memory.open(str(directory), embedder=pool) as memory:
        bank = memory.bank("a")
        file = directory.with_suffix(".jsonl")
        exported = took(bank.export, file)
        loaded = took(memory.load, file, bank="loaded")
        print(
            f"export {exported:.2f} s ({file.stat().st_size / 2**20:.0f} MB), load {loaded:.2f} s", end="; "
        )
        print(f"fork {took(bank.fork, 'forked'):.2f} s")
    shutil.rmtree(directory)


if __name__ == "__main__":
    main()
