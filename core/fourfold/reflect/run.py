"""Runs a reflection from end to end: with a language model an answer reasoned from evidence and look-ups, without
one an extract. Beliefs that the model concludes are formed in the bank."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import anyio.to_thread
from pydantic import BaseModel

from fourfold import recall as recalling
from fourfold.consolidate.form_beliefs import NewBelief, form_beliefs
from fourfold.errors import ConfigurationError, InputError
from fourfold.ingest.bank_options import BankOptions
from fourfold.language.dates import written_weekday
from fourfold.ports import OnText, Where
from fourfold.recall.fuse import Weights
from fourfold.recall.passages import passages
from fourfold.reflect.agent import ReflectionAgent, drop_uncited, step_type
from fourfold.reflect.answer_stream import AnswerStream
from fourfold.reflect.disposition import instructions
from fourfold.reflect.evidence_window import EvidenceWindow
from fourfold.reflect.extractive import MOST_HITS, extract
from fourfold.reflect.memory_tools import ReflectionTools
from fourfold.reflect.support import support
from fourfold.schema.banks import Profile
from fourfold.services import Services
from fourfold.token_accounts import BankLanguageModel
from fourfold.transaction.transaction import book_spending
from fourfold.values.beliefs import Belief
from fourfold.values.reflection import Reflection
from fourfold.values.units import require_aware

_BUDGET = 4096
"""Tokens of evidence that a model is shown in all its steps, where the caller does not say. A guess, not measured."""
_EXTRACT_BUDGET = 512
"""Tokens of quotes in an extract, where the caller does not say: the size docs/adr/0011 was measured at."""
_MOST_STEPS = 20
"""Calls of the model that one reflection may make: a guard against a typing error that costs money; a guess."""
_LONGEST_REASON = 300
"""Characters of a question that are kept as the reason of a belief; a guess."""


@dataclass(frozen=True, slots=True)
class ReflectRequest:
    """A question to reflect on; `Bank.reflect` documents the fields."""

    bank: str
    question: str
    budget: int | None = None
    steps: int = 4
    tags: tuple[str, ...] | None = None
    as_of: datetime | None = None
    response_model: type[BaseModel] | None = None
    believe: bool = True
    on_text: OnText | None = None
    options: BankOptions = field(default_factory=BankOptions)


async def reflect(services: Services, request: ReflectRequest, weights: Weights) -> Reflection:
    """Returns the answer to `request`.

    Raises `InputError` for a bad request, `ConfigurationError` where it needs a language model and there is none,
    `ModelError`, `TokenLimitError` and `StoreError`. The tokens that were spent are booked in any case.
    """
    _check(request)
    half_budget = max(1, (request.budget or _BUDGET) // 2)  # the other half is for look-ups
    base_request = recalling.RecallRequest(
        request.bank, request.question, budget=half_budget, tags=request.tags, as_of=request.as_of
    )
    model = services.metered_model(request.bank)
    if model is None:
        if request.response_model is not None:
            raise ConfigurationError(
                "response_model needs a language model: Memory.open(llm=...). Without one, reflect quotes."
            )
        return await anyio.to_thread.run_sync(_quote, services, request, base_request, weights)
    try:
        tools = ReflectionTools(services, weights, base_request)
        return await _reason(services, request, tools, model)
    finally:
        # Shielded: a reflection that is cancelled has cost what it has cost.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(book_spending, services, request.bank)


def _quote(
    services: Services, request: ReflectRequest, base_request: recalling.RecallRequest, weights: Weights
) -> Reflection:
    """Answers without a language model."""
    # No budget for recall: `extract` applies it to the quotes.
    recall = recalling.recall(services, replace(base_request, budget=None, limit=MOST_HITS), weights)
    language = services.indexes.get(request.bank).language
    view = services.indexes.view(request.bank, request.as_of)
    where = Where(bank=request.bank, live=True, tags=request.tags)
    beside = passages(view, where, recall.hits)
    answered = support(
        request.question, recall.hits, beside, services.embedder, language, recall.trace.intervals
    )
    reflection = extract(request.question, recall, beside, answered, request.budget or _EXTRACT_BUDGET)
    reflection = replace(reflection, frame=_frame(services, request))
    if request.on_text is not None:
        request.on_text(reflection.answer)
    return reflection


async def _reason(
    services: Services, request: ReflectRequest, tools: ReflectionTools, model: BankLanguageModel
) -> Reflection:
    """Answers with a language model, and forms the beliefs that it concludes."""
    evidence = EvidenceWindow(request.budget or _BUDGET)
    stream = None if request.on_text is None else AnswerStream(request.on_text, evidence)
    step_class = step_type(request.response_model)
    agent = ReflectionAgent(model, tools, evidence, request.steps, step_class, stream)
    now = request.as_of or services.clock.now()
    frame = await anyio.to_thread.run_sync(_frame, services, request)
    reflection, proposed = await agent.run(request.question, frame, written_weekday(now))
    beliefs: list[Belief] = []
    withheld: list[str] = []
    # A question about the past concludes nothing: a belief is of now, and its evidence may be retired by now.
    if request.believe and request.as_of is None:
        reason = f"concluded from: {request.question}"[:_LONGEST_REASON]
        new_beliefs = [
            NewBelief(belief.statement, belief.confidence, unit_ids, reason)
            for belief, unit_ids in drop_uncited(proposed, evidence)
        ]
        if new_beliefs:
            beliefs = await anyio.to_thread.run_sync(
                form_beliefs, services, request.bank, new_beliefs, request.options, withheld
            )
    dropped = (*reflection.dropped, *withheld)
    return replace(reflection, beliefs=tuple(beliefs), dropped=dropped, frame=frame, tokens=model.spent)


def _frame(services: Services, request: ReflectRequest) -> str:
    """Returns the mission and the disposition in words: those of the request, else those of the bank."""
    index = services.indexes.get(request.bank)
    profile = index.profile or Profile(request.bank, services.clock.now())
    options = request.options
    mission = profile.mission if options.mission is None else options.mission
    return instructions(mission, options.disposition or profile.disposition)


def _check(request: ReflectRequest) -> None:
    """Raises `InputError` for a request that cannot be answered."""
    require_aware(request.as_of, "as_of")
    if not request.question.strip():
        raise InputError("The question is empty: say what to reflect on.")
    if request.budget is not None and request.budget <= 0:
        raise InputError(f"budget is {request.budget}: give a positive number of tokens, or None.")
    if not 1 <= request.steps <= _MOST_STEPS:
        raise InputError(f"steps is {request.steps}: give a number from 1 to {_MOST_STEPS}.")
