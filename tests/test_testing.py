"""Examples in docstrings for other packages run; the store of `fourfold.testing` behaves as the engines do."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

import fourfold.ports
import fourfold.testing
from fourfold import StoreError
from fourfold.ports import Where
from fourfold.testing import MemoryStore, sample_point

VECTORS = ("another embedder", 64, 32)


@pytest.mark.parametrize("module", [fourfold.ports, fourfold.testing])
def test_the_example_in_a_docstring_runs(module: ModuleType) -> None:
    failures, examples = doctest.testmod(module)
    assert examples > 0
    assert failures == 0


def test_a_copy_that_was_adopted_is_closed_and_no_way_into_the_store() -> None:
    store = MemoryStore()
    copy = store.copy_for(VECTORS)
    copy.write([sample_point("a", "1", "the new vectors")])
    store.adopt_copy()
    with pytest.raises(StoreError):
        copy.write([sample_point("a", "2", "a late write")])
    assert len(list(store.scan(Where(bank="a")))) == 1


def test_adopting_without_a_copy_says_what_to_do() -> None:
    with pytest.raises(StoreError, match="begin one with copy_for"):
        MemoryStore().adopt_copy()


def test_a_stored_payload_cannot_be_changed_through_what_was_written_or_read() -> None:
    store, point = MemoryStore(), sample_point("a", "1", "words", tags=["x"])
    store.write([point])
    point.payload["tags"].append("y")
    (stored,) = store.scan(Where(bank="a"))
    stored.payload["tags"].append("z")
    (again,) = store.scan(Where(bank="a"))
    assert again.payload["tags"] == ["x"]
