"""Words of a sentence, and pairs of them, as the heads weigh them (`fourfold.models.packaged.statement_heads`): how
something is said ("i'd", "going to", "such a") is in its smallest words, which the model's states blur."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_TOKEN = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+(?:['’][^\W㐀-鿿]+)*|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_BORDERS = "^", "$"
"""What stands for the begin and the end of a sentence in a pair. No word holds them together with another."""


def word_ngrams(sentence: str) -> tuple[str, ...]:
    """Returns the words and marks of a sentence, and each two that stand together, once each: in small letters, any
    number as "0". Of scripts without blanks each character is a word."""
    tokens = list(_tokens(sentence))
    pairs = pairwise([_BORDERS[0], *tokens, _BORDERS[1]])
    return tuple(dict.fromkeys([*tokens, *(f"{first} {second}" for first, second in pairs)]))


def _tokens(sentence: str) -> Iterator[str]:
    for match in _TOKEN.finditer(sentence.lower()):
        yield _DIGITS.sub("0", match.group().replace("’", "'"))
