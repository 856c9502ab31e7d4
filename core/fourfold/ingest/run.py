"""Runs a retain from end to end. Without a language model: read, extract, embed, compare, link, one atomic write.
With one: the text is written first, as pending chunks, and each chunk's statements as the model reads it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import anyio.to_thread

from fourfold.errors import ConfigurationError, InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.adjudicate import adjudicate
from fourfold.ingest.bank_options import BankOptions, apply_options, language_to_fix
from fourfold.ingest.batch_api import read_in_bulk
from fourfold.ingest.chunking import pieces_of, read_messages
from fourfold.ingest.document_diff import DocumentDiff
from fourfold.ingest.embed import embed_under_lock
from fourfold.ingest.extract.facts import statements_of_facts
from fourfold.ingest.extract.heads import typed
from fourfold.ingest.extract.llm import Extraction, turns
from fourfold.ingest.extract.rules import extract
from fourfold.ingest.long_work import part_of
from fourfold.ingest.pending_chunks import chunks_of, pending_chunks
from fourfold.ingest.pipeline import ChunkReader, Outcome, write
from fourfold.ingest.redact import find_redacted_messages, redact_messages, redact_statements
from fourfold.ingest.write import DocumentWriter, Origin
from fourfold.language.text import clean
from fourfold.ports import BatchModel, ModelRequest, Progress
from fourfold.schema.records import PENDING_CHUNK
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction, book_spending
from fourfold.values.chunks import Chunk
from fourfold.values.redaction import entity_kinds
from fourfold.values.rendering import quoted
from fourfold.values.results import RetainResult, Usage
from fourfold.values.units import Entry, Fact, Message, SaidAt

_MOST_ATTEMPTS = 5
"""Attempts at a chunk, over all retains, after which only `resume` asks for it again; a guess, not measured."""


@dataclass(frozen=True, slots=True)
class RetainRequest:
    """What to retain, and where. `document` "" is the bank's running journal; `replace` retires what the
    document held and these messages do not. `facts` are what the messages of those ids state,
    where nothing is left to extract. `entries` are kept word for word in the same write. `replaces` are the ids of
    units whose place it takes."""

    bank: str
    messages: str | Iterable[Message]
    at: SaidAt | None = None
    document: str = ""
    context: str = ""
    tags: tuple[str, ...] = ()
    replace: bool = False
    batch: bool = False
    options: BankOptions = field(default_factory=BankOptions)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def origin(self) -> Origin:
        """The document, context and tags of the statements."""
        return Origin(self.document, self.context, self.tags)


async def retain(
    services: Services, request: RetainRequest, progress: Progress | None = None
) -> RetainResult:
    """Retains `request`. When this returns, everything in the result is durable and can be recalled.

    Raises `InputError` before anything is written; `ModelError` or `StoreError` with nothing written, unless a
    language model is at work: what it has read by then is kept, and the rest pending. `ConfigurationError` (its
    key, its name) and `TokenLimitError` are raised after all was kept.
    """
    if request.batch and not isinstance(services.language_model, BatchModel):
        raise InputError(
            "batch=True needs a language model with a batch API (anthropic): leave it out, or set llm."
        )
    with services.working_on(request.bank):
        return await _retain(services, request, progress, time.perf_counter())


async def _retain(
    services: Services, request: RetainRequest, progress: Progress | None, began: float
) -> RetainResult:
    if services.language_model is None or request.facts:
        return await anyio.to_thread.run_sync(_retain_without_llm, services, request, progress, began)
    outcome = Outcome()
    replaced = await anyio.to_thread.run_sync(_named_units, services, request)
    # Before anything is written: what only a reader finds must not lie in the bank as a pending chunk.
    request = await _without_redacted(services, request, outcome)
    chunks = await anyio.to_thread.run_sync(_store_pending_chunks, services, request, outcome)
    try:
        return await _read_chunks(
            services, request.bank, _ReadJob(chunks, request.batch, progress, began), outcome
        )
    finally:
        # Units come as the model reads them, some perhaps before it failed: the first of them takes the place.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(_take_place, services, request, replaced, outcome)


def _take_place(
    services: Services, request: RetainRequest, replaced: Sequence[str], outcome: Outcome
) -> None:
    if not replaced or not outcome.units:
        return
    with services.indexes.locked(request.bank) as index:
        writer = DocumentWriter(_transaction(services, index, request), request.origin)
        writer.take_place_of(replaced, next(iter(outcome.units)))
        writer.commit()
    outcome.add(writer)


def _named_units(services: Services, request: RetainRequest) -> list[str]:
    """Returns the full ids of the units that a request replaces; raises `NotFoundError` for one that does not hold
    now."""
    index = services.indexes.get(request.bank)
    with index.lock:
        return [index.require_live(unit) for unit in request.replaces]


def extraction_request(services: Services, request: RetainRequest) -> ModelRequest | None:
    """Returns what a language model is asked about `request` in a bank that has nothing of it yet, where that is one
    question; None where it takes several. Raises `InputError`."""
    index = services.indexes.get(request.bank)
    policy = redaction_policy(services, index, Outcome())
    chunks = _chunks(services, request, redacted_messages(services, request, policy, index))
    return ModelRequest(tuple(turns(chunks[0])), Extraction) if len(chunks) == 1 else None


async def resume(services: Services, bank: str, progress: Progress | None = None) -> RetainResult:
    """Has the language model read all chunks of `bank` that are pending; without one, keeps those that nobody can
    find yet as they were said."""
    began = time.perf_counter()
    chunks = await anyio.to_thread.run_sync(pending_chunks, services.store, bank)
    with services.working_on(bank):
        if services.language_model is None:
            outcome = Outcome()
            await anyio.to_thread.run_sync(_store_as_said, services, bank, chunks, outcome)
            return _retained(outcome, began)
        return await _read_chunks(services, bank, _ReadJob(chunks, False, progress, began), Outcome())


@dataclass(frozen=True, slots=True)
class _ReadJob:
    """Chunks to have read, whether through the batch API, since when, and who hears of it."""

    chunks: Sequence[Chunk]
    bulk: bool
    progress: Progress | None
    began: float


async def _read_chunks(services: Services, bank: str, job: _ReadJob, outcome: Outcome) -> RetainResult:
    """Reads and writes those chunks that no other retain of this process is at."""
    claimed = services.chunks_in_progress.claim(chunk.id for chunk in job.chunks)
    try:
        # Listed before they were claimed: another retain may have had them read, or submitted, in between.
        pending = await anyio.to_thread.run_sync(pending_chunks, services.store, bank, claimed)
        current = {chunk.id: chunk for chunk in pending}
        chunks = [current[chunk.id] for chunk in job.chunks if chunk.id in current]
        await _have_read(services, bank, chunks, job, outcome)
    finally:
        services.chunks_in_progress.release(claimed)
        with anyio.CancelScope(shield=True):  # what was paid for is booked, read or not
            await anyio.to_thread.run_sync(book_spending, services, bank)
    if outcome.fatal_error is not None:
        raise outcome.fatal_error
    return _retained(outcome, job.began)


async def _have_read(
    services: Services, bank: str, chunks: Sequence[Chunk], job: _ReadJob, outcome: Outcome
) -> None:
    """Waits for chunks that were submitted to the batch API, and has the others read, one call each, or submits
    them."""
    model = services.metered_model(bank) if chunks else None
    if model is None:
        return
    batched = [chunk for chunk in chunks if chunk.batch or job.bulk]
    language = (await anyio.to_thread.run_sync(services.indexes.get, bank)).language
    if batched and isinstance(services.language_model, BatchModel):
        await read_in_bulk(services, bank, services.language_model, batched, language, outcome, job.progress)
    alone = [chunk for chunk in chunks if not (chunk.batch or job.bulk)]
    try:
        await ChunkReader(services, bank, model, language, outcome).run(alone, job.progress)
        if outcome.fatal_error is None:
            await adjudicate(services, bank, model, outcome)
    finally:
        outcome.spent += model.spent


def _retain_without_llm(
    services: Services, request: RetainRequest, progress: Progress | None, began: float
) -> RetainResult:
    """Retains without having a language model read: one atomic write."""
    outcome = Outcome()
    replaced = _named_units(services, request)
    index = services.indexes.get(request.bank)
    policy = redaction_policy(services, index, outcome)
    messages = redacted_messages(services, request, policy, index)
    request = replace(request, context=policy.redact(clean(request.context)))
    # A bank that had a model and has none any more: its pending chunks could not be recalled otherwise.
    if services.language_model is None and index.documents.pending_count():
        _store_as_said(services, request.bank, pending_chunks(services.store, request.bank), outcome)
    with index.lock:
        diff = DocumentDiff.of(services, request, index, messages)
        outcome.warnings.update(dict.fromkeys(diff.rewritten))
        language = language_to_fix(services, index, request.options.language, diff.messages)
        text_language = language or index.language
    if request.facts:
        statements = statements_of_facts(diff.messages, request.facts, text_language)
    else:
        names, pieces = index.names.canonical_names().keys(), pieces_of(diff.messages)
        statements = extract(pieces, text_language, names, part_of(progress, 0, 3))
    # The messages were redacted as wholes; a test may still find something in a part of one.
    with index.lock:
        statements = redact_statements(statements, policy, index)
    embedding = part_of(progress, 1, 3)
    work = embed_under_lock(services, request.bank, statements, request.context, text_language, embedding)
    with work as (index, embedded):
        if not request.facts:
            names, recognizer = index.names.canonical_names().keys(), services.entity_recognizer
            statements = typed(statements, embedded, text_language, names, recognizer)
        writer = DocumentWriter(_transaction(services, index, request), request.origin)
        apply_options(writer.transaction, language, request.options)
        diff.apply(writer, request)
        comparing = part_of(progress, 2, 3)
        unit_ids = writer.add_all(statements, embedded, not request.replace, comparing)
        if first := next(iter([*unit_ids, *writer.units]), None):
            writer.take_place_of(replaced, first)
        writer.commit()
    outcome.add(writer)
    outcome.embedded += embedded
    return _retained(outcome, began)


def _store_pending_chunks(services: Services, request: RetainRequest, outcome: Outcome) -> list[Chunk]:
    """Writes what is new as pending chunks, before a model is asked, so that no failure loses a text (docs/adr/0008).
    Returns them, after those that were left pending before and may be tried again."""
    # Not under the bank's lock: the messages may come from an iterator of the caller's, which may take its time.
    index = services.indexes.get(request.bank)
    policy = redaction_policy(services, index, outcome)
    messages = redacted_messages(services, request, policy, index)
    request = replace(request, context=policy.redact(clean(request.context)))
    with services.indexes.locked(request.bank) as index:
        waiting = pending_chunks(services.store, request.bank) if index.documents.pending_count() else []
        diff = DocumentDiff.of(services, request, index, messages)
        outcome.warnings.update(dict.fromkeys(diff.rewritten))
        writer = DocumentWriter(_transaction(services, index, request), request.origin)
        language = language_to_fix(services, index, request.options.language, diff.messages)
        apply_options(writer.transaction, language, request.options)
        diff.apply(writer, request)
        chunks = _chunks(services, request, diff.messages)
        for chunk in chunks:
            writer.put_chunk(chunk, PENDING_CHUNK)
        writer.commit()
    outcome.add(writer)
    handled = {chunk.id for chunk in (*chunks, *diff.changed)}
    return [c for c in waiting if c.id not in handled and _worth_trying(c, request.document)] + chunks


def _chunks(services: Services, request: RetainRequest, messages: Sequence[Message]) -> list[Chunk]:
    settings, origin = services.settings, (request.document, request.context, request.tags)
    gap = timedelta(hours=settings.session_gap_hours)
    return chunks_of(request.bank, origin, pieces_of(messages), settings.llm_words, gap)


def _worth_trying(chunk: Chunk, document: str) -> bool:
    """Returns whether a retain into `document` should have an older chunk read: not if it was refused, or tried
    often; nor if it was not tried at all and is of another document, since another process may be at it."""
    if chunk.failed.startswith("ModelRefusedError") or chunk.attempts >= _MOST_ATTEMPTS:
        return False
    return not chunk.batch and (chunk.attempts > 0 or chunk.document == document)


def _transaction(services: Services, index: BankIndex, request: RetainRequest) -> Transaction:
    operation = "keep" if request.entries else "retain"
    subject = request.document and f"document {quoted(request.document)}"
    return Transaction(services, index, services.clock.now(), operation, subject)


def _store_as_said(services: Services, bank: str, chunks: Sequence[Chunk], outcome: Outcome) -> None:
    """Writes those of the pending chunks that cannot be recalled yet as they were said, since there is no language
    model."""
    unread = [chunk for chunk in chunks if not chunk.units]
    reason = ConfigurationError("No language model is set (llm): what waits for one is kept as it was said.")
    write(services, bank, [(chunk, reason) for chunk in unread], outcome)
    outcome.pending = len(chunks)


def redaction_policy(services: Services, index: BankIndex, outcome: Outcome) -> RedactionPolicy:
    """Returns the rules in force for the bank of `index`; what they hold back is counted in `outcome`."""
    with index.lock:
        return RedactionPolicy(rules_in_force(services, index), outcome.redacted)


def redacted_messages(
    services: Services, request: RetainRequest, policy: RedactionPolicy, index: BankIndex
) -> list[Message]:
    """Returns the messages of a request, without what its bank holds back."""
    messages = read_messages(request.messages, request.at, services.clock.now())
    if not messages and not request.replace and not request.entries:
        raise InputError("There is nothing to retain: the text is empty.")
    with index.lock:
        return redact_messages(messages, policy, index)


async def _without_redacted(services: Services, request: RetainRequest, outcome: Outcome) -> RetainRequest:
    """Returns the request without the messages that only a reader finds to be held back; nothing is written by
    then."""
    index = await anyio.to_thread.run_sync(services.indexes.get, request.bank)
    policy = await anyio.to_thread.run_sync(redaction_policy, services, index, outcome)
    model = services.metered_model(request.bank) if entity_kinds(policy.rules) else None
    if model is None:
        return request
    # Messages may come from an iterator, and are needed twice.
    messages_given = request.messages if isinstance(request.messages, str) else list(request.messages)
    request = replace(request, messages=messages_given)
    # What this pass masks is masked, and counted, once more when the request is written.
    uncounted = RedactionPolicy(policy.rules)
    messages = await anyio.to_thread.run_sync(redacted_messages, services, request, uncounted, index)
    try:
        chunks = _chunks(services, request, messages)
        redacted = await find_redacted_messages(model, chunks, index.language, policy)
    finally:
        outcome.spent += model.spent
    return replace(request, messages=[message for message in messages if message.id not in redacted])


def _retained(outcome: Outcome, began: float) -> RetainResult:
    """Returns the public result; `began` is a reading of `time.perf_counter`."""
    embedded = outcome.embedded
    usage = Usage(
        texts=len(embedded),
        tokens=sum(len(e.embedding.offsets) for e in embedded),
        embed_seconds=sum(e.seconds for e in embedded),
        total_seconds=time.perf_counter() - began,
        model=outcome.spent,
    )
    return RetainResult(
        units=tuple(outcome.units.values()),
        operations=tuple(outcome.operations),
        usage=usage,
        pending=outcome.pending,
        warnings=tuple(outcome.warnings),
        rejected={reason: n for reason, n in outcome.dropped.items() if n},
        redacted=dict(outcome.redacted),
    )
