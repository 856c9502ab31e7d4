"""What a language model has been shown while it reflects: units by the short ids it cites them by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.language.text import estimate_tokens
from fourfold.values.rendering import render_unit
from fourfold.values.units import Unit

_SHORT = 8
MARKER = re.compile(r"\s?\[([0-9a-fA-F]{8,32}(?:\s*[,;]\s*[0-9a-fA-F]{8,32})*)\]")
"""Ids in brackets, as an answer cites them."""


@dataclass(slots=True)
class EvidenceWindow:
    """The units that were shown, within `budget` tokens altogether."""

    budget: int
    units: dict[str, Unit] = field(default_factory=dict)
    """By the id that they are shown with: the first eight characters of theirs, more where two begin alike."""

    def show(self, found: Iterable[Unit]) -> str:
        """The lines of `found` for the prompt, as far as there is room; one that was shown already takes little."""
        lines = []
        for unit in found:
            label = self._known(unit)
            if label is not None:
                lines.append(f"[{label}] (shown above)")
                continue
            label = self._label(unit)
            line = f"[{label}] ({unit.network}) {render_unit(unit)}"
            size = estimate_tokens(line)
            if size <= self.budget:
                self.budget -= size
                self.units[label] = unit
                lines.append(line)
        return "\n".join(lines)

    def tell(self, sentence: str, found: Iterable[Unit]) -> str:
        """A sentence that says what the units `found` say, with their ids, which may be cited from then on; "" where
        there is no room."""
        units = {self._known(unit) or self._label(unit): unit for unit in found}
        line = f"{sentence} [{', '.join(units)}]"
        size = estimate_tokens(line)
        if size > self.budget:
            return ""
        self.budget -= size
        self.units |= units
        return line

    def take(self, text: str) -> str:
        """`text`, cut to what there is room for."""
        words = text.split(" ")
        while words and estimate_tokens(" ".join(words)) > self.budget:
            words = words[: len(words) * 3 // 4]
        kept = " ".join(words)
        self.budget -= estimate_tokens(kept)
        return kept

    def get(self, written: str) -> Unit | None:
        """The unit that an id stands for, as it was shown or longer; None for what was not shown."""
        plain = written.strip(" []#.`\"'").lower()
        if len(plain) < _SHORT:
            return None
        for label, unit in self.units.items():
            if unit.id.startswith(plain) and plain.startswith(label):
                return unit
        return None

    def _known(self, unit: Unit) -> str | None:
        return next((label for label, held in self.units.items() if held.id == unit.id), None)

    def _label(self, unit: Unit) -> str:
        length = _SHORT
        while unit.id[:length] in self.units:
            length += 1
        return unit.id[:length]


def cited(answer: str) -> list[str]:
    """The ids that an answer cites in brackets, in order, each once."""
    found = [one for match in MARKER.finditer(answer) for one in re.split(r"\s*[,;]\s*", match.group(1))]
    return list(dict.fromkeys(found))


def without(answer: str, wrong: Iterable[str]) -> str:
    """`answer` without those of its citations that are wrong."""
    gone = set(wrong)

    def kept(match: re.Match[str]) -> str:
        right = [one for one in re.split(r"\s*[,;]\s*", match.group(1)) if one not in gone]
        before = match.group()[: match.group().index("[")]
        return f"{before}[{', '.join(right)}]" if right else ""

    return MARKER.sub(kept, answer)
