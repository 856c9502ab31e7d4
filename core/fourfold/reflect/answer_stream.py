"""Streams the answer while a language model writes it: finds the text inside the unfinished JSON, and passes on what
is safe to show, without citations of units that the model was not shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic_core import from_json

from fourfold.ports import OnText
from fourfold.reflect.evidence_window import EvidenceWindow, cited_ids, without_citations


@dataclass(slots=True)
class AnswerStream:
    """Calls `on_text` with each new piece of the answer.

    What was passed on cannot be taken back: where the final answer reads otherwise than what was streamed (the
    model had to correct its citations), `end` passes it on once more as a whole, after an empty line.
    """

    on_text: OnText
    evidence: EvidenceWindow
    _json: str = field(default="")
    _streamed: str = field(default="")

    def begin(self) -> None:
        """Begins with another call of the model."""
        self._json = ""

    def feed(self, piece: str) -> None:
        """Adds a piece of a step's JSON, and passes on what is new of its answer."""
        self._json += piece
        try:
            step = from_json(self._json, allow_partial="trailing-strings")
        except ValueError:  # no JSON yet, or prose around it: `end` passes the whole answer on
            return
        # A step that looks something up is not the answer yet, whatever stands in its `answer`.
        answer = step.get("answer") if isinstance(step, dict) and not step.get("look_up") else None
        if isinstance(answer, str):
            self._pass_on(self._safe_part(answer))

    def end(self, answer: str) -> None:
        """Passes on the rest of the final answer."""
        if answer.startswith(self._streamed):
            self._pass_on(answer)
        else:
            self.on_text(f"\n\n{answer}")

    def _safe_part(self, answer: str) -> str:
        """Returns an unfinished answer up to an open bracket, which may become a citation, without citations of units
        that were not shown."""
        open_bracket = answer.rfind("[")
        if open_bracket > answer.rfind("]"):
            answer = answer[:open_bracket]
        unknown_ids = [label for label in cited_ids(answer) if self.evidence.get(label) is None]
        return without_citations(answer, unknown_ids).strip()

    def _pass_on(self, answer: str) -> None:
        if answer.startswith(self._streamed) and len(answer) > len(self._streamed):
            self.on_text(answer[len(self._streamed) :])
            self._streamed = answer
