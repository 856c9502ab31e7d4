"""The parts that every operation works with, put together once by `memory`."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from fourfold.index.registry import IndexRegistry
from fourfold.ports import Clock, Embedder, LanguageModel, Reranker, Store
from fourfold.schema.recall_counts import RecallCounts
from fourfold.settings import Settings
from fourfold.token_accounts import BankLanguageModel, TokenAccounts
from fourfold.values.redaction import RedactionRule


@dataclass(slots=True)
class Backend:
    """A store and the embedder that its vectors are of. `govern.reembed`, and nothing else, changes the embedder, at
    the moment that the store's vectors become the new one's, while it holds the locks of all banks."""

    store: Store
    embedder: Embedder


class ChunkRegistry:
    """The chunks that are being read. Safe to use from several threads and event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed: set[str] = set()

    def claim(self, chunks: Iterable[str]) -> set[str]:
        """Claims those of `chunks`, by id, that nobody has claimed; returns them. Two retains that looked first and
        claimed later would both pay for the same chunk."""
        with self._lock:
            free = set(chunks) - self._claimed
            self._claimed |= free
        return free

    def release(self, chunks: Iterable[str]) -> None:
        """Gives back what was claimed."""
        with self._lock:
            self._claimed.difference_update(chunks)


@dataclass(frozen=True, slots=True)
class Services:
    """A store with the graphs and the accounts over it, an embedder, a clock, the settings, and, if there are, a
    language model and a reranker."""

    backend: Backend
    indexes: IndexRegistry
    clock: Clock
    settings: Settings
    token_accounts: TokenAccounts
    language_model: LanguageModel | None = None
    reranker: Reranker | None = None
    actor: str = ""
    """Whoever it is that works with them, for the records of what was done."""
    recall_counts: RecallCounts = field(default_factory=RecallCounts)
    """What was recalled and is not written down yet."""
    chunks_in_progress: ChunkRegistry = field(default_factory=ChunkRegistry)
    """The chunks that some retain of this process is having read."""
    redaction: tuple[RedactionRule, ...] | None = None
    """What the caller asked to hold back, tests included; None for what the bank keeps."""

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
        """Where everything is kept."""
        return self.backend.store

    @property
    def embedder(self) -> Embedder:
        """The embedder that the store's vectors are of now. Whoever embeds outside of a bank's lock, and then
        searches or writes, sees to it that it is still the same (`ingest.embed.embed_under_lock`, `recall`)."""
        return self.backend.embedder
