"""Words, sentences, terms and sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold import Bank
from fourfold.language import text
from fourfold.language.languages import ENGLISH


def test_stems_and_stop_words() -> None:
    assert text.terms("She was running to the runners' bakery, and it's Ana's", ENGLISH) == [
        "run",
        "runner",
        "bakeri",
        "ana",
    ]


def test_accents_are_folded_in_terms() -> None:
    assert text.terms("Inês cafés", ENGLISH) == text.terms("Ines cafes", ENGLISH)


def test_scripts_without_blanks_are_cut_into_pairs() -> None:
    assert text.terms("我喜欢咖啡", ENGLISH) == ["我喜", "喜欢", "欢咖", "咖啡"]


def test_sentences_end_at_marks_but_not_at_abbreviations() -> None:
    said = "Dr. Albers called. J. R. was there! Was it late? 今天很好。明天见。"
    assert [said[a:b] for a, b in text.sentences(said)] == [
        "Dr. Albers called.", "J. R. was there!", "Was it late?", "今天很好。", "明天见。"
    ]  # fmt: skip


@pytest.mark.parametrize(("said", "share"), [("How are you?", 1.0), ("Fine.", 0.0), ("Fine. You?", 0.5)])
def test_asking_is_the_share_of_questions(said: str, share: float) -> None:
    assert text.asking(said) == pytest.approx(share, abs=0.1)


@given(st.text())
def test_sentences_cover_all_that_is_not_blank(said: str) -> None:
    spans = text.sentences(said)
    kept = "".join(said[a:b] for a, b in spans)
    assert all(a < b for a, b in spans)
    assert [c for c in kept if not c.isspace()] == [c for c in said if not c.isspace()]


@given(st.text())
def test_no_text_breaks_words_or_sizes(said: str) -> None:
    for word in text.words(said, ENGLISH):
        assert said[word.start : word.end] == word.text
    assert text.estimate_tokens(said) >= 0
    assert text.clean(text.clean(said)) == text.clean(said)


@pytest.mark.parametrize("break_", ["\r", "\r\n", "\n", "\x0b", "\f", "\x1c", "\x85"])
def test_what_ends_a_line_parts_words(bank: Bank, break_: str) -> None:
    (unit,) = bank.retain(f"The ferry leaves{break_}at nine.").units
    assert unit.text == "The ferry leaves\nat nine."


@given(st.lists(st.sampled_from(["fox", "owl", "elk"]), max_size=30))
def test_a_document_vector_has_one_weight_a_term(found: list[str]) -> None:
    vector = text.document_vector(found)
    assert len(vector.indices) == len(set(found))
    assert (np.diff(vector.indices.astype(np.int64)) > 0).all()


def test_rarer_terms_weigh_more() -> None:
    weights = [text.inverse_document_frequency(100, n) for n in (0, 1, 10, 100)]
    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
