"""What a bank's store notes of the bank itself: how far consolidation got, how often units were recalled, and what
language models cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fourfold.ports import Fields, Point, Store, Where
from fourfold.schema.fields import BANK, KIND
from fourfold.schema.records import LEDGER, PROGRESS, USE, make_id
from fourfold.token_usage import Tokens
from fourfold.values.reflection import Failure

_PREFIX = 2
"""Hex digits of a unit's id that choose its record: at most 256 records a bank, each of that share of its units. A
guess, not measured."""

Uses = Mapping[str, tuple[int, float]]
"""By unit, how often it was recalled, and when last (epoch seconds)."""
StoredUses = Mapping[str, Sequence[float]]
"""The same as a record has it."""


@dataclass(frozen=True, slots=True)
class ConsolidationState:
    """How far consolidation got in a bank: by writer, the revision up to which its units are consolidated; and the
    failures, by key ("summary:Ana"), that are tried again."""

    revisions: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, Failure] = field(default_factory=dict)

    def behind(self, cursors: Mapping[str, int]) -> dict[str, int]:
        """Returns, by writer, the revision after which there is something to consolidate. `cursors` says how far each
        writer got."""
        consolidated = {writer: self.revisions.get(writer, 0) for writer in cursors}
        return {writer: revision for writer, revision in consolidated.items() if revision < cursors[writer]}

    def with_failure(self, key: str, failure: Failure) -> ConsolidationState:
        """Returns the state with that failure under `key`, in place of an earlier one."""
        return replace(self, failed={**self.failed, key: failure})

    def without_failure(self, key: str) -> ConsolidationState:
        """Returns the state without a failure under `key`."""
        return replace(self, failed={k: v for k, v in self.failed.items() if k != key})


def progress_point(bank: str, progress: ConsolidationState) -> Point:
    """Returns how far consolidation got, as a record of the store."""
    failed = {
        key: [failure.what, failure.reason, failure.attempts] for key, failure in progress.failed.items()
    }
    payload = {KIND: PROGRESS, BANK: bank, "done": dict(progress.revisions), "failed": failed}
    return Point(_progress_id(bank), payload)


def read_progress(store: Store, bank: str) -> ConsolidationState:
    """Returns how far consolidation got in `bank`; nowhere, where it never ran."""
    for point in store.scan(Where(ids=(_progress_id(bank),))):
        payload = point.payload
        failed = {key: Failure(*values) for key, values in payload["failed"].items()}
        return ConsolidationState(dict(payload["done"]), failed)
    return ConsolidationState()


def _progress_id(bank: str) -> str:
    return make_id(bank, PROGRESS)


def updated_records(store: Store, bank: str, uses: Uses) -> list[Point]:
    """Returns the records of `bank` that `uses` changes, brought up to date."""
    buckets: dict[str, dict[str, list[float]]] = {}
    for unit, (count, at) in uses.items():
        buckets.setdefault(_bucket_id(bank, unit), {})[unit] = [count, at]
    stored = {
        point.id: uses_of(point) for point in store.scan(Where(bank=bank, kind=USE, ids=tuple(buckets)))
    }
    return [
        use_point(identity, bank, {**stored.get(identity, {}), **bucket})
        for identity, bucket in buckets.items()
    ]


READ_USES = Fields(only=("uses",))
"""What `uses_of` looks at."""


def uses_of(point: Point) -> StoredUses:
    """Returns what a record of uses has: by unit, how often it was recalled, and when last (epoch seconds)."""
    uses: StoredUses = point.payload["uses"]
    return uses


def use_point(identity: str, bank: str, uses: StoredUses) -> Point:
    """Returns a record of uses, with the id that it has."""
    return Point(identity, {KIND: USE, BANK: bank, "uses": dict(uses)})


def _bucket_id(bank: str, unit: str) -> str:
    return make_id(bank, USE, unit[:_PREFIX])


def ledger_point(bank: str, writer: str, spent: Tokens) -> Point:
    """Returns the record of all tokens that `writer` has spent on `bank`."""
    payload = {
        KIND: LEDGER,
        BANK: bank,
        "calls": spent.calls,
        "input": spent.input,
        "output": spent.output,
        "cached": spent.cached,
    }
    return Point(make_id(bank, LEDGER, writer), payload)


def read_ledger(point: Point) -> Tokens:
    """Returns the tokens that `ledger_point` wrote; `records.stamp_of` tells whose they are."""
    payload = point.payload
    return Tokens(
        int(payload["calls"]), int(payload["input"]), int(payload["output"]), int(payload["cached"])
    )
