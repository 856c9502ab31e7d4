"""Makes a record of one bank a record of another: ids are made of a bank's name, so all of them change with it,
wherever they stand in a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fourfold.ports import Fields, Point
from fourfold.schema import entries, records
from fourfold.schema.banks import entity_id, name_of, profile_id
from fourfold.schema.beliefs import belief_id
from fourfold.schema.changelog import in_bank_before
from fourfold.schema.core_profile import core_id
from fourfold.schema.fields import BANK, KIND, NETWORK
from fourfold.schema.records import in_bank, kind_of, make_id
from fourfold.schema.summaries import summary_id
from fourfold.schema.units import entities_of, text_of

LEFT_BEHIND = frozenset({records.CURSOR, records.LEDGER, records.PROGRESS, records.ARRIVING, records.ERASED})
"""Kinds that say how far something is in a store; they do not go along."""
ID_FIELDS = Fields(only=(KIND, BANK, "name", "entities", "text", NETWORK, "key"))
"""What `Rekeyer.note` looks at."""


@dataclass(slots=True)
class Rekeyer:
    """From the bank `old` to the bank `new`: `note` every record before the first is `moved`, since a record may name
    any other."""

    old: str
    new: str
    _ids: dict[str, str] = field(default_factory=dict)

    def note(self, point: Point) -> None:
        """Notes the id that a record will have."""
        if self.old != self.new:
            self._ids[point.id] = self._new_id(point)

    def new_id(self, identity: str) -> str:
        """Returns the id in the other bank of the record with this id; of one that was not noted, the same."""
        return self._ids.get(identity, identity)

    def moved(self, point: Point) -> Point:
        """Returns the record as one of the other bank."""
        if self.old == self.new:
            return point
        moved = replace(point, id=self._ids[point.id], payload=self._with_new_ids(point.payload))
        if kind_of(moved) == records.OPERATION:
            moved = in_bank_before(moved, self.old, self.new)
        return in_bank(moved, self.new)

    def _with_new_ids(self, value: Any) -> Any:
        """Returns a JSON value with the new id for every string in it that is an id, names of fields included."""
        # Ids stand in many fields, and in those of the change log under any name: what is one is told by its value,
        # 128 bits that no text is by chance.
        if isinstance(value, str):
            return self._ids.get(value, value)
        if isinstance(value, Mapping):
            return {self._ids.get(name, name): self._with_new_ids(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._with_new_ids(item) for item in value]
        return value

    def _new_id(self, point: Point) -> str:
        """Returns the id of a record in the other bank: what is found by its name has the id that the name gives it,
        and everything else one that is made of its old one."""
        by_name = id_by_name(point, self.new)
        if by_name is None and kind_of(point) == records.UNIT:
            text = text_of(point)
            by_name = belief_id(self.new, text) if point.id == belief_id(self.old, text) else None
        return make_id(self.new, "copy", point.id) if by_name is None else by_name


def id_by_name(point: Point, bank: str) -> str | None:
    """Returns the id that a record has in `bank` by what it is called; None for one that is not found by a name."""
    match kind_of(point):
        case records.BANK:
            return profile_id(bank)
        case records.CORE:
            return core_id(bank)
        case records.ENTITY:
            return entity_id(bank, name_of(point))
        case records.SUMMARY:
            return summary_id(bank, entities_of(point)[0])
    return entries.id_in_bank(point, bank) if entries.is_entry(point) else None
