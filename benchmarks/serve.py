"""The MCP server over stdio: start to first answer, latency, memory and idle time, for one client and for more on one
directory, beside the same recall in the library.

    python benchmarks/serve.py [--size 10000] [--starts 5]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import describe, percentiles
from speed import Pooled, messages, questions, timed

from fourfold import Memory

OPENING = (
    {
        "jsonrpc": "2.0",
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "benchmark", "version": "1"},
        },
    },
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
)
IDLE = 20.0  # seconds


class Client:
    """A client and the process it starts."""

    def __init__(self, home: Path) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fourfold_mcp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "FOURFOLD_LOCATION": str(home), "FOURFOLD_BANK": "bank"},
        )
        self._number = 0
        self.send(*OPENING)
        self.read()

    def send(self, *sent: dict[str, Any]) -> None:
        """Sends messages."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(json.dumps(message).encode() + b"\n" for message in sent))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        """The next message."""
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """The answer to a request."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return dict(self.read()["result"])

    def recall(self, question: str) -> None:
        """One recall that must find something."""
        found = self.ask("tools/call", name="recall", arguments={"question": question})
        assert found["structuredContent"]["units"], found

    def since(self) -> float:
        """Seconds since the process was started."""
        return time.perf_counter() - self.began

    def resident(self) -> float:
        """Its resident memory in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def worked(self) -> float:
        """Seconds of processor time it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Ends its input and waits for it."""
        self.process.communicate()


def main() -> None:
    """Measures and prints a Markdown report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000, help="units in the bank")
    parser.add_argument("--starts", type=int, default=5)
    chosen = parser.parse_args()
    print(describe() + "\n")
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "memory"
        with Memory.open(str(home), embedder=Pooled()) as memory:
            for first in range(0, chosen.size, 2000):
                count = min(2000, chosen.size - first)
                memory.bank("bank").retain(messages(count, first, pooled=True), document="log")
            memory.bank("bank").consolidate()  # as it is found the next day
        _report(home, chosen.starts)


def _report(home: Path, starts: int) -> None:
    listed, recalled = [], []
    for _ in range(starts):
        client = Client(home)
        client.ask("tools/list")
        listed.append(client.since())
        client.recall(questions(1)[0])
        recalled.append(client.since())
        client.close()
    print(f"- start to `tools/list` answered: {_seconds(listed)}; to a first `recall`: {_seconds(recalled)}")
    first = Client(home)
    first.recall(questions(1)[0])
    over_stdio = timed(first.recall, questions(200))
    further = [Client(home) for _ in range(3)]
    joined = []
    for client in further:
        client.recall(questions(1)[0])
        joined.append(client.since())
    passed_on = timed(further[0].recall, questions(200))
    time.sleep(5)  # consolidation, if any, ends
    before = [client.worked() for client in (first, *further)]
    time.sleep(IDLE)
    spent = [client.worked() - was for client, was in zip((first, *further), before, strict=True)]
    print(
        f"- recall over stdio, p50 / p95: {percentiles(over_stdio)}; of a further client {percentiles(passed_on)}"
    )
    print(f"- a further client, start to a first `recall`: {_seconds(joined)}")
    print(
        f"- resident: {first.resident():.0f} MB; a further client {np.median([c.resident() for c in further]):.0f} MB"
    )
    print(
        f"- processor time in {IDLE:.0f} s of idling: {spent[0]:.2f} s; further clients {sum(spent[1:]):.2f} s"
    )
    for client in (*further, first):
        client.close()
    with Memory.open(str(home)) as memory:
        bank = memory.bank("bank")
        bank.recall(questions(1)[0])
        alone = timed(bank.recall, questions(200))
    print(f"- the same recall in the library: {percentiles(alone)}")


def _seconds(found: list[float]) -> str:
    return f"{np.median(found):.2f} s (of {len(found)}: {min(found):.2f} to {max(found):.2f})"


if __name__ == "__main__":
    main()
