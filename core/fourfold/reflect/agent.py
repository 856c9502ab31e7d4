"""Runs a reflection with a language model: the model is shown evidence, may look more up, and answers with citations.

Every citation is checked against the evidence that the model was shown. Citations of anything else are sent back to
it once; those that remain are cut from the answer.
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
from fourfold.reflect.evidence_window import EvidenceWindow, cited_ids, without_citations
from fourfold.reflect.memory_tools import MemoryQuery, ReflectionTools
from fourfold.token_usage import Tokens
from fourfold.values.reflection import Citation, Reflection, ReflectionTrace
from fourfold.values.rendering import render_unit

_MOST_LOOK_UPS = 3
"""Look-ups that one step may ask for, as `prompts/reflect.md` tells the model; more are ignored. A guess, not
measured."""


class ProposedBelief(BaseModel):
    """A belief that the model concludes from the evidence; `citations` are ids that it was shown."""

    statement: str
    confidence: float = 0.5
    citations: list[str] = Field(default_factory=list)


class Step(BaseModel):
    """The model's next step: look-ups or an answer; see `prompts/reflect.md`. Empty `look_up` means an answer."""

    look_up: Acceptable[MemoryQuery] = Field(default_factory=list)
    answer: str = ""
    citations: list[str] = Field(default_factory=list)
    supported: bool = True
    strength: float = 0.5
    beliefs: Acceptable[ProposedBelief] = Field(default_factory=list)

    @field_validator("strength", mode="wrap")
    @classmethod
    def _bounded(cls, value: Any, accept: ValidatorFunctionWrapHandler) -> Any:
        # An answer that was paid for is not thrown away over a strength such as "high" or 7.
        try:
            return min(1.0, max(0.0, float(accept(value))))
        except ValidationError:
            return 0.5


def step_type(response_model: type[BaseModel] | None) -> type[Step]:
    """Returns the class of a step whose answer is a `response_model` (None: text)."""
    if response_model is None:
        return Step
    step_class: type[Step] = create_model(
        "Step",
        __base__=Step,
        answer=(response_model | None, None),  # type: ignore[arg-type]
    )
    return step_class


