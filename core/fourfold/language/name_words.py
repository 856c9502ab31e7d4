"""Words that could be of a name, and what they look like: a vector of a few numbers, for the heads to weigh beside
what the model reads (`fourfold.models.packaged.statement_heads`).

Where names have capitals, those are the words that have one. In a text that is typed in small letters it may be any.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from fourfold.language.languages import languages
from fourfold.language.pack import Language, compiled
from fourfold.language.spelling import as_spelt

WORD_FEATURES = (
    "capital", "all capitals", "capital inside", "digit", "one letter", "begins a sentence", "is a common word",
    "after a capital", "before a capital", "after a title", "in a heading", "vouched for", "written small elsewhere",
    "whose", "in code", "any noun has a capital", "after a determiner", "begins and is a common word",
    "begins and is vouched for",
)  # fmt: skip
"""What `word_features` gives, in order. The heads' file says of which it has weights."""

_POSSESSIVE = re.compile(r"['’]s?$")
_WORD = re.compile(r"[^\W\d_](?:\w|['’&.+-](?=\w))*[+#]*")
TITLE = re.compile(r"\b(?:Dr|Prof|Mr|Mrs|Ms|Mx|Mme|Mlle|Sra?|Srta|Hr|Fr|St)\.?\s+$")
"""A title, at the end of what stands before a name."""
_BEFORE_SENTENCE = '.!?…:;\n"“”([-*#•'
_CODE = frozenset("_/\\=(){}[]<>`@|$;")
_LONGEST_DETERMINER = 80
"""Characters in front of a noun that may hold its determiner and adjective; a guess, not measured."""
_HEADING = 0.7
"""Share of words in capitals from which a line is a heading, where it has three or more."""
_ARTICLE = re.compile(
    r"\b(?:an?|the|this|that|my|your|our|his|her|their|some|any|un[ae]?|l[ae]s?|el|los|der|die|das|eine?)\s+$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may be of a name, at `[start, end)` of its text, without a possessive 's."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How words are written in all that is retained at once and in the bank, casefolded: `vouched` are names that
    stand with a capital within a sentence or are names of the bank, `small` those that stand without one."""

    vouched: Collection[str] = frozenset()
    small: Collection[str] = frozenset()


@lru_cache(maxsize=64)  # each statement of a message looks at all of it
def name_words(text: str) -> tuple[Word, ...]:
    """Returns the words of `text` that have a capital, in order."""
    words = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word.islower():
            continue
        word = _POSSESSIVE.sub("", word)
        if not word.islower() and word.lower() != word:
            words.append(Word(match.start(), match.start() + len(word), word))
    return tuple(words)


@lru_cache(maxsize=64)
def small_words(text: str) -> tuple[Word, ...]:
    """Returns all words of a text that is typed in small letters, in order; none of any other."""
    if any(word.text == "I" or not word.text.isupper() for word in name_words(text)):
        return ()
    bare = ((match.start(), _POSSESSIVE.sub("", match.group())) for match in _WORD.finditer(text))
    return tuple(Word(start, start + len(word), word) for start, word in bare if word.islower())


def begins_sentence(text: str, start: int) -> bool:
    """Tells whether what begins at `start` is the first word of a sentence, a line or a quotation."""
    before = start
    while before and text[before - 1].isspace():
        before -= 1
    return before == 0 or text[before - 1] in _BEFORE_SENTENCE or "\n" in text[before:start]


def is_noun(text: str, start: int, language: Language) -> bool:
    """Tells whether the word at `start` is a noun that has its capital as any noun has, by what determines it: "mein
    Hund", "drei kleine Kinder"."""
    if not language.noun_capitals:
        return False
    # Only what stands right in front is looked at: all of it would make long texts slow.
    window = max(0, start - _LONGEST_DETERMINER)
    return compiled(language.noun_determiners).search(text, window, start) is not None


def word_features(text: str, words: Sequence[Word], usage: Usage, language: Language) -> NDArray[np.float32]:
    """Returns the features of the words of a text, (len(words), len(WORD_FEATURES))."""
    rows = np.zeros((len(words), len(WORD_FEATURES)), np.float32)
    common = common_words(language)
    line_shares = _shares_of_capitals(text, words)
    for row, word in enumerate(words):
        folded = as_spelt(word.text.casefold().replace("’", "'"), language)
        before, behind = (
            text[max(0, word.start - _LONGEST_DETERMINER) : word.start],
            text[word.end : word.end + 2],
        )
        before_blank = _word_before_blank(before)
        begins = begins_sentence(text, word.start)
        vouched = folded in usage.vouched
        rows[row] = (
            word.text[0].isupper() and not word.text[1:].isupper(),
            len(word.text) > 1 and word.text.isupper(),
            not word.text[0].isupper() or any(c.isupper() for c in word.text[1:]),
            any(c.isdigit() for c in word.text),
            len(word.text) == 1,
            begins,
            folded in common,
            row > 0 and text[words[row - 1].end : word.start].strip(" -") == "",
            row + 1 < len(words) and text[word.end : words[row + 1].start].strip(" -") == "",
            TITLE.search(before_blank) is not None,
            line_shares[row] >= _HEADING,
            vouched,
            folded in usage.small,
            behind in ("'s", "’s"),
            before[-1:] in _CODE or behind[:1] in _CODE,
            language.noun_capitals,
            is_noun(text, word.start, language) or _ARTICLE.search(before_blank) is not None,
            begins and folded in common,
            begins and vouched,
        )
    return rows


def _word_before_blank(before: str) -> str:
    """Returns the last word of `before` and a blank, if a blank stands behind it; else "". An article or a title is
    there or nowhere, and looking for it in all that stands before took most of the time of a long message."""
    return f"{before.rsplit(maxsplit=1)[-1]} " if before[-1:].isspace() and before.strip() else ""


def usage_of(texts: Collection[str], known_names: Collection[str]) -> Usage:
    """Returns how words are written in `texts`, of which `known_names` (casefolded) are vouched for anyway."""
    vouched, small = set(known_names), set()
    for text in texts:
        vouched |= {w.text.casefold() for w in name_words(text) if not begins_sentence(text, w.start)}
        small |= {m.group() for m in _SMALL.finditer(text)}
    return Usage(vouched, small)


_SMALL = re.compile(r"(?<!\w)[^\W\d_A-ZÀ-ÖØ-Þ][^\W\d_A-ZÀ-ÖØ-Þ]+")


def _shares_of_capitals(text: str, words: Sequence[Word]) -> list[float]:
    """Returns of each word how many words of its line have a capital, if there are three or more."""
    shares: dict[tuple[int, int], float] = {}
    result = []
    for word in words:
        start = text.rfind("\n", 0, word.start) + 1
        end = text.find("\n", word.end)
        line = (start, len(text) if end < 0 else end)
        if line not in shares:
            found = [m.group() for m in _WORD.finditer(text, *line)]
            shares[line] = sum(w[0].isupper() for w in found) / len(found) if len(found) > 2 else 0.0
        result.append(shares[line])
    return result


@cache
def common_words(language: Language) -> frozenset[str]:
    """Returns the words that are no names in a text of `language`. Greetings of others occur in it too ("Hey")."""
    in_any_language = frozenset[str]().union(*(each.no_names for each in languages().values()))
    return in_any_language | (language.no_names or language.stop_words)
