"""What became of a bank's units that hold no more, by row: which were retired in favour of another, which were
archived, and which another one probably holds in place of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from fourfold.schema.units import read_retirement
from fourfold.values.units import Retirement, RetirementCause


@dataclass(slots=True)
class Supersession:
    """`superseded` is by row the unit that probably holds in its place."""

    superseded: dict[int, str] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)
    archived: set[int] = field(default_factory=set)

    def to_snapshot(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "superseded": list(self.superseded.items()),
            "replaced": sorted(self.replaced),
            "archived": sorted(self.archived),
        }

    @classmethod
    def from_snapshot(cls, frozen: Mapping[str, Any]) -> Supersession:
        """What `to_snapshot` took down."""
        return cls(dict(frozen["superseded"]), set(frozen["replaced"]), set(frozen["archived"]))

    def note(self, row: int, payload: Mapping[str, Any]) -> None:
        """Takes notice of what a unit says of itself; a forgotten one has no successor."""
        self.replaced.discard(row)
        self.archived.discard(row)
        match read_retirement(payload):
            case Retirement(cause=RetirementCause.SUPERSEDED):
                self.replaced.add(row)
            case Retirement(cause=RetirementCause.ARCHIVED):
                self.archived.add(row)
        if payload["superseded_by"] is not None:
            self.superseded[row] = payload["superseded_by"]
        else:
            self.superseded.pop(row, None)

    def is_known(self, row: int) -> bool:
        """Whether what a row says is known still, though it was retired."""
        return row in self.replaced or row in self.archived

    def by(self, units: Collection[str]) -> list[int]:
        """The rows that probably one of these units holds in place of."""
        return [row for row, unit in self.superseded.items() if unit in units]
