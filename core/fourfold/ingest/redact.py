"""Holds back what a bank's rules say before anything is embedded, asked about or written: the door that messages and
statements come in by. What a transaction finds later it can only mask in records without vectors, or refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from fourfold.errors import InputError
from fourfold.index.bank_index import BankIndex
from fourfold.ingest.extract.llm import read_chunk
from fourfold.ingest.extract.statement import Mention, Statement
from fourfold.language.pack import Language
from fourfold.language.text import normalise
from fourfold.ports import LanguageModel
from fourfold.transaction.redaction import RedactionPolicy
from fourfold.values.chunks import Chunk
from fourfold.values.redaction import RedactionRule, entity_kinds
from fourfold.values.units import Message


def redact_messages(messages: Sequence[Message], policy: RedactionPolicy, index: BankIndex) -> list[Message]:
    """Returns the messages, masked, without those that a rule leaves out whole. Raises `InputError` where a rule
    fails. The caller holds the lock of the index."""
    if not policy.rules:
        return list(messages)
    admitted = []
    for message in messages:
        text = policy.redact(message.text)
        speaker = policy.redact(message.speaker) if message.speaker else message.speaker
        if not policy.excludes(text) and not _names_redacted_entity(text, policy, index):
            admitted.append(replace(message, text=text, speaker=speaker))
    return admitted


def redact_statements(
    statements: Sequence[Statement], policy: RedactionPolicy, index: BankIndex
) -> list[Statement]:
    """Returns the statements, masked, without those that a rule leaves out whole. Messages that were redacted say
    nothing more to hold back, but not every statement comes of those: a model has its own words, a chunk may have
    waited since before there was a rule, and another bank has other rules. The caller holds the lock of the index."""
    if not policy.rules:
        return list(statements)
    admitted: dict[int, Statement] = {}
    for place, statement in enumerate(statements):
        masked = _masked(statement, policy)
        if masked is not None and not _names_redacted_entity(masked.text, policy, index):
            admitted[place] = masked
    # Statements are embedded within their passage: what one of them has to hold back must not reach the others.
    changed = {
        (statement.messages, statement.passage)
        for place, statement in enumerate(statements)
        if place not in admitted or admitted[place].text != statement.text
    }
    # Causes are places in the list: those of what stays are counted anew.
    places = {place: number for number, place in enumerate(admitted)}
    return [
        _on_its_own(statement, changed, tuple(places[cause] for cause in statement.causes if cause in places))
        for statement in admitted.values()
    ]


def _on_its_own(
    statement: Statement, changed: Set[tuple[tuple[str, ...], str]], causes: tuple[int, ...]
) -> Statement:
    """Returns a statement with these causes, and without its passage where that is one of the `changed`."""
    if (statement.messages, statement.passage) in changed:
        return replace(statement, passage="", passage_start=0, causes=causes)
    return replace(statement, causes=causes)


def reject_if_redacted(text: str, policy: RedactionPolicy) -> None:
    """Raises `InputError` for a text that has something which is held back: one that a caller gave word for word is
    written as it is, or not at all."""
    trial = RedactionPolicy(policy.rules)
    if trial.redact(text) != text or trial.excludes(text):
        rule = next(iter(trial.counts))
        raise InputError(f"The text has what this bank holds back ({rule}); nothing was written.")


async def find_redacted_messages(
    model: LanguageModel, chunks: Sequence[Chunk], language: Language, policy: RedactionPolicy
) -> set[str]:
    """Returns the ids of the messages of `chunks` in which `model` finds an entity of a kind that is held back: for
    rules that only a reader can follow, a text is read before any of it is written. Raises what `LanguageModel.ask`
    raises."""
    kinds = entity_kinds(policy.rules)
    redacted: set[str] = set()
    for chunk in chunks:
        reading = await read_chunk(model, chunk, language)
        for statement in reading.statements:
            rule = _rule_for(statement.mentions, kinds)
            if rule is None:
                continue
            for message in set(statement.messages) - redacted:
                redacted.add(message)
                policy.counts[rule] += 1
    return redacted


def _masked(statement: Statement, policy: RedactionPolicy) -> Statement | None:
    """Returns the statement, masked; None for one that a rule leaves out whole."""
    rule = _rule_for(statement.mentions, entity_kinds(policy.rules))
    if rule is not None:
        policy.counts[rule] += 1
        return None
    text = policy.redact(statement.text)
    if policy.excludes(text):
        return None
    # Text that was masked is no longer what its message has between `start` and `end`.
    start, end = (statement.start, statement.end) if text == statement.text else (0, 0)
    return replace(
        statement,
        text=text,
        speaker=policy.redact(statement.speaker) if statement.speaker else statement.speaker,
        start=start,
        end=end,
        mentions=tuple(_masked_mentions(statement.mentions, policy.rules)),
    )


def _masked_mentions(mentions: Sequence[Mention], rules: Sequence[RedactionRule]) -> list[Mention]:
    """Returns the mentions by names that no rule finds anything in: a name is looked up and compared, so that one
    that is masked would be another entity. They are not counted: the text that has them was."""
    trial = RedactionPolicy(tuple(rules))
    return [
        replace(mention, aliases=tuple(alias for alias in mention.aliases if trial.redact(alias) == alias))
        for mention in mentions
        if trial.redact(mention.name) == mention.name
    ]


def _rule_for(mentions: Sequence[Mention], kinds: Mapping[str, str]) -> str | None:
    """Returns the rule that holds back one of the mentions by its kind."""
    return next((kinds[mention.kind] for mention in mentions if mention.kind in kinds), None)


def _names_redacted_entity(text: str, policy: RedactionPolicy, index: BankIndex) -> bool:
    """Returns whether a text names an entity that the bank knows to be of a kind which is held back; counts it."""
    kinds = entity_kinds(policy.rules)
    if not kinds:
        return False
    padded = f" {normalise(text)} "
    for form, name in index.names.canonical_names().items():
        entity = index.names.get(name)
        if entity is not None and entity.kind in kinds and f" {normalise(form)} " in padded:
            policy.counts[kinds[entity.kind]] += 1
            return True
    return False
