"""Reassesses beliefs by new facts that share an entity with them: a language model judges where there is one, rules
otherwise.

A fact moves a belief once, however often this is done: a belief's history names the facts that moved it.
"""

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
from fourfold.index.bank_index import BankIndex
from fourfold.language.enrichment import enriched
from fourfold.language.pack import Language
from fourfold.language.text import term_id, terms
from fourfold.models.structured import Acceptable
from fourfold.ports import Fields, LanguageModel, Point, Where
from fourfold.prompts.render import by_label, plain_label
from fourfold.schema.beliefs import read_belief
from fourfold.schema.records import place_of
from fourfold.schema.units import is_retired, messages_of, modality_of, network_of, read_unit, speaker_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction, book_spending
from fourfold.values.beliefs import Belief, Effect
from fourfold.values.rendering import render_unit
from fourfold.values.units import Modality, Network, Unit

log = logging.getLogger(__name__)

Yield = Callable[[], None]
"""Is called often by long work, so that recalls and retains come in between: sleeps, or raises to end the work."""

_CASES_PER_CALL = 20
"""Facts that a language model judges in one call. A guess, not measured."""
_BELIEFS_PER_CASE = 8
"""Beliefs that a language model is shown with one fact, those with most words in common. A guess, not measured."""
_BELIEFS_PER_WRITE = 8
"""Beliefs that one write moves: it holds the bank's lock, and a retain waits for that. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A belief and a fact that was recorded after it, about the same entity. `shared_terms` counts the terms that
    both texts have."""

    belief: Belief
    fact: Unit
    shared_terms: int


@dataclass(frozen=True, slots=True)
class BeliefEffect:
    """The effect of a fact on a belief, by their ids, and the reason."""

    belief: str
    fact: str
    effect: Effect
    reason: str


class BeliefVerdict(BaseModel):
    """A language model's verdict on one belief, by its label ("2b")."""

    label: str
    verdict: Literal["reinforce", "weaken", "contradict", "neutral"]
    reason: str = ""


class BeliefVerdicts(BaseModel):
    """A language model's verdicts on several cases."""

    verdicts: Acceptable[BeliefVerdict] = Field(default_factory=list)


async def assess(
    services: Services,
    index: BankIndex,
    changed: Sequence[Point],
    model: LanguageModel | None,
    yield_now: Yield,
) -> None:
    """Reassesses the beliefs of the bank of `index` that the units `changed` bear on. Raises what `LanguageModel.ask`
    raises; the effects that were judged by then stay."""
    pairs = await anyio.to_thread.run_sync(_pairs, services, index, changed, model is not None, yield_now)
    if not pairs:
        return
    bank, language = index.bank, index.language
    if model is None:
        effects = await anyio.to_thread.run_sync(_judge_by_rules, pairs, language, yield_now)
        await anyio.to_thread.run_sync(_apply, services, bank, effects, yield_now)
        return
    cases = _cases(pairs)
    for start in range(0, len(cases), _CASES_PER_CALL):
        part = cases[start : start + _CASES_PER_CALL]
        case_texts = [
            (render_unit(fact), [render_unit(belief.unit) for belief in beliefs]) for fact, beliefs in part
        ]
        response = await model.ask(prompts.assessment(case_texts), BeliefVerdicts)
        # Applied call by call: what was paid for is not lost when a later call fails.
        effects = _effects_of_verdicts(part, response.value)
        await anyio.to_thread.run_sync(_apply, services, bank, effects, yield_now)


