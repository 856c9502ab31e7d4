"""What the crash suite has break: steps on a memory. A template process imports this, and each case forks from it
before anything is opened."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

# What is imported when it is first used, so that a case does not have to.
import fourfold.consolidate.run
import fourfold.govern.erase
import fourfold.ingest.run
import fourfold.storage.embedded
import fourfold.transfer.load
import fourfold.transfer.merge  # noqa: F401
from fourfold import Bank, Change, FourfoldError, Memory, Message, Settings
from fourfold.testing import HashEmbedder

HOOK = Path(__file__).parent / "crash_hook"
JAPANESE = Settings(language="ja")
"""A language without heads: what is said here is plain, and reading it with a model would take most of the time."""
SAID = {
    "secret": ["The vault code is a flowerpot.", "The vault is behind the flowerpot."],
    "letter": ["The letter lies in the drawer.", "The drawer has no key."],
    "later": ["The ferry leaves at nine.", "The ferry has two decks.", "The ferry is blue."],
}


@dataclass(frozen=True)
class Case:
    """Steps on the memory in `directory`/memory, broken at a point; see `crash_hook`."""

    directory: Path
    steps: Sequence[str]
    mode: str
    at: int

    @property
    def counter(self) -> Path:
        """The file that has a letter for each point."""
        return self.directory / "points"


def _named(bank: Bank, text: str) -> str:
    return next(unit.id for unit in bank.units() if unit.text == text)


def _change_of(bank: Bank, text: str) -> Change:
    return next(change for change in bank.history() if _named(bank, text) in change.units)


def _retain(bank: Bank, document: str) -> None:
    bank.retain([Message(text, "Ana", id=str(n)) for n, text in enumerate(SAID[document])], document=document)


STEPS: dict[str, Callable[[Memory, Path], object]] = {
    "erase": lambda m, _: m.bank("a").forget(document="secret", erase=True),
    "erase_more": lambda m, _: m.bank("a").forget(document="letter", erase=True),
    "erase_bank": lambda m, _: m.erase("other"),
    "retain": lambda m, _: _retain(m.bank("a"), "later"),
    "forget": lambda m, _: m.bank("a").forget(unit=_named(m.bank("a"), "The roof leaks.")),
    "edit": lambda m, _: m.bank("a").edit(_named(m.bank("a"), "The cellar is dry."), "The cellar is wet."),
    "undo": lambda m, _: m.bank("a").undo(_change_of(m.bank("a"), "The gate squeaks.")),
    "load": lambda m, export: m.load(export, bank="loaded"),
    "retain_loaded": lambda m, _: m.bank("loaded").retain("The dog sleeps.", document="dog"),
    "fork": lambda m, _: m.bank("other").fork("forked"),
    "merge": lambda m, _: m.bank("a").absorb(m.bank("other")),
    "reembed": lambda m, _: m.reembed("static"),
    "consolidate": lambda m, _: m.bank("a").consolidate(),
    "close": lambda m, _: m.close(),
}


def run(case: Case, told: Connection) -> None:
    """Runs the steps of a case; tells of each how it ended, or what was raised that must not be."""
    os.environ["CRASH_AT"] = f"{case.at} {case.mode} {case.counter}"
    sys.path.insert(0, str(HOOK))  # for the processes that it starts
    importlib.reload(sys.modules["sitecustomize"])
    if case.mode == "read":  # also what is read first
        case.counter.touch()
    try:
        _take_steps(case, told)
    except Exception:
        told.send(("raised", traceback.format_exc()))
        raise


def _take_steps(case: Case, told: Connection) -> None:
    try:
        memory = Memory.open(str(case.directory / "memory"), embedder=HashEmbedder(), settings=JAPANESE)
    except FourfoldError as error:
        if case.mode != "read":
            raise
        told.send(("failed", f"opening: {error}"))
        return
    case.counter.touch()
    for name in (*case.steps, "close"):
        try:
            STEPS[name](memory, case.directory / "other.jsonl")
            told.send(("done", name))
        except FourfoldError as error:
            told.send(("failed", f"{name}: {error}"))
