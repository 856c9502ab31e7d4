"""What is said in the same words again and again costs no more each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from fourfold import Memory, Message
from fourfold.ports import PAYLOAD, Fields, Point, Where
from fourfold.testing import HashEmbedder, MemoryStore

MAY = datetime(2026, 5, 1, tzinfo=UTC)


class _CountingStore(MemoryStore):
    """Counts the points that are read by their ids."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        self.asked += len(where.ids or ())
        return super().scan(where, fields)


def _answered(number: int) -> list[Message]:
    at = MAY + timedelta(hours=number)
    return [Message(f"Is the lamp in room {number} on?", "Ana", at=at), Message("Yes.", "Ben", at=at)]


def test_an_answer_that_was_given_often_is_compared_with_the_latest_alone() -> None:
    store = _CountingStore()
    with Memory(store, HashEmbedder()) as memory:
        bank = memory.bank("lamps", language="en")
        asked = []
        for first, last in ((0, 40), (41, 200)):
            bank.retain([message for number in range(first, last) for message in _answered(number)])
            before = store.asked
            bank.retain(_answered(last))
            asked.append(store.asked - before)
        assert sum(unit.text == "Yes." for unit in bank.units()) > 150
        assert asked[1] <= asked[0] + 5
