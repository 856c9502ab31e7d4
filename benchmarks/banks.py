"""Many banks in one store: listing them, their sizes, a recall in one, and erasing one, against the number of
banks.

    python benchmarks/banks.py [--sizes 100 1000 10000] [--units 10]

Each bank is written straight to the store, as a fork would: a profile and some units, whose vectors are drawn
from a pool. Beside the recall stands the same search without the tenant index (`bank` filtered by a payload
field that has none).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from machine import describe, percentiles
from speed import Pooled, messages

from fourfold import Memory
from fourfold.ports import Floats, Query, Where
from fourfold.schema.records import cursor_point, stamped
from fourfold.schema.rekey import Rekeyer
from fourfold.transfer.export import bank_points


def took(work: Callable[..., object], *given: Any, **named: Any) -> float:
    """Seconds of `work(*given, **named)`."""
    began = time.perf_counter()
    work(*given, **named)
    return time.perf_counter() - began


def fill(memory: Memory, first: int, last: int, units: int, pool: Pooled) -> None:
    """Banks `first` to `last`, copies of one another under other ids."""
    services = memory._async.services
    if first == 0:
        memory.bank("bank 0").retain(messages(units, 0, pooled=True), document="log")
    with services.indexes.locked("bank 0") as index:
        points = list(bank_points(services, index))
    staged = []
    for number in range(max(first, 1), last):
        renaming = Rekeyer("bank 0", f"bank {number}")
        for point in points:
            renaming.note(point)
        moved = [renaming.moved(point) for point in points]
        cursor = cursor_point(f"bank {number}", services.store.writer, 1)
        staged += [stamped(point, services.store.writer, 1) for point in (*moved, cursor)]
        if len(staged) > 2000:
            services.store.write(staged)
            staged = []
    services.store.write(staged)


def near(where: Where, vector: Floats) -> Query:
    """The ten nearest that a filter admits."""
    return Query(where, 10, vector=vector)


def main() -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--units", type=int, default=10)
    chosen = parser.parse_args()
    print(describe() + "\n")
    print(
        "| banks | units | list all | open one and recall | search in one | filter without an index | erase one |"
    )
    print("|---|---|---|---|---|---|---|")
    pool, done = Pooled(), 0
    vector = pool.embed(["Who repaired the blue boat?"])[0].vector
    with (
        tempfile.TemporaryDirectory() as directory,
        Memory.open(str(Path(directory) / "m"), embedder=pool) as memory,
    ):
        store = memory._async.services.store
        for size in chosen.sizes:
            fill(memory, done, size, chosen.units, pool)
            done = size
            listed = np.median([took(memory.banks) for _ in range(3)])
            opened = [
                took(memory.bank(f"bank {n}").recall, "Who repaired the blue boat?") for n in range(5, 45)
            ]
            asked = [near(Where(bank=f"bank {n}", live=True), vector) for n in range(5, 45)]
            tenant = [took(store.search, [query]) for query in asked]
            plain = [took(store.search, [near(Where(since=float(n)), vector)]) for n in range(5)]
            erased = took(memory.erase, f"bank {size - 1}")
            print(
                f"| {size:,} | {size * chosen.units:,} | {listed:.3f} s | {percentiles(opened)} "
                f"| {percentiles(tenant)} | {percentiles(plain)} | {erased:.2f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
