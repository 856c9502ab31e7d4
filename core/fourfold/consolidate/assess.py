"""New facts reassess the beliefs that share an entity with them: judged by a language model where there is one, by
rules otherwise. A fact moves a belief once, however often this is done."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio.to_thread
from pydantic import BaseModel, Field

from fourfold import prompts
from fourfold.consolidate.assess_rules import JudgedStatement, assess_by_rules
from fourfold.language.languages import Language
from fourfold.language.text import term_id, terms
from fourfold.models.structured import Acceptable
from fourfold.ports import Fields, LanguageModel, Point, Where
from fourfold.prompts.render import by_label, plain_label
from fourfold.schema.beliefs import read_belief
from fourfold.schema.records import place_of
from fourfold.schema.units import read_unit, speaker_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction, book_spending
from fourfold.values.beliefs import Belief, Effect
from fourfold.values.rendering import render_unit
from fourfold.values.units import Modality, Network, Unit

log = logging.getLogger(__name__)

Rest = Callable[[], None]
"""Called often: gives way to those who wait for an answer."""

_CASES_AT_ONCE = 20
_MOST_BELIEFS = 8
_BELIEFS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A belief and a fact that came after it, about the same entity; `shared` counts the words they have in
    common."""

    belief: Belief
    fact: Unit
    shared: int


@dataclass(frozen=True, slots=True)
class BeliefEffect:
    """What a fact does to a belief, by their ids, and why."""

    belief: str
    fact: str
    effect: Effect
    reason: str


class Assessed(BaseModel):
    """The model's verdict on one belief, by its label ("2b")."""

    label: str
    verdict: Literal["reinforce", "weaken", "contradict", "neutral"]
    reason: str = ""


class Assessments(BaseModel):
    """The model's verdicts on several cases."""

    verdicts: Acceptable[Assessed] = Field(default_factory=list)


async def assess(
    services: Services, bank: str, changed: Sequence[Point], model: LanguageModel | None, rest: Rest
) -> None:
    """Reassesses the beliefs that the units `changed` bear on. Raises what `LanguageModel.ask` raises, with what was
    judged by then done."""
    pairs = await anyio.to_thread.run_sync(_pairs, services, bank, changed, model is not None, rest)
    if not pairs:
        return
    language = services.indexes.get(bank).language
    if model is None:
        rulings = await anyio.to_thread.run_sync(_by_rules, pairs, language, rest)
        await anyio.to_thread.run_sync(_carry_out, services, bank, rulings, rest)
        return
    cases = _cases(pairs)
    for first in range(0, len(cases), _CASES_AT_ONCE):
        shown = cases[first : first + _CASES_AT_ONCE]
        asked = [(render_unit(fact), [render_unit(b.unit) for b in beliefs]) for fact, beliefs in shown]
        answer = await model.ask(prompts.assessment(asked), Assessments)
        rulings = _by_model(shown, answer.value)
        await anyio.to_thread.run_sync(_carry_out, services, bank, rulings, rest)


@dataclass(slots=True)
class _Held:
    """The beliefs of a bank, by the terms and the entities in them."""

    beliefs: list[tuple[tuple[float, int, str], Belief]] = field(default_factory=list)
    by_term: dict[int, list[int]] = field(default_factory=dict)
    by_entity: dict[str, list[int]] = field(default_factory=dict)

    def add(self, point: Point, language: Language) -> None:
        """Adds a belief as it lies in the store."""
        number, belief = len(self.beliefs), read_belief(point)
        self.beliefs.append((_place(point), belief))
        for term in _terms(point, language):
            self.by_term.setdefault(term, []).append(number)
        for entity in set(belief.unit.entities) - {belief.unit.speaker}:
            self.by_entity.setdefault(entity, []).append(number)

    def meets(self, point: Point, language: Language, by_entity: bool) -> list[Pair]:
        """The beliefs that were there before a fact, share an entity and a word with it (or, with `by_entity`, an
        entity that neither speaks), and were not moved by it yet."""
        fact, place = read_unit(point), _place(point)
        shared: Counter[int] = Counter()
        for term in _terms(point, language):
            shared.update(self.by_term.get(term, ()))
        if by_entity:
            others = set(fact.entities) - {fact.speaker}
            shared.update({number: 0 for entity in others for number in self.by_entity.get(entity, ())})
        found = []
        for number, words in sorted(shared.items()):
            before, belief = self.beliefs[number]
            new = before < place and fact.id not in belief.evidence
            if new and not set(fact.entities).isdisjoint(belief.unit.entities):
                found.append(Pair(belief, fact, words))
        return found