@dataclass(slots=True)
class ReflectionAgent:
    """One reflection: at most `steps` calls of the model, of which the last must answer. Use it once."""

    model: LanguageModel
    tools: ReflectionTools
    evidence: EvidenceWindow
    steps: int
    step_class: type[Step] = Step
    answer_stream: AnswerStream | None = None
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    tokens: Tokens = field(default_factory=Tokens)
    looked_up: list[str] = field(default_factory=list)

    async def run(self, question: str, frame: str, day: str) -> tuple[Reflection, Sequence[ProposedBelief]]:
        """Returns the answer to `question`, and the beliefs that the model proposes. `frame` is the bank's mission
        and disposition in words, `day` today's date. Raises what `LanguageModel.ask` raises."""
        self.looked_up.append(question)
        units = await anyio.to_thread.run_sync(self.tools.recall, question)
        messages = prompts.reflection(frame, day, question, self.evidence.show(units), self.steps == 1)
        self.stopwatch.lap("recall")
        messages, step = await self._look_up_until_answered(messages)
        unknown_ids = self._unknown_citations(step)
        if unknown_ids:
            messages = self._with_reply(messages, step, prompts.uncited(unknown_ids))
            corrected = await self._ask(messages)
            # A correction without an answer is worse than an answer from which the wrong citations are cut.
            step = corrected if corrected.answer else step
            unknown_ids = self._unknown_citations(step)
        if not step.answer:
            raise ModelOutputError(f"{self.model.name} came to no answer in {self.steps} steps.")
        reflection = self._reflection(question, step, unknown_ids)
        if self.answer_stream is not None:
            self.answer_stream.end(reflection.answer)
        return reflection, step.beliefs

    async def _look_up_until_answered(
        self, messages: list[PromptMessage]
    ) -> tuple[list[PromptMessage], Step]:
        """Asks until the model answers or its calls are used up. Returns the conversation and the last step."""
        step = await self._ask(messages)
        for calls_after in range(self.steps - 2, -1, -1):
            queries = step.look_up[:_MOST_LOOK_UPS]
            if not queries:
                break
            results = await anyio.to_thread.run_sync(self._look_up, queries)
            is_last = calls_after == 0 or self.evidence.budget <= 0
            messages = self._with_reply(messages, step, prompts.looked_up(results, is_last))
            self.stopwatch.lap("look up")
            step = await self._ask(messages)
            if is_last:
                break
        return messages, step

    async def _ask(self, messages: Sequence[PromptMessage]) -> Step:
        if self.answer_stream is None:
            response = await self.model.ask(messages, self.step_class)
        else:
            self.answer_stream.begin()
            response = await streamed(self.model, messages, self.step_class, self.answer_stream.feed)
        self.tokens += response.tokens
        self.stopwatch.lap("model")
        return response.value

    def _look_up(self, queries: Sequence[MemoryQuery]) -> list[tuple[str, str]]:
        """Returns each query in words, with its result."""
        self.looked_up += [query.describe() for query in queries]
        return [(query.describe(), self.tools.look_up(query, self.evidence)) for query in queries]

    @staticmethod
    def _with_reply(messages: Sequence[PromptMessage], step: Step, reply: str) -> list[PromptMessage]:
        """Returns `messages` continued by the model's step and the reply to it."""
        step_json = step.model_dump_json(exclude_defaults=True)
        return [*messages, PromptMessage("assistant", step_json), PromptMessage("user", reply)]

    def _unknown_citations(self, step: Step) -> list[str]:
        """Returns the ids that a step cites, in its answer or its beliefs, of units that were never shown."""
        in_beliefs = (citation for belief in step.beliefs for citation in belief.citations)
        citations = [*step.citations, *cited_ids(_text(step.answer)), *in_beliefs]
        return [citation for citation in dict.fromkeys(citations) if self.evidence.get(citation) is None]

    def _reflection(self, question: str, step: Step, unknown_ids: Sequence[str]) -> Reflection:
        answer_text = _text(step.answer)
        cited_units = (self.evidence.get(label) for label in (*cited_ids(answer_text), *step.citations))
        units = {unit.id: unit for unit in cited_units if unit is not None}
        is_object = isinstance(step.answer, BaseModel)
        return Reflection(
            question,
            answer=answer_text if is_object else without_citations(answer_text, unknown_ids),
            citations=tuple(Citation(unit, render_unit(unit)) for unit in units.values()),
            # An answer without a citation is not supported, whatever the model says of it.
            supported=step.supported and bool(units),
            strength=round(step.strength, 2) if units else 0.0,
            value=step.answer if is_object else None,
            dropped=tuple(unknown_ids),
            tokens=self.tokens,
            trace=ReflectionTrace(tuple(self.looked_up), dict(self.stopwatch.laps)),
        )


def drop_uncited(
    beliefs: Sequence[ProposedBelief], evidence: EvidenceWindow
) -> list[tuple[ProposedBelief, tuple[str, ...]]]:
    """Returns the beliefs that rest on units the model was shown, each with the ids of these units and its confidence
    brought into [0, 1]. Beliefs that rest on nothing shown are dropped."""
    supported = []
    for belief in beliefs:
        units = [evidence.get(citation) for citation in belief.citations]
        unit_ids = dict.fromkeys(unit.id for unit in units if unit is not None)
        if unit_ids and belief.statement.strip():
            confidence = min(1.0, max(0.0, belief.confidence))
            supported.append((belief.model_copy(update={"confidence": confidence}), tuple(unit_ids)))
    return supported


def _text(answer: str | BaseModel) -> str:
    return answer.model_dump_json() if isinstance(answer, BaseModel) else answer.strip()
