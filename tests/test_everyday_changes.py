"""Changes as people tell them in passing: names in small letters, a correction that gives a value alone, one thing
of several that a message names. And what only looks like a change: another day, another brother, a narrower case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Memory, Message, Modality
from fourfold.language.dates import find_times
from fourfold.language.languages import language

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def say(bank: Bank, *texts: str, apart: timedelta = timedelta(days=3)) -> None:
    for place, text in enumerate(texts):
        bank.retain([Message(text, at=MONDAY + place * apart)])


def marked(bank: Bank) -> set[str]:
    units = bank.units(retired=True)
    return {unit.text for unit in units if unit.superseded_by or unit.retired_at}


@pytest.mark.parametrize(
    ("older", "newer", "question"),
    [
        ("i live in leeds", "i moved to york", "where do i live"),
        ("i live in harrogate with my gf", "i moved to denver", "where do i live"),
        ("im living in leeds atm, its ok i guess", "moved to bristol btw", "where do i live now"),
        ("my sister lives in bonn", "my sister moved to kassel", "where does my sister live"),
        ("im a nurse at st james", "i quit my job yesterday", "where do i work"),
        ("i work at a bakery", "quit my job!!", "where do i work"),
        ("my daughter is 6", "my daughter is 7 today", "how old is my daughter"),
        (
            "I work remotely for a Leeds startup called Fernhill, backend dev",
            "well, got laid off.",
            "where do i work",
        ),
        ("i drive a blue golf", "sold the golf, got a tesla", "what car do i drive"),
        ("i cant swim", "learned to swim!", "can i swim"),
        ("my phone number is 07700 900123", "new number: 07700 900456", "what is my phone number"),
        ("I'm studying biology at Uppsala.", "I switched my major to statistics.", "What do I study?"),
        ("j'habite à lyon", "finalement j'habite plus à lyon, je suis à nantes", "où j'habite"),
        ("The meeting moved to Tuesday.", "meeting moved to Thursday", "when is the meeting"),
        (
            "doctor upped my sertraline to 100 mg",
            "back down to 75 mg of sertraline",
            "how much sertraline do I take?",
        ),
        (
            "also taking vitamin D 1000 IU daily and levothyroxine 75 mcg before breakfast",
            "levothyroxine is now 88 mcg, bloods came back a bit low",
            "how much levothyroxine do I take?",
        ),
        ("we also have two cats, Mo and Tilly.", "Tilly died last night :( she was 16", "is Tilly alive?"),
        (
            "wifi password is kartoffel-77-blau",
            "Jonas changed the wifi password to Quark2026!",
            "the wifi password?",
        ),
        (
            "Mo is allergic to chicken",
            "turns out it wasnt chicken, Mo is allergic to beef",
            "Mo's allergies?",
        ),
        ("stopped drinking coffee", "ok I'm back on coffee, one cup a day", "do I drink coffee?"),
        ("I've started running, 3 times a week.", "down to running once a week", "how often do I run?"),
        ("My car (a 2014 Fiesta) failed its MOT.", "car passed today.", "did my car pass the MOT?"),
        (
            "I bought a Bosch dishwasher",
            "actually it was a Siemens, not a Bosch",
            "which dishwasher did I buy?",
        ),
        ("My phone is an old Nokia.", "I have a new phone.", "What phone do I have?"),
        ("I take violin lessons on Mondays.", "I quit violin, too stressful.", "do I play the violin?"),
        ("i'm at choir on tuesdays", "i quit choir btw, too much", "am I in a choir?"),
        (
            "our son Milo (6) is allergic to sesame",
            "scratch the sesame thing, milo was tested again and he's fine with it.",
            "can milo eat sesame?",
        ),
        ("we need a vegan menu for 40 people", "ok drop the vegan menu", "which menu do we need?"),
        ("rent is 840 a month", "landlord wrote, rent goes up to 895 a month", "how much is the rent?"),
        ("cancelled netflix today", "resubscribed to netflix because of that new show", "do I have netflix?"),
        (
            "We painted the living room green",
            "repainted the living room in terracotta",
            "what colour is the living room?",
        ),
    ],
)
def test_what_is_newer_comes_first(minilm_memory: Memory, older: str, newer: str, question: str) -> None:
    bank = minilm_memory.bank("a")
    say(bank, older, newer)
    assert newer in bank.recall(question).text.splitlines()[0]
    assert marked(bank) == {older}


def test_a_name_in_small_letters_is_one(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    preview = bank.preview([Message("i just joined microsoft in dublin with priya")])
    assert set(preview.statements[0].mentions) == {"Microsoft", "Dublin", "Priya"}
    say(bank, "i went to the castle with my dad, then had a curry")
    assert bank.units()[0].entities == ()


@pytest.mark.parametrize(
    ("said", "correction", "question"),
    [
        ("my budget is 500", "*600", "what is my budget"),
        ("my budget is 500", "i meant 650 lol", "what is my budget"),
        ("my cat is called milo", "*mila", "what is my cat called"),
        ("the meeting is at 4", "sorry, 5", "when is the meeting"),
        ("i live in leeds", "not leeds, its harrogate", "where do i live"),
        ("i take 20mg of sertraline", "upped it to 50mg", "how much sertraline do i take"),
        ("we meet at the station", "no wait the library", "where do we meet"),
        ("übermorgen zahnarzt um 9", "nee doch nicht um 9 sondern um 10", "wann ist der zahnarzt"),
        ("我的预算是500", "不是500，是600", "我的预算是多少"),
    ],
)
def test_a_value_alone_sets_right_what_was_said_just_before(
    minilm_memory: Memory, said: str, correction: str, question: str
) -> None:
    bank = minilm_memory.bank("a")
    say(bank, said, correction, apart=timedelta(minutes=1))
    assert correction in bank.recall(question).text.splitlines()[0]
    assert marked(bank) == {said}


def test_of_several_changes_the_last_leads(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    corrections = ("moved to york last month, love it", "actually no not york, its harrogate")
    say(bank, "i live in leeds", *corrections, apart=timedelta(minutes=1))
    assert "harrogate" in bank.recall("where do i live").text.splitlines()[0]


@pytest.mark.parametrize(
    "texts",
    [
        ("dentist on thursday at 3", "dentist again next month"),
        ("gym tomorrow at 7", "gym tomorrow at 8"),
        ("yoga every tuesday", "no yoga next tuesday"),
        ("one of my brothers lives in rome", "my other brother lives in pisa", "my brother moved to milan"),
        ("i dont like fish", "i like fish fingers"),
        ("I don't smoke.", "I smoke when I'm drunk, though."),
        ("i play guitar", "started playing piano"),
        ("I used to live in Bath.", "I live in Bristol."),
        ("i live in porto", "i moved to postgres"),
        ("trabajo en ikea", "mi novia trabaja en zara"),
        ("Pelican v0.3 is out", "upgraded Pelican to Django 5.0 today"),
        (
            "Isla is in year 7 at St Anne's",
            "the doctor put Isla on the brown inhaler instead of the blue one",
        ),
        ("i take 25 mg of metoprolol every morning", "dads metoprolol got raised, he takes 100 mg now"),
        ("home wifi password is quietotter58", "they changed the office wifi password to basalt-91"),
        ("leo takes shoe size 31", "mila has gone up to shoe size 35"),
        ("Oksana can't make it on the 14th", "Oksana quit the bakery"),
        ("Anna plays the violin, Ben plays football at 10", "Anna turned 12 today"),
        ("Biscuit weighs 4.2 kg", "biscuit chewed through my headphones, she's dead to me"),
        ("finished Poppy's cardigan!!", "i hate running"),
        ("I moved the sofa upstairs", "I moved the table downstairs"),
        ("I live in Berlin", "drop the Berlin trip"),
        ("Milo is allergic to sesame", "don't forget the sesame allergy"),
        ("I play the violin", "I quit chess, the violin is enough"),
    ],
)
def test_what_stands_beside_is_not_marked(minilm_memory: Memory, texts: tuple[str, ...]) -> None:
    bank = minilm_memory.bank("a")
    say(bank, *texts)
    assert marked(bank) == set()


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("i dont like fish", "i like fish now"),
        ("i dont like fish", "i like fish"),
        ("I don't have a dog.", "I have a dog called Rex."),
        ("dentist on thursday at 3", "dentist moved to friday at 4"),
        ("my other brother lives in pisa", "my other brother moved to milan"),
    ],
)
def test_what_is_no_exception_is_marked(minilm_memory: Memory, older: str, newer: str) -> None:
    bank = minilm_memory.bank("a")
    say(bank, older, newer)
    assert marked(bank) == {older}


@pytest.mark.parametrize(
    ("texts", "question", "first"),
    [
        (
            ("i have a dog called pip and a cat called tom", "pip died"),
            "what is my cat called",
            "a cat called tom",
        ),
        (
            ("i drive a golf and my wife drives a polo", "sold the golf"),
            "what does my wife drive",
            "my wife drives a polo",
        ),
        (("I used to live in Bath.", "I live in Bristol."), "Where do I live now?", "Bristol"),
        (("j'habite à lyon", "ma mère habite à paris"), "où est-ce que j'habite", "lyon"),
        (("trabajo en ikea", "mi novia trabaja en zara"), "donde trabajo", "ikea"),
        (("我住在上海", "我妹妹住在广州"), "我住在哪里", "上海"),
        (("je bosse chez renault", "ma soeur bosse chez peugeot"), "où je travaille", "renault"),
        (
            ("Our stand-up is at 9:15.", "Tomorrow only, the stand-up is at 11:00."),
            "What time is our stand-up?",
            "9:15",
        ),
        (
            ("my brother Tomasz works at a bakery", "Tomasz works as a tram driver now"),
            "what does my brother Tomasz work as",
            "tram driver",
        ),
        (
            ("I take my coffee black.", "My sister takes her coffee with three sugars."),
            "How do I take my coffee?",
            "black",
        ),
        (
            ("Mi jefa se llama Itziar Landa.", "El jefe de mi marido se llama Fermín Robles."),
            "¿Cómo se llama mi jefa?",
            "Itziar",
        ),
        (
            ("I live in Bremen.", "my colleague Lena told me she's vegan and lives in Hamburg"),
            "where do I live?",
            "Bremen",
        ),
        (
            ("Pablo vive en Sevilla y Andrés en Bilbao", "Andrés se ha mudado a Madrid"),
            "¿Dónde vive Andrés?",
            "Madrid",
        ),
        (
            ("stack is Django 4.2 + Postgres 14", "we dropped Postgres for CockroachDB."),
            "what Django version are we on?",
            "4.2",
        ),
        (
            (
                "dad broke two ribs, he's in hospital",
                "mum's op went fine, she's home.",
                "dad's home too now.",
            ),
            "is dad still in hospital?",
            "dad's home too",
        ),
        (
            ("My dentist is Dr. Amadi.", "I changed dentists. My dentist is Dr. Whitlock now."),
            "Who is my dentist?",
            "Whitlock",
        ),
    ],
)
def test_what_is_asked_for_comes_first(
    minilm_memory: Memory, texts: tuple[str, ...], question: str, first: str
) -> None:
    bank = minilm_memory.bank("a")
    say(bank, *texts)
    assert first in bank.recall(question).text.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("im in the office mon to fri", None),
        ("I work Monday through Friday.", None),
        ("run 3x a week: mon wed fri", None),
        ("I was away Monday to Friday.", ("2026-10-26", "2026-10-31")),
        ("I'm away from Monday to Friday.", ("2026-11-09", "2026-11-14")),
        ("meeting moved from tuesday to thursday", ("2026-11-05", "2026-11-06")),
        ("I signed the lease for my own place, moving june 1", ("2027-06-01", "2027-06-02")),
        ("Luca passed his exam and starts at a law firm on April 1st", ("2027-04-01", "2027-04-02")),
        ("2.1 slipped to december 10, found a race condition", ("2026-12-10", "2026-12-11")),
        ("they moved the blood test to the 21st, same time", ("2026-11-21", "2026-11-22")),
        ("it's at Marco's place, Saturday the 28th at 7", ("2026-11-28", "2026-11-29")),
        ("Oksana can't make it on the 14th, she'll come in December", ("2026-12-01", "2027-01-01")),
    ],
)
def test_what_day_is_meant(text: str, days: tuple[str, str] | None) -> None:
    times = [mention.interval for mention in find_times(text, MONDAY, language("en"))]
    told = [(f"{t.start:%Y-%m-%d}", f"{t.end:%Y-%m-%d}") for t in times if t.start and t.end]
    assert told == ([] if days is None else [days])


def test_what_is_told_of_two_stays_together(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    twins = "my sister Ruth has twins, Max and Leo, they're 5"
    say(bank, twins, "resubscribed to netflix because of the new season of that show")
    assert twins in {unit.text for unit in bank.units()}
    assert {unit.modality for unit in bank.units()} == {Modality.FACT}


def test_to_and_from_one_place_are_two_things(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "The train to Brno leaves at 6:15.", "The train from Brno leaves at 6:15.")
    assert len(bank.units()) == 2
