"""Talk as people type it: contractions and possessives without their apostrophe, clauses without their subject, names
in small letters. What it says is what it would say if it were spelt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Memory, Message, Modality, Network
from fourfold.language.languages import language
from fourfold.language.spelling import as_spelt

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
MARK = "[said before; may have changed]"


def say(bank: Bank, *texts: str) -> None:
    for day, text in enumerate(texts):
        bank.retain([Message(text, "Ana", at=MAY + timedelta(days=day))])


@pytest.mark.parametrize(
    ("code", "older", "newer", "question"),
    [
        ("en", "Im single.", "I got married to Leo.", "Is Ana married?"),
        ("en", "i have a bike, a blue one", "i dont have a bike anymore, got nicked", "does ana have a bike"),
        ("en", "I live in Boston.", "Ive just relocated to Denver.", "Where does Ana live?"),
        ("en", "Im living in Leeds.", "Weve finaly moved to Sheffield.", "Where do I live?"),
        ("en", "I usually drink coffee.", "I dont drink coffee anymore.", "Does Ana drink coffee?"),
        ("en", "We're going to Cornwall in August.", "Well, Cornwall's off.", "What about Cornwall?"),
        ("en", "The barbecue is on Saturday.", "The barbecue's off.", "When is the barbecue?"),
        (
            "de",
            "Ich wohne seit dem Studium in Leipzig.",
            "Bin letzte Woche nach Graz gezogen.",
            "Wo wohnt Ana?",
        ),
        ("de", "Ich arbeite bei Bosch.", "Habe bei Bosch gekündigt.", "Wo arbeitet Ana?"),
        ("fr", "Jhabite à Nantes.", "Jai déménagé à Lyon.", "Où habite Ana ?"),
    ],
)
def test_what_is_newer_comes_first_however_it_is_typed(
    minilm_memory: Memory, code: str, older: str, newer: str, question: str
) -> None:
    bank = minilm_memory.bank("a", language=code)
    say(bank, older, newer)
    first, *others = bank.recall(question).text.splitlines()
    assert newer in first
    assert all(MARK in line for line in others if older in line)
    assert [
        unit
        for unit in bank.units(retired=True)
        if unit.text == older and (unit.superseded_by or unit.retired_at)
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("我爸爸血压高，每天吃药。", "我妈妈血压不高，不用吃药。"),
        ("我哥哥会开车。", "我弟弟不会开车。"),
        ("我不吃肉。", "我妈妈吃肉。"),
        ("小王养猫。", "小李不养猫。"),
        ("Lisa在绘画课上画得苹果很好，非常开心。", "Lisa在家里陪伴新领养的小猫玩耍，感到非常开心。"),
    ],
)
def test_a_chinese_clause_of_another_matter_marks_nothing(
    minilm_memory: Memory, older: str, newer: str
) -> None:
    bank = minilm_memory.bank("a", language="zh")
    say(bank, older, newer)
    assert [unit.text for unit in bank.units(retired=True) if unit.superseded_by or unit.retired_at] == []


def test_what_a_chinese_clause_denies_of_the_same_one_marks_it(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a", language="zh")
    say(bank, "我爸爸养猫。", "我爸爸不养猫了。")
    (marked,) = (unit for unit in bank.units() if unit.superseded_by)
    assert marked.text == "我爸爸养猫。"


def test_two_who_trade_places_are_two_statements_in_small_letters_too(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "ana invited ben to the wedding", "ben invited ana to the wedding")
    assert len(bank.units()) == 2


def test_a_question_without_apostrophes_is_about_whom_it_names(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "I adopted a cat called Miso.", "My manager is Tom.", "I work as a welder.")
    assert bank.reflect("Whats Anas cat called?").supported
    assert not bank.reflect("Whats Anas dog called?").supported
    assert not bank.reflect("Whats the name of Anas husband?").supported


def test_statements_without_apostrophes_are_typed_as_with_them(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    plan, belief = bank.preview(
        [Message("Im going to move to Oslo next year.", "Ana"), Message("I dont like horror films.", "Ana")]
    ).statements
    assert (plan.modality, belief.network) == (Modality.PLAN, Network.BELIEF)
    say(bank, "Ive been to Oslo.", "Thats Ana's sister.", "Dont ask Tom.")
    assert {entity.name for entity in bank.entities()} <= {"Ana", "Oslo", "Tom"}


def test_a_word_that_only_looks_like_a_contraction_is_none(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a", language="de")
    say(bank, "Ich bin ledig.", "Im Juni war ich in Rom.")
    assert not [unit for unit in bank.units() if unit.superseded_by]
    (asked,) = minilm_memory.bank("b").preview("Were you at the well?").statements
    assert asked.modality is Modality.QUESTION


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "The appointment is on Tuesday, no, Wednesday.", 6),
        ("en", "swimming is on tuesday, sorry, thursday", 7),
        ("en", "flying to lisbon tmrw", 5),
        ("de", "Der Termin ist am Dienstag, nein, am Mittwoch.", 6),
        ("fr", "Le rendez-vous est mardi, non, mercredi.", 6),
        ("es", "La cita es el martes, no, el miércoles.", 6),
        ("zh", "周二，不对，周三开会。", 6),
    ],
)
def test_a_time_that_is_set_right_at_once_is_none(memory: Memory, code: str, text: str, day: int) -> None:
    said_on_monday = datetime(2026, 5, 4, 10, tzinfo=UTC)
    bank = memory.bank("a", language=code)
    (statement,) = bank.preview([Message(text, "Ana", at=said_on_monday)]).statements
    assert statement.occurred is not None
    assert statement.occurred.start is not None
    assert (statement.occurred.start.month, statement.occurred.start.day) == (5, day)


def test_each_of_two_days_is_a_time(memory: Memory) -> None:
    bank = memory.bank("a")
    bank.retain([Message("No meeting on Tuesday, no meeting on Wednesday.", "Ana", at=MAY)])
    assert bank.recall("What is on Tuesday?", during=(MAY, MAY + timedelta(days=7))).hits


def test_what_somebody_was_like_is_no_claim_of_who_tells_it(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "I live in Derby.", "so my sis was like i live in Dubai now")
    assert not [unit for unit in bank.units(retired=True) if unit.superseded_by or unit.retired_at]


def test_what_is_a_friends_is_not_the_speakers(minilm_memory: Memory) -> None:
    bank = minilm_memory.bank("a")
    say(bank, "my mum lives in wales", "my bfs mum lives in spain")
    assert "wales" in bank.recall("where does anas mum live").hits[0].unit.text


def test_a_face_ends_a_sentence_in_a_chat(memory: Memory) -> None:
    texts = [
        s.text for s in memory.bank("a").preview("lost my phone ugh 🙄 my number is 0770 1234 now").statements
    ]
    assert texts == ["lost my phone ugh 🙄", "my number is 0770 1234 now"]
    assert len(memory.bank("a").preview("I ❤️ Porto a lot").statements) == 1
    assert len(memory.bank("a").preview("We flew to 🇵🇹 last year").statements) == 1


@pytest.mark.parametrize("code", ["en", "fr"])
def test_every_word_that_is_looked_for_first_is_one_that_gets_an_apostrophe(code: str) -> None:
    of_code = language(code)
    frames = ("my {} dog is old", "my co-{} dog is old", "{} dog")
    left = [
        word
        for word in of_code.contracted
        if all(as_spelt(frame.format(word), of_code) == frame.format(word) for frame in frames)
    ]
    assert left == []
