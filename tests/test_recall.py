"""What a recall finds, in which order, within which bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import InputError, Interval, Memory, Message, Network
from fourfold.recall.channels.late_interaction import estimate
from fourfold.recall.plan import plan
from fourfold.recall.prompt import pack
from fourfold.testing import FrozenClock
from fourfold.values.rendering import render_unit
from fourfold.values.units import Source, Unit

MAY = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
TALK = [
    Message("I moved to Lisbon last month.", "Ana", at=MAY, id="1"),
    Message("How is the new flat?", "Ben", at=MAY, id="2"),
    Message("Small, but I can see the river from the kitchen.", "Ana", at=MAY, id="3"),
    Message("My dog Rex ate a whole cake.", "Ben", at=MAY + timedelta(days=20), id="4"),
    Message("I believe dogs should not eat cake.", "Ana", at=MAY + timedelta(days=20), id="5"),
    Message("I booked the vet for Rex.", "Bot", role="assistant", at=MAY + timedelta(days=20), id="6"),
]


@pytest.fixture
def talk(minilm_memory: Memory) -> Memory:
    minilm_memory.bank("a").retain(TALK, tags=["chat"])
    return minilm_memory


@pytest.mark.parametrize(
    ("question", "best"),
    [("Where did Ana move?", "1"), ("What did Rex eat?", "4"), ("What can be seen from the kitchen?", "3"),
     ("Who made an appointment with the vet?", "6"), ("What happened on 28 May 2023?", "4")],
)  # fmt: skip
def test_the_right_unit_is_among_the_first_two(talk: Memory, question: str, best: str) -> None:
    answer = talk.bank("a").recall(question)
    found = [hit.unit.source.messages[0] for hit in answer.hits]
    assert best in found[:2]


@pytest.mark.parametrize(
    ("question", "best"),
    [("Where did Ana move?", "1"), ("What did Rex eat?", "4"), ("Who booked the vet?", "6")],
)
def test_the_estimate_over_the_bank_puts_the_right_unit_forward(
    talk: Memory, question: str, best: str
) -> None:
    services = talk._async.services
    index = services.indexes.get("a")
    planned = plan(question, services.embedder, index, services.clock.now())
    estimated = estimate(planned, index, services.embedder.centroids)
    assert estimated is not None
    messages = {unit.id: unit.source.messages[0] for unit in talk.bank("a").units()}
    assert best in [messages[index.unit_ids[row]] for row in np.argsort(-estimated.units)[:2]]
    assert estimate(planned, index, None) is None


def test_the_text_is_ready_for_a_prompt(talk: Memory) -> None:
    answer = talk.bank("a").recall("Where did Ana move?", limit=1)
    assert answer.text == "[8 May 2023] Ana: I moved to Lisbon last month. (April 2023)"


def test_filters_narrow_the_search(talk: Memory) -> None:
    bank = talk.bank("a")
    bank.retain([Message("Rex likes carrots.", "Ben", at=MAY + timedelta(days=21), id="7")], tags=["food"])

    def ids(**bounds: object) -> set[str]:
        hits = bank.recall("Rex the dog, cake, carrots", budget=None, **bounds).hits  # type: ignore[arg-type]
        return {hit.unit.source.messages[0] for hit in hits}

    assert ids(tags=["food"]) == {"7"}
    assert ids(tags=["food", "chat"]) == {"4", "5", "6", "7"}
    assert ids(networks=["belief"]) == {"5"}
    assert ids(networks=[Network.BELIEF, "experience"]) == {"5", "6"}
    assert ids(during=(MAY + timedelta(days=10), None)) == {"4", "5", "6", "7"}
    assert ids(during=Interval(datetime(2023, 4, 2, tzinfo=UTC), datetime(2023, 4, 3, tzinfo=UTC))) == {"1"}


def test_as_of_answers_as_the_bank_would_have(memory: Memory, clock: FrozenClock) -> None:
    bank = memory.bank("a")
    bank.retain("The boat is red.", at=MAY)
    then = clock.now()
    clock.advance(timedelta(days=10))
    bank.retain("The boat is blue.", at=MAY)
    assert {h.unit.text for h in bank.recall("boat", as_of=then).hits} == {"The boat is red."}
    assert {h.unit.text for h in bank.recall("boat", as_of=then - timedelta(days=1)).hits} == set()
    assert len(bank.recall("boat").hits) == 2


def test_explain_tells_channels_factors_and_path(talk: Memory) -> None:
    hit = talk.bank("a").recall("Where did Ana move?", explain=True).hits[0]
    assert {"semantic", "keyword", "graph", "late_interaction"} <= hit.channels.keys()
    assert hit.channels["semantic"].rank == 1
    assert hit.factors["speaker"] == hit.factors["subject"] == pytest.approx(1.3)
    assert hit.path[-1] == hit.unit.id


def test_the_trace_tells_times_and_candidates(talk: Memory) -> None:
    trace = talk.bank("a").recall("What did Rex eat in May 2023?").trace
    assert trace.entities == ("Rex",)
    assert trace.intervals[0].start == datetime(2023, 5, 1, tzinfo=UTC)
    assert trace.candidates["temporal"] == 6
    assert {
        "plan",
        "search",
        "graph",
        "late_interaction",
        "exact",
        "fuse",
        "pack",
    } <= trace.milliseconds.keys()


@pytest.mark.parametrize(
    "question",
    ["How do I configure a Kubernetes ingress?", "What is the boiling point of tungsten?",
     "Which tax form reports foreign dividends?"],
)  # fmt: skip
def test_an_off_topic_question_finds_nothing(talk: Memory, question: str) -> None:
    assert talk.bank("a").recall(question).hits == ()


def test_an_empty_or_unknown_bank_has_no_hits(memory: Memory) -> None:
    assert memory.bank("nobody").recall("anything").hits == ()
    assert memory.banks() == []


@pytest.mark.parametrize(
    "question",
    ["", "   ", "?", "the of and", "x" * 100_000, "word " * 20_000, "リスボンはどこ?", "где лодка?", "🚤🚤",
     "\x00\ud800", "31 February 99999", "'; DROP TABLE units; --"],
)  # fmt: skip
def test_any_question_gets_an_answer(talk: Memory, question: str) -> None:
    answer = talk.bank("a").recall(question)
    assert len(answer.hits) <= len(TALK)


@pytest.mark.parametrize(
    "bounds",
    [{"budget": 0}, {"limit": -1}, {"networks": ["dreams"]}, {"networks": "world"}, {"tags": "x"}, {"tags": []},
     {"as_of": datetime(2023, 1, 1)}, {"during": (MAY, MAY - timedelta(1))}],
)  # fmt: skip
def test_a_wrong_bound_is_an_error(memory: Memory, bounds: dict[str, object]) -> None:
    with pytest.raises(InputError):
        memory.bank("a").recall("boat", **bounds)  # type: ignore[arg-type]


def test_a_question_that_is_no_string_is_an_error(memory: Memory) -> None:
    with pytest.raises(InputError, match="pass a string"):
        memory.bank("a").recall(7)  # type: ignore[arg-type]


def test_banks_do_not_see_each_other(memory: Memory) -> None:
    memory.bank("a").retain("The password is tulip.")
    memory.bank("b").retain("The weather is fine.")
    answer = memory.bank("b").recall("password tulip")
    assert [hit.unit.text for hit in answer.hits] in ([], ["The weather is fine."])
    assert {entity.name for entity in memory.bank("b").entities()} == set()


def test_a_ranking_does_not_change_because_another_bank_grew(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message(t) for t in ("A rare fox came.", "A common fox came.", "A common owl came.")])
    before = [(h.unit.id, h.score) for h in bank.recall("rare common fox").hits]
    memory.bank("b").retain([Message(f"Rare rare fox number {i}.") for i in range(40)])
    assert [(h.unit.id, h.score) for h in bank.recall("rare common fox").hits] == before


def test_a_larger_limit_scores_more_candidates(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message(f"Note {n}: the garden gate was painted.", id=str(n)) for n in range(300)])
    for limit in (5, 200, 290):
        assert len(bank.recall("the garden gate", budget=None, limit=limit).hits) == limit
    assert len(bank.recall("the garden gate", budget=None).hits) == 300


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 9)), max_size=30),
    st.integers(1, 300),
    st.integers(1, 9),
)
def test_packing_keeps_every_bound(units: list[tuple[int, int]], budget: int, limit: int) -> None:
    tokens = np.array([size for size, _ in units], dtype=np.int32)
    said = np.array([saying for _, saying in units], dtype=np.int64)
    chosen = pack(tokens, said, budget, limit)
    assert chosen == sorted(chosen)
    assert sum(tokens[chosen]) <= budget
    assert len(set(said[chosen])) == len(chosen) <= limit
    assert pack(tokens, said, None, None) == sorted(np.unique(said, return_index=True)[1])


def test_packing_skips_what_does_not_fit_and_goes_on() -> None:
    tokens, said = np.array([10, 50, 20], dtype=np.int32), np.array([1, 2, 3], dtype=np.int64)
    assert pack(tokens, said, 40, None) == [0, 2]


def test_a_retired_unit_is_marked_in_the_prompt() -> None:
    unit = Unit("1", "a", "Hi.", Network.WORLD, Source("", ()), MAY, MAY, retired_at=MAY)
    assert render_unit(unit) == "[8 May 2023] Hi. [no longer held]"


def test_a_message_is_found_by_what_its_sentences_say_together() -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        bank.retain("My neighbour's dog sleeps on the couch all day.")
        bank.retain("We got a kitten at the shelter. Her name is Pixel and she sleeps all day.")
        bank.retain("The shelter needs volunteers on Monday.")
        bank.retain("I slept badly last night.")
        hits = bank.recall("What is the name of the kitten that sleeps all day?").hits
        assert [hit.unit.text for hit in hits[:2]] == [
            "Her name is Pixel and she sleeps all day.",
            "We got a kitten at the shelter.",
        ]


@pytest.mark.parametrize(
    ("statements", "question"),
    [
        (["My boss is Tom.", "My boss is great."], "Who is Ana's boss?"),
        (["Our flat is in Porto.", "Our flat is lovely and bright."], "Where is Ana's flat?"),
        (["Mein Zahnarzt ist Dr. Brandt.", "Mein Zahnarzt ist nett."], "Wer ist Anas Zahnarzt?"),
        (["I live in Porto.", "In my novel the hero says: I live in Tokyo."], "Where does Ana live?"),
    ],
)
def test_of_two_that_fit_alike_the_one_that_tells_what_is_asked_stands_first(
    statements: list[str], question: str
) -> None:
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        for month, text in enumerate(statements, 1):
            bank.retain([Message(text, "Ana", at=datetime(2026, month, 1, tzinfo=UTC))])
        assert bank.recall(question).hits[0].unit.text == statements[0]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("When did I first go swimming at the lido?", "Went swimming at the lido, freezing!"),
        ("When did I last go swimming at the lido?", "Went swimming at the lido with Jonas."),
    ],
)
def test_of_several_times_the_one_that_is_asked_for_stands_first(question: str, wanted: str) -> None:
    said = [
        "Went swimming at the lido, freezing!",
        "Went swimming at the lido, warmer today.",
        "Went swimming at the lido with Jonas.",
    ]
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        for month, text in enumerate(said, 5):
            bank.retain([Message(text, at=datetime(2026, month, 1, tzinfo=UTC))])
        assert bank.recall(question).hits[0].unit.text == wanted


def test_what_was_on_a_day_comes_first_where_nothing_else_is_named() -> None:
    said = {
        14: "Went kayaking with Petra today.",
        13: "Spent the whole day sorting receipts.",
        16: "Today I returned the books.",
    }
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        for day, text in said.items():
            bank.retain([Message(text, at=datetime(2026, 8, day, 18, tzinfo=UTC))])
        assert bank.recall("What did I do on 14 August 2026?").hits[0].unit.text == said[14]
