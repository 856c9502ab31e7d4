"""The clauses of a sentence that can stand by themselves. Knows no bank.

Of "Yeah, I've painted for years, and I'm showing two pictures in May." these are "I've painted for years" and "I'm
showing two pictures in May". What depends on a clause stays with it, and so does what limits it: "if I get the job",
"but not any more".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from fourfold.language.clause_grammar import ClauseGrammar
from fourfold.language.pack import Language, compiled, search
from fourfold.language.text import terms

Span = tuple[int, int]
"""`[start, end)`, in characters of the text."""

_BORDER = re.compile(r"(?:[,;]|\.\.\.|…|(?<=\w)-)\s+|[–—]\s*|\s-{1,2}\s+|[，；]")
_QUOTES = {"“": "”", "„": "”", "«": "»", "(": ")", "（": "）"}
_MOST_PARTS = 24
"""Borders in a sentence that are looked at: one that has more is a list. A guess."""


def clauses(text: str, start: int, end: int, language: Language) -> list[tuple[Span, ...]]:
    """Returns the clauses of the sentence `text[start:end]` that can stand by themselves, in order, each as the
    `[start, end)` of its parts; one of one part where there is nothing to take apart."""
    grammar = language.clauses
    denial = language.succession.denial if language.succession is not None else ""
    parts = list(_parts(text, start, end)) if grammar is not None else []
    if grammar is None or not parts:
        return [((start, end),)]
    found: list[list[Span]] = []
    for part in _without_opening(text, parts, language, grammar, denial):
        if found and _is_tied(text, found[-1], part, grammar, denial):
            found[-1].append(part)
        else:
            found.append([part])
    return [(_without_joint(text, first, grammar), *others) for first, *others in found]


def has_main_clause(text: str, language: Language) -> bool:
    """Whether a sentence is more than a part that depends on what was said before it ("Since I was 17 or so.")."""
    grammar = language.clauses
    if grammar is None:
        return True
    parts = _without_opening(text, list(_parts(text, 0, len(text))), language, grammar, "")
    return not all(_begins(text, part, rf"(?:{grammar.joining}\s+)?{grammar.depending}") for part in parts)


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    """Yields what stands between commas, dashes and the like that are in no quotation and no brackets, and what is
    behind `_MOST_PARTS` of them in one."""
    begin = start
    for match in islice(_BORDER.finditer(text, start, end), _MOST_PARTS):
        if match.start() > begin and not _is_enclosed(text[start : match.start()]):
            yield begin, begin + len(text[begin : match.start()].rstrip())
            begin = match.end()
    if begin < end:
        yield begin, end


def _is_enclosed(before: str) -> bool:
    """Whether a quotation or a bracket that opens in `before` is open at its end."""
    is_open = any(before.count(opening) > before.count(closing) for opening, closing in _QUOTES.items())
    return is_open or before.count('"') % 2 == 1


def _without_opening(
    text: str, parts: list[Span], language: Language, grammar: ClauseGrammar, denial: str
) -> list[Span]:
    """Returns the parts without those that only open the sentence ("Oh yeah, Maria, ...", "Hey Maria, ...")."""
    opening = compiled(rf"(?:{grammar.opening}\W*)+")
    called = compiled(rf"((?:{grammar.opening}\W+)*)([^\W\d_]\w*)")
    first = 0
    while first < len(parts) - 1:
        words = text[slice(*parts[first])]
        if opening.fullmatch(words) is None:
            # Who is called stands before what he is told: "Oscar, my guinea pig" calls nobody.
            call = called.fullmatch(words) if _begins_clause(text, parts[first + 1], grammar) else None
            is_greeted = call is not None and call[1] and call[2][0].isupper()
            is_answer = not terms(words, language) and search(denial, words) is None  # "Yes, I do, ..."
            if not is_greeted and not (first and (is_answer or (call and not call[1]))):
                break
        first += 1
    return parts[first:]


def _is_tied(text: str, clause: list[Span], part: Span, grammar: ClauseGrammar, denial: str) -> bool:
    """Whether a part belongs to the clause before it: it is none, or limits or denies it, or that has been no clause
    yet, or ends in what waits for one ("When I was ten, ...")."""
    limits = _begins(text, part, grammar.contrast) or search(denial, text[slice(*part)]) is not None
    if limits or not _begins_clause(text, part, grammar):
        return True
    is_waiting = _begins(text, clause[-1], rf"(?:{grammar.joining}\s+)?{grammar.depending}")
    return is_waiting or not any(_begins_clause(text, each, grammar) for each in clause)


def _begins_clause(text: str, part: Span, grammar: ClauseGrammar) -> bool:
    joint = rf"(?:{grammar.joining}\s*)?"
    is_dependent = _begins(text, part, rf"{joint}{grammar.depending}")
    return not is_dependent and _begins(text, part, rf"{joint}{grammar.subjects}")


def _without_joint(text: str, part: Span, grammar: ClauseGrammar) -> Span:
    """Returns a part without the "and" before its subject."""
    if not _begins_clause(text, part, grammar):
        return part
    joint = compiled(rf"{grammar.joining}\s*(?={grammar.subjects}{_WORD_END})").match(text, *part)
    return part if joint is None else (joint.end(), part[1])


def _begins(text: str, part: Span, pattern: str) -> bool:
    return compiled(rf"\W*{pattern}{_WORD_END}").match(text, *part) is not None


_WORD_END = r"(?![a-zà-ÿ])"
"""The end of a word, in scripts that are written with blanks."""
