"""Which units of a bank, by row, were retired in favour of another or archived, and which have a probable
successor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypedDict

from fourfold.schema.indexed_units import IndexedUnit
from fourfold.values.units import Retirement, RetirementCause


class SupersessionSnapshot(TypedDict):
    """A `Supersession` as JSON."""

    superseded: list[tuple[int, str]]
    replaced: list[int]
    archived: list[int]


@dataclass(slots=True)
class Supersession:
    """The successions in one bank."""

    superseded: dict[int, str] = field(default_factory=dict)
    """By row, the id of the unit that probably holds in place of that one."""
    replaced: set[int] = field(default_factory=set)
    """The rows of the units that were retired in favour of another."""
    archived: set[int] = field(default_factory=set)
    """The rows of the units that were archived since they had faded."""

    def to_snapshot(self) -> SupersessionSnapshot:
        """Returns the successions as a JSON object."""
        return {
            "superseded": list(self.superseded.items()),
            "replaced": sorted(self.replaced),
            "archived": sorted(self.archived),
        }

    @classmethod
    def from_snapshot(cls, snapshot: SupersessionSnapshot) -> Supersession:
        """Returns the successions that `to_snapshot` described."""
        return cls(dict(snapshot["superseded"]), set(snapshot["replaced"]), set(snapshot["archived"]))

    def update(self, row: int, unit: IndexedUnit) -> None:
        """Takes notice of the retirement and the successor of a unit; a forgotten one has none."""
        # A retirement can be undone: what was noted of the row before holds no longer.
        self.replaced.discard(row)
        self.archived.discard(row)
        match unit.retirement:
            case Retirement(cause=RetirementCause.SUPERSEDED):
                self.replaced.add(row)
            case Retirement(cause=RetirementCause.ARCHIVED):
                self.archived.add(row)
        if unit.successor is not None:
            self.superseded[row] = unit.successor
        else:
            self.superseded.pop(row, None)

    def is_known(self, row: int) -> bool:
        """Returns whether what a retired row says is still known to the bank: saying it again is nothing new."""
        return row in self.replaced or row in self.archived

    def superseded_by(self, units: Collection[str]) -> list[int]:
        """Returns the rows that one of these units is the probable successor of."""
        return [row for row, unit in self.superseded.items() if unit in units]
