"""Breaks each operation at each point at which something gets onto the disk, in the process itself and in those that
it starts: what was acknowledged stays, also what was acknowledged after something had failed; what was not is there
as a whole or not at all; and the memory opens."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fourfold import Memory, Settings, StoreVersionError
from fourfold.testing import HashEmbedder

pytestmark = pytest.mark.slow

HOOK = Path(__file__).parent / "crash_hook"
Said = frozenset[tuple[str, str]]
"""What a memory says: (bank, text) of each current unit."""

JAPANESE = Settings(language="ja")
"""A language without heads: what is said here is plain, and reading it with a model would take most of the time."""
SAID = {
    "secret": ["The vault code is a flowerpot.", "The vault is behind the flowerpot."],
    "letter": ["The letter lies in the drawer.", "The drawer has no key."],
    "later": ["The ferry leaves at nine.", "The ferry has two decks.", "The ferry is blue."],
}
SINGLE = ["The roof leaks.", "The garden has a fig tree.", "The cellar is dry.", "The gate squeaks."]
OTHER = ["The dog is called Bruno.", "The cat is called Mia."]

PROGRAM = """
import json, pathlib, sys
from fourfold import FourfoldError, Memory, Message, Settings
from fourfold.testing import HashEmbedder

directory, steps, counter, export, said = sys.argv[1:]
said = json.loads(said)

def named(bank, text):
    return next(unit.id for unit in bank.units() if unit.text == text)

def change_of(bank, text):
    return next(change for change in bank.history() if named(bank, text) in change.units)

def retained(bank, document):
    bank.retain([Message(text, "Ana", id=str(n)) for n, text in enumerate(said[document])], document=document)

STEPS = {
    "erase": lambda m: m.bank("a").forget(document="secret", erase=True),
    "erase_more": lambda m: m.bank("a").forget(document="letter", erase=True),
    "erase_bank": lambda m: m.erase("other"),
    "retain": lambda m: retained(m.bank("a"), "later"),
    "forget": lambda m: m.bank("a").forget(unit=named(m.bank("a"), "The roof leaks.")),
    "edit": lambda m: m.bank("a").edit(named(m.bank("a"), "The cellar is dry."), "The cellar is wet."),
    "undo": lambda m: m.bank("a").undo(change_of(m.bank("a"), "The gate squeaks.")),
    "load": lambda m: m.load(export, bank="loaded"),
    "retain_loaded": lambda m: m.bank("loaded").retain("The dog sleeps.", document="dog"),
    "fork": lambda m: m.bank("other").fork("forked"),
    "merge": lambda m: m.bank("a").absorb(m.bank("other")),
    "reembed": lambda m: m.reembed("static"),
    "consolidate": lambda m: m.bank("a").consolidate(),
}

def run(memory, step):
    try:
        STEPS[step](memory)
        print("done", step, flush=True)
    except FourfoldError as error:
        print("failed", step, error, flush=True)

memory = Memory.open(directory, embedder=HashEmbedder(), settings=Settings(language="ja"))
pathlib.Path(counter).touch()
for step in steps.split():
    run(memory, step)
memory.close()
"""


@dataclass(frozen=True)
class Step:
    """What a step adds to a memory, and takes from it."""

    adds: Said = frozenset()
    removes: Said = frozenset()


def _in(bank: str, texts: list[str]) -> Said:
    return frozenset((bank, text) for text in texts)


STEPS = {
    "erase": Step(removes=_in("a", SAID["secret"])),
    "erase_more": Step(removes=_in("a", SAID["letter"])),
    "erase_bank": Step(removes=_in("other", OTHER)),
    "retain": Step(adds=_in("a", SAID["later"])),
    "forget": Step(removes=_in("a", ["The roof leaks."])),
    "edit": Step(adds=_in("a", ["The cellar is wet."]), removes=_in("a", ["The cellar is dry."])),
    "undo": Step(removes=_in("a", ["The gate squeaks."])),
    "load": Step(adds=_in("loaded", OTHER)),
    "retain_loaded": Step(adds=_in("loaded", ["The dog sleeps."])),
    "fork": Step(adds=_in("forked", OTHER)),
    "merge": Step(adds=_in("a", OTHER)),
    "reembed": Step(),
    "consolidate": Step(),
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


@dataclass
class Outcome:
    """What a run acknowledged, what it said that it did not do, and at how many points it came by."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    points: int = 0


def _run(prepared: Path, directory: Path, steps: tuple[str, ...], at: int, mode: str) -> Outcome:
    """Runs the steps on a copy of the prepared memory, which breaks at a point."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(prepared / "memory", directory / "memory")
    counter = directory / "points"
    arguments = [directory / "memory", " ".join(steps), counter, prepared / "other.jsonl", json.dumps(SAID)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HOOK), *filter(None, sys.path)]),
        "CRASH_AT": f"{at} {mode} {counter}",
    }
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode in (0, -9), run.stderr
    outcome = Outcome(points=counter.stat().st_size if counter.exists() else 0)
    for line in run.stdout.splitlines():
        kind, step, *_ = line.split()
        (outcome.done if kind == "done" else outcome.failed).append(step)
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


def _check(directory: Path, steps: tuple[str, ...], outcome: Outcome, before: Said) -> None:
    """Checks that what was acknowledged is so, and all else is as it was or as a whole as it was to be."""
    with _open(directory / "memory") as memory:
        said = _said(memory)
        expected = before
        for step in steps:
            adds, removes = STEPS[step].adds, STEPS[step].removes
            is_done = step in outcome.done or (said >= adds and not said & removes)
            expected = (expected | adds) - removes if is_done else expected
        assert said == expected
        for erased in {"erase": "flowerpot", "erase_more": "drawer", "erase_bank": "Bruno"}.items():
            if erased[0] in outcome.done:
                assert memory.find_text(erased[1]) == []
        memory.bank("a").retain("And it goes on.", document="on")
        assert ("a", "And it goes on.") in _said(memory)


ALL = "CRASH_POINTS" in os.environ
"""Whether each point is tried, and not one of each step."""
MODES = ("die", "parent", "fail")
MOST_POINTS = 60
"""Points up to which one is picked: the steps come by 64 to 272 of them."""


def _moments(prepared: Path, directory: Path, steps: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yields how and where a run is to break."""
    if ALL:
        whole = _run(prepared, directory, steps, 0, "die")
        assert whole.done == list(steps)
        yield from itertools.product(MODES, range(1, whole.points + 1))
    else:
        picked = random.Random(steps[0])
        yield picked.choice(MODES), picked.randrange(1, MOST_POINTS)


@pytest.mark.parametrize(
    "step", [*(step for step in STEPS if step not in (*AFTERWARDS, "retain_loaded")), *AFTERWARDS]
)
def test_an_operation_that_breaks_anywhere_loses_nothing(prepared: Path, tmp_path: Path, step: str) -> None:
    own = ("retain_loaded",) if step == "load" else ()
    steps = (step, *own, *(after for after in AFTERWARDS if after != step))
    with Memory.open(str(prepared / "memory"), embedder=HashEmbedder(), settings=JAPANESE) as memory:
        before = _said(memory)
    for mode, at in _moments(prepared, tmp_path, steps):
        outcome = _run(prepared, tmp_path, steps, at, mode)
        _check(tmp_path, steps, outcome, before)
