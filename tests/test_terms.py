"""By which terms units are found: identifiers as a whole, and words of scripts without blanks or with particles."""

from __future__ import annotations

import pytest

from fourfold import Memory, Message
from fourfold.language.languages import ENGLISH
from fourfold.language.text import index_terms, words

NUMBERED = [f"The invoice of that week is INV-2024-003{number}." for number in range(10, 40)]
NAMED = [
    "Ticket PROJ-1482 blocks the release.",
    "Ticket PROJ-1428 is done.",
    "We use model minimax-m2.5-free for summaries.",
    "We tried model minimax-m2-free for a week.",
    "The file is src/app/settings_local.py.",
    "The other file is src/app/settings.py.",
    "Call the clinic at +49 30 901820.",
    "Call the garage at +49 30 901280.",
    "The wifi is called TP-Link_5G.",
    "The guest wifi is called TP-Link_2G.",
]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("INV-2024-00317", NUMBERED[7]),
        ("Which one is inv-2024-00331?", NUMBERED[21]),
        ("What is the status of PROJ-1428?", NAMED[1]),
        ("minimax-m2.5-free", NAMED[2]),
        ("Where is src/app/settings_local.py used?", NAMED[4]),
        ("+4930901820", NAMED[6]),
        ("whose number is 030 901280", NAMED[7]),
        ("TP-Link_5G", NAMED[8]),
    ],
)
def test_the_unit_with_exactly_the_identifier_asked_for_comes_first(
    minilm_memory: Memory, question: str, text: str
) -> None:
    bank = minilm_memory.bank("identifiers", language="en")
    for unit in [*NUMBERED, *NAMED]:
        bank.retain([Message(unit, "Ana")])
    assert bank.recall(question).hits[0].unit.text == text


@pytest.mark.parametrize(
    ("texts", "question", "text"),
    [
        (
            ["나는 부산에 살아.", "내 강아지 이름은 보리야.", "어제 병원에 갔어.", "회사는 삼성이야."],
            "삼성",
            3,
        ),
        (["나는 대구에 살아.", "우리 고양이 이름은 나비야.", "나는 기타를 배우고 있어."], "고양이", 1),
        (
            ["我上个月搬到了杭州。", "我的猫叫米饭。", "我对花生过敏。", "我在腾讯工作。"],
            "我的猫叫什么名字？",
            1,
        ),
        (["我上个月搬到了杭州。", "我的猫叫米饭。", "我对花生过敏。"], "猫", 1),
        (["我每天早上跑步。", "我们养了一只狗，叫豆豆。", "我讨厌香菜。"], "李娜的狗叫什么？", 1),
        (["重跑gen-itgc后50条悬空引用清零。", "重跑gen-tgic后60条清零。"], "gen-tgic", 1),
        (["京都に住んでいます。", "妹は看護師です。", "犬の名前はハチです。"], "妹の仕事は何ですか？", 1),
    ],
)
def test_a_word_is_found_in_scripts_that_the_embedder_cannot_read(
    minilm_memory: Memory, texts: list[str], question: str, text: int
) -> None:
    bank = minilm_memory.bank("scripts")
    for unit in texts:
        bank.retain([Message(unit)])
    assert bank.recall(question).hits[0].unit.text == texts[text]


def test_an_identifier_is_also_one_term_and_a_long_number_in_groups_one_number() -> None:
    text = "INV-2024-00317, +49 30 901820 and well-known words"
    terms = index_terms(text, words(text, ENGLISH), ENGLISH)
    assert {"inv-2024-00317", "4930901820", "well-known", "known"} <= set(terms)


def test_terms_of_a_long_text_take_time_in_proportion_to_it() -> None:
    # Without a blank, with nothing but joints, or digits: what a quadratic rule would stumble over.
    for text in ("a-" * 200_000, "-" * 400_000, "1 " * 200_000, "猫" * 200_000, "고" * 200_000):
        assert index_terms(text, words(text, ENGLISH), ENGLISH) is not None
