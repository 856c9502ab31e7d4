"""How a text is meant, and how sure its speaker is, by its wording: plans, wishes, what may be, questions, quotes;
judgements. In a language that brings no wording, what is no question and no quote is a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from fourfold.language.languages import matches_any
from fourfold.language.pack import Language, Wording, compiled, search
from fourfold.language.spelling import as_spelt
from fourfold.values.units import Modality


@lru_cache(maxsize=4096)  # a sentence is read as a statement, and once more for what it claims
def modality_of(text: str, language: Language) -> Modality:
    """Returns how a text is meant. A text of several sentences is a fact if one of them is."""
    modalities = [
        _sentence_modality(without_request(sentence, language), language.wording)
        for sentence in _SENTENCE.split(as_spelt(text, language))
        if sentence.strip()
    ]
    # "Guess what? I moved." tells a fact: what is asked beside it is left aside.
    non_questions = [modality for modality in modalities if modality is not Modality.QUESTION] or modalities
    return Modality.FACT if not non_questions or Modality.FACT in non_questions else non_questions[0]


def without_request(sentence: str, language: Language) -> str:
    """Returns what a sentence tells an assistant to remember ("Can you remember that I live in Porto?": that), else
    the sentence as it is."""
    spelt = as_spelt(sentence, language)
    request = compiled(language.told_to_remember).match(spelt)
    return sentence if request is None else spelt[request.end() :].rstrip("?？ ")


def confidence_of(text: str, language: Language) -> float | None:
    """Returns how sure the speaker is of the first judgement in `text`, from 0 to 1; None where there is none."""
    _, judgement = next(_judgements(text, language), ("", None))
    return None if judgement is None else _CONFIDENCE[str(judgement.lastgroup)]


def judgement_of(text: str, language: Language) -> tuple[str, bool]:
    """Returns the first judgement in `text` without the words that begin it ("I think that"; but "I prefer" is a part
    of it), and whether these are of doubt; where there is none, `text` as it is."""
    sentence, judgement = next(_judgements(text, language), (text, None))
    if judgement is None:
        return text, False
    is_part_of_it = compiled(language.preferring).search(judgement.group()) is not None
    start = 0 if is_part_of_it else judgement.end()
    conjunction = compiled(
        rf"^[\s,:，：]*(?:(?:{language.that})\b\s*)?" if language.that else r"^[\s,:，：]*"
    )
    return conjunction.sub("", sentence[start:]), judgement.lastgroup == "doubt"


def _judgements(text: str, language: Language) -> Iterator[tuple[str, re.Match[str]]]:
    """Yields the sentences that begin as a judgement does, with the match of that beginning."""
    if language.wording is None:
        return
    for sentence in _SENTENCE.split(as_spelt(text, language)):
        judgement = compiled(language.wording.judgement).match(sentence)
        if judgement and not sentence.endswith(_ASKING):
            yield sentence, judgement


def _sentence_modality(sentence: str, wording: Wording | None) -> Modality:
    if sentence.rstrip("\"”»')]」 ").endswith(_ASKING):
        return Modality.QUESTION
    if _is_quotation(sentence) or matches_any("quotation", sentence):
        return Modality.QUOTE
    if wording is None:
        return Modality.FACT
    patterns = (
        (Modality.HYPOTHETICAL, wording.hypothetical),
        (Modality.WISH, wording.wish),
        (Modality.PLAN, wording.plan),
    )
    return next((kind for kind, pattern in patterns if search(pattern, sentence)), Modality.FACT)


def _is_quotation(sentence: str) -> bool:
    """Tells whether a sentence is a quotation as a whole: nothing but marks stands outside of quotation marks."""
    # Not by one pattern: that would try each of many marks as the opening one, with each as the closing one.
    opening = _OPENING.match(sentence)
    closing = max(map(sentence.rfind, _CLOSING_MARKS))
    return opening is not None and closing > opening.end() and _MARKS.fullmatch(sentence, closing) is not None


_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_ASKING = ("?", "？")
_CONFIDENCE = {"sure": 0.9, "firm": 0.8, "held": 0.7, "weak": 0.5, "doubt": 0.6}
_OPENING = re.compile(r"""\W*?["“«„「]""")
_CLOSING_MARKS = '"”»“」'
_MARKS = re.compile(r"\W*")
