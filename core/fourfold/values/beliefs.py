"""Beliefs: statements with a confidence that new facts move, and the account of every move. Knows no store, no model.

The steps are those of Hindsight (arXiv 2512.12818, section 5): a fact that reinforces a belief adds one to its
confidence, one that weakens it takes one away, one that contradicts it takes two. They are taken in log-odds and not
in the confidence itself, so that no number of repetitions makes a belief certain (docs/adr/0025).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fourfold.values.units import Unit, evidence_links

STEP = math.log(1.5)
"""What one reinforcing fact adds to the log-odds of a confidence: from .5 it goes to .6, as in Hindsight (arXiv
2512.12818, section 5), from .9 to .93."""
MOST, LEAST = 0.99, 0.01
"""The most and the least that moves make of a confidence: nobody's saying so makes something certain. Guesses."""
USER, AGENT = "user", "agent"
"""Who holds a belief that nobody is named for: what somebody said, what the memory concluded."""


class Effect(StrEnum):
    """What something does to a belief. `FORMED` begins its history; `LOST` takes back what a forgotten fact
    did. Its holder `RESTATED` it in other words, or `GAINSAID` it."""

    FORMED = "formed"
    REINFORCE = "reinforce"
    WEAKEN = "weaken"
    CONTRADICT = "contradict"
    RESTATED = "restated"
    GAINSAID = "gainsaid"
    NEUTRAL = "neutral"
    LOST = "lost"


class Stance(StrEnum):
    """Which way a judgement goes: for its topic, against it, or not clearly either."""

    FOR = "for"
    AGAINST = "against"
    UNCLEAR = "unclear"


_STEPS = {
    Effect.REINFORCE: 1,
    Effect.WEAKEN: -1,
    Effect.CONTRADICT: -2,
    Effect.NEUTRAL: 0,
    Effect.RESTATED: 1,
    Effect.GAINSAID: -2,
}
_SUPPORT = (Effect.FORMED, Effect.REINFORCE, Effect.RESTATED)


def moved(confidence: float, steps: float) -> float:
    """Returns `confidence` after so many steps of `STEP`, in [0, 1]: up to `MOST` and down to `LEAST`, but never the
    other way than the steps go."""
    after = 1 / (1 + math.exp(-_log_odds(confidence) - steps * STEP))
    after = round(min(MOST, max(LEAST, after)), 4)
    return max(confidence, after) if steps > 0 else min(confidence, after) if steps < 0 else confidence


def _log_odds(confidence: float) -> float:
    bounded = min(MOST, max(LEAST, confidence))
    return math.log(bounded / (1 - bounded))


@dataclass(frozen=True, slots=True)
class Assessment:
    """One change of a belief: when the bank made it, what was done, its confidence before (None when it was
    formed) and after, why, and the ids of the units that gave the reason. `said` is when what gave the reason was
    said, None if nobody knows. A stated judgement is its own first evidence."""

    at: datetime
    said: datetime | None
    effect: Effect
    before: float | None
    after: float
    reason: str
    evidence: tuple[str, ...] = ()

    @property
    def steps(self) -> float:
        """How many steps of `STEP` it took. What its holder says himself may take more than its effect does
        otherwise."""
        usual = _STEPS.get(self.effect, 0)
        if self.before is None or self.effect not in (Effect.RESTATED, Effect.GAINSAID):
            return usual
        taken = (_log_odds(self.after) - _log_odds(self.before)) / STEP
        return max(usual, taken) if self.effect is Effect.RESTATED else min(usual, taken)


