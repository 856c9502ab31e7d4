"""A bank as a whole in a store: its profile, and the entities it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from fourfold.language.languages import language
from fourfold.language.pack import Language
from fourfold.ports import Point
from fourfold.schema.records import make_id
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entity


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a bank as a whole: since when it is there, the language it is kept in (None as long as nobody
    can tell), and how it reflects."""

    bank: str
    created_at: datetime
    language: Language | None = None
    mission: str = ""
    """What the bank's agent is there for; it frames reflection."""
    disposition: Disposition = field(default_factory=Disposition)
    rules: tuple[RedactionRule, ...] = ()
    """What it holds back."""


def bank_point(profile: Profile) -> Point:
    """A bank's profile as a record of the store."""
    payload = {
        "kind": "bank",
        "bank": profile.bank,
        "created_at": profile.created_at.isoformat(),
        "language": profile.language and profile.language.code,
        "mission": profile.mission,
        "disposition": list(astuple(profile.disposition)),
        "hold_back": [[rule.name, rule.pattern, rule.entity] for rule in profile.rules],
    }
    return Point(make_id(profile.bank, "bank"), payload)


def read_profile(payload: Mapping[str, Any]) -> Profile:
    """The profile that `bank_point` described."""
    code = payload["language"]
    created_at = datetime.fromisoformat(payload["created_at"])
    return Profile(
        payload["bank"],
        created_at,
        language(code) if code else None,
        payload["mission"],
        Disposition(*payload["disposition"]),
        tuple(RedactionRule(name, pattern, entity) for name, pattern, entity in payload.get("hold_back", ())),
    )


def entity_id(bank: str, name: str) -> str:
    """The id of the entity called `name` in `bank`."""
    return make_id(bank, "entity", name.casefold())


def entity_point(bank: str, entity: Entity) -> Point:
    """An entity with its aliases. Mentions are not stored: the graph counts them."""
    payload = {
        "kind": "entity",
        "bank": bank,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "type": entity.kind,
    }
    return Point(entity.id, payload)


def read_entity(point: Point) -> Entity:
    """The entity that `entity_point` described."""
    p = point.payload
    return Entity(point.id, p["name"], tuple(p["aliases"]), kind=p["type"])
