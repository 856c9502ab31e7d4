"""Retain and recall through the public API, on the real engine and the real model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fourfold import Memory, Message

MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


def test_a_retained_text_is_recalled_at_once(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "memory") as memory:
        bank = memory.bank("alice")
        bank.retain(
            [
                Message("I moved to Lisbon last month.", "Ana", at=MAY, id="1"),
                Message("How is work at the bakery?", "Ben", at=MAY, id="2"),
            ]
        )
        hit = bank.recall("Where did Ana move?").hits[0]
        assert hit.unit.source.messages == ("1",)
        assert hit.unit.occurred is not None
        assert hit.unit.occurred.start == datetime(2023, 4, 1, tzinfo=UTC)
