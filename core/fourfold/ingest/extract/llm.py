"""Extracts with a language model: statements out of a chunk, and the checks on what the model wrote.

A model's answer is not trusted: statements must trace to messages, dates must be dates, entities must stand in the
text, causes must be there. What fails a check is left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, ValidatorFunctionWrapHandler, field_validator

from fourfold import prompts
from fourfold.errors import InputError, ModelLengthError, ModelOutputError
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.language.dates import day_of, find_times, months_of, written_weekday
from fourfold.language.enrichment import enriched
from fourfold.language.modality import modality_of
from fourfold.language.pack import Language
from fourfold.language.text import clean, normalise
from fourfold.models.structured import acceptable_items
from fourfold.ports import LanguageModel, PromptMessage
from fourfold.values.chunks import Chunk, Piece, said
from fourfold.values.units import LONGEST_TEXT, Aspects, Interval, Modality, Network

_FARTHEST_YEARS = 150
"""Years between a date and the message that names it, beyond which the date is taken for an error; a guess."""
_UNSURE = 0.7
"""Confidence of a belief for which the model gave none; a guess, not measured."""
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?$")


class FoundEntity(BaseModel):
    """An entity as the model names it."""

    name: str
    kind: Literal["person", "organization", "place", "thing", "event", "term"] = "term"
    aliases: list[str] = Field(default_factory=list)

    @field_validator("kind", mode="wrap")
    @classmethod
    def _lenient(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        return _or(value, accept, "term")


class FoundStatement(BaseModel):
    """A statement as the model writes it; see `prompts/extract.md`."""

    text: str
    network: Literal["world", "experience", "belief"] = "world"
    modality: Literal["fact", "plan", "wish", "hypothetical", "question", "quote"] | None = "fact"
    messages: list[int] = Field(default_factory=list)
    who: str = ""
    what: str = ""
    when: str = ""
    where: str = ""
    why: str = ""
    occurred_from: str | None = None
    occurred_to: str | None = None
    entities: list[FoundEntity] = Field(default_factory=list)
    confidence: float | None = None
    causes: list[int] = Field(default_factory=list)

    @field_validator("who", "what", "when", "where", "why", "network", "modality", mode="wrap")
    @classmethod
    def _lenient(cls, value: Any, accept: ValidatorFunctionWrapHandler, info: Any) -> Any:
        return _or(value, accept, {"network": "world", "modality": None}.get(info.field_name, ""))

    @field_validator("occurred_from", "occurred_to", "confidence", mode="wrap")
    @classmethod
    def _optional(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        return _or(
            str(value) if isinstance(value, int) and not isinstance(value, bool) else value, accept, None
        )

    @field_validator("messages", "entities", "causes", mode="wrap")
    @classmethod
    def _listed(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        return acceptable_items(value, accept)


class Extraction(BaseModel):
    """The statements of one chunk."""

    statements: list[FoundStatement]

    @field_validator("statements", mode="wrap")
    @classmethod
    def _listed(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        statements = acceptable_items(value, accept)
        if value and not statements:
            raise ValueError("none of the statements can be read")
        return statements


@dataclass(frozen=True, slots=True)
class Read:
    """What a model made of a chunk: statements in order, and what was left out, by reason."""

    statements: tuple[Statement, ...]
    dropped: Mapping[str, int]


async def read_chunk(model: LanguageModel, chunk: Chunk, language: Language) -> Read:
    """Returns the statements of `chunk`, which is in `language`. Where the chunk, or the answer, is too long for the
    model, its halves are read.

    Raises what `LanguageModel.ask` raises, and `ModelOutputError` where nothing of an answer can be used.
    """
    try:
        answer = await model.ask(turns(chunk), Extraction)
    except ModelLengthError:
        halves = chunk.halves()
        if halves is None:
            raise
        first_half, second_half = [await read_chunk(model, half, language) for half in halves]
        return _joined(first_half, second_half)
    return checked(answer.value, chunk, language)


def turns(chunk: Chunk) -> list[PromptMessage]:
    """Returns the messages of the question that a model is asked about `chunk`."""
    said_at = chunk.pieces[0].at
    day = "" if said_at is None else written_weekday(said_at)
    return prompts.extraction(day, chunk.context, chunk.before, [said(piece) for piece in chunk.pieces])


def checked(extraction: Extraction, chunk: Chunk, language: Language) -> Read:
    """Returns what of `extraction` can be traced to the text it came from. Raises `ModelOutputError` where nothing
    can."""
    dropped: Counter[str] = Counter()
    text = _searchable(chunk)
    places: dict[int, int] = {}
    accepted: list[tuple[FoundStatement, Statement]] = []
    for number, draft in enumerate(extraction.statements, 1):
        statement = _statement(draft, chunk, text, language, dropped)
        if statement is not None:
            places[number] = len(accepted)
            accepted.append((draft, statement))
    if extraction.statements and not accepted:
        raise ModelOutputError(
            f"None of the model's {len(extraction.statements)} statements can be traced to the text."
        )
    statements = []
    for place, (draft, statement) in enumerate(accepted):
        causes = {places[number] for number in draft.causes if number in places} - {place}
        dropped["cause"] += len(set(draft.causes)) - len(causes)
        statements.append(replace(statement, causes=tuple(sorted(causes))))
    return Read(tuple(statements), {reason: n for reason, n in dropped.items() if n})


def _statement(
    draft: FoundStatement, chunk: Chunk, text: str, language: Language, dropped: Counter[str]
) -> Statement | None:
    statement_text = " ".join(clean(draft.text).split())
    if not statement_text or len(statement_text) > LONGEST_TEXT:
        dropped["empty"] += 1
        return None
    pieces = _pieces(draft.messages, chunk)
    if not pieces:
        dropped["source"] += 1
        return None
    first_piece = pieces[0]
    network = Network(draft.network)
    unsure = _UNSURE if draft.confidence is None else draft.confidence
    modality = (
        Modality(draft.modality)
        if draft.modality
        else enriched("modality", statement_text, Modality.FACT, modality_of, statement_text, language)
    )
    return Statement(
        text=statement_text,
        key=normalise(statement_text),
        messages=tuple(dict.fromkeys(piece.message for piece in pieces)),
        at=first_piece.at,
        network=network,
        speaker=first_piece.holder,
        start=first_piece.start,
        end=first_piece.end,
        mentions=_mentions(draft, first_piece, text, dropped),
        occurred=_occurred(draft, first_piece.at, modality, language, dropped),
        confidence=min(1.0, max(0.0, unsure)) if network is Network.BELIEF else None,
        modality=modality,
        aspects=Aspects(draft.who, draft.what, draft.when, draft.where, draft.why),
        chunk=chunk.id,
    )


def _pieces(numbers: Sequence[int], chunk: Chunk) -> list[Piece]:
    """Returns the pieces of those numbers; the only one, where there is only one: a model may leave its number
    out."""
    if len(chunk.pieces) == 1:
        return list(chunk.pieces)
    return [chunk.pieces[n - 1] for n in dict.fromkeys(numbers) if 1 <= n <= len(chunk.pieces)]


def _mentions(
    draft: FoundStatement, first_piece: Piece, text: str, dropped: Counter[str]
) -> tuple[Mention, ...]:
    """Returns the entities that stand in the text, the speaker first."""
    mentions: dict[str, Mention] = {}
    for entity in draft.entities:
        forms = [
            name for name in dict.fromkeys(map(_name, (entity.name, *entity.aliases))) if _stands(name, text)
        ]
        if not forms or forms[0] != _name(entity.name):
            dropped["entity"] += 1
        if forms:
            mentions.setdefault(forms[0].casefold(), Mention(forms[0], tuple(forms[1:]), entity.kind))
    if first_piece.speaker and not any(
        first_piece.speaker.casefold() in _forms(mention) for mention in mentions.values()
    ):
        return (Mention(first_piece.speaker, kind="person"), *mentions.values())
    return tuple(mentions.values())


def _forms(mention: Mention) -> set[str]:
    return {name.casefold() for name in (mention.name, *mention.aliases)}


def _name(name: str) -> str:
    return " ".join(clean(name).split())[:200]


def _stands(name: str, text: str) -> bool:
    """Returns whether a name stands in the text, as words of their own; punctuation and case ignored. In a script
    without blanks anything that stands there may be a word."""
    normalised = normalise(name)
    return bool(normalised) and (
        f" {normalised} " in text or (not normalised.isascii() and normalised in text)
    )


def _searchable(chunk: Chunk) -> str:
    lines = [*chunk.before, chunk.context, *(said(piece) for piece in chunk.pieces)]
    normalised = normalise("\n".join(lines).replace("’s", " ").replace("'s", " "))
    return f" {normalised} "


def _occurred(
    draft: FoundStatement, at: datetime | None, modality: Modality, language: Language, dropped: Counter[str]
) -> Interval | None:
    """Returns the interval the model gives, days included; else the time that the statement's own words name."""
    dates = [date for date in (draft.occurred_from, draft.occurred_to) if date]
    start, end = (_day(date, at) for date in (draft.occurred_from, draft.occurred_to))
    if any(span is None for span in (_day(date, at) for date in dates)):
        dropped["date"] += 1
    elif start or end:
        lower, upper = (start and start[0]), (end and end[1])
        if start and not end and (len(str(draft.occurred_from)) < 10 or not _goes_on(draft)):
            upper = start[1]
        try:
            if lower is None or upper is None or lower < upper:
                return Interval(lower, upper)
        except InputError:  # of a message at the edge of the calendar
            pass
        dropped["date"] += 1
    if modality is Modality.QUESTION:
        return None
    when = draft.when or draft.text
    times = enriched("times", when, [], find_times, when, at, language)
    return times[0].interval if times else None


