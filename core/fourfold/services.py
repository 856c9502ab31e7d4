"""The parts that every operation works with, put together once by `memory`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from fourfold.index.registry import IndexRegistry
from fourfold.models.switchable import Current
from fourfold.ports import Clock, LanguageModel, Reranker, Store
from fourfold.schema.recall_counts import RecallCounts
from fourfold.settings import Settings
from fourfold.token_accounts import TokenAccounts

P = ParamSpec("P")
T = TypeVar("T")


def steady(
    work: Callable[Concatenate[Services, P], T],
) -> Callable[Concatenate[Services, P], T]:
    """`work`, during which the embedder stays the one it is: for what embeds, and then searches or writes."""

    @wraps(work)
    def steadied(services: Services, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with services.indexes.era.use():
            return work(services, *args, **kwargs)

    return steadied


@dataclass(frozen=True, slots=True)
class Services:
    """A store with the graphs and the accounts over it, an embedder, a clock, the settings, and, if there are, a
    language model and a reranker."""

    store: Store
    indexes: IndexRegistry
    embedder: Current
    clock: Clock
    settings: Settings
    token_accounts: TokenAccounts
    language_model: LanguageModel | None = None
    reranker: Reranker | None = None
    actor: str = ""
    """Whoever it is that works with them, for the records of what was done."""
    recall_counts: RecallCounts = field(default_factory=RecallCounts)
    """What was recalled and is not written down yet."""
    chunks_in_progress: set[str] = field(default_factory=set)
    """The chunks that some retain of this process is having read."""
