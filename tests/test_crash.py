"""`kill -9` at random moments of a retain loop: what was acknowledged is whole, nothing is half there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fourfold import Memory
from fourfold.testing import HashEmbedder

ROUNDS = 10
BATCH = 4

WRITER = """
import sys
from fourfold import Memory, Message
from fourfold.testing import HashEmbedder
with Memory.open(sys.argv[1], embedder=HashEmbedder()) as memory:
    number = int(sys.argv[2])
    while True:
        batch = [Message(f"Note {number} part {part} of the log.", "Ana", id=f"{number}-{part}") for part in range(4)]
        memory.bank(f"bank{number % 2}").retain(batch, document=str(number))
        print(number, flush=True)
        number += 1
"""


def _write_until_killed(directory: Path, first: int, seconds: float) -> list[int]:
    """The numbers that a writer acknowledged before it was killed."""
    command = [sys.executable, "-c", WRITER, str(directory), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline())]
        killer = time.monotonic() + seconds
        while time.monotonic() < killer:
            acknowledged.append(int(writer.stdout.readline()))
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    return acknowledged


@pytest.mark.parametrize("seed", [1, 2])
def test_every_acknowledged_retain_survives_kill_9(tmp_path: Path, seed: int) -> None:
    moments = random.Random(seed)
    acknowledged: list[int] = []
    for _ in range(ROUNDS // 2):
        begun = max(acknowledged, default=-1) + 2
        acknowledged += _write_until_killed(tmp_path, begun, moments.uniform(0, 0.25))
    with Memory.open(str(tmp_path), embedder=HashEmbedder()) as memory:
        units = [unit for name in ("bank0", "bank1") for unit in memory.bank(name).units()]
        kept: dict[str, int] = {}
        for unit in units:
            kept[unit.source.document] = kept.get(unit.source.document, 0) + 1
        assert {int(document) for document in kept} >= set(acknowledged)
        assert set(kept.values()) == {BATCH}
        last = max(acknowledged)
        hits = memory.bank(f"bank{last % 2}").recall(f"Note {last} of the log", limit=BATCH).hits
        assert {hit.unit.source.document for hit in hits} == {str(last)}
