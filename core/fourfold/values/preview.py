"""What a retain would make of a text, before it is retained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fourfold.values.statements import Kind
from fourfold.values.units import Interval, Modality, Network


@dataclass(frozen=True, slots=True)
class PreviewedStatement:
    """A sentence or clause, at the characters `[start, end)` of its message, and what it would be taken for.

    `message` is the id of the message, or of what would be derived from it. `kind` to `confidence` are as in `Unit`;
    what is no statement (`kind`) is kept and found, but is no belief, and stands in no summary, whatever it is read
    as: `modality` and `lasting` are told of any sentence. `mentions` are the names in it, `occurred` the time that it
    speaks of. `replaces` are the ids of units that would be retired for what it says, `outdates` those that would be
    marked as said before it. `known` says that the bank has it already.
    """

    text: str
    start: int
    end: int
    message: str
    kind: Kind
    network: Network
    modality: Modality
    lasting: bool
    attribute: str
    confidence: float | None
    mentions: tuple[str, ...] = ()
    occurred: Interval | None = None
    replaces: tuple[str, ...] = ()
    outdates: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What a retain would do: its statements, in order, over which one can iterate; what the bank's rules would hold
    back, by rule; and its warnings."""

    statements: tuple[PreviewedStatement, ...]
    redacted: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[PreviewedStatement]:
        return iter(self.statements)

    def __len__(self) -> int:
        return len(self.statements)
