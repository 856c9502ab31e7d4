"""A cache of the payloads that were read last, for a store that only this process writes to."""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any


class PayloadCache:
    """At most `capacity` payloads; the least recently read one is evicted. They are kept as bytes, about 1 kB a unit,
    and a reader gets an object of its own. Not safe for several threads: the store's lock guards it."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # A library's LRU would replace `move_to_end` and `popitem`; packing and the check of fields stay ours.
        self._payloads: OrderedDict[str, tuple[tuple[str, ...], bytes]] = OrderedDict()

    def get(self, point: str, fields: tuple[str, ...]) -> dict[str, Any] | None:
        """Returns these fields of a point's payload, if just these were read lately."""
        cached_fields, packed = self._payloads.get(point, ((), b""))
        if cached_fields != fields:
            return None
        self._payloads.move_to_end(point)
        payload: dict[str, Any] = marshal.loads(packed)
        return payload

    def get_all(self, points: Iterable[str], fields: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        """Returns these fields of those of `points` that were read lately, by point."""
        payloads = ((point, self.get(point, fields)) for point in points)
        return {point: payload for point, payload in payloads if payload is not None}

    def put(self, point: str, fields: tuple[str, ...], payload: Mapping[str, Any]) -> None:
        """Adds what was just read."""
        self._payloads[point] = fields, marshal.dumps(dict(payload))
        if len(self._payloads) > self._capacity:
            self._payloads.popitem(last=False)

    def clear(self) -> None:
        """Drops all."""
        self._payloads.clear()

    def discard(self, points: Iterable[str]) -> None:
        """Drops points that have changed."""
        for point in points:
            self._payloads.pop(point, None)
