"""The parts that every operation works with, put together once by `memory`."""

from __future__ import annotations

from dataclasses import dataclass, field

from fourfold.ledger import Ledgers
from fourfold.ports import Clock, Embedder, LanguageModel, Reranker, Store
from fourfold.settings import Settings
from fourfold.stores.graphs import Graphs
from fourfold.stores.uses import Noted


@dataclass(frozen=True, slots=True)
class Engine:
    """A store with the graphs and the accounts over it, an embedder, a clock, the settings, and, if there are, a
    language model and a reranker."""

    store: Store
    graphs: Graphs
    embedder: Embedder
    clock: Clock
    settings: Settings
    ledgers: Ledgers
    model: LanguageModel | None = None
    reranker: Reranker | None = None
    by: str = ""
    """Whoever it is that works with them, for the records of what was done."""
    noted: Noted = field(default_factory=Noted)
    """What was recalled and is not written down yet."""
    reading: set[str] = field(default_factory=set)
    """The chunks that some retain of this process is having read."""
