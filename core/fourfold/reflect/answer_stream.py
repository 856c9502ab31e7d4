"""Lets the answer of a language model be heard while it writes it: the text inside the JSON that comes in pieces,
with no citation that was not shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic_core import from_json

from fourfold.reflect.evidence_window import EvidenceWindow, cited, without

Hear = Callable[[str], None]
"""Is told the answer's text, piece by piece."""


@dataclass(slots=True)
class AnswerStream:
    """Passes on to `hear` what is new of the answer. What was passed on cannot be taken back: where an answer had to
    be mended and now reads otherwise, it follows once more as a whole."""

    hear: Hear
    shown: EvidenceWindow
    _written: str = field(default="")
    _said: str = field(default="")

    def begin(self) -> None:
        """Another call of the model begins."""
        self._written = ""

    def take(self, piece: str) -> None:
        """Takes a piece of the JSON of a step."""
        self._written += piece
        try:
            step = from_json(self._written, allow_partial="trailing-strings")
        except ValueError:  # no JSON yet, or words around it: the whole answer is passed on in the end
            return
        answer = step.get("answer") if isinstance(step, dict) and not step.get("look_up") else None
        if isinstance(answer, str):
            self._pass_on(self._checked(answer))

    def end(self, answer: str) -> None:
        """Passes on what has not been heard of the final answer."""
        if answer.startswith(self._said):
            self._pass_on(answer)
        else:
            self.hear(f"\n\n{answer}")

    def _checked(self, answer: str) -> str:
        """What of an unfinished answer stands: up to an open bracket, without citations of what was not shown."""
        opened = answer.rfind("[")
        if opened > answer.rfind("]"):
            answer = answer[:opened]
        wrong = [one for one in cited(answer) if self.shown.get(one) is None]
        return without(answer, wrong).strip()

    def _pass_on(self, answer: str) -> None:
        if answer.startswith(self._said) and len(answer) > len(self._said):
            self.hear(answer[len(self._said) :])
            self._said = answer
