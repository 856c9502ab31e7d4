"""Bulk imports through a provider's batch API: half the price, within a day.

Chunks are submitted, and their batch is noted in the bank before anything waits for it: a process that is stopped
is gone on with by `resume`, which asks for the results of the same batch. What a batch did not answer stays
pending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio
import anyio.to_thread

from fourfold.errors import ConfigurationError, FourfoldError, ModelError, TokenLimitError
from fourfold.ingest.extract.llm import Extraction, Read, checked, turns
from fourfold.ingest.pipeline import Outcome, write
from fourfold.language.pack import Language
from fourfold.language.text import estimate_tokens
from fourfold.ports import BatchModel, ModelResponse, Progress
from fourfold.schema.chunks import chunk_point
from fourfold.schema.records import PENDING_CHUNK
from fourfold.services import Services
from fourfold.token_accounts import TokenAccount
from fourfold.token_usage import Tokens
from fourfold.transaction.transaction import Transaction
from fourfold.values.chunks import Chunk

_CHUNKS_A_BATCH = 1000
"""Well below what Anthropic's Message Batches take; a guess. A batch that fails is sent again as a whole."""


async def read_in_bulk(
    services: Services,
    bank: str,
    model: BatchModel,
    chunks: Sequence[Chunk],
    language: Language,
    outcome: Outcome,
    progress: Progress | None,
) -> None:
    """Has `chunks` read by batches and writes what comes back; those that were submitted before are only waited
    for."""
    account = services.token_accounts.get(bank)
    submitted: dict[str, list[Chunk]] = {}
    for chunk in chunks:
        if chunk.batch:
            submitted.setdefault(chunk.batch, []).append(chunk)
    unsubmitted = [chunk for chunk in chunks if not chunk.batch]
    for start in range(0, len(unsubmitted), _CHUNKS_A_BATCH):
        part = unsubmitted[start : start + _CHUNKS_A_BATCH]
        try:
            submitted |= await _submitted(services, bank, model, part, account)
        except (ModelError, ConfigurationError, TokenLimitError) as error:
            await anyio.to_thread.run_sync(write, services, bank, [(c, error) for c in part], outcome)
            outcome.fatal_error = outcome.fatal_error or (None if isinstance(error, ModelError) else error)
    read_count = 0
    for batch, part in submitted.items():
        answers = await _collected(model, batch)
        results = [(chunk, _result(chunk, answers, batch, language)) for chunk in part]
        if isinstance(answers, dict):
            for answer in answers.values():
                # Nothing was reserved by this process: the batch may have been submitted by one that is gone.
                spent = answer.tokens
                account.commit(0, spent)
                outcome.spent += spent
        await anyio.to_thread.run_sync(write, services, bank, results, outcome)
        read_count += len(part)
        if progress is not None:
            progress(read_count, len(chunks))


async def _submitted(
    services: Services, bank: str, model: BatchModel, chunks: Sequence[Chunk], account: TokenAccount
) -> dict[str, list[Chunk]]:
    """Submits `chunks` as one batch, and writes its name into the bank."""
    prompts = {chunk.id: turns(chunk) for chunk in chunks}
    expected = sum(estimate_tokens(turn.text) for prompt in prompts.values() for turn in prompt)
    account.reserve(expected, services.settings.llm_tokens)
    try:
        batch = await model.submit(prompts, Extraction)
    finally:
        account.commit(expected, Tokens())
    marked = [replace(chunk, batch=batch) for chunk in chunks]

    def note() -> None:
        with services.indexes.locked(bank) as index:
            transaction = Transaction(services, index, services.clock.now(), "submit")
            for chunk in marked:
                transaction.put_record(chunk_point(bank, chunk, PENDING_CHUNK, transaction.now))
            transaction.commit({})

    # A batch whose name is lost is paid for, and could never be collected.
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(note)
    return {batch: marked}


async def _collected(
    model: BatchModel, batch: str
) -> dict[str, ModelResponse[Extraction] | ModelError] | FourfoldError:
    """Returns the answers of a batch once it has ended, or the error. Waits ever longer, up to 100 times the model's
    `poll`, and gives up on an error only after it was waiting long: a provider may be away for a minute."""
    wait = model.poll
    while True:
        try:
            answers = await model.collect(batch, Extraction)
        except ConfigurationError as error:
            return error
        except ModelError as error:
            answers = None
            if wait > model.poll * 64:
                return error
        if answers is not None:
            return dict(answers)
        await anyio.sleep(wait)
        wait = min(wait * 1.5, model.poll * 100)


def _result(
    chunk: Chunk,
    answers: dict[str, ModelResponse[Extraction] | ModelError] | FourfoldError,
    batch: str,
    language: Language,
) -> Read | FourfoldError:
    if isinstance(answers, FourfoldError):
        return answers
    answer = answers.get(chunk.id)
    if answer is None:
        return ModelError(f"The batch {batch} has no answer for it.")
    if isinstance(answer, ModelError):
        return answer
    try:
        return checked(answer.value, chunk, language)
    except ModelError as error:
        return error
