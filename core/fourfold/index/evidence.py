"""Which units each belief of a bank rests on, so that an index loses an edge which a later write took out."""

from __future__ import annotations

from collections.abc import Iterable


class EvidenceIndex:
    """By the id of a unit, the ids of its evidence."""

    def __init__(self, evidence: dict[str, list[str]] | None = None) -> None:
        self._evidence = evidence or {}

    def update(self, unit_id: str, evidence: Iterable[str]) -> list[str]:
        """Puts down what a unit rests on now; returns what it rested on before and does no more, but for what rests
        on it in turn: the edge between the two stands for both."""
        before, now = self._evidence.pop(unit_id, []), list(evidence)
        if now:
            self._evidence[unit_id] = now
        return [each for each in before if each not in now and unit_id not in self._evidence.get(each, ())]

    def to_snapshot(self) -> dict[str, list[str]]:
        """Returns what `__init__` takes."""
        return self._evidence
