"""Who writes to a bank on a server: one process at a time. A lease is a point without a bank, which its holder puts
down where there is none, touches while it works, and deletes. Knows nothing of what is written under it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from qdrant_client import QdrantClient, models

from fourfold.errors import StoreError
from fourfold.schema.fields import KIND, REVISION, WRITER
from fourfold.schema.records import LEASE, lease_id

LEASE_SECONDS = 10.0
"""Seconds after which others take over a lease that was not touched. It is touched with every use of the store, so a
holder loses it that was killed, or that computed for as long without one. A guess, not measured."""
_POLL_SECONDS = 0.02
"""Seconds between two looks at a lease that another process holds. A guess: a retain holds one for some 20 ms."""


@dataclass(slots=True)
class _Held:
    """A lease of this process: its token, how often it was touched, and when last (by the monotonic clock). `users`
    counts the threads that work under it: what they may do beside each other is settled within the process."""

    token: str
    touches: int = 0
    touched_at: float = field(default_factory=time.monotonic)
    is_lost: bool = False
    users: int = 1

    @property
    def is_due(self) -> bool:
        """Whether it is time to touch it."""
        return time.monotonic() - self.touched_at > LEASE_SECONDS / 3


@dataclass(slots=True)
class _Watch:
    """What was last seen of a lease of another process, and since when: its clock is not asked."""

    seen: tuple[str, int] | None = None
    since: float = 0.0

    def is_abandoned(self, token: str, touches: int) -> bool:
        """Returns whether the lease has been the same for too long."""
        now = time.monotonic()
        if self.seen != (token, touches):
            self.seen, self.since = (token, touches), now
        return now - self.since > LEASE_SECONDS


class Leases:
    """The leases of the process that is called `writer`; it waits `patience` seconds for one of another process."""

    def __init__(self, client: QdrantClient, writer: str, patience: float) -> None:
        self._client, self._writer = client, writer
        self._patience = patience
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()
        self._count = 0

    def take(self, collection: str, bank: str) -> None:
        """Takes the lease of `bank`; raises `StoreError` where another process does not give it back in time."""
        point_id, watch, began = lease_id(bank), _Watch(), time.monotonic()
        while True:
            with self._lock:
                if (held := self._held.get(point_id)) is not None:
                    held.users += 1
                    return
                if (holder := self._try(collection, point_id)) is None:
                    return
            token, touches = holder
            # One of this process that it does not hold: giving it back had failed.
            if token.partition("/")[0] == self._writer or watch.is_abandoned(token, touches):
                self._delete(collection, point_id, token, touches)
            elif time.monotonic() - began > self._patience:
                raise StoreError(
                    f'The bank "{bank}" is held by another process ({token.partition("/")[0]}). Nothing was '
                    f"written. Try again."
                )
            else:
                time.sleep(_POLL_SECONDS)
                self.touch(collection)

    def give_back(self, collection: str, bank: str) -> None:
        """Gives back the lease of `bank`, once nobody in this process uses it any more. `collection` may be another
        one by now, which took the place of the one with the lease."""
        point_id = lease_id(bank)
        with self._lock:
            held = self._held[point_id]
            held.users -= 1
            if held.users:
                return
            del self._held[point_id]
        self._delete(collection, point_id, held.token)

    def touch(self, collection: str) -> None:
        """Keeps what is held."""
        # Looked at without the lock, which every read would wait for.
        if any(held.is_due for held in list(self._held.values())):
            with self._lock:
                for point_id, held in self._held.items():
                    if held.is_due:
                        self._touch(collection, point_id, held)

    def check(self) -> None:
        """Raises `StoreError` where another process has taken over what this one holds."""
        if any(held.is_lost for held in list(self._held.values())):
            raise StoreError(
                f"Another process has taken over a bank that this one held for more than {LEASE_SECONDS:.0f} s "
                f"without using the store. Nothing was written. Try again."
            )

    def _try(self, collection: str, point_id: str) -> tuple[str, int] | None:
        """Puts the lease down where there is none. Returns whose it is otherwise, and how often it was touched."""
        self._count += 1
        held = _Held(f"{self._writer}/{self._count}")
        point = _lease_point(point_id, held)
        self._client.upsert(collection, [point], update_mode=models.UpdateMode.INSERT_ONLY, wait=True)
        holder = self._holder(collection, point_id)
        if holder == (held.token, 0):
            self._held[point_id] = held
            return None
        return holder or ("", 0)

    def _touch(self, collection: str, point_id: str, held: _Held) -> None:
        before = time.monotonic()
        held.touches += 1
        own = models.Filter(must=[_is_token(held.token)])
        point = _lease_point(point_id, held)
        self._client.upsert(
            collection, [point], update_filter=own, update_mode=models.UpdateMode.UPDATE_ONLY, wait=True
        )
        held.is_lost = self._holder(collection, point_id) != (held.token, held.touches)
        held.touched_at = before

    def _holder(self, collection: str, point_id: str) -> tuple[str, int] | None:
        points = self._client.retrieve(collection, [point_id], with_payload=True)
        payload = (points[0].payload or {}) if points else {}
        return (str(payload[WRITER]), int(payload[REVISION])) if payload else None

    def _delete(self, collection: str, point_id: str, token: str, touches: int | None = None) -> None:
        """Deletes a lease, if it is still that one; `touches` where it is another process's."""
        same: list[models.Condition] = [models.HasIdCondition(has_id=[point_id]), _is_token(token)]
        if touches is not None:
            same.append(models.FieldCondition(key=REVISION, range=models.Range(gte=touches, lte=touches)))
        self._client.delete(collection, points_selector=models.Filter(must=same), wait=True)


def _is_token(token: str) -> models.FieldCondition:
    return models.FieldCondition(key=WRITER, match=models.MatchValue(value=token))


def _lease_point(point_id: str, held: _Held) -> models.PointStruct:
    return models.PointStruct(
        id=point_id, vector={}, payload={KIND: LEASE, WRITER: held.token, REVISION: held.touches}
    )
