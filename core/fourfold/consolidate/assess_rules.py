"""What a fact does to a belief, by rules: the same topic, praised or blamed; or the same words, affirmed or denied.
An unsure case is neutral: a belief moved wrongly misleads, one left alone says what it said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.languages import Language
from fourfold.language.modality import judgement_of
from fourfold.language.stance import Clause, clauses_in, clauses_of
from fourfold.values.beliefs import Effect
from fourfold.values.units import Modality

_SAME_TOPIC = 2 / 3
_SAME_WORDS = 0.8
_LEAST_STEMS = 2


@dataclass(frozen=True, slots=True)
class JudgedStatement:
    """What is compared: the text, who said it (None: a conclusion of the bank's own), how it is meant, whether it is
    a judgement, and the names in it, which say whom it is about."""

    text: str
    speaker: str | None
    modality: Modality = Modality.FACT
    judgement: bool = False
    names: tuple[str, ...] = ()


def assess_by_rules(belief: JudgedStatement, fact: JudgedStatement, language: Language) -> tuple[Effect, str]:
    """What `fact` does to `belief`, and why, in a few words."""
    text, held = _held(belief, language)
    if fact.modality in (Modality.QUESTION, Modality.QUOTE) or _of_another(belief, fact, text):
        return Effect.NEUTRAL, "not about the same"
    told = compare_attributes(
        AttributedText(fact.text, fact.speaker, fact.modality), AttributedText(belief.text, belief.speaker)
    )
    if told is not None:
        kind, reason = told
        return (Effect.CONTRADICT if kind == "replaces" else Effect.WEAKEN), reason
    found = [_compared(one, claim) for one in held for claim in _claims(fact, language)]
    effect, reason = max(
        found, key=lambda one: _WEIGHT[one[0]], default=(Effect.NEUTRAL, "nothing in common")
    )
    if effect is Effect.CONTRADICT and fact.modality is not Modality.FACT:
        return Effect.WEAKEN, f"{reason}, perhaps"
    if effect is Effect.REINFORCE and fact.modality is Modality.HYPOTHETICAL:
        return Effect.NEUTRAL, "only considered"
    return effect, reason


_WEIGHT = {Effect.NEUTRAL: 0, Effect.REINFORCE: 1, Effect.WEAKEN: 2, Effect.CONTRADICT: 3}
_FIRST = re.compile(r"\b(?:I|me|my|mine|myself|we|our|us)\b|\bI['’]")


def _of_another(belief: JudgedStatement, fact: JudgedStatement, text: str) -> bool:
    """Whether the two speak of different people's minds: what Ana likes is not touched by what Ben thinks. `text` is
    the belief without the words that begin it."""
    if belief.speaker is None or fact.speaker is None or belief.speaker == fact.speaker:
        return False
    return fact.judgement or (_FIRST.search(text) is not None and belief.speaker not in fact.names)


def _compared(held: Clause, new: Clause) -> tuple[Effect, str]:
    if held.leaning and new.leaning:
        shared, same = held.topic & new.topic, _same_topic(held, new)
        agree = held.leaning == new.leaning
    else:
        words = (held.topic | held.rest) - held.names
        shared = words & (new.topic | new.rest)
        same = len(shared) >= max(_LEAST_STEMS, _SAME_WORDS * len(words)) and bool(held.topic)
        agree = held.denies == new.denies
        if held.leaning and agree:
            return Effect.NEUTRAL, "the same, without a judgement"
    if not same:
        return Effect.NEUTRAL, "not clearly about the same"
    told = ", ".join(sorted(shared))
    if agree:
        return (Effect.NEUTRAL if new.hedged else Effect.REINFORCE), f"says so too: {told}"
    return (Effect.WEAKEN if new.hedged else Effect.CONTRADICT), f"says otherwise: {told}"


def _same_topic(held: Clause, new: Clause) -> bool:
    """Whether a claim is about what is believed of: most of the topic; of somebody, also in the same respect ("a good
    teacher", "a bad driver")."""
    shared = held.topic & new.topic
    if not shared or len(shared) < _SAME_TOPIC * len(held.topic):
        return False
    return bool(shared - held.names) or not held.rest or bool(held.rest & (new.rest | new.topic))


@lru_cache(maxsize=2048)
def _held(belief: JudgedStatement, language: Language) -> tuple[str, tuple[Clause, ...]]:
    """What is believed, without the words that begin it, and the claims it makes."""
    text, doubt = judgement_of(belief.text, language) if belief.judgement else (belief.text, False)
    claims = tuple(clauses_in(text, belief.names, language))
    return text, tuple(claim.turned for claim in claims) if doubt else claims


@lru_cache(maxsize=2048)
def _claims(fact: JudgedStatement, language: Language) -> tuple[Clause, ...]:
    return tuple(clauses_of(fact.text, fact.names, language))
