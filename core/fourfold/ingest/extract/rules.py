"""The built-in extractor: statements out of pieces of text, without a language model.

Each sentence that says something is a statement, with a network, a modality and a time of its own (`spans`). The
agent's own turns are experience, first-person judgements are belief, all else is world. Names are found by their
capitals, times by `fourfold.language.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from fourfold.ingest.extract.spans import statement_spans
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.ingest.long_work import until_cancelled, with_progress
from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.modality import confidence_of, modality_of
from fourfold.language.name_words import common_words, is_noun
from fourfold.language.pack import Language
from fourfold.language.text import asking
from fourfold.language.voices import borrowed_spans
from fourfold.ports import Progress
from fourfold.values.chunks import Piece
from fourfold.values.units import Modality, Network


def extract(
    pieces: Sequence[Piece],
    language: Language,
    known_names: Collection[str] = (),
    progress: Progress | None = None,
) -> list[Statement]:
    """Returns the statements of the pieces, in order. `known_names` are casefolded names that need no further proof
    to be names. What the agent said stays whole: all of it is experience, and its long turns would be many units.
    `progress` is called with (done, total) statements."""
    spans = [_spans(piece, language) for piece in until_cancelled(pieces)]
    parts = [
        replace(piece, text=piece.text[a:b], start=piece.start + a, end=piece.start + b)
        for piece, spans_of_piece in zip(pieces, spans, strict=True)
        for a, b in spans_of_piece
    ]
    passages = [
        (piece.text if len(spans_of_piece) > 1 else "", start)
        for piece, spans_of_piece in zip(pieces, spans, strict=True)
        for start, _ in spans_of_piece
    ]
    described = describe(parts, language, known_names, progress)
    return [
        _borrowed(replace(statement, passage=passage, passage_start=start))
        for statement, (passage, start) in zip(described, passages, strict=True)
    ]


def _borrowed(statement: Statement) -> Statement:
    """Returns the statement as a quotation where it stands in a part of its passage that is not said for its speaker:
    in a draft, say, whose beginning is another sentence."""
    end = statement.passage_start + len(statement.text)
    passage = statement.passage or statement.text
    spans = enriched("voices", passage, (), borrowed_spans, passage)
    is_borrowed = any(a < end and statement.passage_start < b for a, b in spans)
    if statement.modality is not Modality.FACT or not is_borrowed:
        return statement
    network = Network.WORLD if statement.network is Network.BELIEF else statement.network
    return replace(statement, modality=Modality.QUOTE, network=network, confidence=None)


def _spans(piece: Piece, language: Language) -> list[tuple[int, int]]:
    whole = [(0, len(piece.text))]
    if piece.role in _AGENT_ROLES:
        return whole
    return enriched("statements", piece.text, whole, statement_spans, piece.text, language)


def describe(
    pieces: Sequence[Piece],
    language: Language,
    known_names: Collection[str] = (),
    progress: Progress | None = None,
) -> list[Statement]:
    """Returns one statement a piece, in order, however much it says; see `extract`."""
    vouched = {p.speaker.casefold() for p in pieces if p.speaker}
    vouched.update(
        *(enriched("names", p.text, set[str](), _inside_sentences, p.text, language) for p in pieces)
    )
    return [
        _statement(piece, language, lambda name: name in vouched or name in known_names)
        for piece in with_progress(pieces, len(pieces), progress)
    ]


_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’&.-]*[\w]|[A-ZÀ-ÖØ-Þ]"
_TITLE = r"(?:Dr|Prof|Mr|Mrs|Ms|Mx|Mme|Mlle|Sra?|Srta|Hr|Fr|St)\.\s+"
"""A title whose point ends no sentence."""
_NAME = re.compile(
    rf"(?:{_TITLE}){{0,2}}(?:{_CAPITAL})(?:\s+(?:(?:of|de|van|von|the|la|le|du|da|bin|al)\s+)*(?:{_CAPITAL}|\d+))*"
)
_BEFORE_SENTENCE = '.!?…:;\n"“”([-'
_AGENT_ROLES = ("assistant", "tool")
"""Roles of what the agent itself says and does."""


def _statement(piece: Piece, language: Language, vouched: Callable[[str], bool]) -> Statement:
    # A question gives a time that is asked about, not one at which something was.
    is_question = enriched("modality", piece.text, 0.0, asking, piece.text) >= 1
    times = (
        [] if is_question else enriched("times", piece.text, [], find_times, piece.text, piece.at, language)
    )
    speaker = (piece.speaker,) if piece.speaker else ()
    names = enriched("names", piece.text, speaker, _names, piece, language, vouched)
    network, confidence = _classify(piece, language)
    return Statement(
        text=piece.text,
        key=str(piece.start),
        messages=(piece.message,),
        at=piece.at,
        network=network,
        speaker=piece.holder,
        start=piece.start,
        end=piece.end,
        mentions=tuple(Mention(name) for name in names),
        occurred=times[0].interval if times else None,
        confidence=confidence,
        modality=enriched("modality", piece.text, Modality.FACT, modality_of, piece.text, language),
    )


def _classify(piece: Piece, language: Language) -> tuple[Network, float | None]:
    """Returns the network of a piece, and how sure its speaker is where it is a belief."""
    if piece.role in _AGENT_ROLES:
        return Network.EXPERIENCE, None
    confidence = enriched("confidence", piece.text, None, confidence_of, piece.text, language)
    return (Network.WORLD if confidence is None else Network.BELIEF), confidence


def _names(piece: Piece, language: Language, vouched: Callable[[str], bool]) -> tuple[str, ...]:
    """Returns the speaker, then the names in the text. A capital at the start of a sentence proves nothing: such a
    word counts if it is vouched for, or if it begins a name of several words."""
    names = [piece.speaker] if piece.speaker else []
    for match in _NAME.finditer(piece.text):
        name, start = _trimmed(match, language)
        if not vouched(name.casefold()):
            name = _without_noun(piece.text, start, name, language)
        if not name:
            continue
        starts = _begins_sentence(piece.text, match.start()) and start == match.start()
        greeting, _, rest = name.partition(" ")
        if starts and vouched(rest.casefold()) and not vouched(greeting.casefold()):
            name, starts = rest, False  # "Morning Melanie!"
        if not starts or vouched(name.casefold()) or " " in name:
            names.append(name)
    return tuple(dict.fromkeys(names))


def _without_noun(text: str, start: int, name: str, language: Language) -> str:
    """Returns a name, which begins at `start`, without a noun that has its capital as any noun has: "mein Hund
    Bruno", "drei kleine Kinder"."""
    return name.partition(" ")[2] if is_noun(text, start, language) else name


