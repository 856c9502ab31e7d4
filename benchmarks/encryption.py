"""What it costs that a memory is encrypted on the disk, beside the same memory in clear, in turn.

    python benchmarks/encryption.py [--size 2000] [--rounds 4]

Made-up chat lines in documents of 20, as in speed.py. Times are of the processor, all threads; each figure is the
median of the rounds and its ratio to that in clear.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from machine import describe
from speed import Pooled, messages, questions

from fourfold import Memory, Settings, create_key
from fourfold.storage.directory import allocated_bytes

_A_DOCUMENT = 20


def took(work: Callable[[], object]) -> float:
    """Milliseconds of processor time of `work()`."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def measured(directory: Path, settings: Settings, size: int) -> dict[str, float]:
    """Fills a memory in `directory`, opens it again and asks it; returns the figures by name."""
    pool, lines = Pooled(), messages(size, 0, pooled=True)
    figures = {}
    with Memory.open(str(directory), embedder=pool, settings=settings) as memory:
        bank = memory.bank("a")
        documents = [
            (f"d{first}", lines[first : first + _A_DOCUMENT]) for first in range(0, size, _A_DOCUMENT)
        ]
        retained = [took(partial(bank.retain, turns, document=name)) for name, turns in documents]
        figures["retain of 20 lines"] = median(retained)
    figures["bytes a unit"] = allocated_bytes(directory / "store" / "shard") / size
    shutil.rmtree(directory / "store" / "cache", ignore_errors=True)
    opened: list[Memory] = []
    figures["opening"] = took(
        lambda: opened.append(Memory.open(str(directory), embedder=pool, settings=settings))
    )
    with opened[0] as memory:
        bank = memory.bank("a")
        asked = questions(40)
        figures["first recall, the index built anew"] = took(lambda: bank.recall(asked[0]))
        figures["recall"] = median(took(partial(bank.recall, question)) for question in asked[1:])
        figures["all units read"] = took(bank.units)
    return figures


def main() -> None:
    """Prints one line a figure: in clear, encrypted, the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory(prefix="fourfold-encryption-") as root:
        key = create_key(Path(root) / "key")
        runs: dict[str, list[dict[str, float]]] = {"clear": [], "encrypted": []}
        kinds = [("clear", None), ("encrypted", key)]
        for number in range(arguments.rounds):
            # In turn, each of them first every other time: what is read once more is in part known by then.
            for name, key_file in kinds if number % 2 else reversed(kinds):
                settings = Settings(key_file=key_file, consolidate="asked")
                runs[name].append(measured(Path(root) / f"{name}{number}", settings, arguments.size))
    for figure in runs["clear"][0]:
        clear, encrypted = (median(run[figure] for run in runs[name]) for name in ("clear", "encrypted"))
        print(f"{figure}: {clear:.4g} in clear, {encrypted:.4g} encrypted, {encrypted / clear:.2f} times")


if __name__ == "__main__":
    main()
