"""Holds back what a bank's rules say, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.extract.llm import read_chunk
from fourfold.language.languages import Language
from fourfold.language.text import normalise
from fourfold.ports import LanguageModel
from fourfold.values.chunks import Chunk
from fourfold.values.redaction import RedactionRule, entity_kinds, excluded_by, redact
from fourfold.values.units import Entry, Message


def redact_messages(
    messages: Sequence[Message], rules: Sequence[RedactionRule], index: BankIndex, held: Counter[str]
) -> list[Message]:
    """The messages without what is held back; `held` counts that, by rule. Raises `InputError` where a rule fails."""
    if not rules:
        return list(messages)
    kept = []
    for message in messages:
        text = redact(message.text, rules, held)
        if not excluded_by(text, rules, held) and not _mentions(text, rules, index, held):
            kept.append(message if text == message.text else replace(message, text=text))
    return kept


def redact_entries(
    entries: Sequence[Entry], rules: Sequence[RedactionRule], held: Counter[str]
) -> tuple[Entry, ...]:
    """The entries, masked; raises `InputError` for one that would have to be left out: what is kept word for word is
    kept or refused."""
    checked = []
    for entry in entries:
        value = _masked(entry.value, rules, held)
        refused: Counter[str] = Counter()
        if any(excluded_by(text, rules, refused) for text in _texts(value)):
            raise InputError(
                f'"{entry.key}" holds what this bank holds back ({next(iter(refused))}); nothing was written.'
            )
        checked.append(entry if value == entry.value else replace(entry, value=value))
    return tuple(checked)


def reject_if_redacted(text: str, rules: Sequence[RedactionRule]) -> None:
    """Raises `InputError` for a text that has something which is held back."""
    held: Counter[str] = Counter()
    if redact(text, rules, held) != text or excluded_by(text, rules, held):
        raise InputError(f"The text has what this bank holds back ({next(iter(held))}); nothing was written.")


async def find_redacted_messages(
    model: LanguageModel,
    chunks: Sequence[Chunk],
    language: Language,
    rules: Sequence[RedactionRule],
    held: Counter[str],
) -> set[str]:
    """The messages of `chunks` in which `model` finds an entity of a kind that is held back: for rules that only a
    reader can follow, a text is read before any of it is written. Raises what `LanguageModel.ask` raises."""
    rule_of_kind, found = entity_kinds(rules), set()
    for chunk in chunks:
        read = await read_chunk(model, chunk, language)
        for statement in read.statements:
            rule = next((rule_of_kind[m.kind] for m in statement.mentions if m.kind in rule_of_kind), None)
            for message in statement.messages if rule is not None else ():
                if message not in found:
                    found.add(message)
                    held[str(rule)] += 1
    return found


def _mentions(text: str, rules: Sequence[RedactionRule], index: BankIndex, held: Counter[str]) -> bool:
    """Whether a text names an entity that the bank knows to be of a kind which is held back."""
    rule_of_kind = entity_kinds(rules)
    if not rule_of_kind:
        return False
    said = f" {normalise(text)} "
    for form, name in index.names.all().items():
        entity = index.names.get(name)
        if entity is not None and entity.kind in rule_of_kind and f" {normalise(form)} " in said:
            held[rule_of_kind[entity.kind]] += 1
            return True
    return False


def _masked(value: Any, rules: Sequence[RedactionRule], held: Counter[str]) -> Any:
    if isinstance(value, str):
        return redact(value, rules, held)
    if isinstance(value, Mapping):
        return {key: _masked(one, rules, held) for key, one in value.items()}
    return [_masked(one, rules, held) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
