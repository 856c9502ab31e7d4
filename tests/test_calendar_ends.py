"""The first and the last days of the calendar: times beside which there is none before or behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from command_line import fourfold

from fourfold import Bank, Fact, InputError, Interval, Memory, Message
from fourfold.testing import HashEmbedder, MemoryStore

LATE = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-5)))
EARLY = datetime(1, 1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
OUTSIDE = pytest.mark.parametrize("moment", [LATE, EARLY], ids=["after 9999", "before 1"])
INSIDE = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
OF_DAYS_OUTSIDE = [
    datetime(1, 1, 1, 15, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 8, tzinfo=timezone(timedelta(hours=-12))),
]
"""Times inside, of days that begin before the calendar or end behind it."""
LINES = ["I moved to Rome yesterday.", "I live in Porto.", "I lived in Porto in 1999.", "I live in Rome now."]


@OUTSIDE
def test_a_time_outside_the_calendar_in_utc_is_refused_wherever_it_comes_in(
    bank: Bank, moment: datetime
) -> None:
    bank.retain("I live in Porto.")
    before = bank.units()
    for refused in (
        lambda: bank.retain("I live in Rome.", at=moment),
        lambda: bank.retain([Message("I live in Rome.", at=moment)]),
        lambda: bank.retain_facts([Fact("Ana lives in Rome.", at=moment)]),
        lambda: bank.retain_facts([Fact("Ana lives in Rome.", ended_at=moment)]),
        lambda: Interval(moment, None),
        lambda: bank.recall("Rome", as_of=moment),
        lambda: bank.recall("Rome", during=(moment, None)),
        lambda: bank.timeline(during=(None, moment)),
        lambda: bank.reflect("Rome?", as_of=moment),
        lambda: bank.restore("copy", as_of=moment),
        lambda: bank.forget(before=moment),
    ):
        with pytest.raises(InputError, match="outside the years 1 to 9999"):
            refused()
    assert bank.units() == before


@OUTSIDE
def test_the_command_line_refuses_such_a_time(tmp_path: Path, moment: datetime) -> None:
    (tmp_path / "note.txt").write_text("I live in Porto.")
    place = tmp_path / "memory"
    fourfold("retain", tmp_path / "note.txt", "--bank", "b", "--memory", place)
    answer = fourfold("recall", "Porto", "--as-of", moment.isoformat(), "--bank", "b", "--memory", place)
    assert answer.returncode != 0
    assert "outside the years 1 to 9999" in answer.stderr


@pytest.mark.parametrize("first", [*INSIDE, *OF_DAYS_OUTSIDE])
@pytest.mark.parametrize("second", [*INSIDE, datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_was_said_at_either_end_of_the_calendar_is_compared_and_recalled(
    bank: Bank, first: datetime, second: datetime
) -> None:
    bank.retain([Message(line, "Ana", at=first) for line in LINES])
    bank.retain([Message(line.replace("Rome", "Oslo"), "Ana", at=second) for line in LINES])
    bank.consolidate()
    assert bank.recall("Where does Ana live?", as_of=INSIDE[1]).hits
    assert bank.timeline()


@OUTSIDE
def test_a_bank_that_has_such_a_time_is_opened_recalled_and_written_to(
    moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()
    with monkeypatch.context() as patch:  # an older version took it
        patch.setattr("fourfold.ingest.chunking.require_aware", lambda time, _: time)
        Memory(store, HashEmbedder()).bank("b").retain([Message(line, "Ana", at=moment) for line in LINES])
    with Memory(store, HashEmbedder()) as memory:
        bank = memory.bank("b")
        assert moment in {unit.mentioned_at for unit in bank.units()}
        assert bank.recall("Where does Ana live?").hits
        bank.retain([Message("I live in Lisbon.", "Ana")])
        bank.consolidate()
        assert bank.timeline()
        assert bank.fork("copy").recall("Where does Ana live?").hits


def test_a_file_with_such_a_time_is_read_without_it(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text(f"speaker,text,time\nTom,The night bus is late.,{LATE.isoformat()}\n")
    bank = memory.load(path, bank="b")
    assert [unit.mentioned_at for unit in bank.units()] == [None]
    assert any("outside the years 1 to 9999" in warning for warning in bank.warnings)
