"""Where the statements of a text stand: each sentence that says something, and each clause where one says two things.

A statement is what is typed, dated, replaced and believed, so it should say one thing; and it is what is shown, so it
should be readable. A list stays with its heading, a reaction ("Wow!", "That's great!") with what stands beside it.
"""

from __future__ import annotations

import re

from fourfold.language.attributes import AttributedText, assertions
from fourfold.language.languages import any_pattern, as_spelt_somewhere, matches_any
from fourfold.language.pack import Language, compiled
from fourfold.language.succession.claims import THIRD_PERSONS, Claim
from fourfold.language.succession.reading import matters_of, read_claims
from fourfold.language.succession.verbs import text_has_verb
from fourfold.language.text import is_unspaced, sentences
from fourfold.language.voices import is_borrowed

Span = tuple[int, int]
"""`[start, end)`, in characters of the text."""

_ITEM = re.compile(r"[ \t]*(?:[-*+•·▪–—|#>]|\d{1,3}[.)]|[a-z][.)]|\[[ xX]\]|```)(?=\s|[-|#>`]|\w*$)")
"""What begins a line that is a part of something: of a list, a table, a quotation, code."""
_BOX = r"\[[ xX]\][ \t]+"
_BULLET = re.compile(rf"[ \t]*(?:(?:[-*+•·▪]|\d{{1,3}}[.)])[ \t]+(?:{_BOX})?|{_BOX})(?=\w)")
_SENTENCE_ENDS = tuple(".!?…。！？")
"""What a line ends in that introduces no list."""
_REACTION_WORDS = 3
_EXCLAMATION_WORDS = 6
"""Words up to which a sentence (one that ends in "!") that does not speak of its speaker is taken for a reaction.
Guesses, not measured."""


def statement_spans(text: str, language: Language) -> list[Span]:
    """Returns the `[start, end)` of each statement of `text`, in order, blanks between them left out; of one
    statement, all of it."""
    blocks = _with_reactions(text, _blocks(text, sentences(text), language))
    return [clause for block in blocks for clause in _clauses(text, block, language)] or [(0, len(text))]


def _blocks(text: str, spans: list[Span], language: Language) -> list[Span]:
    """Returns the sentences, with the lines of a list, a table, a quotation or a piece of code made one, and with the
    line that introduces it. An item that says something by itself is a sentence as any other, without its mark."""
    blocks: list[Span] = []
    is_code = False
    was_item = False
    for start, end in spans:
        line = text[start:end]
        bullet = None if is_code else _BULLET.match(line)
        if bullet and _is_claim(line[bullet.end() :], language):
            blocks.append((start + bullet.end(), end))
            was_item = False
            continue
        is_item = is_code or _ITEM.match(line) is not None
        last = blocks[-1] if blocks else (0, 0)
        is_heading = is_item and not text.endswith(_SENTENCE_ENDS, *last)
        if blocks and (is_code or (is_item and was_item) or is_heading or text.endswith((":", "："), *last)):
            blocks[-1] = (last[0], end)
        else:
            blocks.append((start, end))
        if line.count("```") % 2:
            is_code = not is_code
        was_item = is_item
    return blocks


def _is_claim(item: str, language: Language) -> bool:
    """Tells whether an item of a list says something of somebody or something ("I'm allergic to penicillin"), which
    "milk" and "Call the plumber" do only under their heading."""
    claims = read_claims(item, language)
    return text_has_verb(item, language) and bool(claims) and all(claim.subject for claim in claims)


def _clauses(text: str, block: Span, language: Language) -> list[Span]:
    """Returns the sentence, taken apart where a conjunction joins two clauses that say different things: one gives an
    attribute a value and the other has a subject of its own ("I live in Porto and my sister is a nurse"), or they are
    of different matters of life ("Ich wohne in Köln und arbeite bei Bosch")."""
    start, end = block
    if language.succession is None or end - start > _LONGEST_SENTENCE or "\n" in text[start:end]:
        return [block]
    conjunction = language.succession.joining
    borders = [language.succession.clause_border, rf",?\s+{re.escape(conjunction)}\s+" if conjunction else ""]
    clauses: list[Span] = []
    for match in sorted(
        (match for border in borders for match in compiled(border).finditer(text, start, end)),
        key=lambda match: match.span(),
    ):
        if match.start() <= start or _is_in_quotation(text, block[0], match.start()):
            continue
        left, right = text[start : match.start()], text[match.end() : end]
        border = match.group().strip(", ").casefold()  # "" of a comma alone
        is_listed = border in ("", ";", conjunction) and _of_other_things(left, right, language)
        is_joint = is_listed or border in (conjunction, ";")
        is_worded = _CONJUNCTION.search(border) is not None or ";" in border
        # What is no "and" says how the two belong together ("because", "she says"): it stays, and with it what says
        # nothing without the other.
        if is_listed or (is_worded and _say_different_things(left, right, is_joint, language)):
            clauses.append((start, start + len(left.rstrip(" ,"))))
            start = _next_word(text, match.end() if is_joint else match.start())
    return [*clauses, (start, end)]


