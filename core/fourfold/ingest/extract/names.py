"""The names in a statement, by the packaged heads: each word with a capital is one of a name, or is none. In a text
that is typed in small letters any word may be one ("i live in leeds"), in languages that have heads for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.name_words import (
    TITLE,
    Usage,
    Word,
    is_noun,
    name_words,
    small_words,
    word_features,
)
from fourfold.language.pack import Language
from fourfold.models.packaged.statement_heads import (
    NAME_HEAD,
    SMALL_NAME_HEAD,
    SMALL_TYPE_HEAD,
    TYPE_HEAD,
    StatementHeads,
)
from fourfold.ports import TokenScores

_SURE_NAME = 0.25
"""Probability from which a word is a name by itself: one that is missed is asked for in vain. Chosen on two sets of
sentences that readers labelled, of .25 to .5 (docs/adr/0023)."""
_SURE_SMALL_NAME = 0.5
"""The same of a word that is typed in small letters, as every other word around it is: nothing but what the model
reads tells it from them, and most words are no names."""
_PART_OF_NAME = 0.1
"""The same of a word that stands beside one ("Eastern Time Zone"). A guess."""
_INSIDE_NAME = re.compile(
    r"[ \t]+|-|[ \t]+(?:of|de|du|da|di|del|la|le|van|von|der|den|bin|al|&)[ \t]+(?:the[ \t]+)?"
)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»\n]{1,80})[\"”“»]")
_SHORT_WORD = 3
"""Letters up to which a word of a title may have no capital ("The Lord of the Rings")."""
_NUMBER = re.compile(r"[ \t]\d{1,4}(?![\w%]|[.,:]\d)")
_SMALL_START = re.compile(r"(?<![\w'’])[^\W\d_]")
"""Where a word begins that gets a capital, as names are written."""
_LONGEST_TITLE = 12
"""Characters before a name that may hold its title."""
_UNTYPED = "other"
"""The type of a name that is of none."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A word, how likely it is one of a name, how likely one has to be that is a name by itself, and of what."""

    word: Word
    probability: float
    sure: float
    types: dict[str, float]


def names_in(
    statement: Statement,
    scores: TokenScores,
    heads: StatementHeads,
    language: Language,
    usage: Usage,
    code_spans: Sequence[tuple[int, int]],
) -> list[Mention]:
    """Returns the names in a statement whose tokens have these scores, with the type of each. What is at `code_spans`
    has none."""
    text, offset = (statement.passage, statement.passage_start) if statement.passage else (statement.text, 0)
    end = offset + len(statement.text)
    small = small_words(text) if heads.tells(SMALL_NAME_HEAD) else ()
    words = [word for word in small or name_words(text) if offset <= word.start < end]
    name_head, type_head = (SMALL_NAME_HEAD, SMALL_TYPE_HEAD) if small else (NAME_HEAD, TYPE_HEAD)
    sure = _SURE_SMALL_NAME if small else _SURE_NAME
    own = statement.text
    times = enriched("times", own, [], find_times, own, statement.at, language) if words else []
    candidates = []
    for word, features in zip(words, word_features(text, words, usage, language), strict=True):
        begin = word.start - offset
        if not any(a <= begin < b for a, b in code_spans) and not is_noun(text, word.start, language):
            of_word = heads.word_scores(scores.within(begin, word.end - offset), features)
            has_title = TITLE.search(text, max(0, word.start - _LONGEST_TITLE), word.start) is not None
            probability = 1.0 if has_title else heads.probabilities(name_head, of_word)["name"]
            candidate = _Candidate(word, probability, sure, heads.probabilities(type_head, of_word))
            # "Tues", "last Fri"; but "Christmas" is the name of a time.
            is_in_time = any(time.start <= begin < time.end for time in times)
            if not is_in_time or max(candidate.types, key=candidate.types.__getitem__) == "event":
                candidates.append(candidate)
    return [_mention(text, name) for run in _runs(text, candidates) for name in _names(run)]


def _runs(text: str, candidates: Sequence[_Candidate]) -> Iterator[list[_Candidate]]:
    """Yields words that may be of one name: with no more between them than a blank, a hyphen or "of the", or in one
    title."""
    run: list[_Candidate] = []
    titles = list(_titles(text))
    for candidate in candidates:
        place = candidate.word.start
        if run and not any(start <= run[-1].word.start < place < end for start, end in titles):
            is_apart = _INSIDE_NAME.fullmatch(text, run[-1].word.end, place) is None
        else:
            is_apart = False
        if is_apart:
            yield run
            run = []
        run.append(candidate)
    if run:
        yield run


def _titles(text: str) -> Iterator[tuple[int, int]]:
    """Yields where titles stand in quotation marks: all words of one but short ones have a capital."""
    for match in _QUOTED.finditer(text):
        words = match.group(1).split()
        if len(words) > 1 and all(word[0].isupper() or len(word) <= _SHORT_WORD for word in words):
            yield match.span(1)


def _names(run: Sequence[_Candidate]) -> Iterator[list[_Candidate]]:
    """Yields the names in a run: words that may be parts of one, of which one is a name for sure."""
    name: list[_Candidate] = []
    for candidate in [*run, None]:
        if candidate is not None and candidate.probability > _PART_OF_NAME:
            name.append(candidate)
            continue
        if any(part.probability > part.sure for part in name):
            yield name
        name = []


def _mention(text: str, parts: Sequence[_Candidate]) -> Mention:
    start, end = parts[0].word.start, parts[-1].word.end
    kind = max(parts[0].types, key=lambda each: sum(part.types[each] for part in parts))
    if title := TITLE.search(text, max(0, start - _LONGEST_TITLE), start):
        start = title.start()
    if kind != "person" and (number := _NUMBER.match(text, end)):
        end = number.end()  # "Room 101"; but "Ana 3 times"
    name = " ".join(text[start:end].split())
    if name.islower():
        name = _SMALL_START.sub(lambda match: match.group().upper(), name)
    return Mention(name, kind="" if kind == _UNTYPED else kind)
