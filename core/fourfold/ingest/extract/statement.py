"""The statements that an extractor makes of a text, before they are units of a bank."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from fourfold.language.enrichment import enriched
from fourfold.language.pack import Language
from fourfold.language.succession.beside import VAGUE
from fourfold.language.succession.reading import read_claims
from fourfold.language.text import sentences
from fourfold.language.voices import request_end
from fourfold.values.statements import Kind
from fourfold.values.units import Aspects, Interval, Modality, Network


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it was written, not yet resolved, with other forms of it in the same text and the kind of thing."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the heads say of one sentence, at `[start, end)` of the statement that it is a part of (`heads`)."""

    start: int
    end: int
    kind: Kind
    network: Network
    modality: Modality
    is_lasting: bool
    family: str
    confidence: float | None
    salience: float | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `messages` are the ids of those that say it, `at` when (None: nobody knows); `[start, end)` its
    place in the first one; `key` tells it from others of the same messages; `causes` are the places, in the list it
    comes in, of what brought it about. One that stands `alone` is understood without what was said before it, and
    carries nothing of that. `passage` is the text that it is a part of, from the character `passage_start` on, ""
    where it is all of it. `ended_at` is when it ceased to hold, None where nobody says that it did. `kind`,
    `is_lasting`, `family`, `salience` and `telling` are as in `Unit`; `readings` is what the heads say of each of its
    sentences."""

    text: str
    key: str
    messages: tuple[str, ...]
    at: datetime | None
    network: Network
    speaker: str | None = None
    start: int = 0
    end: int = 0
    mentions: tuple[Mention, ...] = ()
    occurred: Interval | None = None
    confidence: float | None = None
    modality: Modality = Modality.FACT
    aspects: Aspects = field(default_factory=Aspects)
    causes: tuple[int, ...] = ()
    chunk: str = ""
    pending: bool = False
    alone: bool = False
    passage: str = ""
    passage_start: int = 0
    ended_at: datetime | None = None
    kind: Kind = Kind.STATEMENT
    is_lasting: bool = False
    family: str = ""
    salience: float | None = None
    telling: tuple[int, int] | None = None
    readings: tuple[Reading, ...] = ()


def is_plainly_said(statement: Statement, language: Language) -> bool:
    """Tells whether nothing in the message of a statement makes it doubtful that its speaker says it of himself: it
    is of one line, quotes and asks nothing, asks for no text, and whatever else it says is a claim of its own, not a
    remark on the statement ("That's what Tom wrote.", "Please translate that.")."""
    passage = statement.passage or statement.text
    if _DOUBTFUL.search(passage):
        return False
    start, end = statement.passage_start, statement.passage_start + len(statement.text)
    request = enriched("voices", passage, None, request_end, passage)
    if request is not None and end > request:
        return False
    others = [passage[a:b] for a, b in sentences(passage) if b <= start or a >= end]
    return all(enriched("voices", other, False, _is_claim_of_its_own, other, language) for other in others)


def _is_claim_of_its_own(sentence: str, language: Language) -> bool:
    claims = read_claims(sentence, language)
    return bool(claims) and all(claim.subject and not claim.subject & VAGUE for claim in claims)


_DOUBTFUL = re.compile(r"[\"“”„«»‹›「」『』《》?？؟]|\n\s*\S")
