"""Plain text facts: words, stems, terms, sentences, and what a sentence looks like. Knows no model, no store.

Scripts written without spaces (Chinese, Japanese, Thai) are cut into overlapping pairs of characters, the
usual fallback where no dictionary is at hand.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
import Stemmer
from numpy.typing import NDArray

from fourfold.language.languages import any_pattern
from fourfold.language.pack import Language, case_sensitive, compiled, search

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_RUN = re.compile(rf"{_UNSPACED.pattern}|(?:(?!{_UNSPACED.pattern[:-1]})[^\W_])+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{3,}")
_JOINT = re.compile(r"[^\w\s,;!?\"'’()]{1,3}|_")
"""What joins the parts of an identifier: "INV-2024", "src/app", "5G_2", "http://x"."""
_DIGITS_JOINT = re.compile(r"[ ().\-/]{1,2}")
_LONG_NUMBER = 7
"""Digits from which groups are also one number, as in telephone numbers. A guess, not measured."""
_POSSESSIVE = re.compile(r"['’](?:s|re|ve|ll|d|m|t)?$")
# Faces, hands and hearts say how something is meant; other pictures may stand for a word ("we flew to 🇵🇹").
_FACES = (
    "\U0001f600-\U0001f64f\U0001f910-\U0001f92f\U0001f970-\U0001f976\U0001fae0-\U0001fae8\U0001f937\U0001f44a-\U0001f44f"
    "\U0001f3fb-\U0001f3ff\U0001f389\U0001f38a\U0001f493-\U0001f49f\u2764\u2728\ufe0f"
)
_ENDS = r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|(?<=[。！？])[”’」』）》]*|\n+"
_SENTENCE_END = re.compile(_ENDS)
_END_OR_FACE = re.compile(rf"{_ENDS}|(?<=[{_FACES}])\s+(?=\w)")
_FACE = re.compile(f"[{_FACES}]")
_LEAST_BEFORE_FACE = 4
"""Words, a face among them, that a face ends a sentence behind: in a chat it is the full stop. A guess."""
_DAY = re.compile(r"\b\d\d?\.$")
_NUMBERED = re.compile(r"\s*\d{1,3}\.")
"""The number of an item ("2. Call the plumber.")."""
_STAGE_DIRECTION = re.compile(r"[\[(]|\*(?=[^*\n]*\*)")
# A star alone corrects ("*600").
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85]")
"""What `str.splitlines` ends a line at, of control characters: a PDF's text has a form feed between pages."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SENTENCE_MARK = re.compile(r"([.!?。！？])")
_stemmers = threading.local()
_LONGEST_KEPT = 40
"""Letters of a word whose stem is kept: a longer one is an address or noise, and seldom comes again. A guess, not
measured."""

# Parameters of BM25 (Robertson and Zaragoza 2009, section 3.2) for units of a sentence or three.
_K1, _B, _AVERAGE_TERMS = 1.2, 0.75, 14.0


