"""Of what answers a question about how things stand, the latest: two statements of one speaker about one matter that
nobody ordered when they were written ("I'm on 20 mg", "The doctor put me up to 40 mg") are both right, each at its
time; somebody who asks now wants the later one.

Whether the newer of two statements changes the older one is a hard question (docs/adr/0021). That both answer one
question in the present makes it easier: here the later leads unless the grammar says that both stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from fourfold.index.as_of import BankView
from fourfold.language.attributes import AttributedText, are_beside, tells_less
from fourfold.language.dates.tense import tells_of_past
from fourfold.language.enrichment import enriched
from fourfold.language.languages import matches_any
from fourfold.language.pack import Language, compiled
from fourfold.language.question import Question, is_about_another, read_question
from fourfold.language.spelling import with_capitals
from fourfold.language.succession.beside import may_differ
from fourfold.language.succession.claims import Claim, Mark
from fourfold.language.succession.reading import matters_asked, read_claims
from fourfold.language.text import counts, is_unspaced, words
from fourfold.recall.occasions import alike
from fourfold.recall.plan import Plan
from fourfold.recall.search import Candidates
from fourfold.values.units import Modality, Network, Unit

LOOKED_AT = 5
"""Best units that are looked at. A guess, not measured."""
_FALL = 0.25
"""Relevance below that of the best, up to which a unit is looked at. A guess, not measured."""
_SHARE = 0.95
"""Share of the best fused score that it has at least in a bank of 1,000 units (`occasions.alike`): much bears on a
question there that does not answer it. With .7 LoCoMo's first hit was lost for 13 questions and won for 3
(docs/adr/0022)."""
_OUTCOME = Mark.CHANGE | Mark.CURRENT | Mark.BEGINNING | Mark.ENDING | Mark.WITHDRAWAL | Mark.DENIAL
"""What makes of something that happened once a state that lasts."""
_UNREAL = (Modality.QUOTE, Modality.HYPOTHETICAL, Modality.WISH)
"""What holds of nobody."""


def latest_first(
    plan: Plan, view: BankView, candidates: Candidates, read_units: Mapping[str, Unit]
) -> Candidates:
    """Returns `candidates` with the best of them, as far as they answer the question alike, the latest first; of the
    first `LOOKED_AT` the units are given, by their ids."""
    language = view.index.language
    most = min(LOOKED_AT, len(candidates.rows))
    if most < 2 or not enriched("question", plan.text, False, _asks_how_it_stands, plan, language):
        return candidates
    is_alike = alike(candidates.scores[:most], candidates.fused[:most], len(view.index), _FALL, _SHARE)
    places = np.flatnonzero(is_alike)
    ids = [view.index.unit_ids[row] for row in candidates.rows[places].tolist()]
    units = [read_units[unit] for unit in ids]
    order = enriched("question", plan.text, None, _order, plan, units, language)
    if order is None:
        return candidates
    ranking = np.arange(len(candidates.rows))
    ranking[places] = places[order]
    return replace(
        candidates,
        rows=candidates.rows[ranking],
        factors={name: factor[ranking] for name, factor in candidates.factors.items()},
    )


def _asks_how_it_stands(plan: Plan, language: Language) -> bool:
    """Tells whether a question asks for what holds, not for what was, or what is on a day that it names."""
    asks_for_other = plan.asks_before or plan.asks_first or plan.asks_last or plan.intervals
    return not asks_for_other and not (
        language.tense is not None and tells_of_past(plan.text, language.tense)
    )


def _order(plan: Plan, units: list[Unit], language: Language) -> list[int] | None:
    """Returns the places of `units` in the order in which they are shown: each right before the first that it is to
    stand before. None where they stay as they are."""
    names = {name.casefold() for unit in units for name in unit.entities}
    question = read_question(plan.text, language, names)
    if question.names.issuperset(question.words):  # "Who is Pixel?" asks for no matter that may have changed
        return None
    successors = {unit.id: unit.superseded_by for unit in units}
    statements = [_Statement(unit, question, plan, language, _chain(unit.id, successors)) for unit in units]
    order: list[int] = []
    for place, statement in enumerate(statements):
        ahead = (i for i, other in enumerate(order) if statement.leads(statements[other]))
        order.insert(next(ahead, len(order)), place)
    return order


def _chain(unit: str, successors: Mapping[str, str | None]) -> frozenset[str]:
    """Returns the units that took the place of one, directly or through others of `successors`."""
    chain: set[str] = set()
    while (newer := successors.get(unit)) and newer not in chain:
        chain.add(newer)
        unit = newer
    return frozenset(chain)


@dataclass(frozen=True)
class _Statement:
    """One of the best hits, as it is compared with the others and with the question; `newer` are the ids of those
    that took its place, one after the other."""

    unit: Unit
    question: Question
    plan: Plan
    language: Language
    newer: frozenset[str]

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What it claims; nothing for what the agent did, and for what is quoted."""
        unit = self.unit
        if unit.network is Network.EXPERIENCE or unit.modality is Modality.QUOTE:
            return ()
        return enriched("succession", unit.text, (), read_claims, self._text, self.language)

    @cached_property
    def attributed(self) -> AttributedText:
        """What is looked at for the attributes that it gives a value."""
        return AttributedText(self._text, self.unit.speaker, self.unit.modality)

    @cached_property
    def _text(self) -> str:
        """Its text, with the capitals that its names lack."""
        unit = self.unit
        return enriched("names", unit.text, unit.text, with_capitals, unit.text, unit.entities)

    @cached_property
    def asked_stems(self) -> frozenset[str]:
        """The stems of the question's words that it has; of Chinese, the characters."""
        return self._asked_stems(self.unit.text)

    def _asked_stems(self, text: str) -> frozenset[str]:
        own = {word.stem for word in words(text, self.language)} | set(text if is_unspaced(text) else "")
        return frozenset(word.stem for word in self.question.words if word.stem in own)

    @cached_property
    def _asked_claims(self) -> tuple[Claim, ...]:
        """Those of its claims that have a word of the question."""
        return tuple(claim for claim in self.claims if self._asked_stems(claim.text))

    @cached_property
    def is_beside(self) -> bool:
        """Tells whether it does not say how it stands with whom or what the question asks after: it is of somebody
        else, or of what was, or what somebody said."""
        if self.unit.modality in _UNREAL or self._is_of_agent:
            return True
        claims = self._asked_claims or self.claims
        return bool(claims) and all(
            is_about_another(self.question, claim, self._speaker) or self._is_over(claim) for claim in claims
        )

    @cached_property
    def _is_of_agent(self) -> bool:
        """Tells whether the agent says it of itself, where the user asks after himself and not what the agent did."""
        is_asked = matches_any("second_person", self.plan.text)
        is_agents = self.unit.network is Network.EXPERIENCE and self.question.asks_speaker and not is_asked
        return is_agents and matches_any("speaker_as_subject", self.unit.text)

    def _is_over(self, claim: Claim) -> bool:
        """Tells whether a claim tells that what is asked for happened once ("I worked from the library"), or was so
        before ("I used to live in Bath")."""
        return claim.is_former or (
            claim.has(Mark.EVENT) and not claim.has(_OUTCOME) and claim.verb in self.asked_stems
        )

    @cached_property
    def _speaker(self) -> frozenset[str]:
        return frozenset(word.stem for word in words(self.unit.speaker or "", self.language) if word.stem)

    @cached_property
    def _tells_name(self) -> bool:
        """Tells whether it names somebody or something beside those of the question and who says it, or, where a
        place is asked for, has a word of one."""
        known = {*self.plan.entities, self.unit.speaker}
        if any(name not in known for name in self.unit.entities) or any(c.placed for c in self.claims):
            return True
        grammar = self.language.succession
        if not self.question.asks_place or grammar is None or not self.language.stemmer:
            return False
        return compiled(rf"\b(?:{grammar.places})\b").search(self.unit.text) is not None

    @cached_property
    def _tells_time(self) -> bool:
        """Tells whether it tells of a time, or of a number that may be one."""
        return self.unit.occurred is not None or counts(self.unit.text)

    @cached_property
    def _is_passing(self) -> bool:
        """Tells whether what it says of the matter happened once, or on one day, and left nothing changed ("I worked
        from the library today")."""
        claims = self._asked_claims
        is_event = any(claim.has(Mark.EVENT) for claim in claims)
        is_once = is_event or any(claim.is_of_one_day for claim in claims)
        # When something once took place is not when it does ("Got up at ten on Sunday").
        return (is_event and self.plan.asks_when) or (
            is_once and not any(claim.has(_OUTCOME) or self._reaches(claim) for claim in claims)
        )

    @cached_property
    def _is_exception(self) -> bool:
        """Tells whether it says how it is on one day alone ("Tomorrow only, the stand-up is at 11")."""
        claims = self._asked_claims
        return bool(claims) and all(
            claim.is_of_one_day and not claim.has(Mark.EVENT) and not claim.has(_OUTCOME) for claim in claims
        )

    def _reaches(self, claim: Claim) -> bool:
        """Tells whether it tells what something came to that the question does not name: "Devesh handed the pager to
        Ingrid"."""
        grammar = self.language.succession
        goal = compiled(grammar.goals).search(claim.text) if grammar is not None else None
        return goal is not None and not self._asked_stems(claim.text[goal.end() :])

    def leads(self, other: _Statement) -> bool:
        """Tells whether it stands before `other`, which fits the question better by its words."""
        if other.unit.id in self.newer:
            return self._is_asked_for_another_part(other)
        is_as_near = other.asked_stems <= self.asked_stems or (other._is_of_agent and bool(self.asked_stems))
        is_beside = other.is_beside or tells_less(other.attributed, self.attributed) or other._is_exception
        tells_beside = is_beside and not self.is_beside and is_as_near
        return tells_beside or self.comes_after(other) or self._goes_on_from(other)

    def _goes_on_from(self, other: _Statement) -> bool:
        """Tells whether it says more of what the question asks for in the message of `other`, which only tells of the
        change: "I broke up with Marek and my boyfriend is Jonas now."."""
        ours, theirs = self.unit.source, other.unit.source
        is_of_one_message = bool(ours.messages) and ours.messages == theirs.messages
        if not is_of_one_message or ours.start <= theirs.start or self.is_beside:
            return False
        return other.asked_stems < self.asked_stems or self._has_kind_beside(other)

    def _has_kind_beside(self, other: _Statement) -> bool:
        is_as_near = bool(self.asked_stems) and other.asked_stems <= self.asked_stems
        return is_as_near and other._lacks_kind(self)

    def _is_asked_for_another_part(self, newer: _Statement) -> bool:
        """Tells whether the question asks for a part of a list ("GitHub for code, Jira for tickets and Slack for
        chat") which `newer`, that took the place of another part, does not speak of."""
        grammar = self.language.succession
        if grammar is None:
            return False
        parts = compiled(rf"[,+/&]|\s(?:{grammar.joining})\s").split(self.unit.text)
        asked_of = [self._asked_stems(part) for part in parts]
        most = max(map(len, asked_of))
        if len(newer.asked_stems) >= most:
            return False
        asked: set[str] = set()
        others: set[str] = set()
        for part, asked_stems in zip(parts, asked_of, strict=True):
            stems = {word.stem for word in words(part, self.language) if word.stem}
            (asked if len(asked_stems) == most else others).update(stems)
        said = {word.stem for word in words(newer.unit.text, self.language)}
        return bool(asked - others and others & said) and not (asked - others) & said

    def comes_after(self, older: _Statement) -> bool:
        """Tells whether it was said later than `older`, by the same speaker, has the words of the question that this
        one has, or tells what the same thing is by now, and the grammar leaves it open that it changes what was."""
        is_later = self.unit.speaker == older.unit.speaker and self.unit.said_order > older.unit.said_order
        if not is_later or self.unit.superseded_by is not None or self._is_passing or self.is_beside:
            return False
        # Verbs are told in many ways: who "looks after" somebody may "take over with" her.
        asked_things = older.asked_stems - {claim.verb for claim in older.claims}
        names = {word.stem for word in self.question.names}
        if names and names <= self.asked_stems:  # "my brother Tomasz" is Tomasz
            asked_things -= {word.stem for word in self.question.owned} - names
        is_same_matter = bool(self.asked_stems & older.asked_stems) and asked_things <= self.asked_stems
        if not is_same_matter and not self._is_state_of_same(older) and not self._is_of_asked_matter(older):
            return False
        if self._lacks_kind(older) or are_beside(self.attributed, older.attributed):
            return False
        return may_differ(self.claims, older.claims)

    def _lacks_kind(self, older: _Statement) -> bool:
        """Tells whether `older` has what the question asks for by its form (a name, a number, a time), and this one
        has not."""
        plan = self.plan
        lacks_name = plan.asks_name and older._tells_name and not self._tells_name
        lacks_number = plan.asks_count and counts(older.unit.text) and not counts(self.unit.text)
        lacks_time = plan.asks_when and older._tells_time and not self._tells_time
        return lacks_name or lacks_number or lacks_time

    def _is_of_asked_matter(self, older: _Statement) -> bool:
        """Tells whether both speak of the matter of life that the question asks for, of the one whom it names, or of
        the speaker ("Where does Andrés live?", "Andrés moved to Madrid")."""
        matters = matters_asked(self.plan.text, self.language)
        asked_verbs = {claim.verb for claim in older.claims} | self._matter_stems
        if not older.asked_stems - asked_verbs <= self.asked_stems:
            return False
        names = {word.stem for word in self.question.names} - self._speaker
        return bool(matters) and all(
            any(claim.fields & matters and names <= claim.content for claim in statement.claims)
            for statement in (self, older)
        )

    @cached_property
    def _matter_stems(self) -> frozenset[str]:
        """The stems of the question's words that say which matter of life it asks for ("vive")."""
        grammar, text = self.language.succession, self.question.text
        found = (compiled(pattern).search(text) for _, pattern in (grammar.asked if grammar else ()))
        spans = [match.span() for match in found if match is not None]
        return frozenset(w.stem for w in self.question.words if any(a <= w.start < b for a, b in spans))

    def _is_state_of_same(self, older: _Statement) -> bool:
        return any(
            new.about
            and new.subject == old.subject
            and new.verb == old.verb == "="
            and new.about <= self.asked_stems
            for new in self.claims
            for old in older.claims
        )
