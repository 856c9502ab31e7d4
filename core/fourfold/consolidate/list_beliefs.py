"""Lists the beliefs of a bank: what was said again in other words once, of a holder, of a topic in any words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fourfold.index.bank_index import BankIndex
from fourfold.language.enrichment import enriched
from fourfold.language.opinion import Opinion, opinion_of
from fourfold.language.pack import Language
from fourfold.language.text import clean, terms
from fourfold.models.packaged.minilm import meaning
from fourfold.ports import Where
from fourfold.schema.beliefs import read_belief
from fourfold.schema.records import UNIT
from fourfold.schema.units import read_unit
from fourfold.services import Services
from fourfold.values.beliefs import Belief, Restatement
from fourfold.values.units import Network, Unit

_NEAR_TOPIC = 0.45
"""Cosine of the packaged model's vectors of the words asked for and of a topic, from which on the belief bears on
them. Measured on tests/data/topics.jsonl (docs/adr/0025)."""
_READ_LANGUAGE = "en"
"""The language in which that tells something: in the others it found no more than chance there."""


@dataclass(frozen=True, slots=True)
class BeliefFilter:
    """Which beliefs are asked for; `Bank.beliefs` documents the fields."""

    about: str | None = None
    holder: str | None = None
    min_confidence: float = 0.0
    retired: bool = False


def list_beliefs(services: Services, bank: str, wanted: BeliefFilter) -> list[Belief]:
    """Returns the beliefs of a bank, most confident first; see `Bank.beliefs`."""
    with services.working_on(bank):
        where = Where(bank=bank, kind=UNIT, live=not wanted.retired, networks=(Network.BELIEF.value,))
        beliefs = _folded([read_belief(point) for point in services.store.scan(where)])
        index = services.indexes.get(bank)
        with index.lock:
            language = index.language
            entity = _name_of(index, wanted.about)
            holder = _name_of(index, wanted.holder)
        if wanted.holder is not None:
            holders = {name.casefold() for name in (wanted.holder, holder) if name is not None}
            beliefs = [belief for belief in beliefs if belief.holder.casefold() in holders]
        beliefs = [
            with_opinion(belief, language) for belief in beliefs if belief.confidence >= wanted.min_confidence
        ]
        if wanted.about is not None:
            about = clean(wanted.about)
            of_entity = [
                belief for belief in beliefs if entity is not None and entity in belief.unit.entities
            ]
            beliefs = of_entity or _on_topic(beliefs, about, language)
        beliefs = _with_restatements(services, beliefs)
    return sorted(beliefs, key=lambda belief: (-belief.confidence, belief.unit.recorded_at, belief.unit.id))


def described(services: Services, bank: str, beliefs: Sequence[Belief]) -> tuple[Belief, ...]:
    """Returns beliefs of a bank as `Bank.beliefs` lists them: with topic, stance and restatements."""
    if not beliefs:
        return ()
    index = services.indexes.get(bank)
    with index.lock:
        language = index.language
    return tuple(_with_restatements(services, [with_opinion(belief, language) for belief in beliefs]))


def with_opinion(belief: Belief, language: Language) -> Belief:
    """Returns a belief with its topic and its stance."""
    opinion = _opinion(belief, language)
    return belief if opinion is None else replace(belief, topic=opinion.topic, stance=opinion.stance)


def _opinion(belief: Belief, language: Language) -> Opinion | None:
    return enriched("beliefs", belief.statement, None, opinion_of, belief.statement, language)


def _folded(beliefs: Sequence[Belief]) -> list[Belief]:
    """Returns the beliefs without those that restate another one which is held still."""
    restating = {unit for belief in beliefs if belief.unit.retired_at is None for unit in belief.restated_by}
    return [belief for belief in beliefs if belief.unit.id not in restating]


def _name_of(index: BankIndex, name: str | None) -> str | None:
    """Returns the name of the entity that is called so, None where there is none."""
    entity = None if name is None else index.entity(name)
    return None if entity is None else entity.name


def _with_restatements(services: Services, beliefs: Sequence[Belief]) -> list[Belief]:
    ids = tuple(unit for belief in beliefs for unit in belief.restated_by)
    units = {point.id: read_unit(point) for point in services.store.scan(Where(ids=ids))} if ids else {}
    return [replace(belief, restatements=_restatements(belief, units)) for belief in beliefs]


def _restatements(belief: Belief, units: dict[str, Unit]) -> tuple[Restatement, ...]:
    own = belief.unit
    in_other_words = [
        Restatement(unit.id, unit.claim, time)
        for unit in (units[unit_id] for unit_id in belief.restated_by if unit_id in units)
        for time in unit.source.times or (unit.mentioned_at,)
    ]
    in_the_same = [Restatement(own.id, own.claim, time) for time in own.source.times[1:]]
    # A stable sort: those of an unknown time stay first, in the order in which they came.
    return tuple(
        sorted(
            (*in_the_same, *in_other_words),
            key=lambda each: (each.at is not None, each.at or own.recorded_at),
        )
    )


# of a topic ---------------------------------------------------------------------------------------------------


def _on_topic(beliefs: Sequence[Belief], about: str, language: Language) -> list[Belief]:
    """Returns the beliefs whose topic bears on the words `about`: by their stems, or by what the packaged model makes
    of both, whichever embedder the memory has: the bar was measured with that one."""
    asked = frozenset(enriched("words", about, [], terms, about, language))
    by_words = [_shares_words(belief, asked, language) for belief in beliefs]
    topics = [
        belief.topic
        for belief, is_found in zip(beliefs, by_words, strict=True)
        if not is_found and belief.topic
    ]
    near = _near(about, tuple(dict.fromkeys(topics)), language)
    return [b for b, is_found in zip(beliefs, by_words, strict=True) if is_found or b.topic in near]


def _shares_words(belief: Belief, asked: frozenset[str], language: Language) -> bool:
    """Whether the belief has all the words that are asked for, or these have all of its topic."""
    opinion = _opinion(belief, language)
    if opinion is None or not asked:
        return False
    topic = frozenset(terms(opinion.topic, language))
    words = topic | frozenset(terms(belief.statement, language))
    return asked <= words or (bool(topic) and topic <= asked)


def _near(about: str, topics: Sequence[str], language: Language) -> set[str]:
    if not topics or not about.strip() or language.code != _READ_LANGUAGE:
        return set()
    asked = meaning(about)
    return {topic for topic in topics if float(asked @ meaning(topic)) >= _NEAR_TOPIC}
