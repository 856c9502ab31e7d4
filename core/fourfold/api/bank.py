"""`AsyncBank`: what can be done with one bank. Each method checks what it is given and hands over to retain, recall
or reflect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace as replaced
from datetime import datetime

from anyio import to_thread
from pydantic import BaseModel

from fourfold import ingest, transfer
from fourfold import recall as recalling
from fourfold import reflect as reflecting
from fourfold.api.arguments import checks_arguments
from fourfold.api.edits import BankEdits
from fourfold.api.entries import AsyncBankEntries
from fourfold.api.task_queue import PerBankQueue
from fourfold.consolidate.background import Background
from fourfold.consolidate.form_beliefs import NewBelief, form_beliefs
from fourfold.consolidate.list_beliefs import described
from fourfold.errors import FourfoldError
from fourfold.govern.erase import erase as erase_units
from fourfold.govern.forget import Selection
from fourfold.govern.forget import forget as forget_units
from fourfold.ingest.bank_options import BankOptions
from fourfold.language.languages import language as language_of
from fourfold.language.text import clean
from fourfold.ports import ModelRequest, Progress
from fourfold.recall.fuse import Weights
from fourfold.services import Services
from fourfold.token_usage import Tokens
from fourfold.validation import check_name, check_networks, check_tags, id_of
from fourfold.values.bank_names import check_bank_name
from fourfold.values.beliefs import Belief
from fourfold.values.changes import ForgetResult
from fourfold.values.preview import Preview
from fourfold.values.reflection import BankStatus, Reflection
from fourfold.values.results import Recall, RetainResult
from fourfold.values.units import Fact, Interval, Message, Network, SaidAt, Unit, require_aware


@checks_arguments
class AsyncBank(BankEdits):
    """One agent's or user's memory. Nothing is ever recalled across banks."""

    def __init__(
        self,
        name: str,
        services: Services,
        background: Background,
        later: PerBankQueue,
        weights: Weights,
        options: BankOptions,
    ) -> None:
        """`AsyncMemory.bank` makes them."""
        super().__init__(name, services, options)
        self._background = background
        self._later = later
        self._weights = weights
        self.entries = AsyncBankEntries(name, services, background, options, self.forget)
        """The JSON values that the bank keeps word for word."""
        self.warnings: tuple[str, ...] = ()
        """What was not read of the file that `Memory.load` made or filled this bank from, or had to be assumed, in
        sentences. Empty for a bank that was come by otherwise."""

    async def retain(
        self,
        messages: str | Iterable[Message],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
        replace: bool = False,
        replaces: str | Unit | Sequence[str | Unit] = (),
        batch: bool = False,
        progress: Progress | None = None,
    ) -> RetainResult:
        """Retains a text or messages; when it returns, they are durable and recalled at once.

        `at` is when it was said, for messages without a time of their own: an aware datetime, or "unknown" where
        nobody can tell; default: now. What is undated never counts as the newest. `document` names what the
        messages belong to: retaining it again adds only the messages it did not have, and with `replace=True`
        retires what is gone from it. `replaces` are units, or their ids, whose place this takes whatever the words
        are: they are retired in favour of the first unit that this makes. `context` says in a few words what this
        is ("team standup") and is searched too. `tags` filter recalls. `progress` is called with (done, total): a
        statement counts when it is read, when it is embedded, and when it is compared with what is known.

        The whole call is one atomic write; cancelled before that, nothing of it is kept. Raises `InputError`,
        `NotFoundError` (`replaces`), `ModelError` or `StoreError` with nothing written.

        With a language model (`Memory.open(llm=...)`) the text is written first, in chunks marked pending, and then
        each chunk's statements as the model reads it: those of a long text can be recalled as they come. `progress`
        counts chunks. A chunk that the model fails to read is kept as it was said, and read at the next retain or by
        `resume`; `RetainResult.pending` counts those. Cancelling loses nothing: `resume` goes on. Raises
        `ConfigurationError` (key, model) and `TokenLimitError` after everything was kept.
        """
        request = ingest.RetainRequest(
            self.name,
            messages,
            at,
            check_name(document, "document"),
            context,
            check_tags(tags),
            replace,
            batch,
            self._options,
            replaces=_ids_of(replaces),
        )
        try:
            return await ingest.retain(self._services, request, progress)
        finally:
            # Also where it raised or was cancelled: with a language model, some chunks may have been written by then.
            self._background.notice(self.name)

    async def preview(
        self, messages: str | Iterable[Message], *, at: SaidAt | None = None, context: str = ""
    ) -> Preview:
        """Returns what `retain` would make of a text or messages, sentence by sentence: what is a statement at all,
        its network, how it is meant, whether it lasts, the names in it, what it would replace, and what the bank's
        rules would hold back. Nothing is written.

        It is the reading that needs no language model; one that is set is not asked. `at` and `context` are those of
        `retain`. Raises `InputError`.
        """
        request = ingest.RetainRequest(self.name, messages, at, context=context, options=self._options)
        return await to_thread.run_sync(ingest.preview, self._services, request)

    def extraction_request(self, text: str, *, context: str = "") -> ModelRequest | None:
        """Returns what `retain` asks a language model about `text`, for a caller that asks its own model and passes
        the answer in by `AsyncMemory.bank(llm=...)`; None where `retain` would ask more than one question. Asks and
        writes nothing. Raises `InputError`."""
        return ingest.extraction_request(
            self._services, ingest.RetainRequest(self.name, text, context=context, options=self._options)
        )

    async def retain_facts(
        self,
        facts: Iterable[Fact],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
        replaces: str | Unit | Sequence[str | Unit] = (),
    ) -> RetainResult:
        """Retains statements that the caller, or its model, has extracted from a conversation already. They are
        stored as they are, and their entities are resolved, doubles and newer values found as by `retain`, in one
        atomic write.

        `at`, `document`, `context`, `tags` and `replaces` are those of `retain`. Raises `InputError`,
        `NotFoundError`, `ModelError` (of the embedder) or `StoreError` with nothing written.
        """
        checked_facts = ingest.read_facts(facts)
        messages, labels = ingest.messages_of(checked_facts), check_tags(tags)
        request = ingest.RetainRequest(
            self.name,
            messages,
            at,
            check_name(document, "document"),
            context,
            labels,
            options=self._options,
            facts=checked_facts,
            replaces=_ids_of(replaces),
        )
        try:
            return await ingest.retain(self._services, request)
        finally:
            self._background.notice(self.name)

    def retain_later(
        self,
        messages: str | Iterable[Message],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
    ) -> Future[RetainResult]:
        """Retains without being waited for: in a thread, after what this bank was given so before. Closing the memory
        waits for it, and so does the end of the process; only a kill before it is written loses it. What it raises is
        logged, and raised by the future's `result()`."""
        # Read now: a generator may be gone, and the clock further, when the thread gets to it.
        message_list = messages if isinstance(messages, str) else list(messages)
        said_at = at or self._services.clock.now()

        async def work() -> RetainResult:
            try:
                return await self.retain(
                    message_list, at=said_at, document=document, context=context, tags=tags
                )
            finally:
                # The thread's event loop ends with this work, and a connection that stays open would be used from
                # another one.
                if self._services.language_model is not None:
                    with suppress(FourfoldError):
                        await self._services.language_model.close()

        return self._later.add(self.name, work)

    async def flush(self, timeout: float | None = 1.0) -> bool:
        """Waits until all that this bank was given by `retain_later` is written, for at most `timeout` seconds
        (None: no bound). Returns whether it is."""
        # At first without a thread: before each recall a plugin flushes, and mostly nothing waits.
        return self._later.wait(self.name, 0) or await to_thread.run_sync(
            self._later.wait, self.name, timeout
        )

    async def resume(self, *, progress: Progress | None = None) -> RetainResult:
        """Has the language model read what it could not read when it was retained; see `retain`.

        Calling it when nothing is pending is fine.
        """
        try:
            return await ingest.resume(self._services, self.name, progress)
        finally:
            self._background.notice(self.name)

    async def set_language(self, language: str) -> None:
        """Changes the bank's language to `language` (ISO 639-1 code), whose words its units are found by from now on.

        Every unit is written anew, and nothing else to the bank meanwhile. Raises `InputError`.
        """
        bank_language = language_of(language)
        await to_thread.run_sync(ingest.set_language, self._services, self.name, bank_language)
        self._options = replaced(self._options, language=bank_language)

    async def usage(self) -> Tokens:
        """Returns the tokens that language models have read and written for this bank so far."""
        return await to_thread.run_sync(self._services.token_accounts.spent, self.name)

    async def recall(
        self,
        question: str,
        *,
        budget: int | None = 2048,
        limit: int | None = None,
        networks: Sequence[Network | str] | None = None,
        tags: Sequence[str] | None = None,
        during: Interval | tuple[datetime | None, datetime | None] | None = None,
        as_of: datetime | None = None,
        explain: bool = False,
    ) -> Recall:
        """Recalls what bears on `question`, best first.

        `budget` bounds the tokens of the hits together (estimated), `limit` their number; None is no bound (without
        either, four times the setting `candidates` come back at most: 640).
        `networks` and `tags` (any of them) narrow the search, `during` to units whose time meets the interval,
        `as_of` (aware) answers as the bank would have at that moment. `explain` adds each hit's path and
        factors. An empty or unknown bank has no hits. Raises `InputError`, `ModelError`, `StoreError`.
        """
        interval = Interval(*during) if isinstance(during, tuple) else during
        request = recalling.RecallRequest(
            bank=self.name,
            question=question,
            budget=budget,
            limit=limit,
            networks=None if networks is None else check_networks(networks),
            tags=None if tags is None else check_tags(tags),
            during=interval,
            as_of=as_of,
            explain=explain,
        )
        # What still waited when the memory was closed is taken up once somebody asks for the bank.
        self._background.notice(self.name, opened=True)
        return await to_thread.run_sync(recalling.recall, self._services, request, self._weights)

    # reflection, beliefs, summaries, the core profile ---------------------------------------------------------------

    async def reflect(
        self,
        question: str,
        *,
        budget: int | None = None,
        steps: int = 4,
        tags: Sequence[str] | None = None,
        as_of: datetime | None = None,
        response_model: type[BaseModel] | None = None,
        believe: bool = True,
        on_text: Callable[[str], None] | None = None,
    ) -> Reflection:
        """Answers `question` from what the bank holds, with the units that each claim rests on.

        With a language model: it is shown evidence of at most `budget` tokens (default 4,096) in at most `steps`
        calls, in which it may look up more, and answers under the bank's mission and disposition. Citations are
        checked; wrong ones go back to it once, and are dropped and reported then. `response_model` has the answer be
        an object of that class (`Reflection.value`). What it concludes becomes a belief, unless `believe` is False or
        `as_of` is given. Without one: the units that bear on it best, quoted, of at most `budget` tokens (default
        512), said to be an extract. Either way, an answer that the evidence does not bear out says so
        (`Reflection.supported`).

        `tags` and `as_of` are those of `recall`. Raises `InputError`, `ConfigurationError`, `ModelError`,
        `TokenLimitError`, `StoreError`.
        """
        request = reflecting.ReflectRequest(
            self.name,
            question,
            budget,
            steps,
            None if tags is None else check_tags(tags),
            as_of,
            response_model,
            believe,
            on_text,
            self._options,
        )
        answer = await reflecting.reflect(self._services, request, self._weights)
        if answer.beliefs:
            self._background.notice(self.name)
        return answer

    async def believe(
        self,
        statement: str,
        *,
        confidence: float = 0.7,
        evidence: Sequence[Unit | str] = (),
        reason: str = "",
    ) -> Belief:
        """Has the bank believe `statement` with that `confidence` (0-1), resting on `evidence`: units of this bank
        that hold now, or their ids. One that it believes already takes that confidence, and the evidence in addition.

        Facts that come later reassess it. A belief whose evidence is all forgotten is retired; one without evidence
        stands by itself. Raises `InputError` with nothing written, `ModelError`, `StoreError`.
        """
        ids = tuple(unit.id if isinstance(unit, Unit) else unit for unit in evidence)
        new_belief = NewBelief(
            statement, confidence, ids, clean(reason) or "set by hand", sets_confidence=True
        )
        (belief,) = await to_thread.run_sync(
            form_beliefs, self._services, self.name, [new_belief], self._options
        )
        self._background.notice(self.name)
        return belief

    async def status(self) -> BankStatus:
        """Returns how much waits to be consolidated, whether that is under way, and what a language model failed
        at."""
        return await to_thread.run_sync(self._background.status, self.name)

    async def consolidate(self) -> BankStatus:
        """Updates beliefs, summaries and the core profile by what was retained, and waits for it. What a language
        model fails at is in the returned status's `failed`, and is tried again with the next retain or
        `consolidate`."""
        await self._background.consolidate(self.name)
        return await self.status()

    async def forget(
        self,
        *,
        document: str | None = None,
        unit: Unit | str | None = None,
        entity: str | None = None,
        tags: Sequence[str] | None = None,
        before: datetime | None = None,
        erase: bool = False,
        reason: str = "",
    ) -> ForgetResult:
        """Forgets a document, a unit, all that mentions an entity, all with one of these `tags`, or all that was said
        `before` a moment (aware): one of the five.

        What is forgotten is retired: nothing recalls it any more but `as_of`, and it can be undone. What rested on it
        loses that in the same write: beliefs with no other evidence are retired, others fall, summaries and the core
        profile go without it. A statement that another document says too stays.

        With `erase` it is gone for good, retired units of the selection included: its texts, its chunks and entries,
        what follows from it alone, entities that nothing else mentions; the rest is rewritten without it, the history
        as well. On return, no file of an embedded store holds its bytes; nobody can read or write meanwhile
        (seconds). The receipt says what is gone, and what is true of the bytes. Raises `InputError`,
        `NotFoundError` for what the bank never knew, and `StoreError`: the rest is done when the memory is opened
        again.
        """
        unit_id = None if unit is None else id_of(unit)
        labels = None if tags is None else check_tags(tags)
        name = None if document is None else check_name(document, "document")
        selection = Selection(name, unit_id, entity, labels, before)
        # What `retain_later` was given before would be written after this, and be there again.
        await self.flush(None)
        work = erase_units if erase else forget_units
        result = await to_thread.run_sync(work, self._services, self.name, selection, reason)
        self._background.notice(self.name)
        beliefs = await to_thread.run_sync(described, self._services, self.name, result.beliefs)
        return replaced(result, beliefs=beliefs)

    async def fork(self, name: str, *, progress: Progress | None = None) -> AsyncBank:
        """Copies the bank with its history to a new one called `name`, and returns that; the two are independent of
        each other. The copy is there whole or not at all. Raises `NotFoundError`, and `InputError` for a name that
        is taken."""
        await to_thread.run_sync(transfer.fork, self._services, self.name, check_bank_name(name), progress)
        return self._other(name)

    async def restore(self, name: str, *, as_of: datetime, progress: Progress | None = None) -> AsyncBank:
        """Copies the bank as it was at the moment `as_of` (aware), with its history until then, to a new one called
        `name`, and returns that. This bank stays as it is. Raises as `fork`."""
        require_aware(as_of, "as_of")
        await to_thread.run_sync(
            transfer.restore, self._services, self.name, check_bank_name(name), as_of, progress
        )
        return self._other(name)

    def _other(self, name: str) -> AsyncBank:
        # Without this object's options: a copy has its language, mission and disposition in its own profile.
        return AsyncBank(name, self._services, self._background, self._later, self._weights, BankOptions())


def _ids_of(units: str | Unit | Sequence[str | Unit]) -> tuple[str, ...]:
    several = [units] if isinstance(units, str | Unit) else units
    return tuple(id_of(unit) for unit in several)