def _trimmed(match: re.Match[str], language: Language) -> tuple[str, int]:
    """Returns the name in a match, and where in the text it begins: leading and trailing words that are no part of
    a name go, and a possessive 's; whatever blanks stand between its words become one. "" where nothing is left."""
    no_names = common_words(language)
    words = list(re.finditer(r"\S+", match.group()))
    while words and _fold(words[0].group()) in no_names:
        words.pop(0)
    while words and _fold(words[-1].group()) in no_names:
        words.pop()
    start = match.start() + (words[0].start() if words else 0)
    name = re.sub(r"['’]s?$", "", " ".join(word.group() for word in words))
    return (name if len(name) > 1 and not name.isdigit() else ""), start


def _fold(word: str) -> str:
    return word.casefold().replace("’", "'")


def _begins_sentence(text: str, start: int) -> bool:
    """Tells whether what begins at `start` is the first word of a sentence or a quotation."""
    before = start
    while before and text[before - 1].isspace():
        before -= 1
    return before == 0 or text[before - 1] in _BEFORE_SENTENCE or "\n" in text[before:start]


def _inside_sentences(text: str, language: Language) -> set[str]:
    """Returns the casefolded names that occur with a capital within a sentence somewhere: there it proves a name."""
    names = set()
    for match in _NAME.finditer(text):
        name, start = _trimmed(match, language)
        if not _begins_sentence(text, match.start()):
            names.add(_without_noun(text, start, name, language).casefold())
    return names - {""}
