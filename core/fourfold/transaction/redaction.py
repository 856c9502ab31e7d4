"""What a bank holds back, applied to what is about to be written to it.

Text has to be masked before it is embedded and indexed, or its vectors would still tell of it; so those who make
units redact early (`fourfold.ingest.redact`). The transaction checks every record once more, so that a caller who
forgot cannot write what is held back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ports import Point
from fourfold.schema.chunks import CHUNKS
from fourfold.schema.entries import is_entry, value_of
from fourfold.schema.records import ENTITY, UNIT, kind_of
from fourfold.schema.texts import embedded_texts, map_json, map_texts, texts_in_json, texts_of
from fourfold.schema.units import text_of
from fourfold.services import Services
from fourfold.values.redaction import RedactionRule, entity_kinds, excluded_by, placeholder, redact
from fourfold.values.units import Entity, Entry

_FROM_MESSAGES = frozenset({UNIT, ENTITY, *CHUNKS})
"""Kinds of records whose texts come from messages."""
_NOTHING: frozenset[str] = frozenset()


def rules_in_force(services: Services, index: BankIndex) -> tuple[RedactionRule, ...]:
    """Returns the rules that the caller of this operation asked for, else those that the bank keeps. The caller holds
    the lock of the bank's index."""
    if services.redaction is not None:
        return services.redaction
    return index.profile.rules if index.profile is not None else ()


def stored_rules(rules: Iterable[RedactionRule]) -> tuple[RedactionRule, ...]:
    """Returns those of `rules` that a bank can keep: a test is a function of the caller's."""
    return tuple(rule for rule in rules if rule.test is None)


@dataclass(slots=True)
class RedactionPolicy:
    """The rules in force for one operation on one bank; `counts` says how often each of them held something back."""

    rules: tuple[RedactionRule, ...] = ()
    counts: Counter[str] = field(default_factory=Counter)

    def redact(self, text: str) -> str:
        """Returns `text`, what patterns and detectors find in it masked. Tests are not asked; see `excludes`."""
        return redact(text, self.rules, self.counts) if self.rules else text

    def excludes(self, text: str) -> bool:
        """Returns whether a test says that `text` is left out whole. Raises `InputError` for a test that fails."""
        return excluded_by(text, self.rules, self.counts)

    def cover(self, text: str) -> str:
        """Returns `text` masked, and all of it masked where a test says that it is left out: for texts that nobody
        waits for, which are better covered than refused."""
        masked = self.redact(text)
        excluding = self._excluding_rule([masked])
        if excluding is None:
            return masked
        self.counts[excluding] += 1
        return placeholder(excluding)

    def excludes_value(self, value: Any) -> bool:
        """Returns whether a test leaves out a JSON value for one of the texts in it; counts it."""
        uncounted = RedactionPolicy(self.rules)
        excluding = self._excluding_rule(map(uncounted.redact, texts_in_json(value)))
        if excluding is not None:
            self.counts[excluding] += 1
        return excluding is not None

    def redact_entry(self, entry: Entry) -> Entry:
        """Returns the entry with its value masked. Raises `InputError` for one that would have to be left out: what
        is kept word for word is kept or refused."""
        if not self.rules:
            return entry
        value = map_json(entry.value, self.redact)
        refusing = self._excluding_rule(texts_in_json(value))
        if refusing is not None:
            raise InputError(
                f'"{entry.key}" holds what this bank holds back ({refusing}); nothing was written.'
            )
        return entry if value == entry.value else replace(entry, value=value)

    def redact_point(self, point: Point, stored: Point | None) -> Point:
        """Returns a record about to be written, masked. Only what is not in `stored`, what the store has of it, is
        looked at: a text that is older than the rule must not keep its record from being retired or read. Raises
        `InputError` for a unit, an entity or an entry that cannot be masked any more."""
        if not self.rules:
            return point
        stored_texts = texts_of(stored) if stored is not None else _NOTHING
        kind = kind_of(point)
        # Messages were tested as a whole before they became chunks and units; of those a test sees the text alone.
        change = self.redact if kind in _FROM_MESSAGES else self.cover
        masked = map_texts(point, lambda text: text if text in stored_texts else change(text))
        if kind in (UNIT, ENTITY) and embedded_texts(masked) != embedded_texts(point):
            raise self._refusal(texts_of(point) - stored_texts)
        tested: set[str] = set()
        if is_entry(point):
            tested = texts_in_json(value_of(point)) - stored_texts
        elif kind == UNIT:
            tested = {text_of(point)} - stored_texts
        if self._excluding_rule(tested) is not None:
            raise self._refusal(tested)
        return masked

    def check_entities(self, entities: Iterable[Entity], index: BankIndex) -> None:
        """Raises `InputError` for an entity of a kind that is held back, unless the bank knows it already."""
        kinds = entity_kinds(self.rules)
        for entity in entities if kinds else ():
            stored_entity = index.names.get(entity.name)
            if entity.kind in kinds and (stored_entity is None or stored_entity.kind != entity.kind):
                raise InputError(
                    f'"{entity.name}" is what this bank holds back ({kinds[entity.kind]}); nothing was written.'
                )

    def _excluding_rule(self, texts: Iterable[str]) -> str | None:
        refused: Counter[str] = Counter()
        if any(excluded_by(text, self.rules, refused) for text in texts):
            return next(iter(refused))
        return None

    def _refusal(self, texts: Iterable[str]) -> InputError:
        counts: Counter[str] = Counter()
        for text in texts:
            excluded_by(redact(text, self.rules, counts), self.rules, counts)
        return InputError(
            f"The text has what this bank holds back ({', '.join(counts)}); nothing was written."
        )
