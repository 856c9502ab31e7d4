"""What a question asks for, as far as it takes to see whether a statement tells it: its words, whose matter it is,
and of what kind the answer would be. Knows no memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from fourfold.language.dates import TimeMention, find_times
from fourfold.language.enrichment import enriched
from fourfold.language.languages import matches_any
from fourfold.language.pack import Language, compiled
from fourfold.language.spelling import as_spelt, with_possessives
from fourfold.language.succession.claims import SOMEBODY, Claim, tokens_of
from fourfold.language.succession_grammar import SuccessionGrammar
from fourfold.language.text import Word, is_unspaced, words

_POSSESSIVE = re.compile(r"['’]s?$")
_IDENTIFIER = re.compile(r"\b\d+(?:[.\-/:]\d+)+\b")
"""Numbers of several parts: versions, extensions. Two that share a part are not alike."""
_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST_DETERMINER = 12
"""Characters before a noun in which its article is looked for. A guess, not measured."""
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""The day that dates in a question are read by, where only their places matter."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood. `words` are those that a statement has to tell of; `names` those of them that name
    somebody or something, `owned` those that say whose something is and what ("Ana" and "brother" of "Ana's brother",
    "brother" of "my brother"), `nouns` other nouns, as far as an article or a capital shows them, but for one that
    says what is asked for ("métier" of "Quel est le métier de", "Instrument" of "Welches Instrument").
    `measure` says what is measured ("tall" of "how tall"). `identifiers` are numbers of several parts ("4.3")."""

    text: str
    words: tuple[Word, ...]
    names: frozenset[Word]
    owned: frozenset[Word]
    nouns: frozenset[Word]
    measure: Word | None
    identifiers: tuple[str, ...]
    times: frozenset[str]
    """The stems of the words that name a time ("Saturday")."""
    kind: frozenset[Word]
    """The words that say of what kind the answer is ("musical instrument" of "Which musical instrument does")."""
    asks_when: bool
    asks_count: bool
    """For a number, or an amount; how often something is done every time tells that it is."""
    asks_place: bool
    asks_called: bool
    asks_work: bool
    asks_speaker: bool
    """Whether it asks after the one who speaks, or what is his ("Where do I live?", "my birthday")."""


def read_question(text: str, language: Language, known_names: Set[str]) -> Question:
    """Returns what `text` asks for in a bank of that language; `known_names`, casefolded, are names however they are
    written."""
    text = with_possessives(as_spelt(text, language), known_names, language)
    asked_words = _asked_words(text, language)
    grammar = language.succession
    return Question(
        text=text,
        words=asked_words,
        names=frozenset(word for word in asked_words if _is_name(word, text, language, known_names)),
        owned=frozenset(_owned(text, asked_words, language)),
        nouns=frozenset(_nouns(text, asked_words, language)),
        measure=_measure(text, asked_words, language),
        identifiers=_identifiers(text, language),
        times=frozenset(_time_stems(text, language)),
        kind=frozenset(_kind(text, asked_words, language)),
        asks_when=matches_any("asks_when", text),
        asks_count=matches_any("asks_count", text) and not matches_any("asks_often", text),
        asks_place=matches_any("asks_place", text),
        asks_called=matches_any("asks_called", text),
        asks_work=matches_any("asks_work", text),
        asks_speaker=grammar is not None and _asks_speaker(text, language, grammar),
    )


def _asks_speaker(text: str, language: Language, grammar: SuccessionGrammar) -> bool:
    """Tells whether a question asks after its speaker, by a pronoun, or by the form of the verb behind what asks
    ("¿Dónde trabajo?")."""
    if compiled(grammar.own).search(text):
        return True
    if language.elided:  # "où j'habite"
        text = compiled(rf"\b({language.elided})['’](?=\w)").sub(r"\1 ", text)
    is_speaker = compiled(grammar.speakers).fullmatch
    if any(is_speaker(token.written) for token in tokens_of(text, language, grammar)):
        return True
    if not grammar.speaker_verbs:
        return False
    is_verb = compiled(grammar.speaker_verbs).fullmatch
    before = ""
    for match in _WORD.finditer(text):
        # Behind an article or a preposition it is a noun ("el trabajo").
        is_noun = bool(before) and compiled(
            rf"{language.determiners}|\b(?:{grammar.prepositions}) "
        ).fullmatch(before)
        if match.group().islower() and not is_noun and is_verb(match.group()):
            return True
        before = f"{match.group()} "
    return False


def is_about_another(question: Question, claim: Claim, speaker: Set[str]) -> bool:
    """Tells whether a claim is about somebody, or something of somebody's, whom the question does not ask after: the
    speaker's sister where it asks after the speaker, Ines's friend where it asks after Ines. `speaker` are the stems
    of the name of who said it."""
    if not claim.about or claim.involves_speaker:
        is_of_speaker = question.asks_speaker and not question.names | question.owned
        return is_of_speaker and not claim.about and bool(claim.subject & SOMEBODY)
    stems = {word.stem for word in question.words}
    named = {word.stem for word in question.names | question.owned} - speaker
    asked = stems - speaker
    if claim.owner_names and not claim.owner_names & stems:
        return True
    if claim.owner_names & named and not question.owned:
        return not (claim.about - claim.owner) & asked
    numbers = {token.form for token in claim.tokens if token.kind == "number"}  # "Down to three hives"
    if not (question.asks_speaker or stems & speaker) or not claim.about - asked - numbers:
        return False
    if named:  # "Ilse keeps her passport here", but not "Ilse is my boss"
        is_named = bool(claim.names & claim.about) and not matches_any("first_person", claim.text)
        # "How do I take my coffee?", "My sister takes her coffee with sugar"
        is_others = question.asks_speaker and claim.of_another
        return (is_named or is_others) and not claim.about & asked
    return bool("<speaker>" in claim.owner or claim.names & claim.about or claim.verb in asked)


