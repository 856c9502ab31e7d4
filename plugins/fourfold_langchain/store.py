"""Offers a memory as LangGraph's long-term store: items are kept word for word, and what they say is recalled."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from langgraph.store.base import (
    BaseStore,
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    TTLConfig,
    get_text_at_path,
    validate_op_namespace,
)
from langgraph.store.base import Item as StoreItem

from fourfold import InputError, Memory, bank_name
from fourfold.integrations.key_value import KeyValueItems, Namespace

_LONGEST_TTL = 1000 * 365 * 24 * 60
"""Minutes of a thousand years: an item that is read lives for its time again, and the calendar ends with 9999."""


class FourfoldStore(BaseStore):
    """A store for `create_agent(..., store=FourfoldStore(memory))`, for `compile(store=...)` and for LangMem's tools.

    `search(query=...)` recalls, and other parts of an app recall what an item says: a namespace is a bank. `fields`
    are the paths of what is said in an item where `put` names none; default: all of it. With a `ttl` configuration
    items expire, and are gone at that moment; what they say is forgotten by `sweep_ttl`, or every
    `sweep_interval_minutes` if that is given. What cannot be kept or read raises its `FourfoldError`.
    """

    __slots__ = ("_fields", "_items", "_memory", "_swept", "ttl_config")
    supports_ttl = True

    def __init__(
        self, memory: Memory, *, fields: Sequence[str] | None = None, ttl: TTLConfig | None = None
    ) -> None:
        if isinstance(fields, str):
            raise InputError(f'fields is the string "{fields}": pass a list, for instance ["{fields}"].')
        self._memory = memory
        self._items = KeyValueItems(memory.as_async)
        self._fields = fields
        self.ttl_config = ttl
        self._swept = time.monotonic()

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Carries out operations: reads before any put; of several puts under one key the last counts."""
        return self._memory.run(partial(self.abatch, ops))

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """See `batch`."""
        operations = list(ops)
        for op in operations:
            _check(op)
        # With a batch, and not by a thread of our own: a store has no end at which one could be stopped.
        minutes = (self.ttl_config or {}).get("sweep_interval_minutes")
        if minutes is not None and time.monotonic() - self._swept >= minutes * 60:
            await self.asweep_ttl()
        # As LangGraph's own stores do: reads see what was there before the batch, and of two puts of a key the last
        # counts.
        results = [await self._read(op) for op in operations]
        for op in {(op.namespace, op.key): op for op in operations if isinstance(op, PutOp)}.values():
            await self._put(op)
        return results

    def sweep_ttl(self) -> int:
        """Forgets what has expired, in all namespaces; returns how many items that were."""
        return self._memory.run(self.asweep_ttl)

    async def asweep_ttl(self) -> int:
        """See `sweep_ttl`."""
        self._swept = time.monotonic()
        return await self._items.sweep()

    async def _read(self, op: Op) -> Result:
        match op:
            case GetOp():
                item = await self._items.get(op.namespace, op.key, touch=op.refresh_ttl)
                if item is None:
                    return None
                return StoreItem(**{name: value for name, value in vars(item).items() if name != "score"})
            case SearchOp():
                items = await self._items.search(
                    op.namespace_prefix, op.query, op.filter, op.limit, op.offset, touch=op.refresh_ttl
                )
                return [SearchItem(**vars(item)) for item in items]
            case ListNamespacesOp():
                conditions = op.match_conditions or ()
                prefixes = (c.path for c in conditions if c.match_type == "prefix" and "*" not in c.path)
                names = await self._items.namespaces(tuple(next(prefixes, ())))
                cut = {n[: op.max_depth] for n in names if all(_matches(c, n) for c in conditions)}
                return sorted(cut)[op.offset : op.offset + op.limit]
            case _:
                return None

    async def _put(self, op: PutOp) -> None:
        if op.value is None:
            await self._items.delete(op.namespace, op.key)
        else:
            await self._items.put(op.namespace, op.key, op.value, self._texts(op), _lifetime(op))

    def _texts(self, op: PutOp) -> list[str] | None:
        paths = self._fields if op.index is None else op.index or ()
        if paths is None or list(paths) == ["$"]:
            return None
        return [text for path in paths for text in get_text_at_path(op.value, path)]


def _check(op: Op) -> None:
    # `batch` skips the checks that `put` and `search` make; `validate_op_namespace` makes most of them, not all.
    validate_op_namespace(op)
    if isinstance(op, GetOp | PutOp):
        try:
            bank_name(*op.namespace)
        except InputError as error:
            raise InvalidNamespaceError(str(error)) from error
        if op.namespace[0] == "langgraph":
            raise InvalidNamespaceError(f'The first label cannot be "langgraph": {op.namespace}.')
        if isinstance(op, PutOp):
            _lifetime(op)  # before the batch does anything
    elif isinstance(op, SearchOp | ListNamespacesOp):
        for name, number in (("limit", op.limit), ("offset", op.offset)):
            if not isinstance(number, int) or number < 0:
                raise InputError(f"{name} cannot be that: give a whole number from 0 on.")
    else:
        raise ValueError(f"Unknown operation type: {type(op)}")


def _lifetime(op: PutOp) -> timedelta | None:
    """Returns how long an item lives; None for one that stays. Raises `InputError`."""
    if op.ttl is None:
        return None
    if isinstance(op.ttl, int | float) and 0 < op.ttl <= _LONGEST_TTL:
        return timedelta(minutes=op.ttl)
    raise InputError(
        f"ttl cannot be that: give minutes, more than 0 and at most {_LONGEST_TTL:,}, or None for an item that stays."
    )


def _matches(condition: MatchCondition, namespace: Namespace) -> bool:
    path = condition.path
    part = namespace[: len(path)] if condition.match_type == "prefix" else namespace[-len(path) :]
    return len(part) == len(path) and all(p in ("*", n) for p, n in zip(path, part, strict=True))
