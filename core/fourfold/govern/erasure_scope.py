"""What bears on units that are to be gone without a trace: a value that names one of them or holds its words.
Records of the log are rewritten without.

Words are the same whatever bytes they are written in: with decomposed accents, in other case or width, with signs in
them that no eye sees. Whoever looks for what is left of them (`find_text`) compares as whoever erases does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from fourfold.language.text import is_unspaced, normalise
from fourfold.schema.changelog import Difference, Record
from fourfold.schema.texts import leaves
from fourfold.values.units import SHORT_ID

_LEAST = 8
"""Characters below which a text ("Tea.") is looked for as a whole value, or what stands between two marks of one: as
a part of a sentence it may be there by chance. A guess."""
_LEAST_UNSPACED = 4
"""The same where words are written without blanks between them, and have fewer characters. A guess."""
_MARKS = re.compile(r"[^\w\s'’-]+|\n")
_ID = re.compile(rf"[0-9a-f]{{{SHORT_ID}}}")


def same_words(text: str) -> str:
    """Returns what texts share that say the same words, whatever their bytes."""
    if not text.isprintable():
        kept = (char for char in text if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf"))
        text = "".join(kept)
    # A text without words is its marks.
    return normalise(text.replace("’", "'")) or unicodedata.normalize("NFKC", text).strip()


def holds(text: str, words: str) -> bool:
    """Whether a text has `words`, as `same_words` gives them, other than as parts of words. (Where no blanks part
    them, nobody can tell.)"""
    first, last = ("" if is_unspaced(char) else " " for char in (words[:1], words[-1:]))
    return bool(words) and f"{first}{words}{last}" in f" {same_words(text)} "


@dataclass(frozen=True, slots=True)
class ErasureScope:
    """The ids and the texts of what is to be gone, these as `same_words`."""

    ids: frozenset[str]
    texts: tuple[str, ...]
    _short_ids: frozenset[str]

    @classmethod
    def of(cls, ids: Iterable[str], texts: Iterable[str]) -> ErasureScope:
        """Of these ids and texts, each once."""
        known = frozenset(ids)
        words = dict.fromkeys(filter(None, map(same_words, texts)))
        return cls(known, tuple(words), frozenset(unit[:SHORT_ID] for unit in known))

    def names(self, value: Any) -> bool:
        """Whether a JSON value has one of the ids somewhere."""
        return any(leaf in self.ids for leaf in leaves(value))

    def says(self, value: Any) -> bool:
        """Whether a JSON value holds one of the texts somewhere."""
        return any(self._said(leaf) for leaf in leaves(value))

    def bears_on(self, value: Any) -> bool:
        """Whether a JSON value names one or says one."""
        return any(leaf in self.ids or self._said(leaf) for leaf in leaves(value))

    def is_told_by(self, reason: str) -> bool:
        """Whether a reason that somebody gave tells of one: by its words, however few, or by its id."""
        named = (match.group() in self._short_ids for match in _ID.finditer(reason))
        return any(named) or any(holds(reason, text) for text in self.texts)

    def _said(self, leaf: str) -> bool:
        if not self.texts:
            return False
        parts = {same_words(leaf), *map(same_words, _MARKS.split(leaf))}
        return any(text in parts or (_is_telling(text) and holds(leaf, text)) for text in self.texts)

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
            and not any(map(self.is_told_by, (record.subject, record.reason, *_reasons(record))))
        ):
            return record
        silent = tuple(replace(op, reason="") for op in operations)
        return replace(changed, operations=silent, subject="", reason="")

    def _left(self, steps: Difference, final: bool) -> dict[str, Any]:
        if final:
            return {}
        return {name: step for name, step in steps.items() if not self.bears_on(list(step))}


def _is_telling(words: str) -> bool:
    return len(words) >= (_LEAST_UNSPACED if is_unspaced(words) else _LEAST)


def _reasons(record: Record) -> Iterable[str]:
    return (operation.reason for operation in record.operations)
