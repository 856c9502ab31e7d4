"""Texts as they are spelt: "dont", "Im" and "Anas dog" without their apostrophe are as common in chats as with it,
and so are names in small letters.

What reads a text for what it says, and needs no places in it, reads it as this spells it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from fourfold.language.pack import Language, compiled


@lru_cache(maxsize=4096)  # a sentence is read for one thing after another
def as_spelt(text: str, language: Language) -> str:
    """Returns `text` with the apostrophes that its contractions lack in a language."""
    if language.contracted.isdisjoint(_WORD.findall(text.lower())):
        return text
    return compiled(language.contractions).sub(r"\g<0>'", text)


_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def with_capitals(text: str, names: tuple[str, ...]) -> str:
    """Returns `text` with the capitals of those of `names` that it has in small letters alone ("i live in leeds")."""
    for name in names:
        small = name.casefold()
        if name not in text and small in text:
            text = name.join(re.split(rf"(?<!\w){re.escape(small)}(?!\w)", text))
    return text


def with_possessives(text: str, names: Set[str], language: Language) -> str:
    """Returns `text` with the apostrophes that its possessives lack, of `names`, which are casefolded; as it is where
    the language has none."""
    if not language.possessive:
        return text

    def spelt(match: re.Match[str]) -> str:
        name, ending = match.groups()
        is_one = name.casefold() in names and match[0].casefold() not in names
        return f"{name}'{ending}" if is_one else match[0]

    return compiled(rf"\b([^\W\d_]{{2,}})({language.possessive})\b").sub(spelt, text)
