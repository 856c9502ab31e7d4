"""Keeps the evidence that a language model has been shown while it reflects: units by the short ids it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.language.text import estimate_tokens
from fourfold.values.rendering import render_unit
from fourfold.values.units import Unit

_SHORTEST_ID = 8
"""Hexadecimal digits of a unit's id that are shown. Among 100,000 units two begin alike in them about once (birthday
bound, 10^10 / 2 pairs over 2^32); `_new_label` takes more digits then."""
_CITATION = re.compile(r"\s?\[([0-9a-fA-F]{8,32}(?:\s*[,;]\s*[0-9a-fA-F]{8,32})*)\]")
"""Ids in brackets, as an answer cites them, with a blank before."""


@dataclass(slots=True)
class EvidenceWindow:
    """The units that a model was shown. `budget` is the number of tokens that are left for more."""

    budget: int
    units: dict[str, Unit] = field(default_factory=dict)
    """Units by label: the first eight digits of a unit's id, more where two units begin alike."""

    def show(self, units: Iterable[Unit]) -> str:
        """Returns `units` as lines for the prompt, a line each, as far as the budget reaches. A unit that was shown
        already is only referred to."""
        lines = []
        for unit in units:
            label = self._label_of(unit)
            if label is not None:
                # A reference takes none of the budget, which is for evidence.
                lines.append(f"[{label}] (shown above)")
                continue
            label = self._new_label(unit)
            line = f"[{label}] ({unit.network}) {render_unit(unit)}"
            size = estimate_tokens(line)
            if size <= self.budget:
                self.budget -= size
                self.units[label] = unit
                lines.append(line)
        return "\n".join(lines)

    def show_sentence(self, sentence: str, sources: Iterable[Unit]) -> str:
        """Returns `sentence` with the labels of the units it rests on, which may be cited from then on; "" where the
        budget does not reach."""
        units = {self._label_of(unit) or self._new_label(unit): unit for unit in sources}
        line = f"{sentence} [{', '.join(units)}]"
        size = estimate_tokens(line)
        if size > self.budget:
            return ""
        self.budget -= size
        self.units |= units
        return line

    def show_text(self, text: str) -> str:
        """Returns as much of the beginning of `text` as the budget reaches for."""
        words = text.split(" ")
        # Sizes are estimates over the whole text, so a cut is tried, not computed; a quarter at a time is quick.
        while words and estimate_tokens(" ".join(words)) > self.budget:
            words = words[: len(words) * 3 // 4]
        beginning = " ".join(words)
        self.budget -= estimate_tokens(beginning)
        return beginning

    def get(self, citation: str) -> Unit | None:
        """Returns the unit that a model means by an id: its label, or more digits of its id; None for a unit that was
        not shown."""
        digits = citation.strip(" []#.`\"'").lower()
        if len(digits) < _SHORTEST_ID:
            return None
        for label, unit in self.units.items():
            if unit.id.startswith(digits) and digits.startswith(label):
                return unit
        return None

    def _label_of(self, unit: Unit) -> str | None:
        return next((label for label, other in self.units.items() if other.id == unit.id), None)

    def _new_label(self, unit: Unit) -> str:
        length = _SHORTEST_ID
        while unit.id[:length] in self.units:
            length += 1
        return unit.id[:length]


def cited_ids(answer: str) -> list[str]:
    """Returns the ids that an answer cites in brackets, in order, each once."""
    ids = [label for match in _CITATION.finditer(answer) for label in _SEPARATOR.split(match.group(1))]
    return list(dict.fromkeys(ids))


def without_citations(answer: str, ids: Iterable[str]) -> str:
    """Returns `answer` with the citations of `ids` cut out, brackets included where nothing is left in them."""
    dropped = set(ids)

    def remaining(match: re.Match[str]) -> str:
        labels = [label for label in _SEPARATOR.split(match.group(1)) if label not in dropped]
        blank = match.group()[: match.group().index("[")]
        return f"{blank}[{', '.join(labels)}]" if labels else ""

    return _CITATION.sub(remaining, answer)


_SEPARATOR = re.compile(r"\s*[,;]\s*")
