"""What bears on a question comes and the rest does not, in small banks as in large ones; what a score says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fourfold import Memory, Message
from fourfold.integrations.key_value import KeyValueItems

_LANGUAGES = ("en", "de", "fr", "es", "zh")
ABOUT_ANA = [
    "I live in Porto.",
    "My sister Clara is a nurse.",
    "I adopted a tortoise called Miso.",
    "We went hiking in the Alps in July.",
    "I ordered a grey sofa for 900 euros.",
]


@dataclass
class SmallBank:
    """A bank of `tests/data/small_banks.txt`, with its questions by kind: "+", "?", "-"."""

    language: str
    speaker: str
    texts: list[str] = field(default_factory=list)
    questions: list[tuple[str, str, list[int]]] = field(default_factory=list)


def small_banks() -> Iterator[SmallBank]:
    """Yields the banks of the file; its head says how it is written."""
    bank: SmallBank | None = None
    for line in (Path(__file__).parent / "data" / "small_banks.txt").read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "@":
            if bank is not None:
                yield bank
            language, speaker = rest.split()
            bank = SmallBank(language, speaker)
        elif bank is not None and kind == "+":
            numbers, _, question = rest.partition(" ")
            bank.questions.append((kind, question, [int(number) for number in numbers.split(",")]))
        elif bank is not None and kind in ("?", "-"):
            bank.questions.append((kind, rest, []))
        elif bank is not None and line:
            bank.texts.append(line)
    assert bank is not None
    yield bank


def test_what_has_nothing_to_do_with_a_small_bank_finds_nothing_in_it(minilm_memory: Memory) -> None:
    asked = answered = refused = lost = 0
    for number, small in enumerate(small_banks()):
        language = small.language if small.language in _LANGUAGES else None
        bank = minilm_memory.bank(f"small {number}", language=language)
        for text in small.texts:
            bank.retain([Message(text, small.speaker)])
        for kind, question, _ in small.questions:
            is_empty = not bank.recall(question).hits
            asked, refused = asked + (kind == "-"), refused + (kind == "-" and is_empty)
            answered, lost = answered + (kind == "+"), lost + (kind == "+" and is_empty)
    # Measured: 95 of 106 and 7 of 120; before, the floor let 43 of the 106 through and refused 15 of the 120.
    assert refused >= 0.85 * asked
    assert lost <= 0.08 * answered


def test_a_score_is_near_one_for_an_exact_match_and_near_none_for_what_is_off_topic(
    minilm_memory: Memory,
) -> None:
    bank = minilm_memory.bank("one unit")
    bank.retain([Message("I adopted a tortoise called Miso.", "Ana")])
    [hit] = bank.recall("Who adopted the tortoise called Miso?").hits
    assert hit.score > 0.95
    assert bank.recall("What is the capital of Mongolia?").hits == ()


def test_scores_lie_between_none_and_one_and_never_rise(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("ana")
    for text in ABOUT_ANA:
        bank.retain([Message(text, "Ana")])
    for question in ("Where does Ana live?", "What did the sofa cost?", "Who is Clara?"):
        scores = [hit.score for hit in bank.recall(question).hits]
        assert scores
        assert all(0 <= score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)


def test_a_search_over_several_namespaces_begins_with_the_answer_where_it_is_alone(
    minilm_memory: Memory,
) -> None:
    items = KeyValueItems(minilm_memory._async)

    async def search() -> list[str]:
        for number, text in enumerate(ABOUT_ANA):
            await items.put(("notes", "many"), str(number), {"text": text})
        await items.put(
            ("notes", "lone"), "answer", {"text": "The spare key lies under the blue flower pot."}
        )
        return [item.key for item in await items.search(("notes",), "Where is the spare key?", limit=3)]

    assert minilm_memory._portal.call(search)[0] == "answer"


@pytest.mark.parametrize(
    "question",
    ["What is the name of Ana's dog?", "When did Ana move to Porto?", "Does Ana have a dog?",
     "What is the name of Ana's husband?", "Has Ana ever been to Japan?", "How much did Ana's car cost?"],
)  # fmt: skip
def test_what_the_memory_does_not_tell_is_not_supported(minilm_memory: Memory, question: str) -> None:
    bank = minilm_memory.bank("ana")
    for text in ABOUT_ANA:
        bank.retain([Message(text.replace("tortoise", "cat"), "Ana")])
    assert not bank.reflect(question).supported


@pytest.mark.parametrize(
    "question",
    ["How much did the sofa cost?", "What is Ana's tortoise called?", "Where does Ana live?",
     "What does Clara do?", "When did we go hiking in the Alps?"],
)  # fmt: skip
def test_what_the_memory_tells_is_supported_in_other_words_too(minilm_memory: Memory, question: str) -> None:
    bank = minilm_memory.bank("ana")
    for text in ABOUT_ANA:
        bank.retain([Message(text, "Ana")])
    assert bank.reflect(question).supported


def test_a_lone_item_that_is_the_answer_is_not_left_out_of_a_search(minilm_memory: Memory) -> None:
    items = KeyValueItems(minilm_memory.as_async)
    others = [
        "The key of the shed is with Tom.",
        "The key of the garage lies in the drawer.",
        "Keys are copied at the station.",
    ]

    async def search() -> list[str]:
        for number, text in enumerate(others * 2):
            await items.put(("notes", f"user {number // 3}"), str(number), {"text": text})
        await items.put(("notes", "lone"), "answer", {"text": "The spare key lies under the flower pot."})
        return [item.key for item in await items.search(("notes",), "Where does the spare key lie?", limit=3)]

    assert minilm_memory.run(search)[0] == "answer"


def test_one_threshold_serves_banks_of_any_size(minilm_memory: Memory) -> None:
    answer = "The spare key lies under the blue flower pot."
    lines = [f"Bus {number} stops at the harbour." for number in range(40)]
    for name, others in (("one", []), ("five", ABOUT_ANA), ("many", [*ABOUT_ANA, *lines])):
        bank = minilm_memory.bank(name)
        for text in (answer, *others):
            bank.retain([Message(text, "Ana", id=text)])
        hits = bank.recall("Where does the spare key lie?").hits
        assert [hit.unit.text for hit in hits if hit.score >= 0.8] == [answer]


@pytest.mark.parametrize(
    "question", ["What's the weather tomorrow?", "Who won the match yesterday?", "Which film won in 2019?"]
)
def test_nothing_of_five_units_comes_to_a_question_that_none_bears_on(
    minilm_memory: Memory, question: str
) -> None:
    bank = minilm_memory.bank("ana")
    for text in ABOUT_ANA:
        bank.retain([Message(text, "Ana")])
    assert bank.recall(question).hits == ()


def test_a_word_that_all_units_of_a_small_bank_have_says_what_they_are_about() -> None:
    said = ["The dishwasher is broken, it leaks.", "Repair man came, dishwasher's running fine again."]
    with Memory.open(":memory:") as memory:
        bank = memory.bank("a")
        for text in said:
            bank.retain(text)
        assert {hit.unit.text for hit in bank.recall("Does the dishwasher work?").hits} == set(said)
        assert not bank.recall("Who painted the Mona Lisa?").hits
