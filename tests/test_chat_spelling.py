"""Talk as people type it: contractions and possessives without their apostrophe, clauses without their subject, names
in small letters. What it says is what it would say if it were spelt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Bank, Memory, Message, Modality, Network

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
MARK = "[said before; may have changed]"


def say(bank: Bank, *texts: str) -> None:
    for day, text in enumerate(texts):
        bank.retain([Message(text, "Ana", at=MAY + timedelta(days=day))])


@pytest.mark.parametrize(
    ("code", "older", "newer", "question"),
    [
        ("en", "Im single.", "I got married to Leo.", "Is Ana married?"),
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
    ],
)
def test_what_a_chinese_clause_denies_of_another_marks_nothing(
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
