"""Breaks each operation at each point at which something gets onto the disk, in the process itself and in those that
it starts: what was acknowledged stays, also what was acknowledged after something had failed; what was not is there
as a whole or not at all; and the memory opens."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from crash_program import HOOK, JAPANESE, SAID, STEPS, Case, run

from fourfold import Memory, StoreVersionError
from fourfold.testing import HashEmbedder

pytestmark = pytest.mark.slow

Said = frozenset[tuple[str, str]]
"""What a memory says: (bank, text) of each current unit."""

SINGLE = ["The roof leaks.", "The garden has a fig tree.", "The cellar is dry.", "The gate squeaks."]
OTHER = ["The dog is called Bruno.", "The cat is called Mia."]


@dataclass(frozen=True)
class Effect:
    """What a step adds to a memory, and takes from it; where it `is_whole`, all of it or nothing, else a document at
    a time, and the rest by doing it again."""

    adds: Said = frozenset()
    removes: Said = frozenset()
    is_whole: bool = True


def _in(bank: str, texts: list[str]) -> Said:
    return frozenset((bank, text) for text in texts)


EFFECTS = {
    "erase": Effect(removes=_in("a", SAID["secret"])),
    "erase_more": Effect(removes=_in("a", SAID["letter"])),
    "erase_bank": Effect(removes=_in("other", OTHER)),
    "retain": Effect(adds=_in("a", SAID["later"])),
    "forget": Effect(removes=_in("a", ["The roof leaks."])),
    "edit": Effect(adds=_in("a", ["The cellar is wet."]), removes=_in("a", ["The cellar is dry."])),
    "undo": Effect(removes=_in("a", ["The gate squeaks."])),
    "load": Effect(adds=_in("loaded", OTHER)),
    "retain_loaded": Effect(adds=_in("loaded", ["The dog sleeps."])),
    "fork": Effect(adds=_in("forked", OTHER)),
    "merge": Effect(adds=_in("a", OTHER), is_whole=False),
    "reembed": Effect(),
    "consolidate": Effect(),
}
AFTERWARDS = ("retain", "forget", "edit", "erase_more")
"""What is done after each step, where the process lives: it must not be taken back."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a memory, and an export."""
    root = tmp_path_factory.mktemp("prepared")
    with Memory.open(str(root / "memory"), embedder=HashEmbedder(), settings=JAPANESE) as memory:
        bank = memory.bank("a")
        for document in ("secret", "letter"):
            for text in SAID[document]:
                bank.retain(text, document=document)
        for text in SINGLE:
            bank.retain(text, document=text)
        for text in OTHER:
            memory.bank("other").retain(text, document=text)
        memory.bank("other").export(root / "other.jsonl")
    return root


@pytest.fixture(scope="module")
def template() -> Iterator[ForkServerContext]:
    """Has each case fork from a process that has everything imported, and the hook on its path."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "crash_program"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HOOK), *filter(None, sys.path)]))
        forkserver.ensure_running()
        yield context


@dataclass
class Outcome:
    """What a run acknowledged, what it said that it did not do, and the points it came by: "m" in the process itself,
    "c" in one that it started."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    points: str = ""


def _run(template: ForkServerContext, prepared: Path, case: Case) -> Outcome:
    """Runs a case on a copy of the prepared memory."""
    shutil.rmtree(case.directory, ignore_errors=True)
    # Most of the engine's files is reserved alone: 277 MB, of which 1 is there.
    subprocess.run(["cp", "-r", "--sparse=always", prepared, case.directory], check=True)
    told, tell = template.Pipe(duplex=False)
    process = template.Process(target=run, args=(case, tell))
    process.start()
    tell.close()
    outcome = Outcome()
    lists = {"done": outcome.done, "failed": outcome.failed}
    # Until it is gone, however it went.
    with contextlib.suppress(EOFError), told:
        while told.poll(300):
            kind, text = told.recv()
            assert kind in lists, text
            lists[kind].append(text)
    process.join(300)
    assert process.exitcode in (0, -9)
    process.close()
    outcome.points = case.counter.read_text() if case.counter.exists() else ""
    return outcome


def _said(memory: Memory) -> Said:
    return frozenset(
        (bank.name, unit.text) for bank in memory.banks() for unit in memory.bank(bank.name).units()
    )


def _open(directory: Path) -> Memory:
    """Opens the memory with whichever of the two embedders it has."""
    try:
        return Memory.open(str(directory), embedder=HashEmbedder(), settings=JAPANESE)
    except StoreVersionError:
        return Memory.open(str(directory), embedder="static", settings=JAPANESE)


def _check(case: Case, outcome: Outcome, before: Said) -> None:
    """Checks that what was acknowledged is so, and all else is as it was or as a whole as it was to be."""
    with _open(case.directory / "memory") as memory:
        for name in case.steps:
            if not EFFECTS[name].is_whole and name not in outcome.done:
                STEPS[name](memory, case.directory)
                outcome.done.append(name)
        said = _said(memory)
        expected = before
        for name in case.steps:
            step = EFFECTS[name]
            is_done = name in outcome.done or (said >= step.adds and not said & step.removes)
            expected = (expected | step.adds) - step.removes if is_done else expected
        assert said == expected
        for erased in {"erase": "flowerpot", "erase_more": "drawer", "erase_bank": "Bruno"}.items():
            if erased[0] in outcome.done:
                assert memory.find_text(erased[1]) == []
        memory.bank("a").retain("And it goes on.", document="on")
        assert ("a", "And it goes on.") in _said(memory)


ALL = "CRASH_POINTS" in os.environ
"""Whether each point is tried, and not one of each step."""
MODES = ("die", "parent", "fail", "read")
MOST_POINTS = 60
"""Points up to which one is picked: the steps come by 64 to 279 of them."""


def _cases(template: ForkServerContext, prepared: Path, whole: Case) -> Iterator[Case]:
    """Yields the cases in which the steps of `whole` break somewhere."""
    if not ALL:
        picked = random.Random(whole.steps[0])
        yield replace(whole, mode=picked.choice(MODES), at=picked.randrange(1, MOST_POINTS))
        return
    for mode in MODES:
        outcome = _run(template, prepared, replace(whole, mode=mode))
        assert outcome.done == [*whole.steps, "close"]
        for at, process in enumerate(outcome.points, 1):
            # Nobody waits for the process itself: there "parent" is "die".
            if mode != "parent" or process == "c":
                yield replace(whole, mode=mode, at=at)


@pytest.mark.parametrize(
    "step", [*(step for step in EFFECTS if step not in (*AFTERWARDS, "retain_loaded")), *AFTERWARDS]
)
def test_an_operation_that_breaks_anywhere_loses_nothing(
    template: ForkServerContext, prepared: Path, tmp_path: Path, step: str
) -> None:
    own = ("retain_loaded",) if step == "load" else ()
    steps = (step, *own, *(after for after in AFTERWARDS if after != step))
    with Memory.open(str(prepared / "memory"), embedder=HashEmbedder(), settings=JAPANESE) as memory:
        before = _said(memory)
    for case in _cases(template, prepared, Case(tmp_path / "case", steps, "die", 0)):
        _check(case, _run(template, prepared, case), before)
