"""Summaries of entities: sentences, each with the units that say it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.values.beliefs import USER
from fourfold.values.units import Entity, Unit, evidence_links


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a summary, and the ids of the units that say it."""

    text: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of an entity, from facts alone: a unit of the network `summary`, sentence by sentence.
    `extract` says that the sentences are quoted; else a language model wrote them."""

    unit: Unit
    sentences: tuple[Sentence, ...]
    extract: bool

    @property
    def entity(self) -> str:
        """Whom or what it is about."""
        return self.unit.entities[0]

    @property
    def text(self) -> str:
        """All of it."""
        return self.unit.text

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the units it rests on."""
        return tuple(dict.fromkeys(unit for sentence in self.sentences for unit in sentence.evidence))

    def is_of_user_beside(self, entity: Entity | None) -> bool:
        """Whether it is the summary of a user who is nowhere named, whom `entity`, of the same name, is not: a class
        "User" in somebody's code, say, but not a speaker who is called "user"."""
        return self.entity == USER and (entity is None or entity.name != USER)

    def of(self, sentences: tuple[Sentence, ...], at: datetime) -> Summary:
        """The same summary made of these sentences, at that moment."""
        text = "\n".join(sentence.text for sentence in sentences)
        evidence = dict.fromkeys(unit for sentence in sentences for unit in sentence.evidence)
        unit = replace(self.unit, text=text, recorded_at=at, mentioned_at=at, links=evidence_links(evidence))
        return Summary(unit, sentences, self.extract)