FloatOrArray = TypeVar("FloatOrArray", float, NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, its place `[start, end)`, and its stem ("" for a stop word)."""

    text: str
    start: int
    end: int
    stem: str


def words(text: str, language: Language) -> list[Word]:
    """Returns all words of `text` in order, stemmed as `language` does it, its stop words with an empty stem."""
    return [
        Word(
            word,
            start,
            end,
            _stem(word, language) if len(word) <= _LONGEST_KEPT else _read_stem(word, language),
        )
        for word, start, end in word_spans(text)
    ]


@lru_cache(maxsize=32768)  # people use few words, and a conversation the same ones
def _stem(word: str, language: Language) -> str:
    return _read_stem(word, language)


def _read_stem(word: str, language: Language) -> str:
    """Returns the stem of a word, "" for a stop word: it may be one as written, without "'s", or as a stem ("wasn't",
    "was")."""
    stops, lowered = language.stop_words, word.lower()
    bare = _POSSESSIVE.sub("", lowered)
    if language.elided:
        bare = compiled(rf"^(?:{language.elided})['’](?=\w{{2}})").sub("", bare)  # l'école
    stem = _stemmer(language.stemmer).stemWord(bare) if language.stemmer else bare
    return "" if stem in stops or bare in stops or lowered in stops else _fold(stem)


def word_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Yields each word of `text` in order, with its place `[start, end)`."""
    matches = _WORD.finditer(text)
    if _UNSPACED.search(text) is None:
        yield from ((match.group(), match.start(), match.end()) for match in matches)
        return
    for match in matches:
        word = match.group()
        if not _UNSPACED.search(word):
            yield word, match.start(), match.end()
            continue
        for run in _RUN.finditer(word):
            at, chars = match.start() + run.start(), run.group()
            if not _UNSPACED.match(chars):
                yield chars, at, at + len(chars)
                continue
            # Pairs overlap, so that any word of two characters is found wherever it stands; a single one is its own.
            for i in range(max(1, len(chars) - 1)):
                yield chars[i : i + 2], at + i, at + min(i + 2, len(chars))


def terms(text: str, language: Language) -> list[str]:
    """Returns the stems of `text` that carry meaning, repeated as often as they occur."""
    return [word.stem for word in words(text, language) if word.stem]


def index_terms(text: str, text_words: Sequence[Word], language: Language) -> list[str]:
    """Returns the terms that `text` is indexed and searched by: stems of its `text_words`; identifiers and numbers
    of several parts as a whole too ("inv-2024-00317"); and shorter pieces that may be a word of Korean or Chinese."""
    pieces = {
        at: text[at]
        for word in text_words
        if not word.text.isascii()
        for at in range(word.start, word.end)
        if _HAN.match(text, at)
    }
    # Korean particles are written onto their noun, so that a noun is found as one of the word's pairs.
    pairs = [
        _fold(run[at : at + 2])
        for word in text_words
        if word.stem and not word.text.isascii()
        for run in _HANGUL.findall(word.text)
        for at in range(len(run) - 1)
    ]
    return [
        *(word.stem for word in text_words if word.stem),
        *_compounds(text, text_words),
        *(piece for piece in pieces.values() if piece not in language.stop_words),
        *pairs,
        *(_matters(text[text_words[0].start : text_words[-1].end], language) if pieces else ()),
    ]


def _matters(text: str, language: Language) -> list[str]:
    """Returns a term for each matter of life that a text in Chinese characters speaks of: "搬到" and "住在" have no
    character in common, and the packaged models do not read Chinese."""
    fields = language.succession.fields if language.succession is not None else ()
    return [f"~{matter}" for matter, wording in fields if compiled(wording).search(text)]


def term_id(term: str) -> int:
    """Returns the index of a term in sparse vectors: CRC-32 of its UTF-8 form, the same on every machine."""
    return zlib.crc32(term.encode())


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term indices (sorted, unique) and their weights."""

    indices: NDArray[np.uint32]
    values: NDArray[np.float32]


def document_vector(stems: Sequence[str]) -> SparseVector:
    """Returns BM25's term-frequency half for a document; the engine multiplies by IDF when it searches."""
    # What is a whole of several words makes no text longer: its words count already.
    norm = _norm(float(sum(map(str.isalnum, stems))))
    return _sparse({term_id(t): n * (_K1 + 1) / (n + norm) for t, n in Counter(stems).items()})


def once_weight(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns what a term has in `document_vector` that occurs once in a document of so many terms."""
    weights: NDArray[np.float64] = (_K1 + 1) / (1 + _norm(lengths))
    return weights


def query_vector(stems: Sequence[str]) -> SparseVector:
    """Returns each distinct term of a question, weighted 1."""
    return _sparse({term_id(t): 1.0 for t in stems})


def inverse_document_frequency(documents: int, containing: int) -> float:
    """Returns BM25's IDF, ln(1 + (N - n + 0.5) / (n + 0.5)); never negative."""
    return math.log(1 + (max(documents, containing) - containing + 0.5) / (containing + 0.5))


def sentences(text: str) -> list[tuple[int, int]]:
    """Returns the `[start, end)` of each sentence, blanks left out; abbreviations, initials, "5. Mai" and the
    number of an item end none."""
    abbreviation, month = _points_within()
    spans: list[tuple[int, int]] = []
    start = 0
    ends = _SENTENCE_END if text.isascii() else _END_OR_FACE
    for match in ends.finditer(text):
        # The longest abbreviation has six letters; reading back further would make long texts slow.
        before = text[max(start, match.start() - 8) : match.start()]
        if abbreviation.search(before) or (_DAY.search(before) and month.match(text, match.end())):
            continue
        if _NUMBERED.fullmatch(text, start, match.start()):
            continue
        is_face = ends is _END_OR_FACE and match.start() and _FACE.match(text, match.start() - 1) is not None
        if is_face and len(text[start : match.start()].split()) < _LEAST_BEFORE_FACE:
            continue
        _append_trimmed(spans, text, start, match.end())
        start = match.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


@cache
def _points_within() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Returns what ends in a point that ends no sentence, and the months that may follow a day with a point."""
    abbreviation = rf"(?:\b(?:{any_pattern('abbreviations')})|\b[A-Z])\.$"
    return compiled(case_sensitive(abbreviation)), compiled(case_sensitive(any_pattern("months_after_point")))


def asking(text: str) -> float:
    """Returns the share of `text`, by characters, that is questions: they seldom hold an answer. Of "I'm allergic to
    cats, can we meet outside?" that is the last clause."""
    if "?" not in text and "？" not in text:
        return 0.0
    parts = _SENTENCE_MARK.split(text)  # what is said, and the mark behind it, by turns
    questions = (
        len(said) + 1 - len(_told_first(said))
        for said, mark in zip(parts[::2], parts[1::2], strict=False)
        if mark in "?？"
    )
    return sum(questions) / len(text)


def _told_first(question: str) -> str:
    """Returns what a speaker says of himself before he asks; "" where he does not."""
    told = question.rpartition(",")[0]
    return told if compiled(any_pattern("speaker_as_subject")).match(told.lstrip()) else ""


def is_stage_direction(text: str) -> bool:
    """Tells whether `text` describes what nobody says, such as a picture: "[a photo of a lake]", "(laughs)"."""
    return _STAGE_DIRECTION.match(text) is not None


def counts(text: str) -> bool:
    """Tells whether `text` names a number or an amount."""
    return search(rf"\b(?:\d[\d,.]*|{any_pattern('number_words')})\b", text) is not None


def estimate_tokens(text: str) -> int:
    """Estimates how many tokens a language model sees: 1.3 a word, and one each character of an unspaced script."""
    if text.isascii():
        return math.ceil(1.3 * len(text.split()))
    unspaced = sum(len(run) for run in _UNSPACED.findall(text))
    return math.ceil(1.3 * len(_UNSPACED.sub(" ", text).split())) + unspaced


@lru_cache(maxsize=4096)  # what is new is held against the same few units again and again
def canonical(text: str) -> str:
    """Returns what two texts share when they say the same in the same words: NFKC, without the punctuation that only
    parts or stresses, in small letters but where their case tells. Whatever may carry meaning stays: signs ("A+",
    "-50", "C#", "!=", "€", "../a"), marks of questions and quotations, pictures (":("), what joins the parts of a
    name ("user_id"), "US" beside "us", "5 Mg" beside "5 mg"."""
    text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    # A text of nothing but such marks ("...", "---") has no words that they part.
    text = _PAUSES.sub(" ", _FRAMES.sub(_unframed, text)).strip() or text
    # A text that is all in capitals has no word that its capitals set apart.
    words_kept = text.split() if text != text.upper() else text.lower().split()
    before = ["", *words_kept]
    return " ".join(
        word if _has_case(word, previous) else word.lower()
        for previous, word in zip(before, words_kept, strict=False)
    )


def _has_case(word: str, previous: str) -> bool:
    """Tells whether the case of a word tells it from another: of one in capitals, of a unit ("5 Mg"), of a flag or a
    name with marks in it ("-V", "A.txt"). That of a name is not kept: people write theirs both ways."""
    if len(word) > 1 and word.isupper():
        return True
    return previous[-1:].isdigit() or _MARKED.search(word) is not None


_MARKED = re.compile(r"^-|\w[.\d_/]\w")


_STRAIGHT = str.maketrans("’‘“”„«»「」『』？−–", "''" + '"' * 9 + "?--")
_PAUSES = re.compile(
    r"[.,]+(?=[\s\"')\]]|$)|(?:(?<!\d):|:(?!\d))(?!-?[()])|;(?!-?[()])|!(?![=\w])|[¡…。！，、；：]"
    r"|(?<!\S)(?!(?<=\S )[-~] \d)[-—~|•]+(?!\S)"
)
"""What parts or stresses: a point, comma or colon not between digits, a dash alone, not before a number."""
_FRAMES = re.compile(r"(?<![:;=])(?<![:;=]-)[()\[\]{}_*]+")
"""Brackets and marks of stress, but for those of a face."""


def _unframed(match: re.Match[str]) -> str:
    """Returns what stands within a word ("user_id", "list[0]", "2*3"), and stars alone ("Rating: ***"), as they are,
    and nothing for other brackets."""
    text, start, end = match.string, match.start(), match.end()
    beside = [text[start - 1 : start].isalnum(), text[end : end + 1].isalnum()]
    is_kept = all(beside) or (not any(beside) and set(match.group()) == {"*"})
    return match.group() if is_kept else " "


def is_unspaced(text: str) -> bool:
    """Tells whether `text` has words of a script that is written without blanks between them."""
    return _UNSPACED.search(text) is not None


def normalise(text: str) -> str:
    """Returns what two texts share when they say the same in the same words: NFKC, casefolded, only letters and
    digits."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded))


def clean(text: str) -> str:
    """Returns `text` without control characters (line breaks stay, as "\\n") and without lone surrogates, in NFC."""
    # Half a character comes out of broken JSON, and of text that was cut in UTF-16; no UTF-8 file can hold it. Two
    # halves that belong together are one character; NFC makes "é" one letter.
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    lines = _LINE_BREAK.sub("\n", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", lines)).strip()


def _compounds(text: str, text_words: Sequence[Word]) -> list[str]:
    """Returns what is written as several words without a blank, and groups of digits that are one number."""
    gaps = [text[before.end : after.start] for before, after in pairwise(text_words)]
    # Most words have a blank between them, which joins digits alone.
    joined = [gap != " " and _JOINT.fullmatch(gap) is not None for gap in gaps]
    compounds = [
        _fold(text[parts[0].start : parts[-1].end].lower()) for parts in _joined_words(text_words, joined)
    ]
    are_digits = [word.text.isdigit() for word in text_words]
    joined = [
        both and _DIGITS_JOINT.fullmatch(gap) is not None
        for both, gap in zip(map(all, pairwise(are_digits)), gaps, strict=True)
    ]
    numbers = ("".join(part.text for part in parts) for parts in _joined_words(text_words, joined))
    return [*compounds, *(number for number in numbers if len(number) >= _LONG_NUMBER)]


def _joined_words(text_words: Sequence[Word], joined: Sequence[bool]) -> Iterator[Sequence[Word]]:
    """Yields the runs of two or more words of which each is joined to the next: `joined` has an item for each word
    but the last."""
    if not any(joined):
        return
    first = 0
    for at, is_joined in enumerate((*joined, False), 1):
        if not is_joined:
            if at - first > 1:
                yield text_words[first:at]
            first = at


def _fold(stem: str) -> str:
    if stem.isascii():
        return stem
    return "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # One each thread: a Snowball stemmer keeps its work in itself.
    if not hasattr(_stemmers, algorithm):
        setattr(_stemmers, algorithm, Stemmer.Stemmer(algorithm))
    stemmer: Stemmer.Stemmer = getattr(_stemmers, algorithm)
    return stemmer


def _sparse(weights: dict[int, float]) -> SparseVector:
    indices = sorted(weights)
    return SparseVector(
        np.array(indices, dtype=np.uint32), np.array([weights[i] for i in indices], dtype=np.float32)
    )


def _norm(terms: FloatOrArray) -> FloatOrArray:
    return _K1 * (1 - _B + _B * terms / _AVERAGE_TERMS)


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
