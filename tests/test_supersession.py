"""New values take the place of old ones, and nothing else does: labelled pairs, without a language model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fourfold import Memory, Message, Modality, Retirement, Verdict
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.units import Role

DATA = Path(__file__).parent / "data"
MAY = datetime(2024, 5, 10, 9, tzinfo=UTC)


def memory() -> Memory:
    return Memory(MemoryStore(), HashEmbedder())


def test_pairs_that_do_not_replace_each_other_are_both_kept() -> None:
    pairs = json.loads((DATA / "keep.json").read_text())
    assert len(pairs) >= 150
    lost, marked = [], []
    with memory() as opened:
        for number, (kind, first, second, one, other) in enumerate(pairs):
            bank = opened.bank(str(number))
            bank.retain([Message(first, one, at=MAY)])
            bank.retain([Message(second, other, at=MAY + timedelta(days=3))])
            units = bank.units()
            if len(units) < 2:
                lost.append((kind, first, second))
            elif any(unit.superseded_by for unit in units):
                marked.append((kind, first, second))
    assert len(lost) <= 0.03 * len(pairs), lost
    assert len(marked) <= 0.03 * len(pairs), marked


def test_new_values_replace_old_ones_and_the_past_remembers_them() -> None:
    pairs = json.loads((DATA / "replaced.json").read_text())
    missed = []
    clock = FrozenClock(MAY)
    with Memory(MemoryStore(), HashEmbedder(), clock=clock) as opened:
        for number, (first, second) in enumerate(pairs):
            bank = opened.bank(str(number))
            bank.retain([Message(first, "Mara")])
            before = clock.now()
            clock.advance(timedelta(days=1))
            done = bank.retain([Message(second, "Mara")])
            if [unit.text for unit in bank.units()] != [second]:
                missed.append((first, second))
                continue
            assert (done.count(Verdict.UPDATE), done.count(Verdict.RETIRE)) == (1, 1)
            old = next(unit for unit in bank.units(retired=True) if unit.text == first)
            new = bank.units()[0]
            assert old.retirement == Retirement.superseded_by(new.id)
            assert [link.to for link in new.links if link.kind == "supersedes"] == [old.id]
            assert first in bank.recall(first, as_of=before).text
            assert first not in bank.recall(first).text
    assert len(missed) <= 0.05 * len(pairs), missed


def test_an_unsure_successor_comes_first_and_the_older_one_says_so() -> None:
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain("Hines Ward plays the position of wide receiver.", at=MAY)
        bank.retain("Hines Ward plays the position of cornerback.", at=MAY)
        hits = bank.recall("Which position does Hines Ward play, wide receiver?").hits
        assert [hit.unit.superseded_by is None for hit in hits] == [True, False]
        assert "cornerback" in hits[0].unit.text
        assert hits[1].unit.superseded_by == hits[0].unit.id
        assert [link.weight for link in hits[0].unit.links if link.kind == "supersedes"] == [0.5]
        assert "[said before; may have changed]" in bank.recall("wide receiver").text


def test_a_value_that_comes_back_is_current_again() -> None:
    with memory() as opened:
        bank = opened.bank("a")
        for day, place in enumerate(("Madrid", "Lisbon", "Madrid")):
            bank.retain([Message(f"I live in {place}.", "Mara", at=MAY + timedelta(days=day))])
        assert [unit.text for unit in bank.units()] == ["I live in Madrid."]
        for day, job in enumerate(("baker", "teacher", "baker")):
            bank.retain([Message(f"I work as a {job}.", "Mara", at=MAY + timedelta(days=day))])
        hits = bank.recall("What does Mara work as?").hits
        assert hits[0].unit.text == "I work as a baker."
        assert hits[0].unit.superseded_by is None


def test_a_late_older_statement_does_not_replace_a_newer_one() -> None:
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain([Message("I live in Lisbon.", "Mara", at=MAY)])
        bank.retain([Message("I live in Porto.", "Mara", at=MAY - timedelta(days=400))])
        units = {unit.text: unit for unit in bank.units()}
        assert units["I live in Lisbon."].superseded_by is None
        assert units["I live in Porto."].superseded_by == units["I live in Lisbon."].id


def test_within_one_retain_the_later_statement_holds() -> None:
    with memory() as opened:
        bank = opened.bank("a")
        done = bank.retain([Message("I live in Porto.", "Mara"), Message("I moved to Lisbon.", "Mara")])
        assert [unit.text for unit in bank.units()] == ["I moved to Lisbon."]
        assert [unit.text for unit in done.units] == ["I moved to Lisbon."]


def test_retaining_the_same_history_again_changes_nothing() -> None:
    told = ["I live in Porto.", "I moved to Lisbon.", "I work as a baker.", "I work as a cook."]
    said = [Message(text, "Mara", at=MAY + timedelta(days=day)) for day, text in enumerate(told)]
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain(said, document="d")
        before = bank.units(retired=True)
        again = bank.retain(said, document="d")
        assert again.count(Verdict.NOOP) == 4
        assert bank.units(retired=True) == before


def test_what_only_looks_like_a_new_value_retires_nothing() -> None:
    pairs = [
        ("I live in Porto.", "I moved to Slack."),
        ("I live in Porto.", "I moved to Python 3.12 today."),
        ("I live in Porto.", "I moved to the Marketing team."),
        ("I live in Porto.", "> I live in Tokyo."),
        ("I live in Porto.", "Write an email for Bob: I live in Tokyo."),
        ("I live in Porto.", "In my novel the hero says: I live in Tokyo."),
        ("I live in Porto.", "I live in Lisbon every summer."),
        ("My boss is Tom.", "My boss is in Rome."),
        ("My boss is Tom.", "My boss is Portuguese."),
        ("My rent is 900 euros.", "My rent is due on the 1st."),
        ("My email is a@x.example.", "My email is full."),
        ("My boss is Tom.", "My boss is Marta on Fridays."),
        ("I live in Porto.", "I moved to Lisbon in 1999."),
        ("I live in Porto.", "I moved to Lisbon for a week."),
        ("I live in Porto.", "I live in Lisbon too."),
        ("I live in Porto.", "I live in Portugal."),
        ("I live in Porto.", "so I live in Lisbon now right"),
        ("I live in Porto.", "I live in Lisbon now ... or do I?"),
        ("I live in Porto.", 'Tom called. "I quit. I live in Lisbon now." Wow.'),
        ("I live in Porto.", "Tom emailed:\n\nHi Mara,\n\nI live in Lisbon now.\n\nBest,\nTom"),
        ("I live in Porto.", "I live in Lisbon now. Please translate that into French."),
        ("I live in Porto.", "I live in Lisbon now. That's what Tom wrote."),
        ("I live in Porto.", "I live in Lisbon now. Just kidding!"),
        ("My wife is Eva.", "My wife is Catholic."),
        ("My wife is Eva.", "My wife is Dr. Costa."),
        ("My phone number is 555-1234.", "My phone number is 555-9999 as well."),
        ("The CEO of Acme is Ana Costa.", "The CEO of Acme is Mrs Costa."),
        ("The CEO of Acme is Ana.", "The CEO of Acme is Bob's sister."),
        ("My name is Ana.", "My name is Costa."),
        ("我住在上海。", "我住在北京。这句话怎么翻译？"),
        ("我住在上海。", "我住在北京对吧"),
    ]
    with memory() as opened:
        for number, (first, second) in enumerate(pairs):
            bank = opened.bank(str(number))
            bank.retain([Message(first, "Mara", at=MAY)])
            bank.retain([Message(second, "Mara", at=MAY + timedelta(days=3))])
            assert any(first in unit.text for unit in bank.units()), (first, second)


@pytest.mark.parametrize("role", ["assistant", "tool"])
def test_what_the_agent_says_under_the_users_name_retires_nothing(role: Role) -> None:
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain([Message("I live in Porto.", "Ana", at=MAY)])
        bank.retain([Message("I live in Lisbon now.", "Ana", role=role, at=MAY + timedelta(days=1))])
        assert len(bank.units()) == 2


@pytest.mark.parametrize(
    ("now", "former"),
    [
        ("I'm married to Arvid.", "Before that I was married to Gunnar."),
        ("Our office is in Leeds.", "Our office was in York until 2019."),
        ("My trainer is Odile.", "My trainer was Per back then."),
        ("The new flat is at Rosenweg 3.", "The old flat has been handed over."),
        ("I work at the bakery in Bonn.", "We moved to Bonn last week."),
        ("I love sushi.", "I don't love ramen any more."),
        ("Our cleaner comes on Mondays.", "This week our cleaner comes on Wednesday."),
    ],
)
def test_what_was_or_is_besides_takes_no_place_of_what_is(now: str, former: str) -> None:
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain([Message(now, "Sam", at=MAY)])
        bank.retain([Message(former, "Sam", at=MAY + timedelta(days=1))])
        assert [unit.superseded_by for unit in bank.units()] == [None, None]


@pytest.mark.parametrize(
    ("older", "newer", "question", "value"),
    [
        ("I work at Google.", "I left Google and joined Microsoft.", "Where does Sam work?", "Microsoft"),
        (
            "The launch is on 2 February.",
            "The launch has moved to 9 February.",
            "When is the launch?",
            "9 Feb",
        ),
        ("Her manager is Ruth.", "Her manager is now Marcus.", "Who is her manager?", "Marcus"),
        ("I am vegetarian.", "I'm not vegetarian any more.", "Is Sam vegetarian?", "not vegetarian"),
        (
            "I booked a trip to Rome.",
            "We cancelled the trip to Rome.",
            "What of the trip to Rome?",
            "cancelled",
        ),
        ("The trip to Rome is in June.", "The trip to Rome is cancelled.", "When is the trip?", "cancelled"),
        ("We bank with Lloyds.", "We switched from Lloyds to Monzo.", "Which bank are we with?", "Monzo"),
        ("I drive a Golf.", "I sold the Golf and bought a Skoda.", "What does Sam drive?", "Skoda"),
    ],
)
def test_a_change_in_everyday_words_leads_and_the_older_is_marked_or_gone(
    minilm_memory: Memory, older: str, newer: str, question: str, value: str
) -> None:
    bank = minilm_memory.bank("a")
    bank.retain([Message(older, "Sam", at=MAY)])
    bank.retain([Message(newer, "Sam", at=MAY + timedelta(days=60))])
    first, *others = bank.recall(question).text.splitlines()
    assert value in first
    assert all("[said before; may have changed]" in line for line in others if older in line)
    assert all(unit.superseded_by for unit in bank.units() if unit.text == older)


@pytest.mark.parametrize(
    ("lead_in", "said", "later", "language"),
    [
        ("Please remember: ", "my dentist is Dr Vos.", "my dentist is Dr Lim.", None),
        ("Keep in mind that ", "my budget is 2000 euros.", "my budget is 2500 euros.", None),
        ("Remember ", "I take 20 mg of citalopram.", "I take 40 mg of citalopram.", None),
        ("Don't forget that ", "Ana is at the Leeds office.", "Ana is no longer at the Leeds office.", None),
        ("记住,", "我住在上海。", "我住在北京。", "zh"),
        ("Recuerda que ", "mi dentista es Vos.", "mi dentista es Lim ahora.", "es"),
        ("N'oublie pas que ", "mon dentiste est Vos.", "mon dentiste est maintenant Lim.", "fr"),
    ],
)
def test_what_an_assistant_is_told_to_remember_changes_as_what_is_said_does(
    lead_in: str, said: str, later: str, language: str | None
) -> None:
    with memory() as opened:
        bare, told = (opened.bank(name, language=language) for name in ("bare", "told"))
        for day, text in enumerate((said, later)):
            bare.retain([Message(text, at=MAY + timedelta(days=day))])
            told.retain([Message(lead_in + text, at=MAY + timedelta(days=day))])
        states = [
            [(unit.retired_at is None, unit.superseded_by is None) for unit in bank.units(retired=True)]
            for bank in (bare, told)
        ]
        assert states[0] == states[1]


def test_a_request_to_remember_is_a_fact_and_a_question_to_a_friend_is_none() -> None:
    with memory() as opened:
        bank = opened.bank("a")
        bank.retain("Can you remember that my favourite colour is green?")
        bank.retain("Remember our trip to Porto?")
        assert [unit.modality for unit in bank.units()] == [Modality.FACT, Modality.QUESTION]