def _goes_on(draft: FoundStatement) -> bool:
    return (
        re.search(r"\b(?:since|still|ongoing|from now on|until)\b", f"{draft.when} {draft.text}", re.I)
        is not None
    )


def _day(date: str | None, at: datetime | None) -> tuple[datetime, datetime] | None:
    """Returns the day, month or year that an ISO date names; None if it names none near enough to when it was
    said; of what was said nobody knows when, any is."""
    match = _DATE.match((date or "").strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        assert year is not None
        at = at or datetime(year, 1, 1, tzinfo=UTC)
        if abs(year - at.year) > _FARTHEST_YEARS:
            return None
        if month is None:
            return months_of(at, year, 1, 12)
        if day is None:
            return months_of(at, year, month, 1)
        return day_of(datetime(year, month, day, tzinfo=at.tzinfo))
    except ValueError:
        return None


def _joined(first_half: Read, second_half: Read) -> Read:
    """Returns the statements of both halves; causes are places in the list, so those of the second move."""
    moved = len(first_half.statements)
    later = (replace(s, causes=tuple(c + moved for c in s.causes)) for s in second_half.statements)
    return Read((*first_half.statements, *later), Counter(first_half.dropped) + Counter(second_half.dropped))


def _or(value: Any, accept: ValidatorFunctionWrapHandler, otherwise: Any) -> Any:
    """Returns the value where it is acceptable, in lower case where that makes it so, else `otherwise`: one odd
    field is no reason to lose a statement that was paid for."""
    for attempt in (value, value.strip().lower() if isinstance(value, str) else None):
        try:
            return accept(attempt)
        except ValidationError:
            continue
    return otherwise