@dataclass(slots=True)
class _BeliefIndex:
    """The beliefs of a bank, by the terms and the entities in them. Without it every new fact would be compared with
    every belief."""

    beliefs: list[tuple[tuple[float, int, str], Belief]] = field(default_factory=list)
    """Each with its place in the order of recording."""
    by_term: dict[int, list[int]] = field(default_factory=dict)
    by_entity: dict[str, list[int]] = field(default_factory=dict)

    def add(self, point: Point, language: Language) -> None:
        """Adds a belief as the store has it."""
        number, belief = len(self.beliefs), read_belief(point)
        self.beliefs.append((_recording_order(point), belief))
        for term in _term_ids(point, language):
            self.by_term.setdefault(term, []).append(number)
        # The speaker is in everything that they say, and tells nothing of what a belief is about.
        for entity in set(belief.unit.entities) - {belief.unit.speaker}:
            self.by_entity.setdefault(entity, []).append(number)

    def pairs_with(self, point: Point, language: Language, by_entity: bool) -> list[Pair]:
        """Returns the pairs of a fact with the beliefs that it may move.

        Such a belief was recorded before the fact, shares an entity and a term with it (with `by_entity`, an entity
        that speaks neither is enough), and was not moved by it yet.
        """
        fact, order = read_unit(point), _recording_order(point)
        shared_terms: Counter[int] = Counter()
        for term in _term_ids(point, language):
            shared_terms.update(self.by_term.get(term, ()))
        if by_entity:
            for entity in set(fact.entities) - {fact.speaker}:
                shared_terms.update(dict.fromkeys(self.by_entity.get(entity, ()), 0))
        pairs = []
        for number, term_count in sorted(shared_terms.items()):
            belief_order, belief = self.beliefs[number]
            is_news = belief_order < order and fact.id not in belief.evidence
            if is_news and not set(fact.entities).isdisjoint(belief.unit.entities):
                pairs.append(Pair(belief, fact, term_count))
        return pairs


def _pairs(
    services: Services, index: BankIndex, changed: Sequence[Point], by_entity: bool, yield_now: Yield
) -> list[Pair]:
    """Returns the pairs to judge: every fact among `changed` with the beliefs it may move, in the order of
    recording."""
    facts = sorted((point for point in changed if _is_news(point)), key=_recording_order)
    if not facts:
        return []
    language = index.language
    beliefs = _BeliefIndex()
    current_beliefs = Where(bank=index.bank, live=True, networks=(Network.BELIEF.value,))
    for point in services.store.scan(current_beliefs, Fields(terms=True)):
        beliefs.add(point, language)
        yield_now()
    pairs: list[Pair] = []
    for point in facts if beliefs.beliefs else ():
        pairs += beliefs.pairs_with(point, language, by_entity)
        yield_now()
    return pairs


def _term_ids(point: Point, language: Language) -> set[int]:
    """Returns the ids of the terms in a unit's text, without those of its speaker's name."""
    if point.terms is None:
        return set()
    speaker_terms = {term_id(stem) for stem in terms(speaker_of(point) or "", language)}
    return set(point.terms.indices.tolist()) - speaker_terms


def _is_news(point: Point) -> bool:
    """Whether a unit is current and states something. A belief without a message was concluded from other units, so
    it adds nothing to them; a stated judgement does."""
    is_spoken = network_of(point) is not Network.BELIEF or bool(messages_of(point))
    is_statement = modality_of(point) not in (Modality.QUESTION, Modality.QUOTE)
    return is_spoken and is_statement and not is_retired(point)


def _recording_order(point: Point) -> tuple[float, int, str]:
    return *place_of(point), point.id


_NO_EFFECT = (Effect.NEUTRAL, "")


def _judge_by_rules(pairs: Sequence[Pair], language: Language, yield_now: Yield) -> list[BeliefEffect]:
    effects = []
    for pair in pairs:
        belief, fact = _judged_statement(pair.belief.unit), _judged_statement(pair.fact)
        effect, reason = enriched("beliefs", fact.text, _NO_EFFECT, assess_by_rules, belief, fact, language)
        if effect is not Effect.NEUTRAL:
            effects.append(BeliefEffect(pair.belief.unit.id, pair.fact.id, effect, reason))
        yield_now()
    return effects


def _judged_statement(unit: Unit) -> JudgedStatement:
    is_judgement = unit.network is Network.BELIEF and unit.speaker is not None
    return JudgedStatement(unit.text, unit.speaker, unit.modality, is_judgement, unit.entities)


