"""What bears on units that are to be gone without a trace: a value that names one of them or holds its words.
Records of the log are rewritten without."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from fourfold.schema.changelog import Difference, Record
from fourfold.schema.texts import leaves

_LEAST = 8
"""A text that is shorter is looked for as a whole value only: it may stand anywhere by chance."""


@dataclass(frozen=True, slots=True)
class ErasureScope:
    """The ids and the texts of what is to be gone."""

    ids: frozenset[str]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, ids: Iterable[str], texts: Iterable[str]) -> ErasureScope:
        """Of these ids and texts, each once."""
        return cls(frozenset(ids), tuple(dict.fromkeys(text for text in texts if text)))

    def names(self, value: Any) -> bool:
        """Whether a JSON value has one of the ids somewhere."""
        return any(leaf in self.ids for leaf in leaves(value))

    def says(self, value: Any) -> bool:
        """Whether a JSON value holds one of the texts somewhere."""
        return any(self._said(leaf) for leaf in leaves(value))

    def bears_on(self, value: Any) -> bool:
        """Whether a JSON value names one or says one."""
        return any(leaf in self.ids or self._said(leaf) for leaf in leaves(value))

    def _said(self, leaf: str) -> bool:
        return any(text in leaf if len(text) >= _LEAST else text == leaf for text in self.texts)

    def without(self, record: Record, final: Collection[str]) -> Record:
        """`record` without a trace; the same where it had none. `final` are the ids of what is rewritten for good:
        what that was before is told no more."""
        touches = not self.ids.isdisjoint(record.touched)
        before = {
            identity: remaining
            for identity, steps in record.before.items()
            if identity not in self.ids and (remaining := self._left(steps, identity in final))
        }
        created = tuple(point_id for point_id in record.created if point_id not in self.ids)
        operations = tuple(op for op in record.operations if op.unit not in self.ids)
        changed = replace(record, created=created, before=before, operations=operations)
        if (
            not touches
            and changed == record
            and not self.bears_on([record.subject, record.reason, *_reasons(record)])
        ):
            return record
        silent = tuple(replace(op, reason="") for op in operations)
        return replace(changed, operations=silent, subject="", reason="")

    def _left(self, steps: Difference, final: bool) -> dict[str, Any]:
        if final:
            return {}
        return {name: step for name, step in steps.items() if not self.bears_on(list(step))}


def _reasons(record: Record) -> Iterable[str]:
    return (operation.reason for operation in record.operations)
