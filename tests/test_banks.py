"""Many banks in one store: listed without loading them, and erased one by one."""

from __future__ import annotations

import pytest

from fourfold import Memory, NotFoundError

pytestmark = pytest.mark.slow

SAID = "The harbour has a crane."


def test_banks_are_listed_with_their_sizes_and_none_is_loaded(memory: Memory) -> None:
    for number in range(30):
        memory.bank(f"bank {number:02}").retain(f"This is note {number}.")
    gone = memory.bank("bank 07")
    gone.retain("Another one.")
    gone.forget(unit=gone.units()[0])
    indexes = memory._async.services.indexes
    for name in [f"bank {number:02}" for number in range(30)]:
        indexes.drop(name)
    listed = memory.banks()
    assert [info.name for info in listed] == [f"bank {number:02}" for number in range(30)]
    assert {info.units for info in listed} == {1}
    assert [info.name for info in memory.banks(["bank 03", "nobody"])] == ["bank 03"]
    assert not indexes._indexes


def test_erasing_a_bank_leaves_other_banks_unchanged(memory: Memory) -> None:
    for name in ("mine", "yours"):
        memory.bank(name).retain(SAID)
        memory.bank(name).consolidate()
    receipt = memory.erase("mine")
    assert (len(receipt.units), receipt.counts["unit"]) == (1, 1)
    assert [info.name for info in memory.banks()] == ["yours"]
    assert {
        place.rpartition(" ")[2] for place in memory.find_text("crane") if not place.startswith("file")
    } == {"yours"}
    assert memory.bank("yours").recall(SAID).hits
    assert not memory.bank("mine").recall(SAID).hits
    with pytest.raises(NotFoundError):
        memory.erase("mine")
    memory.erase("yours")
    assert memory.find_text("crane") == []
    memory.bank("mine").retain(SAID)
    assert [change.operation for change in memory.bank("mine").history()] == ["retain"]
