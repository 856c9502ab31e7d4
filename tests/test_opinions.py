"""Judgements: the same in other words is one belief, a contrary one lowers it, and each is found by its topic."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import MAY

from fourfold import Bank, Belief, Effect, Fact, Memory, Message, Network, Stance
from fourfold.testing import FrozenClock, HashEmbedder, MemoryStore
from fourfold.values.beliefs import moved

DATA = Path(__file__).parent / "data"
PAIRS = [json.loads(line) for line in (DATA / "opinions.jsonl").read_text("utf-8").splitlines()]
TOPICS = [json.loads(line) for line in (DATA / "topics.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def opened() -> Iterator[Memory]:
    with Memory(MemoryStore(), HashEmbedder(), clock=FrozenClock(MAY + timedelta(days=99))) as memory:
        yield memory


def hold(bank: Bank, text: str, holder: str | None = "Ana", confidence: float = 0.7) -> None:
    """Retains a judgement as one, whatever the heads make of it."""
    at = MAY + timedelta(days=len(bank.units(retired=True)) + 1)
    bank.retain_facts([Fact(text, Network.BELIEF, confidence=confidence, speaker=holder, at=at)])


@pytest.mark.slow
def test_judgements_in_other_words_are_one_and_no_others_are(opened: Memory) -> None:
    told: Counter[tuple[str, str]] = Counter()
    for number, pair in enumerate(PAIRS):
        bank = opened.bank(f"pair-{number}", language=pair["language"])
        hold(bank, pair["a"])
        hold(bank, pair["b"], "Ben" if pair["relation"] == "other holder" else "Ana")
        beliefs = bank.beliefs()
        effects = {change.effect for belief in beliefs for change in belief.history}
        result = "same" if len(beliefs) == 1 else "opposite" if Effect.GAINSAID in effects else "other"
        told[pair["relation"], result] += 1
    found = sum(count for (_, result), count in told.items() if result == "same")
    assert told["same", "same"] / found >= 0.95
    assert not told["opposite", "same"]
    assert told["same", "same"] / sum(pair["relation"] == "same" for pair in PAIRS) >= 0.6
    contrary = sum(count for (_, result), count in told.items() if result == "opposite")
    assert told["opposite", "opposite"] / contrary >= 0.95
    assert not {result for relation, result in told if relation == "other holder"} - {"other"}


def test_a_judgement_in_other_words_grows_and_is_listed_once(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    for text in ("I love hiking.", "Hiking is wonderful.", "I really enjoy hiking a lot."):
        hold(bank, text)
    (belief,) = bank.beliefs()
    assert (belief.statement, belief.holder, belief.topic, belief.stance) == (
        "I love hiking.",
        "Ana",
        "hiking",
        Stance.FOR,
    )
    assert belief.confidence == moved(moved(0.7, 1), 1) == pytest.approx(0.84)
    assert [(again.text, again.at) for again in belief.restatements] == [
        ("Hiking is wonderful.", MAY + timedelta(days=2)),
        ("I really enjoy hiking a lot.", MAY + timedelta(days=3)),
    ]
    # What restates it is kept, and is found by recall.
    assert {unit.text for unit in bank.units()} >= {"Hiking is wonderful.", "I love hiking."}
    assert bank.unit(belief.restatements[0].unit).text == "Hiking is wonderful."


def test_no_number_of_repetitions_makes_a_belief_certain(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    adverbs = ["", "really ", "truly ", "absolutely ", "definitely ", "simply ", "honestly "]
    confidences = []
    for adverb in adverbs:
        hold(bank, f"I {adverb}love hiking.")
        confidences.append(bank.beliefs()[0].confidence)
    assert len(bank.beliefs()) == 1
    assert confidences == sorted(confidences)
    assert confidences[3] < 0.9
    for number in range(30):
        bank.retain_facts(
            [Fact("I love hiking.", Network.BELIEF, confidence=0.7, speaker="Ana")], document=f"{number}"
        )
    assert bank.beliefs()[0].confidence <= 0.99


def test_the_contrary_of_a_judgement_lowers_it_and_leads(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    for text in ("I love hiking.", "Hiking is wonderful.", "I enjoy hiking.", "I hate hiking."):
        hold(bank, text)
    newer, older = bank.beliefs()
    assert (newer.statement, newer.stance, newer.confidence) == ("I hate hiking.", Stance.AGAINST, 0.7)
    assert older.statement == "I love hiking."
    assert older.confidence == pytest.approx(0.3)
    assert older.history[-1].effect is Effect.GAINSAID
    hold(bank, "I like hiking.")
    newest, before = bank.beliefs()
    assert (newest.statement, newest.restatements[-1].text) == ("I love hiking.", "I like hiking.")
    assert newest.confidence > before.confidence


def test_what_was_said_before_does_not_gainsay_what_was_said_later(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    for text, days in (("I hate hiking.", 9), ("I love hiking.", 1)):
        at = MAY + timedelta(days=days)
        bank.retain_facts([Fact(text, Network.BELIEF, confidence=0.7, speaker="Ana", at=at)])
    assert [belief.statement for belief in bank.beliefs()] == ["I hate hiking.", "I love hiking."]
    assert [belief.confidence for belief in bank.beliefs()] == pytest.approx([0.7, 0.3])


def test_what_others_hold_moves_nothing(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    hold(bank, "I love hiking.", "Ana")
    hold(bank, "Hiking is wonderful.", "Ben")
    hold(bank, "Hiking is awful.", "Eva")
    hold(bank, "Hiking is awful.", None)
    bank.believe("Hiking is popular.", confidence=0.4)
    bank.consolidate()
    assert {b.holder: b.confidence for b in bank.beliefs()} == {
        "Ana": 0.7, "Ben": 0.7, "Eva": 0.7, "user": 0.7, "agent": 0.4,
    }  # fmt: skip
    assert [belief.holder for belief in bank.beliefs(holder="ben")] == ["Ben"]
    assert [belief.holder for belief in bank.beliefs("hiking", holder="user")] == ["user"]
    assert [belief.statement for belief in bank.beliefs(holder="agent")] == ["Hiking is popular."]
    assert bank.beliefs(holder="Rui") == []


def test_a_forgotten_restatement_takes_back_what_it_did(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    for text in ("I love hiking.", "Hiking is wonderful.", "Hiking is awful."):
        hold(bank, text)
    contrary, belief = bank.beliefs()
    bank.forget(unit=contrary.unit)
    (restored,) = bank.beliefs()
    assert restored.confidence == pytest.approx(moved(0.7, 1), abs=1e-3)
    bank.forget(unit=restored.restatements[0].unit)
    (alone,) = bank.beliefs()
    assert alone.restatements == ()
    assert alone.confidence == pytest.approx(0.7, abs=1e-3)
    hold(bank, "Hiking is wonderful.")
    bank.forget(unit=belief.unit)
    # What restated it stands for itself now.
    assert [(b.statement, b.confidence) for b in bank.beliefs()] == [("Hiking is wonderful.", 0.7)]


def test_in_a_language_without_grammar_only_the_same_words_are_one(opened: Memory) -> None:
    bank = opened.bank("a", language="it")
    hold(bank, "Il treno di notte è comodo.")
    hold(bank, "Il treno di notte è bello.")
    beliefs = bank.beliefs()
    assert len(beliefs) == 2
    assert {belief.stance for belief in beliefs} == {Stance.UNCLEAR}
    assert len(bank.beliefs("treno")) == 2


def about(bank: Bank, words: str) -> list[str]:
    return [belief.statement for belief in bank.beliefs(words)]


def test_beliefs_are_found_by_their_topic_in_any_words(opened: Memory) -> None:
    bank = opened.bank("a", language="en")
    texts = [
        "I love hiking.",
        "Night buses are unreliable.",
        "Test coverage is important.",
        "I hate loud restaurants.",
    ]
    for text in texts:
        hold(bank, text)
    assert about(bank, "night bus") == about(bank, "the buses at night") == [texts[1]]
    assert about(bank, "public transport") == [texts[1]]
    assert about(bank, "unit tests") == [texts[2]]
    assert about(bank, "quantum physics") == about(bank, "Rui") == []
    assert len(about(bank, "Ana")) == 4


@pytest.mark.slow
def test_topics_bear_on_the_words_asked_for_or_do_not(opened: Memory) -> None:
    told: Counter[tuple[bool, bool]] = Counter()
    for number, case in enumerate(case for case in TOPICS if "language" not in case):
        bank = opened.bank(f"topic-{number}", language="en")
        hold(bank, f"I like {case['topic']}.")
        told[case["bears"], bool(bank.beliefs(case["about"]))] += 1
    assert told[True, True] / (told[True, True] + told[True, False]) >= 0.7
    assert told[False, True] <= 2


PRAISE = [
    (
        "en",
        [
            "You're amazing!",
            "Great job!",
            "Happy to help.",
            "You are such a kind person.",
            "I love your idea!",
        ],
    ),
    ("de", ["Du bist großartig!", "Gute Arbeit!", "Gern geschehen.", "Ich finde dich toll!"]),
    ("fr", ["Tu es génial !", "Bon travail !", "Avec plaisir.", "Je trouve que tu es formidable."]),
    ("es", ["¡Eres increíble!", "¡Buen trabajo!", "Con mucho gusto.", "Creo que eres genial."]),
    ("zh", ["你太棒了！", "干得好！", "不客气。", "我觉得你很厉害。"]),
]


@pytest.mark.parametrize(("language", "texts"), PRAISE)
def test_praise_of_the_listener_and_politeness_are_no_beliefs(
    opened: Memory, language: str, texts: list[str]
) -> None:
    bank = opened.bank("a", language=language)
    bank.retain([Message(text, "Ana", id=str(number)) for number, text in enumerate(texts)])
    assert bank.beliefs() == []
    assert len(bank.units()) == len(texts)


TASTES = [
    ("de", "Ich liebe Wandern.", "Wandern", Stance.FOR),
    ("de", "Ich finde Java toll.", "Java", Stance.FOR),
    ("de", "Laute Restaurants mag ich nicht.", "Laute Restaurants", Stance.AGAINST),
    ("fr", "Je n'aime pas les réunions.", "réunions", Stance.AGAINST),
    ("fr", "Les réunions ne sont pas utiles.", "réunions", Stance.AGAINST),
    ("es", "Me encanta el senderismo.", "senderismo", Stance.FOR),
    ("zh", "我不喜欢喝咖啡。", "喝咖啡", Stance.AGAINST),
]


@pytest.mark.parametrize(("language", "text", "topic", "stance"), TASTES)
def test_what_says_that_its_speaker_likes_something_is_a_belief(
    opened: Memory, language: str, text: str, topic: str, stance: Stance
) -> None:
    bank = opened.bank("a", language=language)
    bank.retain([Message(text, "Ana")])
    (belief,) = bank.beliefs()
    assert (belief.topic, belief.stance) == (topic, stance)


JUDGED: list[tuple[str, str, Stance]] = [
    ("It's important to test early.", "test early", Stance.FOR),
    ("I don't think we should adopt GraphQL.", "adopt GraphQL", Stance.AGAINST),
    ("I prefer tabs over spaces.", "tabs", Stance.FOR),
    ("The library's documentation is awful.", "library's documentation", Stance.AGAINST),
    ("Family comes first.", "Family comes first", Stance.UNCLEAR),
    ("I like restaurants without music.", "restaurants without music", Stance.FOR),
]


@pytest.mark.parametrize(("text", "topic", "stance"), JUDGED)
def test_a_belief_has_a_topic_and_a_stance(opened: Memory, text: str, topic: str, stance: Stance) -> None:
    belief: Belief = opened.bank("a", language="en").believe(text)
    assert (belief.topic, belief.stance, belief.holder) == (topic, stance, "agent")
