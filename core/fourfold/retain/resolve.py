"""Which entity a mention means: one the bank knows, by name, company and time, or a new one.

score = 0.5 * likeness of names + 0.3 * shared neighbours + 0.2 * nearness in time (linear over 7 days), and
0.6 makes two the same (Hindsight, section 4.1). Likeness alone never does: numbers, codes and short names
must match to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rapidfuzz.distance import JaroWinkler

from fourfold.model import Entity
from fourfold.retain.statement import Mention
from fourfold.stores.graph import BankGraph, entity_id

_SAME = 0.6
_DAYS_NEAR = 7


@dataclass(slots=True)
class Resolver:
    """Resolves the mentions of one retain to entities of `graph`, whose lock the caller holds; `changed` are the
    entities that are new or gained an alias."""

    graph: BankGraph
    changed: dict[str, Entity] = field(default_factory=dict)
    _initials: dict[str, list[str]] = field(default_factory=dict)
    _together: dict[str, set[str]] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in set(self.graph.names().values()):
            _file(self._initials, name)

    def resolve(self, mentions: Sequence[Mention], at: datetime) -> tuple[str, ...]:
        """The entity names that `mentions`, made together at `at`, stand for."""
        names = [mention.name for mention in mentions]
        for mention in mentions:
            self._learn(mention)
        exact = {name: found for name in names if (found := self._known(name)) is not None}
        company = set(exact.values())
        meant = tuple(dict.fromkeys(exact.get(name) or self._meant(name, company, at) for name in names))
        for name in meant:
            self._together.setdefault(name, set()).update(meant)
            self._last[name] = at
        return meant

    def _learn(self, mention: Mention) -> None:
        """Notes the aliases and the kind that a text gives a name."""
        if not mention.aliases and not mention.kind:
            return
        known = next((k for name in (mention.name, *mention.aliases) if (k := self._known(name))), None)
        held = (
            self._entity(known) if known else Entity(entity_id(self.graph.bank, mention.name), mention.name)
        )
        taken = {form for name in (mention.name, *mention.aliases) if self._known(name) in (None, held.name)
                 for form in [name]} - {held.name}  # fmt: skip
        aliases = tuple(dict.fromkeys((*held.aliases, *sorted(taken))))
        kind = held.kind or mention.kind
        if known is None or (aliases, kind) != (held.aliases, held.kind):
            self.changed[held.name] = replace(held, aliases=aliases, kind=kind, mentions=0)
        if known is None:
            _file(self._initials, held.name)

    def _entity(self, name: str) -> Entity:
        entity = self.changed.get(name) or self.graph.entity(name)
        assert entity is not None
        return entity

    def _known(self, name: str) -> str | None:
        folded = name.casefold()
        found = self.graph.names().get(folded)
        if found is None:
            found = next((e.name for e in self.changed.values() if folded in _folded(e)), None)
        return found

    def _meant(self, name: str, company: set[str], at: datetime) -> str:
        scored = [
            (self._score(name, other, company, at), other)
            for other in self._initials.get(name[0].casefold(), ())
            if other not in company and _may_be_same(name, other)
        ]
        best = max(scored, default=(0.0, ""))
        if best[0] >= _SAME:
            entity = self.changed.get(best[1]) or self.graph.entity(best[1])
            assert entity is not None
            self.changed[entity.name] = replace(entity, aliases=(*entity.aliases, name), mentions=0)
            return entity.name
        self.changed[name] = Entity(entity_id(self.graph.bank, name), name)
        _file(self._initials, name)
        return name

    def _score(self, name: str, other: str, company: set[str], at: datetime) -> float:
        shared = company & (self.graph.mentioned_with(other) | self._together.get(other, set()))
        last = self._last[other].timestamp() if other in self._last else self.graph.last_mention(other)
        days = abs(at.timestamp() - last) / 86_400 if last is not None else 0.0
        return (
            0.5 * _likeness(name, other)
            + 0.3 * (len(shared) / len(company) if company else 0.0)
            + 0.2 * max(0.0, 1 - days / _DAYS_NEAR)
        )


def _file(initials: dict[str, list[str]], name: str) -> None:
    initials.setdefault(name[0].casefold(), []).append(name)


def _folded(entity: Entity) -> set[str]:
    return {name.casefold() for name in (entity.name, *entity.aliases)}


def _likeness(name: str, other: str) -> float:
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    if long.startswith(short + " ") or (len(short) >= 3 and long.startswith(short)):
        return 0.75
    return float(JaroWinkler.similarity(short, long))


def _may_be_same(name: str, other: str) -> bool:
    """Whether likeness may be asked for at all: a short form of a single name ("Mel", "Melanie"), or a slip of
    the pen in a long one."""
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    if re.findall(r"\d+", short) != re.findall(r"\d+", long) or any(c.isdigit() for c in short + long):
        return False
    if " " in short or " " in long:
        return " " in short and len(short) >= 8 and JaroWinkler.similarity(short, long) >= 0.95
    if long.startswith(short):
        return len(short) >= 3 and len(long) - len(short) <= 5
    return len(short) >= 6 and JaroWinkler.similarity(short, long) >= 0.95
