"""What a memory adds to a turn of a LangChain agent: FourfoldMiddleware, and LangGraph's own store doing the recall.

    python benchmarks/middleware.py [--size 10000] [--turns 100]

An agent whose model answers at once takes turns without memory, with the middleware, and with middleware of a few
lines that searches `InMemoryStore` over the same lines and embedding model; all by turns, each turn a new thread and
another question. A turn ends when the app has its answer. What is retained of it is written and consolidated before
the next begins, since people's turns are seconds apart; writing is timed by itself, and so is recall alone.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import SimpleChatModel
from langchain_core.messages import SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from machine import describe, percentiles
from speed import Pooled, messages, questions, timed

from fourfold import Memory
from fourfold_langchain import FourfoldMiddleware

Ask = Callable[[str, str], None]


class AtOnce(SimpleChatModel):
    """Answers the same at once."""

    @property
    def _llm_type(self) -> str:
        return "at-once"

    def _call(self, *args: Any, **kwargs: Any) -> str:
        return "So it is."


class SameModel(Embeddings):
    """The packaged embedding model, lines from the pool, for LangGraph's store."""

    def __init__(self, pool: Pooled) -> None:
        self._pool = pool

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [each.vector.tolist() for each in self._pool.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return [float(value) for value in self._pool.embed([text])[0].vector]


class OwnStore(AgentMiddleware[Any, Any, Any]):
    """Recall as an app writes it on LangGraph's store."""

    def __init__(self, store: InMemoryStore) -> None:
        super().__init__()
        self._store = store

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        found = self._store.search(("ana",), query=request.messages[-1].text, limit=20)
        told = "\n".join(item.value["text"] for item in found)
        return handler(request.override(system_message=SystemMessage(told)))


def asking(middleware: Sequence[AgentMiddleware[Any, Any, Any]]) -> Ask:
    """A turn of an agent, in a thread of its own."""
    agent: Any = create_agent(AtOnce(), middleware=middleware, checkpointer=InMemorySaver())

    def ask(question: str, thread: str) -> None:
        agent.invoke({"messages": [("user", question)]}, {"configurable": {"thread_id": thread}})

    return ask


def awaiting(middleware: Sequence[AgentMiddleware[Any, Any, Any]], loop: asyncio.AbstractEventLoop) -> Ask:
    """The same, awaited."""
    agent: Any = create_agent(AtOnce(), middleware=middleware, checkpointer=InMemorySaver())

    def ask(question: str, thread: str) -> None:
        asked = {"messages": [("user", question)]}
        loop.run_until_complete(agent.ainvoke(asked, {"configurable": {"thread_id": thread}}))

    return ask


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=100)
    options = parser.parse_args()
    print(describe(), flush=True)
    pool = Pooled()
    with tempfile.TemporaryDirectory() as directory:
        with Memory.open(directory, embedder=pool) as memory:
            bank = memory.bank("ana")
            for first in range(0, options.size, 2000):
                bank.retain(messages(min(2000, options.size - first), first, pooled=True), document="log")
            bank.consolidate()
        _measure(Path(directory), pool, options.size, options.turns)


def _measure(directory: Path, pool: Pooled, size: int, turns: int) -> None:
    store = InMemoryStore(index={"dims": pool.dimension, "embed": SameModel(pool)})
    for number, message in enumerate(messages(size, 0, pooled=True)):
        store.put(("ana",), str(number), {"text": message.text})
    loop = asyncio.new_event_loop()
    with Memory.open(str(directory), embedder=pool) as memory:
        bank = memory.bank("ana")
        ours, own = [FourfoldMiddleware(bank)], [OwnStore(store)]
        apps = {
            "no memory": asking([]),
            "FourfoldMiddleware": asking(ours),
            "InMemoryStore": asking(own),
            "no memory, awaited": awaiting([], loop),
            "FourfoldMiddleware, awaited": awaiting(ours, loop),
        }
        spent: dict[str, list[float]] = {name: [] for name in apps}
        behind: list[float] = []
        alone: list[float] = []
        asked = iter(questions((turns + 5) * (len(apps) + 1)))
        for number in range(turns + 5):
            alone += timed(lambda question: bank.recall(question, budget=1024), [next(asked)])[: number >= 5]
            for name, ask in apps.items():
                question = next(asked)
                started = time.perf_counter()
                ask(question, f"{name} {number}")
                answered = time.perf_counter()
                bank.flush(None)
                written = time.perf_counter()
                bank.consolidate()
                if number >= 5:
                    spent[name].append(answered - started)
                    if name.startswith("Fourfold"):
                        behind.append(written - answered)
        units = len(bank.units())
    loop.close()
    print(f"{size} units at first, {units} at last; {turns} turns; p50 / p95")
    for name, times in spent.items():
        plain = spent["no memory, awaited" if name.endswith("awaited") else "no memory"]
        added = (np.median(times) - np.median(plain)) * 1000
        print(f"{name:28} {percentiles(times):20} adds {added:6.1f} ms at the median")
    print(f"{'recall alone':28} {percentiles(alone)}")
    print(f"{'retaining, after the answer':28} {percentiles(behind)}")


if __name__ == "__main__":
    main()
