"""A record of one bank as a record of another: ids are made of a bank's name, so all of them change with it, wherever
they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fourfold.language.text import normalise
from fourfold.ports import Point
from fourfold.schema.banks import entity_id
from fourfold.schema.entries import entry_id, is_entry
from fourfold.schema.records import OPERATION, kind_of, make_id
from fourfold.schema.summaries import summary_id

LEFT_BEHIND = frozenset({"cursor", "ledger", "progress", "arriving", "erased"})
"""Kinds that say how far something is in a store; they do not go along."""
ID_FIELDS = ("kind", "bank", "name", "entities", "text", "network", "key")
"""The fields that `Rekeyer.note` looks at."""


@dataclass(slots=True)
class Rekeyer:
    """From the bank `old` to the bank `new`: first `note` every record, then have each `moved`."""

    old: str
    new: str
    _ids: dict[str, str] = field(default_factory=dict)

    def note(self, point: Point) -> None:
        """Notes the id that a record will have."""
        if self.old != self.new:
            self._ids[point.id] = self._id(point)

    def moved(self, point: Point) -> Point:
        """The record, of the other bank."""
        if self.old == self.new:
            return point
        payload = self._mapped(point.payload)
        payload["bank"] = self.new
        if payload.get("held_in") is not None:
            payload["held_in"] = self.new
        if payload["kind"] == OPERATION:
            payload["before"] = {one: self._steps(steps) for one, steps in payload["before"].items()}
        return replace(point, id=self._ids[point.id], payload=payload)

    def _steps(self, steps: Mapping[str, Any]) -> dict[str, Any]:
        """What a record was before, of the other bank."""
        renamed = {
            name: ["was", self.new] for name in ("held_in", "bank") if steps.get(name) == ["was", self.old]
        }
        return {**steps, **renamed}

    def _mapped(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._ids.get(value, value)
        if isinstance(value, Mapping):
            return {self._ids.get(name, name): self._mapped(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._mapped(one) for one in value]
        return value

    def _id(self, point: Point) -> str:
        """What is found by a name has the id that the name gives it."""
        p, kind = point.payload, kind_of(point)
        match kind:
            case "bank" | "core":
                return make_id(self.new, kind)
            case "entity":
                return entity_id(self.new, p["name"])
            case "summary":
                return summary_id(self.new, p["entities"][0])
            case "unit" if point.id == make_id(self.old, "belief", normalise(p["text"])):
                return make_id(self.new, "belief", normalise(p["text"]))
            case _ if is_entry(point):
                return entry_id(self.new, kind, p["key"])
            case _:
                return make_id(self.new, "copy", point.id)