@dataclass(frozen=True, slots=True)
class Restatement:
    """A time that a belief was said again: the id of the unit that says it (the belief's own, where the words were
    the same), its words, and when, None if nobody knows."""

    unit: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Belief:
    """A unit of the network `belief`, and its history, the oldest change first.

    `topic` is what it judges in a few words ("night buses"), "" where nothing tells it; `stance` which way it goes;
    `restatements` when it was said again, the earliest first. The three are read out of what the bank holds by
    `Bank.beliefs` and `Bank.believe`, and are left at their defaults in other results.
    """

    unit: Unit
    history: tuple[Assessment, ...]
    topic: str = ""
    stance: Stance = Stance.UNCLEAR
    restatements: tuple[Restatement, ...] = ()

    @property
    def statement(self) -> str:
        """What is believed."""
        return self.unit.claim

    @property
    def holder(self) -> str:
        """Who holds it: the name of its speaker; where there is none, "user" for what was said, and "agent" for what
        was concluded."""
        return self.unit.speaker or (USER if self.unit.source.messages else AGENT)

    @property
    def restated_by(self) -> tuple[str, ...]:
        """The ids of the units that say it in other words, in the order they came."""
        restating = (change for change in self._counting() if change.effect is Effect.RESTATED)
        return tuple(dict.fromkeys(unit for change in restating for unit in change.evidence))

    @property
    def confidence(self) -> float:
        """How sure the bank is of it now, in [0, 1]."""
        return self.unit.confidence or 0.0

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the units its confidence rests on now, for and against, in the order they came."""
        return tuple(dict.fromkeys(unit for change in self._counting() for unit in change.evidence))

    def assessed(self, effect: Effect, evidence: Unit, reason: str, at: datetime) -> Belief:
        """This belief after the unit `evidence` had that effect on it; unchanged where it did already, or had
        none."""
        if effect is Effect.NEUTRAL or (evidence.id != self.unit.id and evidence.id in self.evidence):
            return self
        after, said_at = moved(self.confidence, _STEPS[effect]), evidence.mentioned_at
        return self._with(Assessment(at, said_at, effect, self.confidence, after, reason, (evidence.id,)))

    def restated(self, by: Unit, reason: str, at: datetime) -> Belief:
        """Returns this belief after its holder said it in other words, as the unit `by`: a step surer, and as sure as
        he says now at least."""
        if by.id in self.evidence:
            return self
        after = max(moved(self.confidence, _STEPS[Effect.RESTATED]), by.confidence or 0.0)
        return self._with(
            Assessment(at, by.mentioned_at, Effect.RESTATED, self.confidence, after, reason, (by.id,))
        )

    def gainsaid(self, by: Unit, reason: str, at: datetime) -> Belief:
        """Returns this belief after its holder said the contrary, as the unit `by`: two steps less sure, and less
        sure than what he says now, however often he said it. Of a thing and its contrary one is so at most, and
        the two confidences add up to that."""
        if by.id in self.evidence:
            return self
        newer = by.confidence or 0.0
        after = min(moved(self.confidence, _STEPS[Effect.GAINSAID]), round(1 - newer, 4))
        after = after if after < newer else min(after, moved(newer, -1))
        return self._with(
            Assessment(at, by.mentioned_at, Effect.GAINSAID, self.confidence, after, reason, (by.id,))
        )

    def stated(self, at: datetime) -> Belief:
        """This belief in step with how often it was said: every time after the first reinforces it, and one that was
        forgotten takes that back."""
        own = self.unit.id
        counted = sum((c.effect is Effect.REINFORCE) - (c.effect is Effect.LOST) for c in self.history
                      if c.evidence == (own,))  # fmt: skip
        belief, repetitions = self, max(1, len(self.unit.source.messages)) - 1
        for _ in range(repetitions - counted):
            belief = belief.assessed(Effect.REINFORCE, belief.unit, "said again", at)
        for _ in range(counted - repetitions):
            after = moved(belief.confidence, -1)
            lost = Assessment(at, at, Effect.LOST, belief.confidence, after, "said once less", (own,))
            belief = belief._with(lost)
        return belief

    def without(self, forgotten: Collection[str], reason: str, at: datetime) -> Belief:
        """Returns this belief after the units `forgotten` are: what they did to it is taken back, step for step."""
        belief = self
        for change in self._counting():
            for unit in change.evidence:
                if unit in forgotten:
                    steps = 1 if change.effect is Effect.FORMED else change.steps
                    after = moved(belief.confidence, -steps)
                    lost = Assessment(at, at, Effect.LOST, belief.confidence, after, reason, (unit,))
                    belief = belief._with(lost)
        return belief

    def erased(self, erased: Collection[str]) -> Belief | None:
        """This belief as if the units `erased` had never been: nothing of what they did is in its history. None where
        all that it was formed of is among them."""
        begun = self.history[0] if self.history else None
        if begun is not None and begun.evidence and not set(begun.evidence) - set(erased):
            return None
        history: list[Assessment] = []
        for change in self.history:
            remaining = tuple(unit for unit in change.evidence if unit not in erased)
            if change.evidence and not remaining:
                continue
            before = history[-1].after if history else None
            is_first = before is None or change.effect not in _STEPS
            after = change.after if is_first or before is None else moved(before, change.steps)
            reason = change.reason if remaining == change.evidence else ""
            history.append(replace(change, before=before, after=after, reason=reason, evidence=remaining))
        links = tuple(link for link in self.unit.links if link.to not in erased)
        confidence = history[-1].after if history else self.unit.confidence
        return Belief(replace(self.unit, links=links, confidence=confidence), tuple(history))

    def resting(self, replaced: str, successor: str) -> Belief:
        """Returns this belief with the unit `successor` for evidence wherever `replaced` was, whose place it took."""
        history = []
        for change in self.history:
            evidence = (successor if unit_id == replaced else unit_id for unit_id in change.evidence)
            history.append(replace(change, evidence=tuple(dict.fromkeys(evidence))))
        links = []
        for link in self.unit.links:
            is_evidence = link.to == replaced and link.kind == "evidence"
            links.append(replace(link, to=successor) if is_evidence else link)
        return Belief(replace(self.unit, links=tuple(links)), tuple(history))

    @property
    def rests_on_nothing(self) -> bool:
        """Whether all that ever spoke for it has been forgotten. One that was given without evidence stands by
        itself."""
        formed = self.history[0].evidence if self.history else ()
        return bool(formed) and not any(c.evidence for c in self._counting() if c.effect in _SUPPORT)

    def at(self, moment: datetime) -> float | None:
        """Its confidence at `moment`; None before it was formed."""
        past = [change.after for change in self.history if change.at <= moment]
        return past[-1] if past else None

    def _with(self, change: Assessment) -> Belief:
        history = (*self.history, change)
        changed = Belief(replace(self.unit, confidence=change.after), history)
        other_links = tuple(link for link in self.unit.links if link.kind != "evidence")
        links = evidence_links(unit for unit in changed.evidence if unit != self.unit.id)
        return Belief(replace(changed.unit, links=(*other_links, *links)), history)

    def _counting(self) -> list[Assessment]:
        """The changes that still count, each with the evidence it has left."""
        counting: list[Assessment] = []
        for change in self.history:
            if change.effect is not Effect.LOST:
                counting.append(change)
                continue
            (lost_unit,) = change.evidence
            place = max(i for i, counted in enumerate(counting) if lost_unit in counted.evidence)
            remaining = tuple(unit for unit in counting[place].evidence if unit != lost_unit)
            counting[place] = replace(counting[place], evidence=remaining)
        return counting


def formed(unit: Unit, evidence: Sequence[str], reason: str) -> Belief:
    """The belief that `unit` states, with the first entry of its history."""
    confidence = unit.confidence or 0.0
    at, said_at = unit.recorded_at, unit.mentioned_at
    begun = Assessment(at, said_at, Effect.FORMED, None, confidence, reason, tuple(evidence))
    links = evidence_links(unit_id for unit_id in evidence if unit_id != unit.id)
    return Belief(replace(unit, links=(*unit.links, *links)), (begun,))
