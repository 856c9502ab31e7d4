"""Masks the records of a whole bank on their way into another one: what a rule redacts may have been written before
the rule was there, or come from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fourfold.language.attributes import AttributedText, assertions
from fourfold.language.enrichment import enriched
from fourfold.ports import Point
from fourfold.schema.banks import Profile, bank_point, entity_point, read_entity, read_profile
from fourfold.schema.records import BANK, ENTITY, UNIT, bank_of, kind_of
from fourfold.schema.units import read_unit, with_attributes, with_unit
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, stored_rules
from fourfold.values.units import Unit


def policy_for(services: Services, profile: Profile | None) -> RedactionPolicy:
    """Returns the rules that the caller gave, else those of `profile`, the profile of the bank that is copied."""
    if services.redaction is not None:
        return RedactionPolicy(services.redaction)
    return RedactionPolicy(profile.rules if profile is not None else ())


def redacts_units(points: Iterable[Point], policy: RedactionPolicy) -> bool:
    """Says whether a rule masks something in one of the units: their vectors were made of the text as it was, so they
    have to be made anew."""
    if not policy.rules:
        return False
    trial = RedactionPolicy(
        policy.rules
    )  # another object: `policy` counts what it masks, and would count this twice
    units = (read_unit(point) for point in points if kind_of(point) == UNIT)
    return any(_masked(unit, trial) != unit for unit in units)


def redact_records(points: Iterable[Point], services: Services, policy: RedactionPolicy) -> Iterator[Point]:
    """Yields the records, masked, and the profile with the rules that the caller asked for. Vectors stay as they are;
    see `redacts_units`. Raises `InputError` for a text that a test leaves out: a copy is whole or there is none."""
    for point in points:
        redacted = _redacted(point, services, policy)
        if redacted is not None:
            yield redacted


def _redacted(point: Point, services: Services, policy: RedactionPolicy) -> Point | None:
    """Returns a record, masked; None for an entity whose name a rule redacts: units do not mention it any more."""
    kind = kind_of(point)
    if kind == BANK and services.redaction is not None:
        profile = read_profile(point)
        return policy.redact_point(bank_point(replace(profile, rules=stored_rules(services.redaction))), None)
    if not policy.rules:
        return point
    if kind == ENTITY:
        entity = read_entity(point)
        if policy.redact(entity.name) != entity.name:
            return None
        aliases = tuple(alias for alias in entity.aliases if policy.redact(alias) == alias)
        return entity_point(bank_of(point), replace(entity, aliases=aliases))
    return policy.redact_point(_redacted_unit(point, policy) if kind == UNIT else point, None)


def _redacted_unit(point: Point, policy: RedactionPolicy) -> Point:
    unit = read_unit(point)
    masked = _masked(unit, policy)
    if masked == unit:
        return point
    # Worked out anew: the attributes that a unit was found by may have been in the words that are masked.
    text = AttributedText(masked.text, masked.speaker, masked.modality)
    asserted = enriched("attributes", text.text, (), assertions, text)
    attributes = list(dict.fromkeys(assertion.key for assertion in asserted))
    return with_attributes(with_unit(point, masked), attributes)


def _masked(unit: Unit, policy: RedactionPolicy) -> Unit:
    text = policy.redact(unit.text)
    # Text that was masked is no longer what its message has between the offsets.
    source = unit.source if text == unit.text else replace(unit.source, start=0, end=0)
    return replace(
        unit,
        text=text,
        source=source,
        context=policy.redact(unit.context),
        speaker=policy.redact(unit.speaker) if unit.speaker else unit.speaker,
        entities=tuple(name for name in unit.entities if policy.redact(name) == name),
    )
