"""`AsyncMemory`: puts a store and its models together, and gives access to its banks (see `fourfold.api.bank`).

Work on the store and the models runs in threads, so an event loop is never held up. One memory may be used
from several threads and several event loops at once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from anyio import create_task_group, to_thread

from fourfold import transfer
from fourfold.api.arguments import checks_arguments
from fourfold.api.bank import AsyncBank
from fourfold.api.task_queue import PerBankQueue
from fourfold.consolidate.background import Background
from fourfold.errors import FourfoldError, InputError
from fourfold.forks import OfOneProcess, is_inherited
from fourfold.govern import erase
from fourfold.govern.prune import note_uses
from fourfold.govern.reembed import reembed
from fourfold.index.registry import IndexRegistry
from fourfold.ingest.bank_options import BankOptions
from fourfold.language.languages import language as language_of
from fourfold.language.languages import languages
from fourfold.models import load_embedder, load_models
from fourfold.ports import Clock, Embedder, EntityRecognizer, LanguageModel, Progress, Reranker, Store, Where
from fourfold.recall.fuse import Weights
from fourfold.schema.banks import profile_id, read_profile
from fourfold.schema.entries import banks_with
from fourfold.schema.fields import LIVE_BANK
from fourfold.schema.records import BANK, PENDING_CHUNK, UNIT
from fourfold.services import Backend, Services
from fourfold.settings import Settings, is_url, load_settings
from fourfold.storage.manifest import Manifest
from fourfold.storage.open import StoreAddress, open_store
from fourfold.token_accounts import TokenAccounts
from fourfold.validation import check_name, check_path
from fourfold.values.bank_names import bank_name, check_bank_name
from fourfold.values.changes import Receipt
from fourfold.values.redaction import RedactionRule, redaction_rules
from fourfold.values.reflection import Disposition
from fourfold.values.results import BankInfo

log = logging.getLogger(__name__)
LONGEST_MISSION = 2000
"""Characters; a guess. A mission is in the prompt of each reflection, beside the evidence."""


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        """Returns the present moment."""
        return datetime.now(UTC)


@checks_arguments
class AsyncMemory(OfOneProcess):
    """A memory: one store holding many banks. Open it with `await AsyncMemory.open(...)`."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: Settings | None = None,
        *,
        llm: LanguageModel | None = None,
        reranker: Reranker | None = None,
        ner: EntityRecognizer | None = None,
        clock: Clock | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Composes a memory of parts; `open` is the usual way. `weights` tune recall's fusion. Raises
        `ConfigurationError` for a language or a channel of another package that cannot be used."""
        languages()  # all of them: a text may be in any, and its terms would be other ones without its pack
        self.settings = settings or load_settings()
        self.weights = weights or Weights()
        self.services = Services(
            backend=Backend(store, embedder),
            indexes=IndexRegistry(store, self.settings.graph_units),
            clock=clock or SystemClock(),
            settings=self.settings,
            token_accounts=TokenAccounts(store),
            language_model=llm,
            reranker=reranker,
            entity_recognizer=ner,
        )
        self.background = Background(self.services)
        self.later = PerBankQueue()

    @classmethod
    async def open(
        cls,
        location: str | Path | None = None,
        *,
        api_key: str | None = None,
        embedder: str | Embedder | None = None,
        llm: str | LanguageModel | None = None,
        reranker: str | Reranker | None = None,
        ner: str | EntityRecognizer | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Opens the memory at `location`: a directory, by its name or as a `Path` (default: in the user's data
        directory), ":memory:", or the URL of a Qdrant server with its `api_key`.

        `embedder`, `llm`, `reranker` and `ner` (names in texts) are short names ("minilm",
        "anthropic:claude-haiku-5-5", "fastembed:Xenova/ms-marco-MiniLM-L-6-v2", "spacy:en_core_web_sm") or objects;
        see `fourfold.models.load`. What is not given comes from `settings`, then from `FOURFOLD_*` in the
        environment. Raises `ConfigurationError`, `StoreLockedError`, `StoreVersionError`, `StoreError`; the store is
        unchanged then.
        """
        settings = settings or load_settings()
        if api_key is not None:
            settings = settings.model_copy(update={"api_key": api_key})
        models = await to_thread.run_sync(load_models, settings, embedder, llm, reranker, ner)
        vectors = models.embedder
        manifest = Manifest(vectors.name, vectors.dimension, vectors.token_dimension)
        address = StoreAddress(str(location or settings.location), manifest)
        store = await to_thread.run_sync(open_store, address, settings)
        try:
            # A directory has one process, so an install that is not finished was killed. On a server, another process
            # may be at it.
            if not is_url(address.location):
                await to_thread.run_sync(transfer.roll_back, store)
            return cls(
                store,
                vectors,
                settings,
                llm=models.llm,
                reranker=models.reranker,
                ner=models.ner,
                clock=clock,
            )
        except BaseException:
            # Else the directory would stay locked by this process, which has nothing to close it with.
            await to_thread.run_sync(store.close)
            raise

    def bank(
        self,
        name: str,
        *,
        language: str | None = None,
        mission: str | None = None,
        disposition: Disposition | None = None,
        llm: LanguageModel | None = None,
        actor: str = "",
        redact: Iterable[str | RedactionRule] | None = None,
    ) -> AsyncBank:
        """Returns the bank called `name`; it comes into being with its first retain.

        `language` (ISO 639-1: "de") is the one a new bank is kept in; without it, that of what is retained
        first. It decides on the stemmer, the stop words and the date words (`fourfold.language`). `mission`
        (what its agent is there for) and `disposition` frame how it reflects; the bank keeps them from its next
        write on. `llm` answers what is asked of this object, in place of the memory's model, which goes on in
        the background. `actor` is whom the bank's history names for what is done by this object.

        `redact` says what is never written: names of detectors ("secrets": API keys, private keys and card
        numbers) and `RedactionRule`s; the bank keeps them, tests excepted, from its next write on (an empty list
        lifts them). `RetainResult.redacted` counts what was.

        Raises `InputError` for a language that is not known, a wrong rule, and unless the name has 1 to 200
        characters, no slash, no control character, and no blank at either end.
        """
        check_bank_name(name)
        if mission is not None and len(mission) > LONGEST_MISSION:
            raise InputError(f"The mission must be of at most {LONGEST_MISSION:,} characters.")
        rules = None if redact is None else redaction_rules(redact)
        options = BankOptions(None if language is None else language_of(language), mission, disposition)
        services = replace(
            self.services,
            actor=check_name(actor, "actor"),
            language_model=self.services.language_model if llm is None else llm,
            redaction=rules,
        )
        return AsyncBank(name, services, self.background, self.later, self.weights, options)

    @property
    def language_model(self) -> LanguageModel | None:
        """The language model that reads what is retained and answers `reflect`; None where none is set."""
        return self.services.language_model

    @property
    def clock(self) -> Clock:
        """The clock by which the memory dates what it is given."""
        return self.services.clock

    async def warm_up(self, bank: str | None = None) -> None:
        """Loads what a first recall would have to wait for: the embedding model, and the index of `bank` if one is
        given (one that is not there is fine). Raises `ModelError`, `StoreError`."""
        if bank is not None:
            check_bank_name(bank)
        try:
            # Side by side: the model is mostly read from the disk, the index from the store.
            async with create_task_group() as tasks:
                tasks.start_soon(to_thread.run_sync, self.services.embedder.embed, ["warm up"])
                if bank is not None:
                    tasks.start_soon(to_thread.run_sync, self.services.indexes.get, bank)
        except ExceptionGroup as errors:  # callers catch one error, as of every other method
            raise errors.exceptions[0] from errors

    async def banks(self, names: Collection[str] | None = None) -> list[BankInfo]:
        """Returns all banks, by name; those of `names` alone, if they are given. No bank is loaded for it: units are
        counted by the store. Raises `InputError` for what can name no bank."""

        def read() -> list[BankInfo]:
            ids = None if names is None else tuple(profile_id(check_bank_name(name)) for name in names)
            profiles = [read_profile(p) for p in self.services.store.scan(Where(kind=BANK, ids=ids))]
            # One count for all banks, not one query a bank: 10,000 banks are listed in half a second
            # (docs/benchmarks.md, "Many banks").
            units = self.services.store.counts(Where(kind=UNIT), LIVE_BANK)
            pending = self.services.store.counts(Where(kind=PENDING_CHUNK))
            infos = (
                BankInfo(
                    profile.bank,
                    units.get(profile.bank, 0),
                    profile.created_at,
                    profile.language.code if profile.language else None,
                    pending.get(profile.bank, 0),
                )
                for profile in profiles
            )
            return sorted(infos, key=lambda info: info.name)

        return await to_thread.run_sync(read)

    async def erase(self, bank: str) -> Receipt:
        """Erases a bank and all that it holds, for good; other banks are as they were. The receipt is as that of
        `AsyncBank.forget`. Raises `NotFoundError` for one that is not there."""
        # What `retain_later` was given before would be written after the erasure, and the bank be there again.
        await to_thread.run_sync(self.later.wait, check_bank_name(bank), None)
        return await to_thread.run_sync(erase.erase_bank, self.services, bank)

    async def banks_with_entries(
        self, kind: str, *, tag: str | None = None, expired: bool = False
    ) -> list[str]:
        """Returns the names of the banks that have entries of that `kind` (see `AsyncBank.entries`), with that `tag`
        if it is given, sorted. `expired` adds the banks whose entries have all expired."""
        now = None if expired else self.services.clock.now()
        return await to_thread.run_sync(
            banks_with,
            self.services.store,
            check_name(kind, "kind"),
            None if tag is None else check_name(tag, "tag"),
            now,
        )

    async def load(
        self,
        path: str | Path,
        *,
        bank: str | None = None,
        decrypt: str | Path | None = None,
        signed_by: str | Path | None = None,
        progress: Progress | None = None,
    ) -> AsyncBank:
        """Loads a bank from a file that `AsyncBank.export` wrote, under the name `bank` (default: the one it
        had). It is there whole, or not at all. Vectors are taken over where they are of the same embedder, else
        made anew.

        `decrypt` names the file of the key with which it was encrypted, `signed_by` that of the public key of whoever
        must have signed it; the history says so then. Where they are given, a file that is not encrypted, not signed,
        or with another key, is refused before anything is written. The signature holds for the time in the file as
        well (the history has the day): that it is the latest one, it does not tell.

        Or takes in any other file that an importer reads (`fourfold.transfer.importers`): the exports of ChatGPT,
        Claude, mem0, Graphiti and Zep, the MCP memory server and LangGraph, chats of WhatsApp, Telegram, Slack and
        Discord, transcripts, mail, notes, a chat in JSON, a text, a folder or zip archive of these, and what
        importers of other packages add. That is retained in `bank` (default: the name of the file), which may
        be there already; doing it again, also after it was stopped, adds what is missing. A record that
        cannot be read does not keep out the rest: `warnings` of the bank that is returned names its place and
        the reason, fields that were not read, and how many messages have no time in the file; it is logged as
        well.

        `progress` is called with (done, total) units, or writes: one a document, or a million characters of one.
        Stopped, what was written is kept. Raises `InputError` for a file that is none of these, or not whole, or of
        which nothing can be read, and a name that is taken; `StoreVersionError` for one of a newer schema;
        `ConfigurationError` for an importer of another package that is broken, a key that cannot be used, and where
        the package cryptography is not installed."""
        source = check_path(path)
        target_name = None if bank is None else check_bank_name(bank)
        # Only exports are encrypted and signed: anything else in the place of one is refused there.
        if (
            decrypt is not None
            or signed_by is not None
            or await to_thread.run_sync(transfer.is_export, source)
        ):
            name = await to_thread.run_sync(
                transfer.load, self.services, source, target_name, decrypt, signed_by, progress
            )
            return self.bank(name)
        imported = await to_thread.run_sync(transfer.read_import, source)
        target = self.bank(target_name or bank_name(source.stem))
        await transfer.retain_documents(target, imported.documents, progress)
        target.warnings = imported.warnings
        for warning in imported.warnings:
            log.info("%s: %s", source, warning)
        return target

    async def reembed(self, embedder: str | Embedder, *, progress: Progress | None = None) -> int:
        """Changes the embedding model of all that is in the memory, without extracting anything anew, and returns how
        many units got new vectors. A second store is made beside the first one, with a copy of every record, so the
        room on the disk is needed twice. Recall goes on by the old vectors, and what is retained meanwhile is copied
        as well, until all is there; then the copy takes the store's place at once. Stopped at any time, it goes on
        from there when it is called again; erasing anything drops the copy, and it begins anew. From then on the
        memory has to be opened with that embedder; on a server, other processes must not write meanwhile, and have
        to be started anew with it. `progress` is called with (done, total) units. Raises `ConfigurationError`,
        `ModelError`, `StoreError`."""
        model = await to_thread.run_sync(load_embedder, embedder, self.settings)
        return await to_thread.run_sync(reembed, self.services, model, progress)

    async def find_text(self, text: str) -> list[str]:
        """Returns where `text` is found in the memory, in all banks: the records that hold it, or the same words in
        other case or other characters (decomposed accents, signs that no eye sees), and the files that hold its
        bytes; nothing once it is erased. Raises `InputError` for an empty text."""
        # Half of a character is in nothing that is stored: of a text that was cut in one, the rest is looked for.
        text = text.encode(errors="ignore").decode()
        if not text.strip():
            raise InputError("The text is empty: give the words to look for.")
        return await to_thread.run_sync(erase.find_text, self.services.store, text)

    async def close(self) -> None:
        """Finishes what was given to `retain_later`, ends what goes on in the background (it is taken up again
        the next time), flushes and closes the store, and the model's connections. Calling it twice is fine, and in a
        process that was forked since it does nothing: there it is closed."""
        if is_inherited(self):
            return
        # In this order: what is retained wakes the background, the background writes and asks the model, and indexes
        # are cached by what the store has in the end.
        await to_thread.run_sync(self.later.finish)
        await to_thread.run_sync(self.background.stop)
        await to_thread.run_sync(self._write_recall_counts)
        if self.services.language_model is not None:
            await self.services.language_model.close()
        await to_thread.run_sync(self.services.indexes.close)
        await to_thread.run_sync(self.services.store.close)

    def _write_recall_counts(self) -> None:
        for bank in self.services.recall_counts.banks():
            try:
                note_uses(self.services, bank)
            except FourfoldError as error:  # a full disk is no reason not to close
                log.warning("What was recalled of the bank %s could not be noted: %s", bank, error)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