def bare(word: Word) -> str:
    """Returns a word without a possessive ending, casefolded."""
    return _POSSESSIVE.sub("", word.text).casefold()


def is_read_by_character(text: str, language: Language) -> bool:
    """Tells whether `text` is compared character by character: of a script without blanks, in a language whose
    grammar says which characters carry no meaning."""
    return is_unspaced(text) and not language.stemmer and language.succession is not None


def _asked_words(text: str, language: Language) -> tuple[Word, ...]:
    asking = [match.span() for match in compiled(language.question_words).finditer(text)]
    # When something was is told by when it was said as well.
    asking += [(time.start, time.end) for time in _times(text, language)]
    if is_read_by_character(text, language):
        candidates = [
            *_characters(text, language),
            *(word for word in words(text, language) if word.text.isascii()),
        ]
    else:
        candidates = words(text, language)
    return tuple(
        word
        for word in candidates
        if word.stem and not any(start <= word.start < end for start, end in asking)
    )


def _characters(text: str, language: Language) -> list[Word]:
    """Returns the characters that carry meaning: pairs of them, as `words` gives them, are mostly no words."""
    grammar = language.succession
    if grammar is None:
        return []
    unsaid = (grammar.pronouns, grammar.copulas, grammar.prepositions, grammar.places, grammar.speakers)
    content_text = compiled(f"{grammar.light}|{grammar.epithets}").sub(
        lambda match: " " * len(match.group()), text
    )
    return [
        Word(match.group(), match.start(), match.end(), match.group())
        for match in _HAN.finditer(content_text)
        if not any(compiled(pattern).fullmatch(match.group()) for pattern in unsaid if pattern)
    ]


def _is_name(word: Word, text: str, language: Language, known_names: Set[str]) -> bool:
    """Tells whether a word names somebody or something: by what is known, or by a capital that begins no sentence."""
    grammar = language.succession
    if grammar is not None and compiled(grammar.times).fullmatch(word.text.lower()):
        return False
    is_first = not text[: word.start].strip(" ¿¡\"'“«")
    return bare(word) in known_names or (
        word.text[0].isupper() and not language.noun_capitals and not is_first
    )


def _nouns(text: str, asked_words: tuple[Word, ...], language: Language) -> Iterator[Word]:
    determiner = compiled(rf"(?:{language.determiners})$" if language.determiners else "")
    for word in asked_words:
        before = text[max(0, word.start - _LONGEST_DETERMINER) : word.start]
        is_capital = language.noun_capitals and word.text[0].isupper()
        if (is_capital or determiner.search(before)) and not _says_what_is_asked(
            text[: word.start], language
        ):
            yield word


def _says_what_is_asked(before: str, language: Language) -> bool:
    """Tells whether the word behind `before` says what is asked for: after a question word, or one and "is the"."""
    copulas = language.succession.copulas if language.succession is not None else ""
    if not language.question_words or not copulas:
        return False
    lead = rf"(?:{language.question_words})\W*(?:\b(?:{copulas})\W+)?(?:{language.determiners})?$"
    return compiled(lead).search(before) is not None


def _owned(text: str, asked_words: tuple[Word, ...], language: Language) -> list[Word]:
    owned = [
        each
        for owner, word in pairwise(asked_words)
        for each in (owner, word)
        if _POSSESSIVE.search(owner.text) and not text[owner.end : word.start].strip()
    ]
    grammar = language.succession
    if grammar is None or is_read_by_character(text, language):
        return owned
    for match in compiled(grammar.own).finditer(text):
        owned += [word for word in asked_words if word.start >= match.end()][:1]
    return owned


def _measure(text: str, asked_words: tuple[Word, ...], language: Language) -> Word | None:
    match = compiled(language.asks_measure).search(text)
    return next((word for word in asked_words if match is not None and word.start == match.end()), None)


def _kind(text: str, asked_words: tuple[Word, ...], language: Language) -> Iterator[Word]:
    match = compiled(language.asks_kind).search(text)
    end = match.end() if match is not None else len(text)
    for word in asked_words:
        if word.start >= end and not text[end : word.start].strip():
            end = word.end
            yield word


def _identifiers(text: str, language: Language) -> tuple[str, ...]:
    """Returns the numbers of several parts that are no dates."""
    if not _IDENTIFIER.search(text):
        return ()
    times = _times(text, language)
    return tuple(
        match.group()
        for match in _IDENTIFIER.finditer(text)
        if not any(time.start < match.end() and match.start() < time.end for time in times)
    )


def _time_stems(text: str, language: Language) -> Iterator[str]:
    times = _times(text, language)
    for word in words(text, language):
        if word.stem and any(time.start <= word.start < time.end for time in times):
            yield word.stem


def _times(text: str, language: Language) -> list[TimeMention]:
    return enriched("times", text, [], find_times, text, _ANY_DAY, language)
