"""Changes in a wording that no rule knows: a closer look at likely pairs marks what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Memory, Message
from fourfold.models.packaged.minilm import MiniLM
from fourfold.ports import Embedding
from fourfold.testing import FrozenClock, MemoryStore

MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = MARCH + timedelta(days=20)

CHANGES = [
    ("I work the late shift at the bakery.", "boss finally put me on mornings at the bakery"),
    ("I'm the goalkeeper of our team.", "Marco stands in goal for our team, I play on the left"),
    ("Our kitchen tap drips.", "plumber sorted out the kitchen tap"),
    ("My passport is at the embassy.", "got my passport back with the visa in it"),
]
DETAILS = [
    ("I work the late shift at the bakery.", "The bakery sells wonderful rye bread."),
    ("Our kitchen tap drips.", "We painted the kitchen yellow."),
    ("I'm engaged to Lars.", "Lars cooked a wonderful risotto."),
    ("I have a dog.", "I have a cat too."),
    ("I went to the gym on Monday.", "I went to the pool on Tuesday."),
    ("My brother lives in Ulm.", "My sister moved to Bonn."),
]


@pytest.mark.parametrize(("older", "newer"), CHANGES)
def test_a_change_in_any_wording_leads_what_it_is_about(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    bank = minilm_memory.bank("a")
    bank.retain([Message(older, "Ana", at=MARCH)])
    retained = bank.retain([Message(newer, "Ana", at=LATER)])
    first, second = sorted(bank.units(), key=lambda unit: unit.said_order)
    assert (first.superseded_by, first.retired_at) == (second.id, None)
    assert [link.to for link in second.links if link.kind == "supersedes"] == [first.id]
    assert "probably tells of a change" in retained.operations[0].reason


@pytest.mark.parametrize(("older", "newer"), DETAILS)
def test_a_detail_of_the_same_thing_marks_nothing(minilm_memory: Memory, older: str, newer: str) -> None:
    bank = minilm_memory.bank("a")
    bank.retain([Message(older, "Ana", at=MARCH)])
    bank.retain([Message(newer, "Ana", at=LATER)])
    assert [unit.superseded_by for unit in bank.units()] == [None, None]


def test_changes_within_one_retain_are_found_too(minilm_memory: Memory) -> None:
    older, newer = CHANGES[2]
    bank = minilm_memory.bank("a")
    bank.retain([Message(older, "Ana", at=MARCH), Message(newer, "Ana", at=LATER)])
    assert [unit.text for unit in bank.units() if unit.superseded_by] == [older]


def test_what_is_said_again_after_its_change_is_not_marked(minilm_memory: Memory) -> None:
    older, newer = CHANGES[2]
    bank = minilm_memory.bank("a")
    again = LATER + timedelta(days=9)
    bank.retain(
        [Message(older, "Ana", at=MARCH), Message(newer, "Ana", at=LATER), Message(older, "Ana", at=again)]
    )
    assert [unit.text for unit in bank.units() if unit.text == older and unit.superseded_by] == []


def test_a_look_embeds_few_texts_and_each_of_a_retain_once(clock: FrozenClock) -> None:
    embedder = CountingMiniLM()
    older, newer = CHANGES[2]
    others = [
        "The sky is blue.",
        "My brother lives in Ulm.",
        "I went to the gym on Monday.",
        "Lars cooked a risotto.",
    ]
    with Memory(MemoryStore(), embedder, clock=clock) as memory:
        bank = memory.bank("a")
        bank.retain([Message(text, "Ana", at=MARCH) for text in (older, *others)])
        embedder.texts.clear()
        bank.retain([Message(newer, "Ana", at=LATER)])
    looked_at = embedder.texts[1:]
    assert {older, newer} <= set(looked_at)
    assert len(looked_at) == len(set(looked_at)) <= 3  # the newer one and two older ones


class CountingMiniLM(MiniLM):
    """MiniLM that notes what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.texts += texts
        return super().embed(texts)


PROJECT = [
    "I'm the only infra person here (Kestrel, a fintech startup in Tallinn, 11 devs)",
    "our monorepo uses pnpm + turborepo, node 22.",
    "CI takes 14 min, want it under 6. we're on github actions, self-hosted runners on hetzner",
    "don't suggest vercel remote cache, legal said no to anything hosted in the US",
    "that was it thx. down to 7:40 now",
    "always show me diffs, not whole files",
    "Priit is our second developer on call. he hates yaml",
    "the payments team sits in Tartu. the other teams come in on wednesdays",
    "my desk is next to the coffee machine. I bike to work",
    "the logo is teal. our biggest customer is a bank in Riga",
    "postgres is still 14, the office is on the third floor",
    "I really dislike terraform, we use pulumi with typescript",
    "ok we decided to drop jest, vitest everywhere from now on",
]


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "turn by turn"])
def test_a_change_marks_nothing_of_another_matter_however_a_talk_is_retained(
    minilm_memory: Memory, at_once: bool
) -> None:
    messages = [Message(text, at=MARCH + day * timedelta(days=1)) for day, text in enumerate(PROJECT)]
    bank = minilm_memory.bank("at once" if at_once else "in turn", language="en")
    for part in [messages] if at_once else [[message] for message in messages]:
        bank.retain(part)
    assert [unit.text for unit in bank.units() if unit.superseded_by] == []
