"""The verbs of a clause: what they mark, and where they stand."""

from __future__ import annotations

from functools import cache, lru_cache

from fourfold.language.languages import languages
from fourfold.language.pack import Language, search
from fourfold.language.spelling import as_spelt
from fourfold.language.succession.claims import Mark
from fourfold.language.succession_grammar import SuccessionGrammar


# A clause is looked through where a sentence is taken apart, and again where it is read.
@lru_cache(maxsize=4096)
def verbs_in(clause: str, grammar: SuccessionGrammar) -> tuple[tuple[Mark, int, int], ...]:
    """Returns the first verb of each kind in a clause, with what it marks and its place `[start, end)`."""
    matches = ((mark, search(pattern, clause)) for mark, pattern in _verbal_patterns(grammar))
    return tuple((mark, *match.span()) for mark, match in matches if match is not None)


def text_has_verb(text: str, language: Language) -> bool:
    """Tells whether a text has a verb that is known; see `read_claims` for other languages."""
    grammar = language.succession or languages()["en"].succession
    return grammar is not None and has_verb(as_spelt(text, language), grammar)


def has_verb(clause: str, grammar: SuccessionGrammar) -> bool:
    """Tells whether a part of a sentence has a verb, behind which there is something."""
    verb = rf"\b(?:{grammar.copulas})\b|\w['’](?:m|s|re|ve|ll|d)\b"
    return bool(verbs_in(clause, grammar)) or search(verb, clause) is not None


@cache
def _verbal_patterns(grammar: SuccessionGrammar) -> tuple[tuple[Mark, str], ...]:
    return (
        (Mark.ENDING, grammar.endings),
        (Mark.WITHDRAWAL, grammar.withdrawals),
        (Mark.CHANGE, grammar.changes),
        (Mark.BEGINNING, grammar.beginnings),
        (Mark.PLACING, grammar.placings),
        (Mark.SEEKING, grammar.seeking),
        (Mark.EVENT, grammar.past),
        (Mark.NONE, grammar.exclusive),
        (Mark.NONE, grammar.verbs),
    )
