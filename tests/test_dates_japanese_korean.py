"""Times in Japanese and Korean, whose packs bring these alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fourfold import Memory, Message
from fourfold.language.dates import find_times
from fourfold.language.languages import language
from fourfold.values.rendering import render_interval

SAID = datetime(2026, 9, 10, 10, tzinfo=UTC)
"""A Thursday."""

JAPANESE = [
    ("昨日、歯医者に行きました。", "9 September 2026"),
    ("先月、京都に引っ越しました。", "August 2026"),
    ("来週の月曜日に面接があります。", "14 September 2026"),
    ("先週の土曜日に釣りに行った。", "5 September 2026"),
    ("三年前に会社を辞めた。", "2023"),
    ("二年前の今日、たばこをやめた。", "10 September 2024"),
    ("去年の夏は北海道にいました。", "June to August 2025"),
    ("水曜日に姉と会いました。", "9 September 2026"),
    ("水曜日に姉と会います。", "16 September 2026"),
    ("2024年5月3日に娘が生まれた。", "3 May 2024"),
    ("週末に庭を片付けた。", "5 to 6 September 2026"),
    ("再来週は出張です。", "21 to 27 September 2026"),
    ("20日に試験があります。", "20 September 2026"),
    ("毎週水曜日はプールです。", None),
    ("週末はいつも寝ています。", None),
    ("治るのに10日かかった。", None),
]
KOREAN = [
    ("어제 치과에 갔어요.", "9 September 2026"),
    ("지난달에 전주로 이사했어요.", "August 2026"),
    ("다음 주 월요일에 면접이 있어요.", "14 September 2026"),
    ("지난주 토요일에 낚시하러 갔다.", "5 September 2026"),
    ("3년 전에 회사를 그만뒀어요.", "2023"),
    ("2년 전 오늘 담배를 끊었어요.", "10 September 2024"),
    ("작년 여름에는 제주도에 있었어요.", "June to August 2025"),
    ("수요일에 언니를 만났어요.", "9 September 2026"),
    ("수요일에 언니를 만나요.", "16 September 2026"),
    ("2024년 5월 3일에 딸이 태어났어요.", "3 May 2024"),
    ("주말에 마당을 정리했어요.", "5 to 6 September 2026"),
    ("다다음 주에 출장을 가요.", "21 to 27 September 2026"),
    ("20일에 시험이 있어요.", "20 September 2026"),
    ("매주 수요일에 수영해요.", None),
    ("주말에는 항상 집에 있어요.", None),
    ("낫는 데 10일 걸렸어요.", None),
]


@pytest.mark.parametrize(
    ("code", "text", "written"),
    [("ja", *row) for row in JAPANESE] + [("ko", *row) for row in KOREAN],
)
def test_a_time_is_found_in_the_words_of_the_language(code: str, text: str, written: str | None) -> None:
    times = find_times(text, SAID, language(code))
    assert [render_interval(time.interval) for time in times] == ([] if written is None else [written])


def test_last_month_in_korean_is_the_month_before_it_was_said(memory: Memory) -> None:
    bank = memory.bank("a")
    for day, text in (
        (1, "저는 부산에 살아요. 바다가 가까워서 좋아요."),
        (10, "지난달에 대전으로 이사했어요."),
    ):
        bank.retain([Message(text, "Ana", at=datetime(2026, 9, day, 10, tzinfo=UTC))])
    (occurred,) = {unit.occurred for unit in bank.units() if "대전" in unit.text}
    assert occurred is not None
    assert render_interval(occurred) == "August 2026"
