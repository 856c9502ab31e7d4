"""The statements that an extractor makes of a text, before they are units of a bank."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fourfold.language.enrichment import enriched
from fourfold.language.voices import request_end
from fourfold.values.units import Aspects, Interval, Modality, Network


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as it was written, not yet resolved, with other forms of it in the same text and the kind of thing."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `messages` are the ids of those that say it, `at` when (None: nobody knows); `[start, end)`
    its place in the first one; `key` tells it from others of the same messages; `causes` are the places, in the
    list it comes in, of what brought it about. One that stands `alone` is understood without what was said before
    it, and carries nothing of that. `passage` is the text that it is a part of, from the character `passage_start`
    on, "" where it is all of it. `ended_at` is when it ceased to hold, None where nobody says that it did."""

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


def is_behind_request(statement: Statement) -> bool:
    """Tells whether a statement stands behind a request for a text in its message: "I" in it may be somebody else."""
    passage = statement.passage or statement.text
    end = enriched("voices", passage, None, request_end, passage)
    return end is not None and statement.passage_start + len(statement.text) > end
