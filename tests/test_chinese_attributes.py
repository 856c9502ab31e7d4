"""What Chinese statements say of where somebody lives and works and what they are called; and whose a thing is in
German, French and Spanish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fourfold import Memory, Message
from fourfold.testing import HashEmbedder, MemoryStore

MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


def outcome(older: str, newer: str, language: str = "zh") -> str:
    """Tells what became of `older` when `newer` was said later."""
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("a", language=language)
        bank.retain([Message(older, "Ana", at=MARCH)])
        bank.retain([Message(newer, "Ana", at=MARCH + timedelta(days=9))])
        unit = next(unit for unit in bank.units(retired=True) if unit.text == older)
    return "retired" if unit.retired_at else "marked" if unit.superseded_by else "current"


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        ("我住在北京。", "我搬到了上海。", "retired"),
        ("我住在北京。", "我上个月搬去了广州。", "retired"),
        ("我家在西安。", "我现在住在成都。", "retired"),
        ("我住在北京。", "我搬到了苏州。", "marked"),  # no known place
        ("我在腾讯工作。", "我入职了阿里巴巴。", "marked"),
        ("我在腾讯上班。", "我加入了字节跳动。", "marked"),
        ("我叫小明。", "我的名字是大伟。", "marked"),
        ("我住在北京。", "我朋友住在上海。", "current"),
        ("我住在北京。", "我想搬到上海。", "current"),
        ("我住在北京。", "我们把服务搬到了云上。", "current"),
        ("我住在北京。", "我搬到了三楼。", "current"),
        ("我在北京工作。", "我在腾讯工作。", "current"),
        ("我在腾讯工作。", "我加入了篮球队。", "current"),
        ("我叫小明。", "我叫了外卖。", "current"),
    ],
)
def test_chinese_values_replace_older_ones_of_their_kind(older: str, newer: str, expected: str) -> None:
    assert outcome(older, newer) == expected


@pytest.mark.parametrize(
    ("question", "answer"), [("我住在哪里？", "我搬到了苏州。"), ("我在哪里工作？", "我入职了阿里巴巴。")]
)
def test_a_chinese_question_finds_its_matter_in_other_characters(question: str, answer: str) -> None:
    with Memory(MemoryStore(), HashEmbedder()) as memory:
        bank = memory.bank("a", language="zh")
        bank.retain([Message(text, "Ana", at=MARCH) for text in (answer, "我的猫叫米饭。", "我对花生过敏。")])
        assert bank.recall(question).hits[0].unit.text == answer


@pytest.mark.parametrize(
    ("language", "mine", "others", "newer"),
    [
        ("de", "Meine Miete beträgt 800 Euro.", "Evas Miete beträgt 700 Euro.", "Evas Miete beträgt 900 Euro."),
        ("de", "Meine Miete beträgt 800 Euro.", "Die Miete von Eva beträgt 700 Euro.",
         "Die Miete von Eva beträgt jetzt 900 Euro."),
        ("fr", "Ma maison est rouge.", "La maison d'Eva est verte.", "La maison d'Eva est bleue maintenant."),
        ("es", "Mi casa es roja.", "La casa de Eva es verde.", "La casa de Eva es azul ahora."),
    ],
)  # fmt: skip
def test_a_thing_of_somebody_else_stands_beside_ones_own(
    language: str, mine: str, others: str, newer: str
) -> None:
    assert outcome(mine, newer, language) == "current"
    assert outcome(others, newer, language) == "marked"
