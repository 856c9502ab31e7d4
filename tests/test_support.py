"""Whether a memory answers a question: one statement has to tell of whom or what is asked, and of what is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fourfold import Memory, Message
from fourfold.models.packaged.minilm import MiniLM
from fourfold.testing import FrozenClock

HOUSEHOLD = (
    "My brother Tom works as a welder at the shipyard.",
    "My sister Ida is coming to stay at Easter.",
    "The cat is called Miso and she's fourteen.",
    "we finally got a dog from the shelter",
    "Ana's birthday is on 9 June.",
    "Ben lives two doors down and has a pizza oven.",
    "judo on Mondays at 5",
    "Luka measured 142 cm at the school check-up.",
    "Emil is nine now.",
)
GERMAN = (
    "Meine Schwester Jana arbeitet als Lehrerin in Kassel.",
    "Lenas Geburtstag ist am 4. April.",
    "Tobias hat ein Boot am See.",
    "Oma ist 83.",
    "Mittwochs um 18 Uhr ist Chorprobe.",
    "Unser Hund heißt Waldi.",
)
FRENCH = (
    "J'habite à Nantes depuis 2020.",
    "Ma sœur Chloé est infirmière.",
    "Mon frère Hugo vient dîner samedi.",
    "Théo a huit ans.",
    "L'anniversaire de Zoé est le 12 août.",
)
SPANISH = (
    "Mi hermana Lucía es abogada.",
    "Mi hermano Pablo viene en Navidad.",
    "El cumpleaños de Marta es el 5 de julio.",
    "Andrés juega al tenis los jueves.",
)
CHINESE = (
    "我住在上海。",
    "我姐姐是医生。",
    "我弟弟下周来看我。",
    "小李的生日是六月九日。",
    "小王住在我家隔壁。",
    "我妈妈今年六十五岁。",
    "门的密码是4821。",
)
SERVERS = (
    "Release 4.2 went out on 3 November.",
    "Nina is allergic to cats.",
    "The spare keys are with Dilip.",
    "My parents live in Ghent.",
    "The hamster escaped again!!",
)


def answers(memory: Memory, lines: tuple[str, ...], question: str, speaker: str | None = None) -> bool:
    bank = memory.bank("b")
    for line in lines:
        bank.retain([Message(line, speaker)])
    return bank.reflect(question).supported


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (HOUSEHOLD, "What does my sister do for a living?"),
        (HOUSEHOLD, "What does my sister do?"),
        (HOUSEHOLD, "What's the dog called?"),
        (HOUSEHOLD, "What's my dog's name?"),
        (HOUSEHOLD, "When is Ben's birthday?"),
        (HOUSEHOLD, "Where does Ana live?"),
        (HOUSEHOLD, "How old is Luka?"),
        (HOUSEHOLD, "How tall is Emil?"),
        (GERMAN, "Wann hat Tobias Geburtstag?"),
        (GERMAN, "Wie alt ist Opa?"),
        (GERMAN, "Wie heißt unsere Katze?"),
        (FRENCH, "Que fait mon frère dans la vie ?"),
        (FRENCH, "Quand est l'anniversaire de Théo ?"),
        (SPANISH, "¿A qué se dedica mi hermano?"),
        (SPANISH, "¿Cuándo es el cumpleaños de Andrés?"),
        (CHINESE, "我弟弟做什么工作?"),
        (CHINESE, "小王的生日是哪天?"),
        (CHINESE, "我爸爸多大了?"),
        (SERVERS, "When was 4.3 released?"),
        (SERVERS, "What is Dilip allergic to?"),
        (SERVERS, "Where do I live?"),
        (SERVERS, "What's the hamster called?"),
    ],
)
def test_what_is_known_of_another_or_of_something_else_is_no_answer(
    minilm_memory: Memory, lines: tuple[str, ...], question: str
) -> None:
    assert not answers(minilm_memory, lines, question)


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (HOUSEHOLD, "What does my brother do for a living?"),
        (HOUSEHOLD, "When is judo?"),
        (HOUSEHOLD, "When is my sister visiting?"),
        (HOUSEHOLD, "What's the name of our cat?"),
        (HOUSEHOLD, "How old is the cat?"),
        (HOUSEHOLD, "When is Ana's birthday?"),
        (HOUSEHOLD, "How tall is Luka?"),
        (HOUSEHOLD, "How old is Emil?"),
        (GERMAN, "Was macht meine Schwester beruflich?"),
        (GERMAN, "Wann ist Chorprobe?"),
        (GERMAN, "Wie alt ist Oma?"),
        (GERMAN, "Wie heißt unser Hund?"),
        (FRENCH, "Où est-ce que j'habite ?"),
        (FRENCH, "Quel âge a Théo ?"),
        (FRENCH, "Que fait ma sœur dans la vie ?"),
        (SPANISH, "¿Cuándo juega Andrés al tenis?"),
        (SPANISH, "¿A qué se dedica mi hermana?"),
        (CHINESE, "我住在哪里?"),
        (CHINESE, "我姐姐做什么工作?"),
        (CHINESE, "我妈妈多大了?"),
        (CHINESE, "门的密码是多少?"),
        (SERVERS, "When was 4.2 released?"),
        (SERVERS, "Where do my parents live?"),
    ],
)
def test_what_one_statement_tells_of_the_one_who_is_asked_for_is_an_answer(
    minilm_memory: Memory, lines: tuple[str, ...], question: str
) -> None:
    assert answers(minilm_memory, lines, question)


def test_what_the_speaker_says_of_another_is_no_answer_about_the_speaker(minilm_memory: Memory) -> None:
    lines = ("My daughter Lily plays the cello.", "Sam's birthday is on 3 May.")
    assert not answers(minilm_memory, lines, "What instrument does Nora play?", "Nora")
    assert not minilm_memory.bank("b").reflect("When is Nora's birthday?").supported
    assert minilm_memory.bank("b").reflect("What instrument does Lily play?").supported
    assert minilm_memory.bank("b").reflect("When is Sam's birthday?").supported


def test_a_name_in_one_sentence_and_the_rest_in_the_next_are_one_answer(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("b")
    bank.retain([Message("Ben moved in next door. His birthday is on 2 March.")])
    bank.retain([Message("Ana's birthday is on 9 June.")])
    assert bank.reflect("When is Ben's birthday?").supported


def at(day: int, text: str, speaker: str | None = None) -> Message:
    return Message(text, speaker, at=datetime(2026, 11, day, 12, tzinfo=UTC))


DIARY = (
    at(3, "Went to see Grandma."),
    at(9, "Had lunch with Priya, we talked about the wedding."),
    at(12, "Lunch with Omar at the new noodle place."),
    at(14, "Spent the afternoon cleaning the garage."),
    at(14, "The ladder is three metres long."),
    at(14, "My sister pays 780 euros of rent."),
)


@pytest.mark.parametrize(
    ("question", "is_known"),
    [
        ("What did I do yesterday?", True),
        ("Who did I have lunch with on 9 November?", True),
        ("Who did I have lunch with on 10 November?", False),
        ("How often did I go to see Grandma?", True),
        ("How many times did I see Grandma?", True),
        ("Where is the ladder?", False),
        ("How long is the ladder?", True),
        ("How much rent do I pay?", False),
        ("How much rent does my sister pay?", True),
    ],
)
def test_days_places_and_how_often_are_told_by_more_than_words(
    minilm: MiniLM, question: str, is_known: bool
) -> None:
    clock = FrozenClock(datetime(2026, 11, 15, 12, tzinfo=UTC))
    with Memory.open(":memory:", embedder=minilm, clock=clock) as memory:
        bank = memory.bank("b")
        for message in DIARY:
            bank.retain([message])
        assert bank.reflect(question).supported is is_known


def test_a_day_in_the_name_of_a_thing_is_no_day(minilm_memory: Memory) -> None:
    lines = ("I think the Saturday market is the best place to sell bowls.", "The dog ate the lawn.")
    assert answers(minilm_memory, lines, "Is the Saturday market a good place to sell bowls?")


def test_what_is_asked_for_is_of_the_kind_that_is_named(minilm_memory: Memory) -> None:
    lines = ("Our daughter Saskia plays handball.", "Rolf plays the tuba.")
    assert not answers(minilm_memory, lines, "Which musical instrument does Saskia play?")
    assert minilm_memory.bank("b").reflect("Which musical instrument does Rolf play?").supported


def test_another_matter_of_life_is_no_work(minilm_memory: Memory) -> None:
    lines = ("Ines lives in Faro.", "My brother works as a plumber.", "Rui fixes roofs.")
    assert not answers(minilm_memory, lines, "What does Ines do for a living?")
    assert minilm_memory.bank("b").reflect("What does Rui do for a living?").supported
