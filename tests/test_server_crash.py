"""Breaks each operation on a Qdrant server at each request that changes something there: what was acknowledged stays,
what was not is there as a whole or not at all, and the memory goes on, in this process where it lives.

A sample in CI, on qdrant-client's own engine; all of it with CRASH_POINTS set, which takes an hour on a server."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from crash_program import JAPANESE, SAID, STEPS
from qdrant_client import QdrantClient
from qdrant_servers import Renamed, new_client, new_collection, opened
from test_crash_points import AFTERWARDS, EFFECTS, OTHER, SINGLE, _said

from fourfold import FourfoldError, Memory, StoreVersionError
from fourfold.storage import server_leases

pytestmark = pytest.mark.slow

ALL = "CRASH_POINTS" in os.environ
MODES = ("die", "refuse", "unanswered")
"""The process is killed before the n-th request; the request is not carried out; or it is, and nobody hears of it."""
WRITING = frozenset(
    {
        "upsert", "delete", "create_collection", "delete_collection", "create_payload_index",
        "update_collection_aliases",
    }
)  # fmt: skip
MOST_POINTS = 12
"""Points up to which one is picked: most steps come by fewer, and what is done after them by the rest."""


class BreakingClient:
    """A client that breaks, once it is told to, at the `at`-th request that changes something; 0 never does."""

    def __init__(self, inner: QdrantClient, mode: str) -> None:
        self._inner, self._mode = inner, mode
        self.at = self.count = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **named: Any) -> Any:
            self.count += name in WRITING
            is_point = name in WRITING and self.count == self.at
            if self._mode == "die" and 0 < self.at <= self.count:
                raise ConnectionResetError("killed")
            if is_point and self._mode == "refuse":
                raise ConnectionRefusedError("refused")
            answer = value(*arguments, **named)
            if is_point and self._mode == "unanswered":
                raise TimeoutError("unanswered")
            return answer

        return call


ACTIONS: dict[str, Callable[[Memory, Path], object]] = {
    **STEPS,
    "reembed": lambda memory, _: memory.reembed(Renamed()),
}


@dataclass
class Outcome:
    """What a run acknowledged, and how many requests it made that change something."""

    done: list[str] = field(default_factory=list)
    requests: int = 0


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of the two banks that each run begins with."""
    directory = tmp_path_factory.mktemp("exports")
    with opened(QdrantClient(":memory:"), "made", settings=JAPANESE) as memory:
        for document in ("secret", "letter"):
            for text in SAID[document]:
                memory.bank("a").retain(text, document=document)
        for text in SINGLE:
            memory.bank("a").retain(text, document=text)
        for text in OTHER:
            memory.bank("other").retain(text, document="pets")  # one, since a merge is one write a document
        for name in ("a", "other"):
            memory.bank(name).export(directory / f"{name}.jsonl")
    return directory


class Run:
    """The steps on a new collection, which break at one point."""

    def __init__(self, exports: Path, steps: tuple[str, ...]) -> None:
        self.exports, self.steps = exports, steps
        self.client, self.collection = new_client(), new_collection()
        memory = opened(self.client, self.collection, settings=JAPANESE)
        for name in ("a", "other"):
            memory.load(exports / f"{name}.jsonl", bank=name)
        self.before = _said(memory)
        memory._portal.stop()

    def breaking(self, mode: str, at: int) -> Outcome:
        """Carries out the steps, and says which of them were acknowledged."""
        client, outcome = BreakingClient(self.client, mode), Outcome()
        memory = opened(client, self.collection, settings=JAPANESE)
        client.at, client.count = at, 0
        for step in self.steps:
            try:
                ACTIONS[step](memory, self.exports / "other.jsonl")
                outcome.done.append(step)
            except FourfoldError:
                continue
        memory._portal.stop()
        outcome.requests = client.count
        return outcome

    def check(self, outcome: Outcome) -> None:
        """Checks in another process that what was acknowledged is so, and all else is as it was or as it was to be,
        as a whole."""
        memory = self._opened_again()
        said = _said(memory)
        expected = self.before
        for step in self.steps:
            adds, removes = EFFECTS[step].adds, EFFECTS[step].removes
            is_done = step in outcome.done or (said >= adds and not said & removes)
            expected = (expected | adds) - removes if is_done else expected
        assert said == expected
        for erased in {"erase": "flowerpot", "erase_more": "drawer", "erase_bank": "Bruno"}.items():
            if erased[0] in outcome.done:
                assert self._is_gone(memory, erased[1], outcome)
        memory.bank("a").retain("And it goes on.", document="on")
        assert ("a", "And it goes on.") in _said(memory)
        memory._portal.stop()

    def close(self) -> None:
        """Deletes what the run has left on the server."""
        for collection in self.client.get_collections().collections:
            if collection.name.startswith(self.collection):
                self.client.delete_collection(collection.name)
        self.client.close()

    def _opened_again(self) -> Memory:
        try:
            return opened(self.client, self.collection, settings=JAPANESE)
        except StoreVersionError:
            return opened(self.client, self.collection, Renamed(), settings=JAPANESE)

    def _is_gone(self, memory: Memory, text: str, outcome: Outcome) -> bool:
        # What was loaded, forked or merged says it too.
        banks = {"a", "other"} if text != "Bruno" else {"other"}
        return not {place.rpartition(" ")[2] for place in memory.find_text(text)} & banks


def _moments(exports: Path, steps: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yields how and where `steps` are to break."""
    if ALL:
        run = Run(exports, steps)
        whole = run.breaking("die", 0)
        run.close()
        assert whole.done == list(steps)
        yield from itertools.product(MODES, range(1, whole.requests + 1))
    else:
        picked = random.Random(steps[0])
        yield picked.choice(MODES), picked.randrange(1, MOST_POINTS)


@pytest.mark.parametrize(
    "step", [*(step for step in EFFECTS if step not in (*AFTERWARDS, "retain_loaded")), *AFTERWARDS]
)
def test_an_operation_on_a_server_that_breaks_anywhere_loses_nothing(
    exports: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = (step, "retain_loaded") if step == "load" else (step,)
    for mode, at in _moments(exports, own):
        run = Run(exports, (*own, *(after for after in AFTERWARDS if after != step)))
        outcome = run.breaking(mode, at)
        with monkeypatch.context() as patch:  # that of a killed process is waited for
            patch.setattr(server_leases, "LEASE_SECONDS", 0.02)
            run.check(outcome)
        run.close()
