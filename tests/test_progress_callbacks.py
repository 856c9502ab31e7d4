"""Callbacks of progress: what they may do, and what becomes of a call whose callback does what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourfold import Bank, InputError, Memory
from fourfold.ports import Progress

TEXT = "I moved to Porto. My sister is a nurse. We adopted a dog called Pixel."


def using(bank: Bank) -> Progress:
    def callback(done: int, total: int) -> None:
        bank.recall("Where?")

    return callback


def test_a_callback_that_uses_the_memory_while_a_bank_is_held_is_told_so_and_nothing_is_written() -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        with pytest.raises(InputError, match="progress callback"):
            bank.retain(TEXT, progress=using(bank))
        assert list(bank.units()) == []
        assert bank.retain(TEXT).units


def test_a_callback_of_an_export_is_told_so_too(tmp_path: Path) -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        bank.retain(TEXT)
        with pytest.raises(InputError, match="progress callback"):
            bank.export(tmp_path / "a.fourfold", progress=using(bank))


def test_a_callback_may_note_figures_and_raise_what_ends_the_call() -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        heard: list[tuple[int, int]] = []
        bank.retain(TEXT, progress=lambda done, total: heard.append((done, total)))
        assert heard[-1][0] == heard[-1][1]
