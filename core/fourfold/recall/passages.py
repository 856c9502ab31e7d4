"""What was said in the same breath: the other units of the passages that hits stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fourfold.index.as_of import BankView
from fourfold.index.columns import passage_rows
from fourfold.ports import Where
from fourfold.values.results import Hit
from fourfold.values.units import Unit


def passages(view: BankView, where: Where, hits: Sequence[Hit]) -> Mapping[str, tuple[Unit, ...]]:
    """Returns, by the id of each hit, the units of its passage that `where` admits and that were last said when it
    was, in the order of the passage, the hit among them."""
    index = view.index
    ids_of: dict[str, list[str]] = {}
    with index.lock:
        said_at, admitted = index.columns["mentioned"], index.mask(where)
        for hit in hits:
            row = index.row(hit.unit.id)
            if row is not None:
                ids_of[hit.unit.id] = [
                    index.unit_ids[beside]
                    for beside in passage_rows(index.columns, row)
                    if admitted[beside] and said_at[beside] == said_at[row]
                ]
    units = view.units(unit for ids in ids_of.values() for unit in ids)
    return {hit: tuple(units[unit] for unit in ids if unit in units) for hit, ids in ids_of.items()}
