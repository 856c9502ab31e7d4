"""Entities put right by hand: two made one, one made two, one called otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.language.text import normalise
from fourfold.schema.banks import entity_id
from fourfold.schema.records import tombstone
from fourfold.schema.summaries import summary_id
from fourfold.schema.units import entities_of, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.changes import Change
from fourfold.values.units import Entity


def merge_entities(services: Services, bank: str, name: str, into: str, reason: str) -> Change:
    """Makes the entity `name` one with `into`, which keeps its name and takes the other's as aliases."""

    def plan(index: BankIndex) -> _Edit:
        absorbed, target = _entity(index, name), _entity(index, into)
        if absorbed.name == target.name:
            raise InputError(f'"{name}" and "{into}" are one entity already ("{target.name}").')
        aliases = tuple(dict.fromkeys((*target.aliases, absorbed.name, *absorbed.aliases)))
        merged = replace(target, aliases=aliases, kind=target.kind or absorbed.kind)
        return _Edit(
            "merge",
            f'"{absorbed.name}" into "{target.name}"',
            before=(absorbed, target),
            after=(merged,),
            units=_mentioning(index, absorbed.name),
            rename=lambda unit, entities: tuple(target.name if e == absorbed.name else e for e in entities),
        )

    return _carry_out(services, bank, plan, reason)


def split_entity(services: Services, bank: str, name: str, of: str, reason: str) -> Change:
    """Makes `name`, an alias of the entity `of`, an entity of its own. It takes along the units that say its name
    and no other form of the old one's."""

    def plan(index: BankIndex) -> _Edit:
        original = _entity(index, of)
        alias = next((a for a in original.aliases if a.casefold() == name.casefold()), None)
        if alias is None:
            raise InputError(
                f'"{name}" is no alias of "{original.name}", whose aliases are {list(original.aliases)}.'
            )
        rest = replace(original, aliases=tuple(a for a in original.aliases if a != alias))
        part = Entity(entity_id(bank, alias), alias, kind=original.kind)

        def renamed(text: str, entities: Sequence[str]) -> tuple[str, ...]:
            if not _says(text, alias) or any(_says(text, form) for form in (rest.name, *rest.aliases)):
                return tuple(entities)
            return tuple(alias if e == original.name else e for e in entities)

        subject = f'"{alias}" from "{original.name}"'
        units = _mentioning(index, original.name)
        return _Edit("split", subject, before=(original,), after=(rest, part), units=units, rename=renamed)

    return _carry_out(services, bank, plan, reason)


def rename_entity(services: Services, bank: str, name: str, to: str, reason: str) -> Change:
    """Has the entity `name` be called `to`; the name it had becomes an alias."""

    def plan(index: BankIndex) -> _Edit:
        entity = _entity(index, name)
        namesake = index.entity(to)
        if namesake is not None and namesake.name != entity.name:
            raise InputError(f'There is an entity called "{namesake.name}" already: merge "{name}" into it.')
        aliases = tuple(alias for alias in dict.fromkeys((*entity.aliases, entity.name)) if alias != to)
        renamed = Entity(entity_id(bank, to), to, aliases, kind=entity.kind)
        return _Edit(
            "rename",
            f'"{entity.name}" to "{to}"',
            before=(entity,),
            after=(renamed,),
            units=_mentioning(index, entity.name),
            rename=lambda unit, entities: tuple(to if e == entity.name else e for e in entities),
        )

    return _carry_out(services, bank, plan, reason)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change to be: the entities before and after it, and the units whose mentions `rename` may change."""

    what: Literal["merge", "split", "rename"]
    shown: str
    before: tuple[Entity, ...]
    after: tuple[Entity, ...]
    units: tuple[str, ...]
    rename: Callable[[str, Sequence[str]], tuple[str, ...]]


def _carry_out(services: Services, bank: str, plan: Callable[[BankIndex], _Edit], reason: str) -> Change:
    with services.indexes.locked(bank) as index:
        edit = plan(index)
        transaction = Transaction(services, index, services.clock.now(), edit.what, edit.shown, reason)
        for point in transaction.points(edit.units):
            unit = read_unit(point)
            entities = tuple(dict.fromkeys(edit.rename(f"{unit.speaker or ''} {unit.text}", unit.entities)))
            if entities != unit.entities:
                transaction.put_unit(point, replace(unit, entities=entities))
        for identity in {e.id for e in edit.before} - {e.id for e in edit.after}:
            transaction.put_record(tombstone(bank, identity))
        invalidate_summaries(transaction, [entity.name for entity in (*edit.before, *edit.after)])
        change = transaction.commit({entity.name: entity for entity in edit.after})
    services.indexes.drop(bank)
    assert change is not None
    return change


def invalidate_summaries(transaction: Transaction, names: Iterable[str]) -> None:
    """Drops the summaries of these entities, and has one unit of each count as news, so that they are made anew."""
    bank = transaction.index.bank
    for name in names:
        transaction.put_record(tombstone(bank, summary_id(bank, name)))
        rows = transaction.index.units_mentioning(name)
        mentioning = [transaction.index.unit_ids[row] for row in rows]
        still_mentioning = [
            i for i in mentioning if i not in transaction.units or name in entities_of(transaction.units[i])
        ]
        for point in transaction.points(still_mentioning[:1]):
            transaction.units[point.id] = point


def _entity(index: BankIndex, name: str) -> Entity:
    return replace(index.require_entity(name), mentions=0)


def _mentioning(index: BankIndex, name: str) -> tuple[str, ...]:
    return tuple(index.unit_ids[row] for row in index.units_mentioning(name))


def _says(text: str, name: str) -> bool:
    return (
        f" {normalise(name)} "
        in f" {normalise(text.replace(chr(8217), chr(39)).replace(chr(39) + 's', ' '))} "
    )
