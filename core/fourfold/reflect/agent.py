"""Reflection with a language model: it is shown evidence, may look more up, and answers with citations. Every
citation is checked against what it was shown; wrong ones go back to it once, and are then left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
from pydantic import (
    BaseModel,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    create_model,
    field_validator,
)

from fourfold import prompts
from fourfold.errors import ModelOutputError
from fourfold.models.delegating import streamed
from fourfold.models.structured import Acceptable
from fourfold.ports import LanguageModel, PromptMessage
from fourfold.recall.stopwatch import Stopwatch
from fourfold.reflect.answer_stream import AnswerStream
from fourfold.reflect.evidence_window import EvidenceWindow, cited, without
from fourfold.reflect.memory_tools import MemoryQuery, ReflectionTools
from fourfold.token_usage import Tokens
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_unit

_MOST_LOOK_UPS = 3


class ProposedBelief(BaseModel):
    """A belief that the model comes to."""

    statement: str
    confidence: float = 0.5
    citations: list[str] = Field(default_factory=list)


class Step(BaseModel):
    """What the model does next: look something up, or answer; see `prompts/reflect.md`."""

    look_up: Acceptable[MemoryQuery] = Field(default_factory=list)
    answer: str = ""
    citations: list[str] = Field(default_factory=list)
    supported: bool = True
    strength: float = 0.5
    beliefs: Acceptable[ProposedBelief] = Field(default_factory=list)

    @field_validator("strength", mode="wrap")
    @classmethod
    def _bounded(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        try:
            return min(1.0, max(0.0, float(accept(value))))
        except ValidationError:
            return 0.5


def shape_of(response: type[BaseModel] | None) -> type[Step]:
    """The shape of a step whose answer is a `response` (None: text)."""
    if response is None:
        return Step
    made: type[Step] = create_model("Step", __base__=Step, answer=(response | None, None))  # type: ignore[arg-type]
    return made


@dataclass(slots=True)
class ReflectionAgent:
    """One question being reflected on: at most `steps` calls of the model before it must answer."""

    model: LanguageModel
    library: ReflectionTools
    shown: EvidenceWindow
    steps: int
    shape: type[Step] = Step
    voice: AnswerStream | None = None
    timer: Stopwatch = field(default_factory=Stopwatch)
    tokens: Tokens = field(default_factory=Tokens)
    looked_up: list[str] = field(default_factory=list)

    async def run(self, question: str, frame: str, day: str) -> tuple[Reflection, Sequence[ProposedBelief]]:
        """The answer, its beliefs yet to be formed. Raises what `LanguageModel.ask` raises."""
        self.looked_up.append(question)
        units = await anyio.to_thread.run_sync(self.library.recall, question)
        turns = prompts.reflection(frame, day, question, self.shown.show(units), self.steps == 1)
        self.timer.lap("recall")
        step = await self._ask(turns)
        for left in range(self.steps - 2, -1, -1):
            wanted = step.look_up[:_MOST_LOOK_UPS]
            if not wanted:
                break
            found = await anyio.to_thread.run_sync(self._look_up, wanted)
            last = left == 0 or self.shown.budget <= 0
            turns = self._answered(turns, step, prompts.looked_up(found, last))
            self.timer.lap("look up")
            step = await self._ask(turns)
            if last:
                break
        wrong = self._wrong(step)
        if wrong:
            turns = self._answered(turns, step, prompts.uncited(wrong))
            drop_uncited = await self._ask(turns)
            step = drop_uncited if drop_uncited.answer else step
            wrong = self._wrong(step)
        if not step.answer:
            raise ModelOutputError(f"{self.model.name} came to no answer in {self.steps} steps.")
        reflection = self._reflection(question, step, wrong)
        if self.voice is not None:
            self.voice.end(reflection.answer)
        return reflection, step.beliefs

    async def _ask(self, turns: Sequence[PromptMessage]) -> Step:
        if self.voice is None:
            answer = await self.model.ask(turns, self.shape)
        else:
            self.voice.begin()
            answer = await streamed(self.model, turns, self.shape, self.voice.take)
        self.tokens += answer.tokens
        self.timer.lap("model")
        return answer.value

    def _look_up(self, wanted: Sequence[MemoryQuery]) -> list[tuple[str, str]]:
        self.looked_up += [one.told() for one in wanted]
        return [(one.told(), self.library.look_up(one, self.shown)) for one in wanted]

    @staticmethod
    def _answered(turns: Sequence[PromptMessage], step: Step, reply: str) -> list[PromptMessage]:
        said = step.model_dump_json(exclude_defaults=True)
        return [*turns, PromptMessage("assistant", said), PromptMessage("user", reply)]

    def _wrong(self, step: Step) -> list[str]:
        """The citations of what was never shown."""
        named = [*step.citations, *cited(_text(step.answer)), *(c for b in step.beliefs for c in b.citations)]
        return [one for one in dict.fromkeys(named) if self.shown.get(one) is None]

    def _reflection(self, question: str, step: Step, wrong: Sequence[str]) -> Reflection:
        written = _text(step.answer)
        named = (self.shown.get(one) for one in (*cited(written), *step.citations))
        units = {unit.id: unit for unit in named if unit is not None}
        is_object = isinstance(step.answer, BaseModel)
        return Reflection(
            question,
            answer=written if is_object else without(written, wrong),
            citations=tuple(Citation(unit, render_unit(unit)) for unit in units.values()),
            supported=step.supported and bool(units),
            strength=round(step.strength, 2) if units else 0.0,
            value=step.answer if is_object else None,
            dropped=tuple(wrong),
            tokens=self.tokens,
            trace=ReflectionTrace(tuple(self.looked_up), dict(self.timer.laps)),
        )


def drop_uncited(
    beliefs: Sequence[ProposedBelief], shown: EvidenceWindow
) -> list[tuple[ProposedBelief, tuple[str, ...]]]:
    """Those beliefs that rest on something that was shown, each with the ids of the units."""
    found = []
    for belief in beliefs:
        units = dict.fromkeys(unit.id for one in belief.citations if (unit := shown.get(one)) is not None)
        if units and belief.statement.strip():
            confidence = min(1.0, max(0.0, belief.confidence))
            found.append((belief.model_copy(update={"confidence": confidence}), tuple(units)))
    return found


def _text(answer: str | BaseModel) -> str:
    return answer.model_dump_json() if isinstance(answer, BaseModel) else answer.strip()
