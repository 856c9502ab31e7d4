"""A bank as a whole in a store: its profile, and the entities that it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from fourfold.language.languages import language
from fourfold.language.pack import Language
from fourfold.ports import Fields, Point
from fourfold.schema.fields import BANK as BANK_FIELD
from fourfold.schema.fields import KIND
from fourfold.schema.records import BANK, ENTITY, make_id
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import Disposition
from fourfold.values.units import Entity


@dataclass(frozen=True, slots=True)
class Profile:
    """A bank as a whole: when it was created, its language (None until enough has been said to tell), how it
    reflects, and what it redacts."""

    bank: str
    created_at: datetime
    language: Language | None = None
    mission: str = ""
    """What the bank's agent is there for, in words; reflection begins with it."""
    disposition: Disposition = field(default_factory=Disposition)
    rules: tuple[RedactionRule, ...] = ()
    """What is masked or left out of everything that is written to the bank."""


def profile_id(bank: str) -> str:
    """Returns the id of the profile of `bank`."""
    return make_id(bank, BANK)


def bank_point(profile: Profile) -> Point:
    """Returns a bank's profile as a record of the store."""
    return Point(profile_id(profile.bank), profile_payload(profile))


def profile_payload(profile: Profile) -> dict[str, object]:
    """Returns a bank's profile as a JSON object."""
    return {
        KIND: BANK,
        BANK_FIELD: profile.bank,
        "created_at": profile.created_at.isoformat(),
        "language": profile.language and profile.language.code,
        "mission": profile.mission,
        "disposition": list(astuple(profile.disposition)),
        "hold_back": [[rule.name, rule.pattern, rule.entity] for rule in profile.rules],
    }


READ_PROFILE = Fields(only=(BANK_FIELD, "created_at", "language", "mission", "disposition", "hold_back"))
"""What `read_profile` looks at."""


def read_profile(point: Point) -> Profile:
    """Returns the profile that `bank_point` wrote."""
    return parse_profile(point.payload)


def parse_profile(payload: Mapping[str, Any]) -> Profile:
    """Returns the profile that `profile_payload` described."""
    code = payload["language"]
    created_at = datetime.fromisoformat(payload["created_at"])
    return Profile(
        payload[BANK_FIELD],
        created_at,
        language(code) if code else None,
        payload["mission"],
        Disposition(*payload["disposition"]),
        # Profiles that were written before banks had redaction rules lack the field.
        tuple(RedactionRule(name, pattern, entity) for name, pattern, entity in payload.get("hold_back", ())),
    )


def entity_id(bank: str, name: str) -> str:
    """Returns the id of the entity called `name` in `bank`; case is ignored."""
    return make_id(bank, ENTITY, name.casefold())


def entity_point(bank: str, entity: Entity) -> Point:
    """Returns an entity with its aliases as a record of the store, without its mentions."""
    # An index counts the mentions: stored, they would have to be written again with every unit.
    payload = {
        KIND: ENTITY,
        BANK_FIELD: bank,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "type": entity.kind,
    }
    return Point(entity.id, payload)


READ_ENTITY = Fields(only=("name", "aliases", "type"))
"""What `read_entity` looks at."""


def read_entity(point: Point) -> Entity:
    """Returns the entity that `entity_point` wrote, with no mentions."""
    p = point.payload
    return Entity(point.id, p["name"], tuple(p["aliases"]), kind=p["type"])


def name_of(point: Point) -> str:
    """Returns the canonical name of an entity, by its record."""
    return str(point.payload["name"])
