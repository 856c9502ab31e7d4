"""Reads units in the order of time. No ranking: what meets the conditions is told."""

from __future__ import annotations

import numpy as np

from fourfold.engine import Engine
from fourfold.errors import NotFoundError
from fourfold.model import Interval, Network, Unit
from fourfold.ports import Where
from fourfold.stores.graph import BankGraph
from fourfold.stores.records import read_unit, seconds_of

_TOLD = (Network.WORLD.value, Network.EXPERIENCE.value)


def timeline(
    engine: Engine, bank: str, entity: str | None, during: Interval | None, limit: int | None
) -> list[Unit]:
    """The facts and experiences of `bank` that mention `entity` and meet `during`, the latest `limit` of them, by
    when they occurred or were said. Raises `NotFoundError` for an entity it does not know."""
    graph = engine.graphs.get(bank)
    with graph.lock:
        ids = [graph.ids[row] for row in _rows(graph, entity, during, limit)]
    units = (
        {point.id: read_unit(point) for point in engine.store.scan(Where(bank=bank, ids=tuple(ids)))}
        if ids
        else {}
    )
    return [units[unit] for unit in ids if unit in units]


def _rows(graph: BankGraph, entity: str | None, during: Interval | None, limit: int | None) -> list[int]:
    where = Where(networks=_TOLD, occurred=None if during is None else seconds_of(during))
    told = graph.admitted(where, history=True)
    if entity is not None:
        known = graph.entity(entity)
        if known is None:
            raise NotFoundError(f'The bank "{graph.bank}" knows no entity called "{entity}".')
        mentioning = [row for row in graph.graph.adj[known.name] if isinstance(row, int)]
        told &= np.isin(np.arange(len(told)), mentioning)
    rows = np.flatnonzero(told)
    in_order = rows[np.lexsort((rows, graph.rows["start"][rows]))]
    return [int(row) for row in in_order[-(limit or len(rows)) :]]
