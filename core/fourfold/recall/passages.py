"""What was said in the same breath: the other units of the passages that hits stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fourfold.index.as_of import BankView
from fourfold.ports import Where
from fourfold.values.results import Hit
from fourfold.values.units import Unit


def passages(view: BankView, where: Where, hits: Sequence[Hit]) -> Mapping[str, tuple[Unit, ...]]:
    """Returns, by the id of each hit that is a part of a passage, the units of it that `where` admits and that were
    last said when it was, in the order of the passage, the hit among them."""
    index = view.index
    ids_of: dict[str, list[str]] = {}
    with index.lock:
        columns, admitted = index.columns, index.mask(where)
        for hit in hits:
            row = index.row(hit.unit.id)
            if row is not None and columns["passage"][row] >= 0:
                is_beside = admitted & (columns["passage"] == columns["passage"][row])
                is_beside &= columns["mentioned"] == columns["mentioned"][row]
                ids_of[hit.unit.id] = [index.unit_ids[at] for at in np.flatnonzero(is_beside).tolist()]
    units = view.units(unit for ids in ids_of.values() for unit in ids)
    return {hit: tuple(units[unit] for unit in ids if unit in units) for hit, ids in ids_of.items()}
