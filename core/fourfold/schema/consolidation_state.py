"""How far consolidation got in a bank, as a record of its store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fourfold.ports import Point, Store, Where
from fourfold.schema.fields import BANK, KIND
from fourfold.schema.records import PROGRESS, make_id
from fourfold.values.reflection import Failure


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