def _is_in_quotation(text: str, start: int, place: int) -> bool:
    """Tells whether a quotation that begins behind `start` is open at `place` ("Harry Potter and ...")."""
    opened = text.count("“", start, place) + text.count("„", start, place) + text.count("«", start, place)
    closed = text.count("”", start, place) + text.count("»", start, place)
    return text.count('"', start, place) % 2 == 1 or opened > closed


def _next_word(text: str, start: int) -> int:
    """Returns where, from `start` on, something begins that is no blank and no comma."""
    while start < len(text) and text[start] in ", \t":
        start += 1
    return start


_CONJUNCTION = re.compile(r"\w")


def _say_different_things(left: str, right: str, is_joint: bool, language: Language) -> bool:
    """Tells whether one of two clauses gives a value that is no part of the other, or they are of different matters.
    `is_joint` says that no more than "and" stands between them."""
    told = as_spelt_somewhere(right.lstrip())
    is_of_speaker = compiled(any_pattern("first_person")).match(told) is not None
    is_own = _gives_value(right) or (is_of_speaker and _gives_value(left))
    return (is_own and (is_joint or _gives_value(left))) or _of_other_matters(left, right, language)


def _of_other_matters(left: str, right: str, language: Language) -> bool:
    """Tells whether two clauses speak of matters of life of which none is the same."""
    matters = matters_of(left, language)
    if not matters:  # as mostly
        return False
    others = matters_of(right, language)
    if not others or matters & others:
        return False
    # "Lena told me she's vegan and lives in Hamburg": whose home it is stands in the first clause alone.
    before, behind = read_claims(left, language), read_claims(right, language)
    is_subjectless = bool(behind) and not behind[0].subject
    return not is_subjectless or not before or "<speaker>" in before[-1].subject


def _of_other_things(left: str, right: str, language: Language) -> bool:
    """Tells whether one of two clauses says what a thing is, and the other speaks of another thing ("the rent is 1200
    a month", "the landlord is Mr. Pires", "my daughter goes to Oakfield"): one of the two may change by itself."""
    grammar = language.succession
    if grammar is None:
        return False
    is_own = compiled(rf"\W*(?:{grammar.own})").match(right) is not None
    has_copula = compiled(rf"\W*(?:\w+\W+){{1,4}}?(?:{grammar.copulas})\b").match
    if has_copula(right) is None and not (is_own and has_copula(left)):
        return False
    # "Ana says the rent is high and ...": what leads in a clause leads in the next one as well.
    is_led_in = any(
        _CONJUNCTION.search(border.group()) for border in compiled(grammar.clause_border).finditer(left)
    )
    before, behind = read_claims(left, language), read_claims(right, language)
    if is_led_in or not before or not behind:
        return False
    last, first = before[-1], behind[0]
    # "Playing games and watching films are my hobbies", "My studio and two schools are showing": two halves of one
    # subject.
    if not text_has_verb(left, language):
        return False
    if _begins_bare(first) and not (_begins_bare(last) and last.verb == "="):
        return False
    is_whole = bool(first.about and last.about and last.verb and first.verb and first.content - first.about)
    is_told = is_whole and "=" in (first.verb, last.verb)
    return (
        is_told
        and not first.about & (last.about | last.content)
        and not (first.subject | last.subject) & THIRD_PERSONS
    )


def _begins_bare(claim: Claim) -> bool:
    """Tells whether a claim begins with a word that is no name, and has no article or owner."""
    return (
        bool(claim.tokens)
        and claim.tokens[0].kind == "word"
        and claim.tokens[0].start == 0
        and not is_unspaced(claim.text)
    )


_LONGEST_SENTENCE = 300
"""Characters of a sentence that is taken apart: a longer one tells a story. A guess, not measured."""


def _gives_value(clause: str) -> bool:
    return bool(assertions(AttributedText(clause, None)))


def _with_reactions(text: str, spans: list[Span]) -> list[Span]:
    """Returns the spans, with each reaction joined to the statement before it, else to the one after it."""
    joined: list[Span] = []
    is_open = False
    was_word_asked = False
    for start, end in spans:
        # "Why? When? Where?" is one question.
        is_word_asked = _WORD_ASKED.fullmatch(text, start, end) is not None
        is_reaction = _is_reaction(text[start:end]) or (is_word_asked and was_word_asked)
        was_word_asked = is_word_asked
        if joined and (is_reaction or is_open):
            joined[-1] = (joined[-1][0], end)
            is_open = is_open and is_reaction
        else:
            joined.append((start, end))
            is_open = is_reaction
    return joined


_WORD_ASKED = re.compile(r"[^\W\d]+\?")


def _is_reaction(sentence: str) -> bool:
    if not any(character.isalpha() for character in sentence):
        return True  # "(2)", a face: it says nothing by itself
    size = len(sentence.split())
    most = _EXCLAMATION_WORDS if sentence.endswith("!") else _REACTION_WORDS
    if size > most or is_unspaced(sentence) or any(c.isdigit() for c in sentence):
        return False
    speaks_of_speaker = matches_any("first_person", sentence)
    # What somebody else said would take with it what the speaker says beside it.
    is_own = not sentence.endswith("?") and not _gives_value(sentence) and not is_borrowed(sentence)
    return is_own and not speaks_of_speaker
