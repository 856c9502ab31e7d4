"""The payloads that were read last, kept for the next reader. For a store that only this process writes to."""

from __future__ import annotations

import marshal
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any


class Recent:
    """At most `most` payloads, each as bytes (about 1 kB a unit); the one read longest ago goes. Not safe for several
    threads: the store's lock guards it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[tuple[str, ...], bytes]] = OrderedDict()

    def get(self, point: str, fields: tuple[str, ...]) -> dict[str, Any] | None:
        """These fields of a point's payload, if just these were read lately."""
        known, packed = self._kept.get(point, ((), b""))
        if known != fields:
            return None
        self._kept.move_to_end(point)
        payload: dict[str, Any] = marshal.loads(packed)
        return payload

    def get_all(self, points: Iterable[str], fields: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        """These fields of those of `points` that were read lately, by point."""
        payloads = ((point, self.get(point, fields)) for point in points)
        return {point: payload for point, payload in payloads if payload is not None}

    def put(self, point: str, fields: tuple[str, ...], payload: Mapping[str, Any]) -> None:
        """Keeps what was just read."""
        self._kept[point] = fields, marshal.dumps(dict(payload))
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Drops all."""
        self._kept.clear()

    def forget(self, points: Iterable[str]) -> None:
        """Drops points that have changed."""
        for point in points:
            self._kept.pop(point, None)
