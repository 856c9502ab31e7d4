"""The parts that every operation works with, put together once by `memory`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial

from fourfold.index.registry import IndexRegistry
from fourfold.language.enrichment import Step, counting_failures
from fourfold.ports import Clock, Embedder, EntityRecognizer, LanguageModel, Reranker, Store
from fourfold.settings import Settings
from fourfold.token_accounts import BankLanguageModel, TokenAccounts
from fourfold.values.redaction import RedactionRule


@dataclass(slots=True)
class Backend:
    """A store, and the embedder that made its vectors. `govern.reembed`, and nothing else, changes the embedder, at
    the moment at which the store's vectors become those of the new one, while it holds the locks of all banks."""

    # The only part of `Services` that changes, so it has an object of its own, which all frozen `Services` of a
    # memory share.
    store: Store
    embedder: Embedder


class ChunkRegistry:
    """The chunks that are being read. Safe to use from several threads and event loops."""

    def __init__(self) -> None:
        # Around look and claim together; of the standard library's, since no asyncio lock serves two event loops.
        self._lock = threading.Lock()
        self._claimed: set[str] = set()

    def claim(self, chunks: Iterable[str]) -> set[str]:
        """Claims those of `chunks`, by id, that nobody has claimed, and returns them."""
        # In one step: two retains that looked first and claimed later would both pay for the same chunk.
        with self._lock:
            unclaimed = set(chunks) - self._claimed
            self._claimed |= unclaimed
        return unclaimed

    def release(self, chunks: Iterable[str]) -> None:
        """Gives back what was claimed."""
        with self._lock:
            self._claimed.difference_update(chunks)


@dataclass(slots=True)
class RecallCounts:
    """The recalls that are not stored yet, by bank. Safe for several threads."""

    # Recalls add from any thread while a background task writes what was counted so far.
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)

    def add(self, bank: str, units: list[str], at: float) -> None:
        """Counts a recall of these units at a moment (epoch seconds)."""
        with self._lock:
            counts = self._counts.setdefault(bank, {})
            for unit in units:
                count, _ = counts.get(unit, (0, at))
                counts[unit] = count + 1, at

    def pop(self, bank: str) -> dict[str, tuple[int, float]]:
        """Returns what was counted in `bank`, and counts from nothing again."""
        with self._lock:
            return self._counts.pop(bank, {})

    def banks(self) -> list[str]:
        """Returns the banks in which something was recalled."""
        with self._lock:
            return list(self._counts)


@dataclass(slots=True)
class EnrichmentFailures:
    """The steps that failed at a text since the memory was opened, by bank. Safe for several threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, bank: str, step: Step) -> None:
        """Counts a failure."""
        with self._lock:
            self._counts.setdefault(bank, Counter())[step] += 1

    def of(self, bank: str) -> Mapping[str, int]:
        """Returns how often each step failed in `bank`; those that never failed are left out."""
        with self._lock:
            return Counter(self._counts.get(bank))


@dataclass(frozen=True, slots=True)
class Services:
    """A store with the indexes and the token accounts over it, an embedder, a clock, the settings, and, if there are
    any, a language model, a reranker and what finds names in place of the packaged heads."""

    backend: Backend
    indexes: IndexRegistry
    clock: Clock
    settings: Settings
    token_accounts: TokenAccounts
    language_model: LanguageModel | None = None
    reranker: Reranker | None = None
    entity_recognizer: EntityRecognizer | None = None
    actor: str = ""
    """Who works with them, for the log of the bank."""
    recall_counts: RecallCounts = field(default_factory=RecallCounts)
    """How often units were recalled, as far as it is not written down: a recall must not wait for a write."""
    chunks_in_progress: ChunkRegistry = field(default_factory=ChunkRegistry)
    """The chunks that retains of this process have given to the language model."""
    enrichment_failures: EnrichmentFailures = field(default_factory=EnrichmentFailures)
    redaction: tuple[RedactionRule, ...] | None = None
    """The rules of what the caller holds back, tests included; None for those that the bank keeps."""

    def working_on(self, bank: str) -> AbstractContextManager[None]:
        """Counts what fails at a text within as failures of `bank` (`language.enrichment`)."""
        return counting_failures(partial(self.enrichment_failures.add, bank))

    def metered_model(self, bank: str) -> BankLanguageModel | None:
        """Returns the language model as an operation on `bank` uses it: retrying, and booked to the bank's account.
        None where there is none. The bank's next write writes down what was spent."""
        if self.language_model is None:
            return None
        settings = self.settings
        return BankLanguageModel(
            self.language_model, self.token_accounts.get(bank), settings.llm_tokens, settings.llm_concurrency
        )

    @property
    def store(self) -> Store:
        """The store: the record of everything, of which the indexes are views."""
        return self.backend.store

    @property
    def embedder(self) -> Embedder:
        """The embedder of the store's present vectors. Code that embeds outside of a bank's lock, and then searches
        or writes, has to check that it is still the same (`ingest.embed.embed_under_lock`, `recall`)."""
        return self.backend.embedder
