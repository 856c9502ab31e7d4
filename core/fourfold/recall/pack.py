"""Packs hits into a prompt: whole units, best first, until the token budget is full. What does not fit is
skipped, shorter ones behind it may still; a statement is given once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.model import Hit, Interval, Unit
from fourfold.text import estimate_tokens, normalise

_FULL = 12  # tokens: with less room than this, nothing is worth looking for
_LINE = 8


@dataclass(slots=True)
class Packer:
    """Takes hits in order. `budget` in tokens and `limit` in hits; None is no bound."""

    budget: int | None
    limit: int | None
    used: int = 0
    hits: list[Hit] = field(default_factory=list)
    _said: set[tuple[str | None, str]] = field(default_factory=set)

    @property
    def full(self) -> bool:
        """Whether nothing more can go in."""
        if self.limit is not None and len(self.hits) >= self.limit:
            return True
        return self.budget is not None and self.budget - self.used < _FULL

    def offer(self, hits: Iterable[Hit]) -> None:
        """Packs those that fit and were not said yet."""
        for hit in hits:
            if self.full:
                return
            said = (hit.unit.speaker, f"{normalise(hit.unit.text)}{hit.unit.occurred}")
            size = estimate_tokens(hit.unit.text) + _LINE
            if said in self._said or (self.budget is not None and self.used + size > self.budget):
                continue
            self._said.add(said)
            self.used += size
            self.hits.append(hit)

    @property
    def text(self) -> str:
        """The hits as lines for a prompt."""
        return "\n".join(render(hit.unit) for hit in self.hits)


def render(unit: Unit) -> str:
    """ "[8 May 2023] Ana: I went there yesterday. (7 May 2023)", or with the time it tells of left out."""
    said = f"[{unit.mentioned_at.day} {unit.mentioned_at:%B %Y}]"
    who = f" {unit.speaker}:" if unit.speaker else ""
    told = f" ({span(unit.occurred)})" if unit.occurred else ""
    gone = " [no longer held]" if unit.retired_at else ""
    return f"{said}{who} {unit.text}{told}{gone}"


def span(interval: Interval) -> str:
    """An interval as people write it: a day, or from-to."""
    start, end = interval.start, interval.end
    if start is None or end is None:
        return f"since {start:%Y-%m-%d}" if start else f"until {end:%Y-%m-%d}" if end else "at some time"
    if (end - start).days <= 1:
        return f"{start.day} {start:%B %Y}"
    if (start.day, end.day) == (1, 1) and 28 <= (end - start).days <= 31:
        return f"{start:%B %Y}"
    if (start.day, start.month, end.day, end.month) == (1, 1, 1, 1) and end.year == start.year + 1:
        return f"{start.year}"
    return f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
