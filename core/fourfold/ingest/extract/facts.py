"""Checks facts that come stated, and makes of them the statements that an extractor would make of a text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from fourfold.errors import InputError
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.modality import confidence_of, modality_of
from fourfold.language.pack import Language
from fourfold.language.text import asking, clean
from fourfold.values.units import (
    LONGEST_NAME,
    LONGEST_TEXT,
    Fact,
    Message,
    Modality,
    Network,
    require_aware,
)

_MOST_NAMES = 50
"""Entities of a fact; a guess. The entities of one fact are all neighbours of each other."""
_UNSURE = 0.7
"""Confidence of a belief that says nothing of how sure it is; a guess, not measured."""


def read_facts(fact_list: Iterable[Fact]) -> dict[str, Fact]:
    """Returns the facts by the id of the message that says each: made from what it says, so that a fact has the
    same one on every run. Raises `InputError` for what cannot be used."""
    facts: dict[str, Fact] = {}
    for number, fact in enumerate(fact_list):
        _check(fact, number)
        facts[_id(fact)] = fact
    if not facts:
        raise InputError("There is nothing to retain: the list of facts is empty.")
    return facts


def messages_of(facts: Mapping[str, Fact]) -> list[Message]:
    """Returns one message a fact, which says that and no more."""
    return [
        Message(f.text, f.speaker, "assistant" if f.network is Network.EXPERIENCE else "user", f.at, id)
        for id, f in facts.items()
    ]


def statements_of_facts(
    messages: Sequence[Message], facts: Mapping[str, Fact], language: Language
) -> list[Statement]:
    """Returns the statements of those facts that `messages` say."""
    return [_statement(message, facts[str(message.id)], language) for message in messages]


def _statement(message: Message, fact: Fact, language: Language) -> Statement:
    occurred = fact.occurred
    if occurred is None and enriched("modality", message.text, 0.0, asking, message.text) < 1:
        times = enriched("times", message.text, [], find_times, message.text, message.known_time, language)
        occurred = times[0].interval if times else None
    confidence = fact.confidence
    if fact.network is Network.BELIEF and confidence is None:
        confidence = (
            enriched("confidence", message.text, None, confidence_of, message.text, language) or _UNSURE
        )
    names = dict.fromkeys(filter(None, (message.speaker, *(_name(name) for name in fact.entities))))
    return Statement(
        text=message.text,
        key="0",
        messages=(str(message.id),),
        at=message.known_time,
        network=fact.network,
        speaker=message.speaker,
        end=len(message.text),
        mentions=tuple(map(Mention, names)),
        occurred=occurred,
        confidence=confidence,
        modality=fact.modality
        or enriched("modality", message.text, Modality.FACT, modality_of, message.text, language),
        alone=True,
        ended_at=fact.ended_at,
    )


def _id(fact: Fact) -> str:
    when = fact.occurred and (fact.occurred.start, fact.occurred.end)
    content = (
        fact.network,
        clean(fact.text),
        fact.speaker,
        fact.at,
        fact.confidence,
        when,
        tuple(fact.entities),
        *((fact.ended_at,) if fact.ended_at else ()),  # the ids of others stay as they were
    )
    return "fact-" + hashlib.sha256(repr(content).encode()).hexdigest()[:24]


def _name(name: str) -> str:
    return " ".join(clean(name).split())


def _check(fact: Fact, number: int) -> None:
    if not 1 <= len(clean(fact.text)) <= LONGEST_TEXT:
        raise InputError(
            f"Fact {number}: the text must have 1 to {LONGEST_TEXT:,} characters. Split a longer one."
        )
    if fact.network not in (Network.WORLD, Network.EXPERIENCE, Network.BELIEF):
        raise InputError(
            f"Fact {number}: the network must be world, experience or belief; summaries are made."
        )
    if fact.confidence is not None and fact.network is not Network.BELIEF:
        raise InputError(f"Fact {number}: only a belief has a confidence. Leave it out, or state a belief.")
    if fact.confidence is not None and not 0 <= fact.confidence <= 1:
        raise InputError(f"Fact {number}: the confidence is {fact.confidence}: give a number from 0 to 1.")
    require_aware(fact.ended_at, f"Fact {number}: ended_at")
    if len(fact.entities) > _MOST_NAMES:
        raise InputError(f"Fact {number}: entities must be a list of at most {_MOST_NAMES} names.")
    if not all(0 < len(_name(name)) <= LONGEST_NAME for name in fact.entities):
        raise InputError(f"Fact {number}: a name has 1 to {LONGEST_NAME} characters.")
