"""The names in statements by an entity recognizer of the user's choice, in place of those that the packaged heads, or
the rules, found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fourfold.errors import ModelOutputError
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.language.enrichment import enriched
from fourfold.ports import EntityRecognizer, NamedEntity
from fourfold.values.statements import Kind


def with_recognized_names(statements: Sequence[Statement], recognizer: EntityRecognizer) -> list[Statement]:
    """Returns the statements with the names that `recognizer` finds in them, each in the message it is a part of. A
    name that reaches over the border of a statement is none of it, and code has none. Raises `ModelOutputError` where
    the recognizer gives something else than it should; where it fails, the names stay as they are."""
    texts = list(dict.fromkeys(map(_passage, statements)))
    found = enriched("names", "\n".join(texts), None, _recognized, recognizer, texts)
    if found is None:
        return list(statements)
    return [_with_names(statement, found[_passage(statement)]) for statement in statements]


def _passage(statement: Statement) -> str:
    return statement.passage or statement.text


def _recognized(recognizer: EntityRecognizer, texts: Sequence[str]) -> Mapping[str, Sequence[NamedEntity]]:
    found = recognizer.recognize(texts)
    if len(found) != len(texts):
        raise ModelOutputError(f"{recognizer.name} gave the names of {len(found)} texts for {len(texts)}.")
    return dict(zip(texts, found, strict=True))


def _with_names(statement: Statement, entities: Sequence[NamedEntity]) -> Statement:
    offset = statement.passage_start if statement.passage else 0
    code = [(read.start, read.end) for read in statement.readings if read.kind is Kind.CODE]
    mentions = {m.name: m for m in statement.mentions[:1] if m.name == statement.speaker}
    for entity in entities:
        start, end = entity.start - offset, entity.end - offset
        if 0 <= start < end <= len(statement.text) and not any(a <= start < b for a, b in code):
            name = " ".join(statement.text[start:end].split())
            mentions.setdefault(name, Mention(name, kind=entity.kind))
    return replace(statement, mentions=tuple(mentions.values()))