def _cases(pairs: Sequence[Pair]) -> list[tuple[Unit, list[Belief]]]:
    """Returns each fact with the beliefs that share most terms with it."""
    pairs_by_fact: dict[str, list[Pair]] = {}
    for pair in pairs:
        pairs_by_fact.setdefault(pair.fact.id, []).append(pair)
    cases = []
    for fact_pairs in pairs_by_fact.values():
        nearest = sorted(fact_pairs, key=lambda pair: -pair.shared_terms)[:_BELIEFS_PER_CASE]
        cases.append((nearest[0].fact, [pair.belief for pair in nearest]))
    return cases


def _effects_of_verdicts(
    cases: Sequence[tuple[Unit, Sequence[Belief]]], answer: BeliefVerdicts
) -> list[BeliefEffect]:
    """Returns the effects of a model's verdicts on `cases`, in the order of the facts. A verdict on anything else,
    or a second one on the same belief, is left out."""
    open_cases = by_label(cases)
    effects = []
    for verdict in answer.verdicts:
        case = open_cases.pop(plain_label(verdict.label), None)
        if case is None:
            log.warning("A verdict on %s, which was not asked about, is left out.", verdict.label)
        elif verdict.verdict != "neutral":
            fact, belief = case
            reason = verdict.reason or "the language model's judgement"
            effects.append(BeliefEffect(belief.unit.id, fact.id, Effect(verdict.verdict), reason))
    # The facts move beliefs in the order they were recorded, in whichever order the model answers.
    order = {fact.id: place for place, (fact, _) in enumerate(cases)}
    return sorted(effects, key=lambda effect: order[effect.fact])


def _apply(services: Services, bank: str, effects: Iterable[BeliefEffect], yield_now: Yield) -> None:
    """Moves the beliefs, a few in each write, so that no retain waits for long. All effects on one belief are in one
    write."""
    effects_by_belief: dict[str, list[BeliefEffect]] = {}
    for effect in effects:
        effects_by_belief.setdefault(effect.belief, []).append(effect)
    groups = list(effects_by_belief.values())
    for start in range(0, len(groups), _BELIEFS_PER_WRITE):
        part = groups[start : start + _BELIEFS_PER_WRITE]
        _apply_in_one_write(services, bank, [effect for group in part for effect in group])
        yield_now()
    book_spending(services, bank)  # also where no belief moved: the model was paid for its verdicts


def _apply_in_one_write(services: Services, bank: str, effects: Sequence[BeliefEffect]) -> None:
    """Moves beliefs by the facts that are still current.

    Beliefs and facts are read again under the lock: a fact may have been forgotten, or a belief moved, while a
    model was asked.
    """
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "reassess", derived=True)
        facts = {unit.id: unit for unit in transaction.read([effect.fact for effect in effects])}
        points = {point.id: point for point in transaction.points([effect.belief for effect in effects])}
        updates = _BeliefUpdates({key: read_belief(point) for key, point in points.items()})
        for effect in effects:
            fact = facts.get(effect.fact)
            if fact is not None and fact.retired_at is None:
                updates.apply(effect, fact, transaction)
        for belief in updates.changed.values():
            transaction.put_belief(belief)
        transaction.commit({})


@dataclass(slots=True)
class _BeliefUpdates:
    """The beliefs of one write, as they are after the effects that were applied; `changed` are those that moved."""

    current: dict[str, Belief]
    changed: dict[str, Belief] = field(default_factory=dict)

    def apply(self, effect: BeliefEffect, fact: Unit, transaction: Transaction) -> None:
        """Applies one effect; a belief that is retired stays as it is."""
        before = self.current.get(effect.belief)
        if before is None or before.unit.retired_at is not None:
            return
        after = before.assessed(effect.effect, fact, effect.reason, transaction.now)
        if after is not before:
            self.current[effect.belief] = after
            self.changed[effect.belief] = after
