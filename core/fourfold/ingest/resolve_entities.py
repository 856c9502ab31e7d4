"""Decides which entity a mention means: one the bank knows, by name, company and time, or a new one.

score = 0.5 * likeness of names + 0.3 * shared neighbours + 0.2 * nearness in time (linear over 7 days), and 0.6
makes two the same (Hindsight, section 4.1). Likeness alone never does (see `fourfold.language.person_names`).
Where several entities could be meant and none is clearly ahead, the mention is a new one: two people are kept apart
rather than made one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.index.bank_index import BankIndex
from fourfold.index.entity_index import EntityIndex
from fourfold.ingest.extract.statement import Mention
from fourfold.language.person_names import SAME, likeness
from fourfold.schema.banks import entity_id
from fourfold.values.units import Entity

_SAME = 0.6
"""Score from which on two are the same (Hindsight, section 4.1)."""
_DAYS_NEAR = 7
"""Days over which nearness in time falls to nothing (Hindsight, section 4.1)."""
_CLEARLY = 0.1
"""Lead that the best candidate needs over the second; a guess, not measured."""
_UNKNOWN_COMPANY = 0.5
"""Score of shared neighbours where one of the two has none: neither for nor against; a guess, not measured."""
_UNKNOWN_NEARNESS = 0.5
"""Score of nearness for a mention whose time nobody knows: neither for nor against; a guess, not measured."""
_MOST_COMPANY = 50
"""Names of one statement that are company to the others: more are a list, whose names tell nothing of each other. A
guess, not measured."""
_NAME_WEIGHT, _COMPANY_WEIGHT, _TIME_WEIGHT = 0.5, 0.3, 0.2
"""Weights of the score (Hindsight, section 4.1)."""


@dataclass(slots=True)
class Resolver:
    """Resolves the mentions of one retain to entities of `index`, whose lock the caller holds; `changed` are the
    entities that are new or gained an alias."""

    index: BankIndex
    changed: dict[str, Entity] = field(default_factory=dict)
    _names: EntityIndex = field(default_factory=EntityIndex)
    _together: dict[str, set[str]] = field(default_factory=dict)

    def resolve(self, mentions: Sequence[Mention], at: datetime | None) -> tuple[str, ...]:
        """Returns the names of the entities that `mentions`, made together at `at` (None: nobody knows when),
        stand for."""
        # All exact names come first: whoever is named for certain is company that tells the others apart.
        exact: dict[str, str] = {}
        for mention in mentions:
            known_name = self._known(mention.name)
            if known_name is not None:
                exact[mention.name] = known_name
        company = set(exact.values())
        resolved = []
        for mention in mentions:
            name = self._meant(mention, exact.get(mention.name), company, at)
            self._learn(name, mention)
            company.add(name)
            resolved.append(name)
        unique = tuple(dict.fromkeys(resolved))
        for name in unique:
            self._together.setdefault(name, set()).update(unique[:_MOST_COMPANY])
            if at is not None:
                self._names.mention(name, at.timestamp())
        return unique

    def entity(self, name: str) -> Entity | None:
        """Returns the entity that has this name or alias to the letter, as this write leaves it."""
        entity = self.index.names.get(name) or self._names.get(name)
        return None if entity is None else self.changed.get(entity.name, entity)

    def _known(self, name: str) -> str | None:
        entity = self.entity(name)
        return entity.name if entity else None

    def _meant(self, mention: Mention, exact: str | None, company: set[str], at: datetime | None) -> str:
        """Returns the entity of a mention. For one that is known to the letter there is a choice only if it is a
        part of several names ("Ana", of "Ana Sousa" and "Ana Reis")."""
        if exact is not None and (exact.casefold() == mention.name.casefold() or " " in mention.name):
            return exact
        company_without_exact = company - ({exact} if exact else set())
        scored = sorted(
            (
                (self._score(mention, candidate, company_without_exact, at), candidate)
                for candidate in self._candidates(mention, company_without_exact)
            ),
            reverse=True,
        )
        likely = [(score, candidate) for score, candidate in scored if score >= _SAME]
        if likely and (len(likely) == 1 or likely[0][0] - likely[1][0] >= _CLEARLY):
            return likely[0][1]
        # Asked once more, since a mention before this one may have brought the name in ("IT", then "It").
        known_name = exact or self._known(mention.name)
        if known_name is not None:
            return known_name
        self._put(Entity(entity_id(self.index.bank, mention.name), mention.name, kind=mention.kind))
        return mention.name

    def _candidates(self, mention: Mention, company: set[str]) -> list[str]:
        """Returns the entities whose names are like the mention, without those that are mentioned beside it:
        nobody names one person by two names in one breath."""
        names = {alike for name in (mention.name, *mention.aliases) for alike in self.index.names.alike(name)}
        return sorted((names | set(self._names.alike(mention.name))) - company)

    def _score(self, mention: Mention, candidate: str, company: set[str], at: datetime | None) -> float:
        """Returns how likely the mention means `candidate`, from 0 to 1; see the module."""
        entity = self._entity(candidate)
        people = "person" in (mention.kind, entity.kind)
        if mention.kind and entity.kind and mention.kind != entity.kind:
            return 0.0
        # An alias that is the mention to the letter ("Tom") tells nothing: it may stand for several.
        forms = [
            entity.name,
            *(alias for alias in entity.aliases if alias.casefold() != mention.name.casefold()),
        ]
        alike = max(likeness(mention.name, form, people) for form in forms)
        if alike == 0:
            return 0.0
        usual_company = self.index.mentioned_with(candidate) | self._together.get(candidate, set())
        usual_company -= {candidate}
        shared = (
            len(company & usual_company) / len(company) if company and usual_company else _UNKNOWN_COMPANY
        )
        last = self._names.last_mention(candidate) or self.index.names.last_mention(candidate)
        return SAME if alike == SAME else _weighted(alike, shared, _nearness(at, last))

    def _learn(self, name: str, mention: Mention) -> None:
        """Adds what a mention tells of its entity: the form it was written in, other forms, and its kind."""
        entity = self._entity(name)
        forms = [form for form in (mention.name, *mention.aliases) if self._known(form) is None]
        aliases = tuple(dict.fromkeys((*entity.aliases, *forms)))
        kind = entity.kind or mention.kind
        if (aliases, kind) != (entity.aliases, entity.kind):
            self._put(replace(entity, aliases=aliases, kind=kind, mentions=0))

    def _entity(self, name: str) -> Entity:
        entity = self.changed.get(name) or self.index.entity(name)
        assert entity is not None
        return entity

    def _put(self, entity: Entity) -> None:
        self.changed[entity.name] = entity
        self._names.add(entity)


def _nearness(at: datetime | None, last: float | None) -> float:
    """Returns how near in time two mentions are, from 0 to 1; `last` is in epoch seconds."""
    if at is None:
        return _UNKNOWN_NEARNESS
    days = abs(at.timestamp() - last) / 86_400 if last is not None else 0.0
    return max(0.0, 1 - days / _DAYS_NEAR)


def _weighted(alike: float, shared: float, nearness: float) -> float:
    return _NAME_WEIGHT * alike + _COMPANY_WEIGHT * shared + _TIME_WEIGHT * nearness