def _pairs(
    services: Services, bank: str, changed: Sequence[Point], by_entity: bool, rest: Rest
) -> list[Pair]:
    """The pairs to judge: every fact among `changed`, with the beliefs it may bear on, in the order the facts
    came."""
    facts = sorted((point for point in changed if _tells(point)), key=_place)
    where = Where(bank=bank, live=True, networks=(Network.BELIEF.value,))
    language, held = services.indexes.get(bank).language, _Held()
    for point in services.store.scan(where, Fields(terms=True)) if facts else ():
        held.add(point, language)
        rest()
    pairs: list[Pair] = []
    for point in facts if held.beliefs else ():
        pairs += held.meets(point, language, by_entity)
        rest()
    return pairs


def _terms(point: Point, language: Language) -> set[int]:
    """The ids of the terms in a unit's text, but for those of its speaker's name."""
    if point.terms is None:
        return set()
    speaker = {term_id(stem) for stem in terms(speaker_of(point) or "", language)}
    return set(point.terms.indices.tolist()) - speaker


def _tells(point: Point) -> bool:
    """Whether a unit holds and tells something. What concludes from other units is no news."""
    p = point.payload
    spoken = p["network"] != Network.BELIEF.value or bool(p["messages"])
    return p["retired_at"] is None and spoken and p["modality"] not in (Modality.QUESTION, Modality.QUOTE)


def _place(point: Point) -> tuple[float, int, str]:
    return *place_of(point), point.id


def _by_rules(pairs: Sequence[Pair], language: Language, rest: Rest) -> list[BeliefEffect]:
    rulings = []
    for pair in pairs:
        effect, reason = assess_by_rules(_said(pair.belief.unit), _said(pair.fact), language)
        if effect is not Effect.NEUTRAL:
            rulings.append(BeliefEffect(pair.belief.unit.id, pair.fact.id, effect, reason))
        rest()
    return rulings


def _said(unit: Unit) -> JudgedStatement:
    judgement = unit.network is Network.BELIEF and unit.speaker is not None
    return JudgedStatement(unit.text, unit.speaker, unit.modality, judgement, unit.entities)


def _cases(pairs: Sequence[Pair]) -> list[tuple[Unit, list[Belief]]]:
    """By fact, the beliefs it shares most words with."""
    by_fact: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_fact.setdefault(pair.fact.id, []).append(pair)
    nearest = (sorted(found, key=lambda pair: -pair.shared)[:_MOST_BELIEFS] for found in by_fact.values())
    return [(found[0].fact, [pair.belief for pair in found]) for found in nearest]


def _by_model(cases: Sequence[tuple[Unit, Sequence[Belief]]], answer: Assessments) -> list[BeliefEffect]:
    """The verdicts on what was shown; any other is left out."""
    shown = by_label(cases)
    rulings = []
    for judged in answer.verdicts:
        pair = shown.pop(plain_label(judged.label), None)
        if pair is None:
            log.warning("A verdict on %s, which was not asked about, is left out.", judged.label)
        elif judged.verdict != "neutral":
            fact, belief = pair
            reason = judged.reason or "the language model's judgement"
            rulings.append(BeliefEffect(belief.unit.id, fact.id, Effect(judged.verdict), reason))
    order = {fact.id: place for place, (fact, _) in enumerate(cases)}
    return sorted(rulings, key=lambda ruling: order[ruling.fact])


def _carry_out(services: Services, bank: str, rulings: Iterable[BeliefEffect], rest: Rest) -> None:
    """Moves the beliefs, a few in each write, so that nobody waits for long."""
    by_belief: dict[str, list[BeliefEffect]] = {}
    for ruling in rulings:
        by_belief.setdefault(ruling.belief, []).append(ruling)
    moved = list(by_belief.values())
    for first in range(0, len(moved), _BELIEFS_AT_ONCE):
        _move(services, bank, [ruling for one in moved[first : first + _BELIEFS_AT_ONCE] for ruling in one])
        rest()
    book_spending(services, bank)


def _move(services: Services, bank: str, rulings: Sequence[BeliefEffect]) -> None:
    """Moves beliefs, as they are by now, by the facts that still hold."""
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "reassess", derived=True)
        facts = {unit.id: unit for unit in transaction.read([ruling.fact for ruling in rulings])}
        points = {point.id: point for point in transaction.points([ruling.belief for ruling in rulings])}
        moving = _Moving({key: read_belief(point) for key, point in points.items()})
        for ruling in rulings:
            fact = facts.get(ruling.fact)
            if fact is not None and fact.retired_at is None:
                moving.take(ruling, fact, transaction)
        for belief in moving.moved.values():
            transaction.put_belief(belief)
        transaction.commit({})


@dataclass(slots=True)
class _Moving:
    """Beliefs on the move within one write."""

    held: dict[str, Belief]
    moved: dict[str, Belief] = field(default_factory=dict)

    def take(self, ruling: BeliefEffect, fact: Unit, transaction: Transaction) -> None:
        """Applies one ruling."""
        before = self.held.get(ruling.belief)
        if before is None or before.unit.retired_at is not None:
            return
        after = before.assessed(ruling.effect, fact, ruling.reason, transaction.now)
        if after is not before:
            self.held[ruling.belief] = self.moved[ruling.belief] = after
