"""Judges by rules what a fact does to a belief: the same topic, praised or blamed; or the same words, affirmed or
denied.

An unsure case is neutral: a belief that is moved wrongly misleads, one that is left alone says what it said.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.modality import judgement_of
from fourfold.language.pack import Language, compiled
from fourfold.language.stance import Clause, clauses_in, clauses_of
from fourfold.values.beliefs import Effect
from fourfold.values.units import Modality

_SAME_TOPIC = 2 / 3
"""Share of a belief's topic that a clause has to name to be about the same. Set by reading what the rules did to the
development conversations, where sharing any words moved beliefs wrongly (docs/log.md); not measured."""
_SAME_WORDS = 0.8
"""Share of a belief's words that a clause without praise or blame has to repeat. Set in the same way."""
_LEAST_STEMS = 2
"""Words that a clause without praise or blame has to repeat at least: one alone is a coincidence. Set in the same
way."""


@dataclass(frozen=True, slots=True)
class JudgedStatement:
    """A statement to compare: its text, its speaker (None: a conclusion of the bank's own), how it is meant,
    whether it is a judgement ("I think ..."), and the names in it, which tell whom it is about."""

    text: str
    speaker: str | None
    modality: Modality = Modality.FACT
    judgement: bool = False
    names: tuple[str, ...] = ()


def assess_by_rules(belief: JudgedStatement, fact: JudgedStatement, language: Language) -> tuple[Effect, str]:
    """Returns the effect of `fact` on `belief`, and the reason in a few words."""
    text, believed = _belief_clauses(belief, language)
    if fact.modality in (Modality.QUESTION, Modality.QUOTE) or _of_another(belief, fact, text, language):
        return Effect.NEUTRAL, "not about the same"
    # "Lives in Rome" against "lives in Oslo": attributes tell more than words in common.
    succession = compare_attributes(
        AttributedText(fact.text, fact.speaker, fact.modality), AttributedText(belief.text, belief.speaker)
    )
    if succession is not None:
        kind, reason = succession
        return (Effect.CONTRADICT if kind == "replaces" else Effect.WEAKEN), reason
    candidates = [
        _compare(held_clause, clause) for held_clause in believed for clause in _fact_clauses(fact, language)
    ]
    effect, reason = max(
        candidates, key=lambda candidate: _WEIGHT[candidate[0]], default=(Effect.NEUTRAL, "nothing in common")
    )
    if effect is Effect.CONTRADICT and fact.modality is not Modality.FACT:
        return Effect.WEAKEN, f"{reason}, perhaps"
    if effect is Effect.REINFORCE and fact.modality is Modality.HYPOTHETICAL:
        return Effect.NEUTRAL, "only considered"
    return effect, reason


_WEIGHT = {Effect.NEUTRAL: 0, Effect.REINFORCE: 1, Effect.WEAKEN: 2, Effect.CONTRADICT: 3}
"""Which effect wins where clauses disagree: the strongest against the belief. "Nice, but late" speaks against
"reliable"."""


def _of_another(belief: JudgedStatement, fact: JudgedStatement, text: str, language: Language) -> bool:
    """Whether the two are about different people's minds: what Ana likes is not changed by what Ben thinks. `text`
    is the belief without the words that make it a judgement ("I think that")."""
    if belief.speaker is None or fact.speaker is None or belief.speaker == fact.speaker:
        return False
    first_person = compiled(language.stance.first_person if language.stance else language.first_person)
    return fact.judgement or (first_person.search(text) is not None and belief.speaker not in fact.names)


def _compare(believed: Clause, clause: Clause) -> tuple[Effect, str]:
    """Returns the effect of a fact's clause on a belief's, and the reason: by praise and blame where both have
    either, by words and denial otherwise."""
    if believed.polarity and clause.polarity:
        shared, is_same = believed.topic & clause.topic, _same_topic(believed, clause)
        agree = believed.polarity == clause.polarity
    else:
        words = (believed.topic | believed.rest) - believed.names
        shared = words & (clause.topic | clause.rest)
        is_same = len(shared) >= max(_LEAST_STEMS, _SAME_WORDS * len(words)) and bool(believed.topic)
        agree = believed.negation == clause.negation
        if believed.polarity and agree:
            return Effect.NEUTRAL, "the same, without a judgement"
    if not is_same:
        return Effect.NEUTRAL, "not clearly about the same"
    shared_words = ", ".join(sorted(shared))
    if agree:
        return (Effect.NEUTRAL if clause.hedged else Effect.REINFORCE), f"says so too: {shared_words}"
    return (Effect.WEAKEN if clause.hedged else Effect.CONTRADICT), f"says otherwise: {shared_words}"


def _same_topic(believed: Clause, clause: Clause) -> bool:
    """Whether a clause names most of the belief's topic; where that is a person, also the same respect ("a good
    teacher" says nothing of "a bad driver")."""
    shared = believed.topic & clause.topic
    if not shared or len(shared) < _SAME_TOPIC * len(believed.topic):
        return False
    if shared - believed.names or not believed.rest:
        return True
    return bool(believed.rest & (clause.rest | clause.topic))


# Both caches: a belief is compared with many facts of a slice, and a fact with many beliefs. The sizes are guesses.
@lru_cache(maxsize=2048)
def _belief_clauses(belief: JudgedStatement, language: Language) -> tuple[str, tuple[Clause, ...]]:
    """Returns a belief's text without the words that make it a judgement, and its clauses; those of a doubt
    negated."""
    text, doubt = judgement_of(belief.text, language) if belief.judgement else (belief.text, False)
    clauses = tuple(clauses_in(text, belief.names, language))
    return text, tuple(clause.negated for clause in clauses) if doubt else clauses


@lru_cache(maxsize=2048)
def _fact_clauses(fact: JudgedStatement, language: Language) -> tuple[Clause, ...]:
    return tuple(clauses_of(fact.text, fact.names, language))
