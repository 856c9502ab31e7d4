"""A reflection from end to end: with a language model, evidence and as many look-ups as it may make; without one, an
extract. What it concludes becomes a belief of the bank."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import anyio.to_thread
from pydantic import BaseModel

from fourfold import recall as recalling
from fourfold.consolidate.form_beliefs import NewBelief, form
from fourfold.errors import ConfigurationError, InputError
from fourfold.ingest.bank_options import BankOptions
from fourfold.language.dates import written_weekday
from fourfold.recall.fuse import Weights
from fourfold.reflect.agent import ReflectionAgent, drop_uncited, shape_of
from fourfold.reflect.answer_stream import AnswerStream, Hear
from fourfold.reflect.disposition import framed
from fourfold.reflect.evidence_window import EvidenceWindow
from fourfold.reflect.extractive import MOST_HITS, quoted
from fourfold.reflect.memory_tools import ReflectionTools
from fourfold.schema.banks import Profile
from fourfold.services import Services
from fourfold.token_accounts import BankLanguageModel
from fourfold.transaction.transaction import book_spending
from fourfold.values.beliefs import Belief
from fourfold.values.reflection import Reflection
from fourfold.values.units import require_aware

_BUDGET, _BUDGET_OF_AN_EXTRACT = 4096, 512
_MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class ReflectRequest:
    """A question to reflect on; see `Bank.reflect`."""

    bank: str
    question: str
    budget: int | None = None
    steps: int = 4
    tags: tuple[str, ...] | None = None
    as_of: datetime | None = None
    response_model: type[BaseModel] | None = None
    believe: bool = True
    on_text: Hear | None = None
    options: BankOptions = field(default_factory=BankOptions)


async def reflect(services: Services, request: ReflectRequest, weights: Weights) -> Reflection:
    """Answers `request`. Raises `InputError`, `ConfigurationError` where it needs a language model and there is none,
    `ModelError`, `TokenLimitError`, `StoreError`; what it spent is booked in any case."""
    _check(request)
    half = max(1, (request.budget or _BUDGET) // 2)  # what is left is for look-ups
    asked = recalling.RecallRequest(
        request.bank, request.question, budget=half, tags=request.tags, as_of=request.as_of
    )
    model = services.metered_model(request.bank)
    if model is None:
        if request.response_model is not None:
            raise ConfigurationError(
                "response_model needs a language model: Memory.open(llm=...). Without one, reflect quotes."
            )
        return await anyio.to_thread.run_sync(_extract, services, request, asked, weights)
    try:
        return await _reason(services, request, ReflectionTools(services, weights, asked), model)
    finally:
        with anyio.CancelScope(shield=True):  # also where it failed or was cancelled: it was paid for
            await anyio.to_thread.run_sync(book_spending, services, request.bank)


def _extract(
    services: Services, request: ReflectRequest, asked: recalling.RecallRequest, weights: Weights
) -> Reflection:
    found = recalling.recall(services, replace(asked, budget=None, limit=MOST_HITS), weights)
    answer = quoted(request.question, found, request.budget or _BUDGET_OF_AN_EXTRACT)
    answer = replace(answer, frame=_frame(services, request))
    if request.on_text is not None:
        request.on_text(answer.answer)
    return answer


async def _reason(
    services: Services, request: ReflectRequest, library: ReflectionTools, model: BankLanguageModel
) -> Reflection:
    shown = EvidenceWindow(request.budget or _BUDGET)
    voice = None if request.on_text is None else AnswerStream(request.on_text, shown)
    loop = ReflectionAgent(model, library, shown, request.steps, shape_of(request.response_model), voice)
    now = request.as_of or services.clock.now()
    frame = await anyio.to_thread.run_sync(_frame, services, request)
    reflection, concluded = await loop.run(request.question, frame, written_weekday(now))
    beliefs: list[Belief] = []
    withheld: list[str] = []
    if request.believe and request.as_of is None:
        reason = f"concluded from: {request.question}"[:300]
        convictions = [
            NewBelief(belief.statement, belief.confidence, evidence, reason)
            for belief, evidence in drop_uncited(concluded, shown)
        ]
        if convictions:
            beliefs = await anyio.to_thread.run_sync(
                form, services, request.bank, convictions, request.options, withheld
            )
    dropped = (*reflection.dropped, *withheld)
    return replace(reflection, beliefs=tuple(beliefs), dropped=dropped, frame=frame, tokens=model.spent)


def _frame(services: Services, request: ReflectRequest) -> str:
    """The mission and the disposition that were given, else those the bank keeps."""
    index = services.indexes.get(request.bank)
    held = index.profile or Profile(request.bank, services.clock.now())
    options = request.options
    mission = held.mission if options.mission is None else options.mission
    return framed(mission, options.disposition or held.disposition)


def _check(request: ReflectRequest) -> None:
    require_aware(request.as_of, "as_of")
    if not isinstance(request.question, str) or not request.question.strip():
        raise InputError("The question is empty: say what to reflect on.")
    if request.budget is not None and request.budget <= 0:
        raise InputError(f"budget is {request.budget}: give a positive number of tokens, or None.")
    if not 1 <= request.steps <= _MOST_STEPS:
        raise InputError(f"steps is {request.steps}: give a number from 1 to {_MOST_STEPS}.")
    shape = request.response_model
    if shape is not None and not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        raise InputError("response_model must be a pydantic model class.")
