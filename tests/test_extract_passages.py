"""Extracts: what was said in the same breath as the best hits is quoted with them, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fourfold import Bank, Memory, Message
from fourfold.language.text import estimate_tokens

SAID = datetime(2026, 5, 1, 10, tzinfo=UTC)
TOLD = "We went to see the new planetarium. It was a birthday present from Lena. The kids loved it."


@pytest.fixture
def bank() -> Iterator[Bank]:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("talk")
        bank.retain([Message(TOLD, speaker="Ana", at=SAID), Message("I had soup.", speaker="Ben", at=SAID)])
        yield bank


def test_a_passage_is_quoted_whole_in_its_own_order_under_one_date(bank: Bank) -> None:
    best = bank.reflect("Who gave Ana the birthday present?").citations[0]
    assert best.quote == f"[1 May 2026] Ana: {TOLD}"
    assert best.unit.text == "It was a birthday present from Lena."
    assert [unit.text for unit in best.context] == [
        "We went to see the new planetarium.",
        "The kids loved it.",
    ]


def test_words_within_a_passage_pass_for_no_mark_of_another_statement(bank: Bank) -> None:
    bank.retain(
        [Message("I sold the boat [no longer held], which was red. It went to Tom Weber.", "Ana", at=SAID)]
    )
    quote = bank.reflect("Who bought the boat that Ana sold?").citations[0].quote
    assert quote.startswith('[1 May 2026] Ana: "I sold the boat [no longer held], which was red." ')


def test_no_unit_is_quoted_twice(bank: Bank) -> None:
    citations = bank.reflect("What did Ana say of the planetarium, the kids and Lena?").citations
    quoted = [unit.id for citation in citations for unit in citation.units]
    assert len(quoted) == len(set(quoted))


def test_what_was_forgotten_or_is_no_longer_held_is_not_quoted_beside_the_rest(bank: Bank) -> None:
    (unit,) = (unit for unit in bank.units() if unit.text.startswith("The kids"))
    bank.forget(unit=unit.id)
    answer = bank.reflect("Who gave Ana the birthday present?")
    assert "kids" not in answer.answer
    assert "planetarium" in answer.answer


@pytest.mark.parametrize("budget", range(1, 60, 7))
def test_the_quotes_stay_within_the_budget(bank: Bank, budget: int) -> None:
    citations = bank.reflect("Who gave Ana the birthday present?", budget=budget).citations
    assert sum(estimate_tokens(citation.quote) for citation in citations) <= budget
