"""Evidence recall on conversations, beside dense search, BM25 and their rank fusion.

    python benchmarks/recall.py path/to/conversations.json [--embedder static] [--without graph ...]

The file is LoCoMo's, or one of the other sets of `shared/data` (`conversations.py`). Every turn is retained as a
message; for each question with evidence, recall@k is the share of its evidence turns among the first k turns
recalled, and recall at a budget the share among those that fit (words x 1.3 + 8 a turn, in rank order, what does not
fit skipped). The baselines search the same embeddings in the same store.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from conversations import Conversation, Question, read_conversations
from machine import describe, percentiles

from fourfold import Memory, Message
from fourfold.language.languages import ENGLISH
from fourfold.language.text import query_vector, terms
from fourfold.models import load_embedder
from fourfold.ports import Embedding, Query, Where
from fourfold.recall.fuse import Weights

KS = (1, 5, 10, 20, 50)
BUDGETS = (512, 1024, 2048)


def _without_channel(name: str) -> Callable[[Weights], Weights]:
    """The channel still puts units forward, and counts for nothing."""
    return lambda weights: replace(
        weights, channels=tuple(replace(c, weight=0.0) if c.name == name else c for c in weights.channels)
    )


def _without_neighbours(weights: Weights) -> Weights:
    channels = tuple(replace(c, from_before=0.0, from_after=0.0) for c in weights.channels)
    return replace(weights, channels=channels, neighbour_weight=0.0)


WITHOUT: dict[str, Callable[[Weights], Weights]] = {
    "late interaction": _without_channel("late_interaction"),
    "keyword": _without_channel("keyword"),
    "semantic": _without_channel("semantic"),
    "graph": _without_channel("graph"),
    "neighbours": _without_neighbours,
    "speaker": lambda weights: replace(weights, speaker=0.0),
    "session": lambda weights: replace(weights, session=0.0),
    "dates": lambda weights: replace(weights, dated=0.0, when=0.0),
    "asking": lambda weights: replace(weights, asking=0.0),
}

Ranker = Callable[[str, Question], list[str]]
Seconds = list[float]


class Remembering:
    """Embeds each text once, so that every method sees the same vectors and only its own work is compared."""

    def __init__(self, name: str) -> None:
        self._inner = load_embedder(name)
        self.name = self._inner.name
        self.dimension, self.token_dimension = self._inner.dimension, self._inner.token_dimension
        self.centroids = self._inner.centroids
        self._known: dict[str, Embedding] = {}

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """From memory where possible."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._inner.embed(new), strict=True))
        return [self._known[text] for text in texts]


