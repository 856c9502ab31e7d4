"""What a bank tells of itself over time, and of what was done to it: changes, events, what was forgotten. Frozen
values, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from fourfold.values.beliefs import Assessment, Belief
from fourfold.values.units import Interval, Operation, Unit

TimelineKind = Literal["events", "plans", "changes", "states", "beliefs"]
"""What a timeline tells; see `Bank.timeline`."""
DIARY: tuple[TimelineKind, ...] = ("events", "plans", "changes")
"""What it tells by default."""


@dataclass(frozen=True, slots=True)
class Change:
    """One write that changed what a bank holds: which `operation` it was ("retain", "forget", "merge"), its `subject`
    in words where there are any, when, by which `actor` (see `Memory.bank`), why, and what became of each unit.
    `undone` says whether it was taken back; `derived` that it follows from what the bank held (a belief was moved, a
    summary made)."""

    id: str
    operation: str
    at: datetime
    actor: str = ""
    reason: str = ""
    subject: str = ""
    operations: tuple[Operation, ...] = ()
    undone: bool = False
    derived: bool = False

    @property
    def units(self) -> tuple[str, ...]:
        """The ids of the units that it made, changed or retired."""
        return tuple(operation.unit for operation in self.operations)


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a bank's timeline, `at` the time it occurred, or was said; None where nobody knows. A fact: it
    held `until` the unit `replaced_by` took its place (None: it holds, or nobody knows), and took itself the place
    of the units `replaces`; `retellings` are other units that tell of it and add nothing to `unit`. A move of a
    belief: the `assessment`, and what is believed in `unit`, as it is now."""

    at: datetime | None
    unit: Unit
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    until: datetime | None = None
    assessment: Assessment | None = None
    retellings: tuple[Unit, ...] = ()

    @property
    def occurred(self) -> Interval | None:
        """When it took place, as exactly as one of its units says; None if none does, and for a move of a belief."""
        if self.assessment is not None:
            return None
        spans = [unit.occurred for unit in (self.unit, *self.retellings) if unit.occurred is not None]
        return min(spans, key=_width, default=None)


def _width(span: Interval) -> timedelta:
    return timedelta.max if span.start is None or span.end is None else span.end - span.start


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure left of what it erased: nothing but this. `units` are the ids that are gone, `counts` how many
    records of each kind are gone or were rewritten ("unit", "chunk", "entity", "belief rewritten"), `digest` the
    SHA-256 of the sorted ids. `kept` are units that say the same and were said elsewhere too. `guarantee` says, in
    words, what is true of the bytes."""

    units: tuple[str, ...]
    at: datetime
    counts: Mapping[str, int]
    digest: str
    kept: tuple[str, ...] = ()
    guarantee: str = ""


@dataclass(frozen=True, slots=True)
class ForgetResult:
    """What a `forget` did: the `units` it retired, beliefs that rested on nothing else included, and the `beliefs`
    that lost some of their evidence, as they are now. An erasure gives no units, but a `receipt`."""

    units: tuple[Unit, ...]
    beliefs: tuple[Belief, ...]
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class PrunePolicy:
    """What `Bank.prune` takes away: units whose retention has fallen below `below`, at most down to `keep` units, and
    of those that are archived already the ones that have been for `delete_after` days (None: none). `networks` and
    `tags` narrow it. Pinned units and what a belief rests on stay."""

    below: float = 0.05
    keep: int = 0
    delete_after: float | None = None
    networks: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PruneResult:
    """What a `prune` did, or with `dry_run` would do: the units it archived, and those it deleted for good."""

    archived: tuple[Unit, ...]
    deleted: tuple[str, ...]
    dry_run: bool
    receipt: Receipt | None = field(default=None)
