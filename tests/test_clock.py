"""What a bank was, and is, when the clock of its machine is set back or runs ahead between two writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fourfold import Bank, Memory, Message
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, TEN_YEARS = timedelta(hours=1), timedelta(days=3653)
GATES = "harbour garden violin quarry lantern meadow compass orchard".split()


def texts_as_of(bank: Bank, moment: datetime) -> set[str]:
    hits = bank.recall("What number is on the gate?", budget=None, as_of=moment).hits
    return {hit.unit.text for hit in hits}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([-HOUR, -TEN_YEARS, TEN_YEARS, timedelta(minutes=1), timedelta(0)]),
            st.sampled_from(["retain", "forget", "undo", "consolidate"]),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_the_past_is_a_state_that_the_bank_was_in(steps: list[tuple[timedelta, str]]) -> None:
    clock = FrozenClock(START)
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("a")
        states: list[tuple[datetime, set[str]]] = []
        writes = 0
        for number, (jump, operation) in enumerate(steps):
            clock.advance(jump)
            units, undoable = bank.units(), [change for change in bank.history() if not change.undone]
            if operation == "consolidate":
                bank.consolidate()
            elif operation == "forget" and units:
                bank.forget(unit=units[0])
            elif operation == "undo" and undoable and undoable[0].operation != "undo":
                bank.undo(undoable[0])
            else:
                bank.retain(f"The {GATES[number]} has number {number} on its gate.")
            if len(bank.history()) > writes:  # a consolidation may have found nothing to write
                states.append((clock.now(), {unit.text for unit in bank.units()}))
                writes = len(bank.history())
        for moment in {time + late for time, _ in states for late in (timedelta(0), HOUR / 2)}:
            was = [texts for time, texts in states if time <= moment]
            assert texts_as_of(bank, moment) == (was[-1] if was else set()), moment


def test_what_names_an_entity_that_was_made_by_a_clock_ahead_is_recalled_as_of_an_hour_later() -> None:
    clock = FrozenClock(START)
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("a")
        bank.retain([Message("I live in Porto.", "Ana")])
        clock.advance(-HOUR)
        bank.edit(bank.units()[0], "Ana lives in Lisbon.")
        for moment in (clock.now(), clock.now() + HOUR / 2, START):
            hits = bank.recall("Where does Ana live?", as_of=moment).hits
            assert [hit.unit.text for hit in hits] == ["Ana lives in Lisbon."]
        assert bank.recall("Where does Ana live?", as_of=clock.now() - HOUR).hits == ()


def test_a_bank_goes_on_when_a_clock_that_was_ten_years_ahead_is_set_right() -> None:
    clock = FrozenClock(START)
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as memory:
        bank = memory.bank("a")
        clock.advance(TEN_YEARS)
        bank.retain("The harbour has number 1 on its gate.")
        clock.advance(-TEN_YEARS)
        bank.retain("The garden has number 2 on its gate.")
        both = {"The harbour has number 1 on its gate.", "The garden has number 2 on its gate."}
        assert texts_as_of(bank, clock.now()) == both
        restored = bank.restore("b", as_of=clock.now())
        assert {unit.text for unit in restored.units()} == both
        assert [change.operation for change in restored.history()] == ["restore", "retain", "retain"]
        bank.undo(bank.history()[0])
        assert {unit.text for unit in bank.units()} == both - {"The garden has number 2 on its gate."}
        assert bank.consolidate().pending == 0
        assert bank.prune(dry_run=True).archived == ()