def main() -> None:
    """Measures and prints a Markdown report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--without", nargs="*", choices=sorted(WITHOUT), default=[])
    parser.add_argument("--ablate", action="store_true", help="leave out each part in turn")
    chosen = parser.parse_args()
    conversations = read_conversations(chosen.data)
    embedder = Remembering(chosen.embedder)
    turns, questions = (
        sum(len(getattr(c, part)) for c in conversations) for part in ("messages", "questions")
    )
    print(f"{describe()}\n\n{len(conversations)} conversations, {turns} turns, {questions} questions")
    with Memory.open(":memory:", embedder=embedder) as memory:
        _ingest(memory, conversations)
        weights = Weights()
        for part in chosen.without:
            weights = WITHOUT[part](weights)
        results = {"Fourfold": _measure(conversations, _ours(memory, weights))}
        if chosen.ablate:
            for part, without in WITHOUT.items():
                results[f"- {part}"] = _measure(conversations, _ours(memory, without(weights)))
        else:
            for name, ranker in _baselines(memory, embedder).items():
                results[name] = _measure(conversations, ranker)
    _report(conversations, results)


def _ingest(memory: Memory, conversations: list[Conversation]) -> None:
    began, embedding, turns = time.perf_counter(), 0.0, 0
    for conversation in conversations:
        bank = memory.bank(conversation.name, language=conversation.language)
        retained = bank.retain(conversation.messages, document="chat")
        embedding += retained.usage.embed_seconds
        turns += len(conversation.messages)
    total = time.perf_counter() - began
    print(f"\nRetained {turns / total:.0f} turns/s; {total / embedding:.2f} x the time of embedding alone\n")


def _ours(memory: Memory, weights: Weights) -> Ranker:
    def rank(bank: str, question: Question) -> list[str]:
        memory._async.weights = weights
        hits = memory.bank(bank).recall(question.text, budget=None, limit=120).hits
        return list(dict.fromkeys(m for hit in hits for m in hit.unit.source.messages))

    return rank


def _baselines(memory: Memory, embedder: Remembering) -> dict[str, Ranker]:
    store, indexes = memory._async.services.store, memory._async.services.indexes

    def ranked(bank: str, query: Query) -> list[str]:
        found = [unit for unit, _ in store.search([query])[0]]
        messages = {p.id: p.payload["messages"] for p in store.scan(Where(ids=tuple(found)))} if found else {}
        return [message for unit in found for message in messages[unit]]

    def dense(bank: str, question: Question) -> list[str]:
        indexes.get(bank)
        return ranked(
            bank, Query(Where(bank=bank, live=True), 200, vector=embedder.embed([question.text])[0].vector)
        )

    def bm25(bank: str, question: Question) -> list[str]:
        return ranked(
            bank, Query(Where(bank=bank, live=True), 200, terms=query_vector(terms(question.text, ENGLISH)))
        )

    def fused(bank: str, question: Question) -> list[str]:
        scores: dict[str, float] = {}
        for ranking in (dense(bank, question), bm25(bank, question)):
            for position, message in enumerate(ranking, 1):
                scores[message] = scores.get(message, 0.0) + 1 / (60 + position)
        return sorted(scores, key=lambda message: -scores[message])

    return {"dense alone": dense, "BM25 alone": bm25, "RRF of the two": fused}


def _measure(conversations: list[Conversation], rank: Ranker) -> tuple[np.ndarray, Seconds]:
    rows, seconds = [], []
    for conversation in conversations:
        messages = {m.id: m for m in conversation.messages if m.id}
        for question in conversation.questions:
            began = time.perf_counter()
            ranking = rank(conversation.name, question)
            seconds.append(time.perf_counter() - began)
            rows.append(_score(question, ranking, messages))
    return np.array(rows), seconds


def _score(question: Question, ranking: list[str], messages: dict[str, Message]) -> list[float]:
    found = [len(question.evidence & set(ranking[:k])) for k in KS]
    for budget in BUDGETS:
        used, packed = 0.0, set()
        for message in ranking:
            size = len(messages[message].text.split()) * 1.3 + 8
            if used + size <= budget:
                used += size
                packed.add(message)
        found.append(len(question.evidence & packed))
    return [n / len(question.evidence) for n in found]


def _report(conversations: list[Conversation], results: dict[str, tuple[np.ndarray, Seconds]]) -> None:
    columns = [f"R@{k}" for k in KS] + [f"at {budget}" for budget in BUDGETS]
    print("| method | " + " | ".join(columns) + " | recall p50 / p95 |")
    print("|---" * (len(columns) + 2) + "|")
    for name, (rows, seconds) in results.items():
        print(
            f"| {name} | "
            + " | ".join(f"{x:.3f}" for x in rows.mean(axis=0))
            + f" | {percentiles(seconds)} |"
        )
    rows, _ = next(iter(results.values()))
    categories = np.array([q.category for c in conversations for q in c.questions])
    print("\n| Fourfold, by category | questions | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for category in dict.fromkeys(categories.tolist()):
        mean = rows[categories == category].mean(axis=0)
        count = (categories == category).sum()
        print(f"| {category} | {count} | " + " | ".join(f"{x:.3f}" for x in mean) + " |")
    drawn = np.random.default_rng(0).integers(0, len(rows), (2000, len(rows)))
    low, high = np.percentile(rows[drawn].mean(axis=1), [2.5, 97.5], axis=0)
    intervals = " | ".join(f"{a:.3f}-{b:.3f}" for a, b in zip(low, high, strict=True))
    print(f"| 95 % interval (bootstrap) | {len(rows)} | {intervals} |")


if __name__ == "__main__":
    main()
