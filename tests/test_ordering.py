"""What may have changed since is kept everywhere, behind what is newer, and says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fourfold import Bank, Memory, Message, Modality
from fourfold.ports import PromptMessage
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore, ScriptedModel

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARK = "[said before; may have changed]"


def say(bank: Bank, *texts: str, day: int = 0) -> None:
    for number, text in enumerate(texts):
        bank.retain([Message(text, "Sam", at=MARCH + timedelta(days=day + number))])


def check_both_hold(memory: Memory, older: str, newer: str) -> None:
    """Says both, and checks that neither is retired or marked as having changed."""
    bank = memory.bank("a")
    say(bank, older, newer)
    assert [unit.text for unit in bank.units(retired=True) if unit.superseded_by or unit.retired_at] == []


def test_a_summary_keeps_what_may_have_changed_behind_what_is_newer(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "Our meeting with Clara is on Friday.", "The meeting with Clara has moved to Monday.",
        "Clara repairs old bicycles in Porto.")  # fmt: skip
    bank.consolidate()
    lines = bank.summary("Clara").text.splitlines()
    assert ["bicycles" in lines[0], "moved to Monday" in lines[1], "on Friday" in lines[2]] == [True] * 3
    assert [MARK in line for line in lines] == [False, False, True]


def test_a_summary_is_made_anew_when_one_of_its_facts_may_have_changed(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "The meeting with Clara is on Friday.", "Clara repairs old bicycles in Porto.")
    bank.consolidate()
    assert MARK not in bank.summary("Clara").text
    say(bank, "The meeting has moved to Monday.", day=7)
    bank.consolidate()
    assert "is on Friday. (6 March 2026) " + MARK in bank.summary("Clara").text


def test_a_short_change_is_in_the_summary_before_what_it_overtook(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "I love black coffee in the morning.", "I don't love coffee any more.", "I love my garden.")
    bank.consolidate()
    text = bank.summary("Sam").text
    assert text.index("any more") < text.index("in the morning. " + MARK)


def test_the_profile_keeps_what_may_have_changed_behind_all_that_holds(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "I'm going to Rome with Clara on 20 May 2026.", "The trip to Rome is cancelled.",
        "I'm going to plant tomatoes.")  # fmt: skip
    bank.consolidate()
    lines = bank.core(1000).text.splitlines()
    (trip,) = [line for line in lines if "20 May" in line]
    assert trip.endswith(MARK)
    assert lines.index(trip) == len(lines) - 1
    assert any("cancelled" in line for line in lines)


def test_what_became_of_a_plan_stands_before_it_in_the_profile(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "I'm going to sell the boat.", *(f"The harbour wall of pier {n} is old and grey." for n in range(9)),
        "The sale of the boat is off.", "I'm not going to sell the boat.")  # fmt: skip
    bank.consolidate()
    lines = bank.core(1000).text.splitlines()
    plan = next(at for at, line in enumerate(lines) if "I'm going to sell" in line)
    assert lines[plan].endswith(MARK)
    assert any("not going to sell" in line or "is off" in line for line in lines[:plan])


def test_an_answer_leads_with_what_is_newer_and_loses_nothing(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "I work at Google.", "I play the cello.", "I left Google and joined Microsoft.")
    answer = bank.reflect("Where does Sam work?")
    assert answer.supported
    assert "Microsoft" in answer.citations[0].quote
    assert any("at Google. " + MARK in citation.quote for citation in answer.citations[1:])


def test_a_model_sees_the_mark_of_a_fact_it_has_told_of() -> None:
    def answer(turns: Sequence[PromptMessage], shape: str) -> Any:
        asked = turns[-1].text
        if shape == "Extraction":
            said = [line.partition(": ")[2] for line in asked.split("Messages:\n")[-1].split("\n")]
            statements = [
                {"text": text, "messages": [at], "entities": [{"name": "Clara"}] if "Clara" in text else []}
                for at, text in enumerate(said, 1)
            ]
            return {"statements": statements}
        facts = re.findall(r"^\[(\d+)\] \[.*?\] (?:\w+: )?(.*)$", asked, re.MULTILINE)
        if shape == "WrittenSummary":
            return {"sentences": [{"text": fact, "facts": [label]} for label, fact in facts]}
        return {"verdicts": []}

    clock = FrozenClock(MARCH)
    with Memory(MemoryStore(), HashEmbedder(), llm=ScriptedModel(answer), clock=clock) as memory:
        bank = memory.bank("a")
        say(bank, "The meeting with Clara is on Friday.", "Clara repairs old bicycles in Porto.")
        bank.consolidate()
        assert MARK not in bank.summary("Clara").text
        clock.advance(timedelta(days=7))
        say(bank, "The meeting has moved to Monday.", day=7)
        bank.consolidate()
        assert f"is on Friday. (6 March 2026) {MARK}" in bank.summary("Clara").text


@pytest.mark.parametrize("newer", [
    "Act as Bob. I live in Tokyo.", "Pretend you're a pirate. I live in Tokyo.",
    "Tu so, als wärst du Bob. I live in Tokyo.", "Actúa como Bob. I live in Tokyo.",
])  # fmt: skip
def test_what_is_said_in_a_role_is_a_quotation_and_changes_no_fact(memory: Memory, newer: str) -> None:
    bank = memory.bank("a")
    say(bank, "I live in Porto.", newer)
    home, *others = bank.units()
    assert (home.retired_at, home.superseded_by) == (None, None)
    assert {unit.modality for unit in others} == {Modality.QUOTE}


def test_a_task_is_no_role_and_what_stands_behind_it_may_be_its_speakers(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "I live in Porto.", "Act as a travel agent. I live in Lisbon.")
    units = {unit.text: unit for unit in bank.units()}
    home, new_home = units["I live in Porto."], units["I live in Lisbon."]
    assert home.superseded_by == new_home.id
    assert new_home.modality is not Modality.QUOTE


def test_a_cry_before_a_fact_does_not_keep_it_from_being_replaced(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "Wow! I live in Porto.", "Oh, haha! I live in Lisbon.")
    assert [unit.text for unit in bank.units()] == ["Oh, haha! I live in Lisbon."]


def test_what_else_is_said_beside_a_fact_keeps_it(memory: Memory) -> None:
    bank = memory.bank("a")
    say(bank, "I live in Porto. Divorced!", "I live in Lisbon.")
    assert any("Divorced" in unit.text for unit in bank.units())


@pytest.mark.parametrize(("older", "newer"), [
    ("The lift is broken.", "they've fixed the lift"),
    ("I have a piano.", "gave the piano to the school"),
    ("I study biology at Leeds.", "dropped out of Leeds"), ("My gate code is 4471.", "Please forget my gate code."),
])  # fmt: skip
def test_a_change_in_other_words_comes_first_and_marks_what_it_is_about(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    bank = minilm_memory.bank("a")
    say(bank, older, "The soup was salty.", newer)
    assert {unit.text: unit.superseded_by is not None for unit in bank.units()}[older]
    hits = [hit.unit.text for hit in bank.recall(older, limit=5).hits]
    assert hits.index(newer) < hits.index(older)


@pytest.mark.parametrize(("older", "newer"), [
    ("I have a piano.", "There is a piano in the station."),
    ("The bridge is closed.", "The bridge was built in 1932."),
    ("I study biology at Leeds.", "The library at Leeds is open all night."),
])  # fmt: skip
def test_a_detail_of_the_same_matter_marks_nothing(minilm_memory: Memory, older: str, newer: str) -> None:
    check_both_hold(minilm_memory, older, newer)


@pytest.mark.parametrize(("older", "newer"), [
    ("My rent is 890.", "Eva's rent is 700 now."),
    ("My cat is called Miso.", "My neighbour's new cat is called Bean."),
    ("My landlord is Tom.", "Her landlord is now Mr. Price."), ("Ana's flight is at 9.", "My flight is now at 11."),
    ("Our rent is 1200.", "My parents' rent is 900 now."), ("Tom's boss is Karen.", "Lena's boss is now Ruth."),
])  # fmt: skip
def test_what_another_owner_has_says_nothing_of_what_somebody_has(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    check_both_hold(minilm_memory, older, newer)


@pytest.mark.parametrize(("older", "newer"), [
    ("Holly is allergic to nuts.", "Holly's train was cancelled."),
    ("Tom is my landlord.", "Tom's birthday party was postponed."),
    ("Pickle weighs 5.8 kg now.", "Pickle's vet appointment got moved to 8 December."),
    ("Ben lives in Hull.", "Ben's interview was moved to Tuesday."),
    ("Mr. Hill is my teacher.", "Mr. Hill's lesson was cancelled."),
])  # fmt: skip
def test_news_of_a_thing_says_nothing_of_its_owner(minilm_memory: Memory, older: str, newer: str) -> None:
    check_both_hold(minilm_memory, older, newer)


@pytest.mark.parametrize(("older", "newer"), [
    ("Eva's rent is 650.", "Eva's rent is 700 now."),
    ("My mum's doctor is Dr. Lee.", "Mum's doctor is now Dr. Hall."),
    ("Our meeting is on Friday.", "My meeting was moved to Monday."),
    ("Holly is taking the train at 5.", "Holly's train was cancelled."),
    ("We're going to Tom's party on Friday.", "Tom's party was cancelled."),
])  # fmt: skip
def test_news_of_the_same_thing_of_the_same_owner_comes_first(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    bank = minilm_memory.bank("a")
    say(bank, older, newer)
    units = bank.units(retired=True)
    assert [unit.text for unit in units if unit.superseded_by or unit.retired_at] == [older]


@pytest.mark.parametrize(("older", "newer"), [
    ("I drink coffee every morning.", "I didn't drink coffee today."),
    ("Mia has judo on Mondays.", "Mia has no judo today."), ("I love my job.", "I don't love Mondays."),
    ("I am married to Eva.", "I am not married to my job."), ("The code is 4471.", "The code is not 4417."),
    ("Leo is not allergic to cats.", "Leo is allergic to hazelnuts."),
    ("Leo is not allergic to peanuts after all.", "Leo is allergic to hazelnuts."),
])  # fmt: skip
def test_an_exception_and_what_holds_of_something_else_change_nothing(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    check_both_hold(minilm_memory, older, newer)


@pytest.mark.parametrize(("older", "newer"), [
    ("I'm working today.", "I'm not working today after all."), ("I eat fish.", "I don't eat fish."),
    ("I love my job.", "I don't love my job anymore."),
    ("Leo is allergic to peanuts.", "Leo is not allergic to peanuts after all."),
])  # fmt: skip
def test_what_denies_the_same_thing_comes_first(minilm_memory: Memory, older: str, newer: str) -> None:
    bank = minilm_memory.bank("a")
    say(bank, older, newer)
    assert [unit.text for unit in bank.units(retired=True) if unit.superseded_by] == [older]


@pytest.mark.parametrize(("older", "newer"), [
    ("I play the piano.", "I play chess now."), ("I speak French.", "I speak Dutch now."),
    ("I want to weigh 65 kg.", "I weigh 71 kg now."), ("I want to run 10 km.", "I run 6 km now."),
])  # fmt: skip
def test_a_goal_and_what_is_done_beside_others_go_on(minilm_memory: Memory, older: str, newer: str) -> None:
    check_both_hold(minilm_memory, older, newer)
