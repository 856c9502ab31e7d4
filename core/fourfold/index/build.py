"""Builds the graph of a bank out of points."""

from __future__ import annotations

import marshal
from collections.abc import Iterable
from operator import itemgetter

from fourfold.index.bank_index import BankIndex
from fourfold.ports import Point
from fourfold.schema.banks import read_entity, read_profile
from fourfold.schema.chunks import CHUNKS
from fourfold.schema.records import USE, kind_of, place_of

READ = tuple(
    "kind recorded order text speaker network tags entities links documents messages session codes mentioned_at "
    "occurred from to retired asking counts size name aliases type attributes superseded_by uses pinned "
    "retired_by created_at language mission disposition hold_back bank what".split()
)
"""The fields of payloads that a graph is made of."""


def build_index(index: BankIndex, points: Iterable[Point]) -> None:
    """Adds to `index` what the points say, units in the order they came."""
    units, uses = [], []
    for point in points:
        match kind_of(point):
            case "bank":
                index.profile = read_profile(point.payload)
            case "entity":
                index.add_entity(read_entity(point))
            case "unit":
                place = (*place_of(point), point.id)
                units.append((place, marshal.dumps(dict(point.payload)), point.terms))
            case kind if kind == "core" or kind in CHUNKS:
                index.note_record(point)
            case kind if kind == USE:
                uses.append(point)
    # A link points to what came before: in this order its target is always there first. Until their turn comes,
    # payloads wait as bytes: as objects, all at once, they doubled the peak (57 MB for 10,000 units, so 29).
    for (_, _, unit), payload, terms in sorted(units, key=itemgetter(0)):
        index.add(Point(unit, marshal.loads(payload), terms=terms))
    for point in uses:  # of units that are there by now
        index.note_record(point)
