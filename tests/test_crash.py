"""`kill -9` at random moments: what was acknowledged is whole, nothing is half there, and what was begun can be
finished."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fourfold import Memory
from fourfold.models.anthropic import Claude
from fourfold.models.openai import OpenAIChat
from fourfold.testing import AnthropicServer, Call, HashEmbedder, OpenAIServer

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("seed", [1])
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


READER = """
import signal, sys
from datetime import UTC, datetime, timedelta
from fourfold import Memory, Message
from fourfold.models.openai import OpenAIChat
from fourfold.testing import HashEmbedder
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it
start = datetime(2024, 1, 1, tzinfo=UTC)
days = [start + timedelta(days=n) for n in range(int(sys.argv[3]))]
said = [Message(f"Tree {n} is an oak.", "Ana", at=day, id=str(n)) for n, day in enumerate(days)]
with Memory.open(sys.argv[1], embedder=HashEmbedder(), llm=OpenAIChat("m", base_url=sys.argv[2])) as memory:
    memory.bank("a").retain(said, document="d", progress=lambda done, of: print(done, flush=True))
"""


def _read(call: Call) -> dict[str, Any]:
    """What a model would say of one chunk, which is one line here."""
    said = call.user.rpartition("[1] Ana: ")[2]
    return {"statements": [{"text": f"Ana knows: {said}", "messages": [1]}]}


@pytest.mark.parametrize(("how", "chunks"), [(signal.SIGKILL, 1000), (signal.SIGINT, 300)])
def test_a_retain_of_many_chunks_that_is_stopped_is_finished_by_resume(
    tmp_path: Path, how: signal.Signals, chunks: int
) -> None:
    stopped, asked = threading.Event(), itertools.count()

    def read_until_stopped(call: Call) -> dict[str, Any]:
        # The later chunks are answered once the reader is gone, or it might have finished before the signal arrives.
        if next(asked) >= 200:
            stopped.wait()
        return _read(call)

    with OpenAIServer(read_until_stopped) as server:
        command = [sys.executable, "-c", READER, str(tmp_path), server.url, str(chunks)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as reader:
            assert reader.stdout is not None
            written = 0
            while written < 100:
                written = int(reader.stdout.readline())
            reader.send_signal(how)
            written = max([written, *(int(line) for line in reader.stdout if line.endswith("\n"))])
        stopped.set()
        model = OpenAIChat("m", base_url=server.url)
        with Memory.open(str(tmp_path), embedder=HashEmbedder(), llm=model) as memory:
            bank = memory.bank("a")
            before = len(bank.units())
            assert written <= before < chunks
            paid = len(server.calls)
            done = bank.resume()
            assert len(server.calls) - paid == chunks - before
            assert done.pending == 0
            texts = [unit.text for unit in bank.units()]
            assert sorted(texts) == sorted(f"Ana knows: Tree {n} is an oak." for n in range(chunks))
            assert bank.usage().calls >= chunks


SUBMITTER = """
import sys
from fourfold import Memory, Message
from fourfold.models.anthropic import Claude
from fourfold.testing import HashEmbedder
claude = Claude(base_url=sys.argv[2], api_key="k", poll=0.01)
with Memory.open(sys.argv[1], embedder=HashEmbedder(), llm=claude) as memory:
    memory.bank("a").retain([Message("Tree 1 is an oak.", "Ana", id="1")], document="d", batch=True)
"""


def test_a_batch_that_was_submitted_is_waited_for_and_not_submitted_again(tmp_path: Path) -> None:
    with AnthropicServer(_read, batch_polls=1_000_000) as server:
        command = [sys.executable, "-c", SUBMITTER, str(tmp_path), server.url]
        with subprocess.Popen(command) as submitter:
            while not server.polls:
                assert submitter.poll() is None
            submitter.kill()
        server.finish()
        claude = Claude(base_url=server.url, api_key="k", poll=0.01)
        with Memory.open(str(tmp_path), embedder=HashEmbedder(), llm=claude) as memory:
            bank = memory.bank("a")
            assert not bank.units()
            assert bank.resume().pending == 0
            assert [unit.text for unit in bank.units()] == ["Ana knows: Tree 1 is an oak."]
            assert (len(server.batches), len(server.calls)) == (1, 1)
