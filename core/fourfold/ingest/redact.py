"""Holds back what a bank's rules say, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fourfold.errors import InputError
from fourfold.index.bank_index import BankGraph
from fourfold.ingest.chunking import Chunk
from fourfold.ingest.extract.llm import read_chunk
from fourfold.language.languages import Language
from fourfold.language.text import normalise
from fourfold.ports import LanguageModel
from fourfold.values.redaction import Rule, kinds, left_out, masked
from fourfold.values.units import Entry, Message


def admitted(
    messages: Sequence[Message], rules: Sequence[Rule], graph: BankGraph, held: Counter[str]
) -> list[Message]:
    """The messages without what is held back; `held` counts that, by rule. Raises `InputError` where a rule fails."""
    if not rules:
        return list(messages)
    kept = []
    for message in messages:
        text = masked(message.text, rules, held)
        if not left_out(text, rules, held) and not _mentions(text, rules, graph, held):
            kept.append(message if text == message.text else replace(message, text=text))
    return kept


def check_entries(entries: Sequence[Entry], rules: Sequence[Rule], held: Counter[str]) -> tuple[Entry, ...]:
    """The entries, masked; raises `InputError` for one that would have to be left out: what is kept word for word is
    kept or refused."""
    checked = []
    for entry in entries:
        value = _masked(entry.value, rules, held)
        refused: Counter[str] = Counter()
        if any(left_out(text, rules, refused) for text in _texts(value)):
            raise InputError(
                f'"{entry.key}" holds what this bank holds back ({next(iter(refused))}); nothing was written.'
            )
        checked.append(entry if value == entry.value else replace(entry, value=value))
    return tuple(checked)


def refuse(text: str, rules: Sequence[Rule]) -> None:
    """Raises `InputError` for a text that has something which is held back."""
    held: Counter[str] = Counter()
    if masked(text, rules, held) != text or left_out(text, rules, held):
        raise InputError(f"The text has what this bank holds back ({next(iter(held))}); nothing was written.")


async def read_first(
    model: LanguageModel,
    chunks: Sequence[Chunk],
    language: Language,
    rules: Sequence[Rule],
    held: Counter[str],
) -> set[str]:
    """The messages of `chunks` in which `model` finds an entity of a kind that is held back: for rules that only a
    reader can follow, a text is read before any of it is written. Raises what `LanguageModel.ask` raises."""
    wanted, found = kinds(rules), set()
    for chunk in chunks:
        read = await read_chunk(model, chunk, language)
        for statement in read.statements:
            rule = next((wanted[m.kind] for m in statement.mentions if m.kind in wanted), None)
            for message in statement.messages if rule is not None else ():
                if message not in found:
                    found.add(message)
                    held[str(rule)] += 1
    return found


def _mentions(text: str, rules: Sequence[Rule], graph: BankGraph, held: Counter[str]) -> bool:
    """Whether a text names an entity that the bank knows to be of a kind which is held back."""
    wanted = kinds(rules)
    if not wanted:
        return False
    said = f" {normalise(text)} "
    for form, name in graph.names.all().items():
        entity = graph.names.get(name)
        if entity is not None and entity.kind in wanted and f" {normalise(form)} " in said:
            held[wanted[entity.kind]] += 1
            return True
    return False


def _masked(value: Any, rules: Sequence[Rule], held: Counter[str]) -> Any:
    if isinstance(value, str):
        return masked(value, rules, held)
    if isinstance(value, Mapping):
        return {key: _masked(one, rules, held) for key, one in value.items()}
    return [_masked(one, rules, held) for one in value] if isinstance(value, list) else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
