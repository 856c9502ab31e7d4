"""The parts that every operation works with, put together once by `memory`."""

from __future__ import annotations

from dataclasses import dataclass

from fourfold.ports import Clock, Embedder, Store
from fourfold.settings import Settings
from fourfold.stores.graph import Graphs


@dataclass(frozen=True, slots=True)
class Engine:
    """A store with the graphs over it, an embedder, a clock, and the settings."""

    store: Store
    graphs: Graphs
    embedder: Embedder
    clock: Clock
    settings: Settings
