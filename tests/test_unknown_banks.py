"""Names of banks that nothing was written to: any may be asked for, and nothing is kept of them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from fourfold import Bank, Memory, NotFoundError

READS: dict[str, Callable[[Bank], object]] = {
    "recall": lambda bank: bank.recall("Where does Ana live?"),
    "recall as of": lambda bank: bank.recall("Where does Ana live?", as_of=datetime.now(UTC)),
    "reflect": lambda bank: bank.reflect("Where does Ana live?"),
    "units": lambda bank: bank.units(),
    "entities": lambda bank: bank.entities(),
    "timeline": lambda bank: bank.timeline(),
    "beliefs": lambda bank: bank.beliefs(),
    "core": lambda bank: bank.core(),
    "history": lambda bank: bank.history(),
    "status": lambda bank: bank.status(),
    "usage": lambda bank: bank.usage(),
    "entries": lambda bank: bank.entries.list("file"),
    "preview": lambda bank: bank.preview("Ana lives in Porto."),
    "prune": lambda bank: bank.prune(),
    "consolidate": lambda bank: bank.consolidate(),
    "forget": lambda bank: bank.forget(document="d"),
    "fork": lambda bank: bank.fork("copy"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_nothing_is_kept_of_a_bank_that_is_not_there(memory: Memory, read: Callable[[Bank], object]) -> None:
    with suppress(NotFoundError):
        read(memory.bank("nowhere"))
    assert memory.banks() == []
    gc.collect()  # an error that was raised holds what its frames held
    services, background = memory._async.services, memory._async.background
    kept = (services.indexes._indexes, services.indexes._locks, services.token_accounts._of)
    assert not any("nowhere" in names for names in (*kept, background._noticed, background._locks))
    assert not services.recall_counts.banks()


def test_the_first_write_makes_a_bank_whose_index_is_kept(memory: Memory) -> None:
    bank = memory.bank("new")
    assert not bank.recall("Where does Ana live?").hits
    bank.retain("Ana lives in Porto.")
    indexes = memory._async.services.indexes
    index = indexes._indexes["new"]
    assert bank.recall("Where does Ana live?").hits
    assert indexes._indexes["new"] is index
