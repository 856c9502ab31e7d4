"""Has a language model read chunks: several at once, written in order as they come, whatever goes wrong.

A chunk that cannot be read is kept as it was said, by the built-in extractor, and stays pending. What no further call
can mend (a wrong key, the bank's token limit) ends the calls, not the keeping: it is raised once everything is safe.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile
from typing import TypeVar

import anyio
import anyio.to_thread

from fourfold.errors import ConfigurationError, FourfoldError, ModelError, TokenLimitError
from fourfold.ingest.embed import Embedded, embed_under_lock
from fourfold.ingest.extract.heads import typed
from fourfold.ingest.extract.llm import Read, read_chunk
from fourfold.ingest.extract.rules import extract
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.redact import redact_statements
from fourfold.ingest.write import DocumentWriter, Origin
from fourfold.language.pack import Language
from fourfold.ports import Fields, LanguageModel, Progress, Where
from fourfold.schema.records import CHUNK, PENDING_CHUNK
from fourfold.services import Services
from fourfold.token_usage import Tokens
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction
from fourfold.values.chunks import Chunk
from fourfold.values.units import Operation, Unit

log = logging.getLogger(__name__)
T = TypeVar("T")

_AHEAD = 4
"""Chunks that may be read and not yet written, for each that may be read at once: one that is slow then does not stop
the others, and a process that is killed loses few that were paid for. A guess, not measured."""
_LEAST_FAILURES = 8
"""Failures in a row after which a model is not asked any more, or as many as are asked at once; a guess."""


@dataclass(slots=True)
class Outcome:
    """The result of a retain, gathered as it goes on."""

    units: dict[str, Unit] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    undecided: list[tuple[str, str]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    warnings: dict[str, None] = field(default_factory=dict)
    pending: int = 0
    embedded: list[Embedded] = field(default_factory=list)
    spent: Tokens = field(default_factory=Tokens)
    fatal_error: FourfoldError | None = None
    """What no further call can mend; raised once everything is safe."""

    def add(self, writer: DocumentWriter) -> None:
        """Adds what a write did."""
        self.operations += writer.operations
        self.undecided += writer.undecided
        self.units |= writer.units
        self.redacted.update(writer.transaction.redaction.counts)
        self.note_changes(writer.transaction)

    def note_changes(self, transaction: Transaction) -> None:
        """Brings the units in this result up to date with a write."""
        for unit in transaction.changed():
            if unit.retired_at is not None:
                self.units.pop(unit.id, None)
            elif unit.id in self.units:
                self.units[unit.id] = unit


@dataclass(slots=True)
class ChunkReader:
    """Has `model` read chunks of one bank, and writes what it makes of them."""

    services: Services
    bank: str
    model: LanguageModel
    language: Language
    outcome: Outcome
    _failures: int = 0

    async def run(self, chunks: Sequence[Chunk], progress: Progress | None) -> None:
        """Reads and writes `chunks`, in order. Every chunk is written, as read or as said, before this returns; if
        it is cancelled, those that were read are written, and the others are still pending in the bank."""
        settings = self.services.settings
        results: dict[int, Read | FourfoldError] = {}
        arrived = anyio.Event()
        room = anyio.Semaphore(settings.llm_concurrency * _AHEAD)

        async def read(place: int) -> None:
            nonlocal arrived
            results[place] = await self._read(self.model, chunks[place])
            arrived.set()

        # Calls begin in order, and only while there is room: results that came early wait in memory for their turn.
        async def start(group: anyio.abc.TaskGroup) -> None:
            for place in range(len(chunks)):
                await room.acquire()
                group.start_soon(read, place)

        try:
            async with anyio.create_task_group() as group:
                group.start_soon(start, group)
                written = 0
                while written < len(chunks):
                    await arrived.wait()
                    # A new event before the results are looked at: what arrives from here on is not missed.
                    arrived = anyio.Event()
                    # In order only: a unit is linked to the one before it, and follows what that replaced.
                    places = list(takewhile(results.__contains__, range(written, len(chunks))))
                    if places:
                        await self._write([(chunks[place], results.pop(place)) for place in places])
                        written += len(places)
                        for _ in places:
                            room.release()
                        if progress is not None:
                            progress(written, len(chunks))
        finally:
            paid = [
                (chunks[place], reading) for place, reading in results.items() if isinstance(reading, Read)
            ]
            if paid:  # cancelled while these waited for their turn: the calls have cost already
                await self._write(paid)

    async def _write(self, ready: Sequence[tuple[Chunk, Read | FourfoldError]]) -> None:
        # What is paid for is kept: a cancelled retain still writes what was read.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(write, self.services, self.bank, ready, self.outcome)

    async def _read(self, model: LanguageModel, chunk: Chunk) -> Read | FourfoldError:
        """Returns what the model makes of a chunk, or the error. An error is a result here: raised, it would
        cancel the calls for all other chunks."""
        if self.outcome.fatal_error is not None:
            return self.outcome.fatal_error
        if self._failures >= max(_LEAST_FAILURES, self.services.settings.llm_concurrency):
            return ModelError(
                f"{model.name} failed {self._failures} times in a row; it was not asked any more."
            )
        try:
            reading = await read_chunk(model, chunk, self.language)
        except (ConfigurationError, TokenLimitError) as error:
            self.outcome.fatal_error = self.outcome.fatal_error or error
            return error
        except ModelError as error:
            self._failures += 1
            return error
        self._failures = 0
        return reading


def write(
    services: Services, bank: str, ready: Sequence[tuple[Chunk, Read | FourfoldError]], outcome: Outcome
) -> None:
    """Writes chunks with what became of them, those of one origin in one batch: what a model read, or, where there
    is an error in its place, what was said."""
    for origin, group in groupby(
        ready, key=lambda pair: Origin(pair[0].document, pair[0].context, pair[0].tags)
    ):
        still_pending = _still_there(services, bank, list(group))
        attempts = [_after_attempt(services, bank, chunk, result, outcome) for chunk, result in still_pending]
        attempts = _redacted(services, bank, attempts, outcome)
        statements = [statement for _, statements_of_chunk in attempts for statement in statements_of_chunk]
        language = services.indexes.get(bank).language
        with embed_under_lock(services, bank, statements, origin.context, language) as (index, embedded):
            outcome.embedded += embedded
            writer = DocumentWriter(Transaction(services, index, services.clock.now(), "read"), origin)
            vectors = iter(embedded)
            pending_ids = {chunk.id for chunk, _ in _still_there(services, bank, attempts)}
            for chunk, statements_of_chunk in attempts:
                of_chunk = [next(vectors) for _ in statements_of_chunk]
                if chunk.failed:  # what was said, by rules
                    names = index.names.canonical_names().keys()
                    told = typed(statements_of_chunk, of_chunk, language, names, services.entity_recognizer)
                else:
                    told = list(statements_of_chunk)
                if chunk.id in pending_ids:
                    _put(writer, chunk, told, of_chunk)
            writer.commit()
        outcome.add(writer)


def _still_there(services: Services, bank: str, results: Sequence[tuple[Chunk, T]]) -> list[tuple[Chunk, T]]:
    """Returns those whose chunk is still pending: it may have been forgotten while it was read, and must not come
    back."""
    where = Where(bank=bank, kind=PENDING_CHUNK, ids=tuple(chunk.id for chunk, _ in results))
    pending_ids = {point.id for point in services.store.scan(where, Fields(only=("kind",)))}
    return [(chunk, result) for chunk, result in results if chunk.id in pending_ids]


def _after_attempt(
    services: Services, bank: str, chunk: Chunk, result: Read | FourfoldError, outcome: Outcome
) -> tuple[Chunk, Sequence[Statement]]:
    """Returns a chunk as it is after this attempt, and its statements: those of the model, or, where that failed
    and the chunk has no units yet, what was said, word for word. `failed` says why a chunk stays pending."""
    tried = replace(chunk, attempts=chunk.attempts + 1, batch="")
    if isinstance(result, Read):
        outcome.dropped.update(result.dropped)
        return replace(tried, failed=""), result.statements
    outcome.pending += 1
    outcome.warnings[str(result)] = None
    log.warning("A chunk of the bank %s is kept as it was said, for now: %s", bank, result)
    failed = replace(tried, failed=f"{type(result).__name__}: {result}")
    index = services.indexes.get(bank)
    statements = (
        () if chunk.units else extract(chunk.pieces, index.language, index.names.canonical_names().keys())
    )
    return failed, [replace(statement, pending=True, chunk=chunk.id) for statement in statements]


def _redacted(
    services: Services, bank: str, attempts: Sequence[tuple[Chunk, Sequence[Statement]]], outcome: Outcome
) -> list[tuple[Chunk, Sequence[Statement]]]:
    """Returns the chunks with their statements as the bank's rules leave them."""
    index = services.indexes.get(bank)
    with index.lock:
        policy = RedactionPolicy(rules_in_force(services, index), outcome.redacted)
        return [(chunk, redact_statements(statements, policy, index)) for chunk, statements in attempts]


def _put(
    writer: DocumentWriter, chunk: Chunk, statements: Sequence[Statement], embedded: Sequence[Embedded]
) -> None:
    if chunk.failed:
        unit_ids = writer.add_all(statements, embedded)
        writer.put_chunk(replace(chunk, units=tuple(dict.fromkeys((*chunk.units, *unit_ids)))), PENDING_CHUNK)
        return
    writer.forget_units(chunk.units, chunk.messages)
    unit_ids = writer.add_all(statements, embedded)
    writer.link_causes(statements, unit_ids)
    writer.put_chunk(replace(chunk, units=tuple(dict.fromkeys(unit_ids))), CHUNK)
