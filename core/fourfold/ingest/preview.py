"""Tells what a retain would make of messages: everything of it but the write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from fourfold.ingest.bank_options import language_to_fix
from fourfold.ingest.chunking import pieces_of
from fourfold.ingest.embed import embed_under_lock
from fourfold.ingest.extract.heads import typed
from fourfold.ingest.extract.rules import extract
from fourfold.ingest.extract.statement import Reading, Statement
from fourfold.ingest.pipeline import Outcome
from fourfold.ingest.redact import redact_statements
from fourfold.ingest.run import RetainRequest, redacted_messages, redaction_policy
from fourfold.ingest.write import DocumentWriter
from fourfold.language.text import clean
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.preview import Preview, PreviewedStatement
from fourfold.values.statements import Kind
from fourfold.values.units import Modality


def preview(services: Services, request: RetainRequest) -> Preview:
    """Returns what a retain of `request` without a language model would make of it, message by message, whether or
    not the document has them already. Nothing is written, and no model is asked but the embedder. Raises `InputError`
    as a retain does."""
    with services.working_on(request.bank):
        outcome = Outcome()
        index = services.indexes.get(request.bank)
        policy = redaction_policy(services, index, outcome)
        messages = redacted_messages(services, request, policy, index)
        request = replace(request, context=policy.redact(clean(request.context)))
        with index.lock:
            language = language_to_fix(services, index, request.options.language, messages) or index.language
            names = set(index.names.canonical_names())
        statements = extract(pieces_of(messages), language, names)
        with index.lock:
            statements = redact_statements(statements, policy, index)
        with embed_under_lock(services, request.bank, statements, request.context, language) as work:
            index, embedded = work
            statements = typed(statements, embedded, language, names, services.entity_recognizer)
            transaction = Transaction(services, index, services.clock.now())
            writer = DocumentWriter(transaction, request.origin)  # it is never committed
            unit_ids = writer.add_all(statements, embedded)
            changes = _Changes(transaction)
            known = {unit for unit in unit_ids if index.row(unit) is not None}
        previewed = [
            each
            for statement, unit in zip(statements, unit_ids, strict=True)
            for each in _sentences(statement, changes, unit, unit in known)
        ]
        return Preview(tuple(previewed), dict(outcome.redacted), tuple(outcome.warnings))


class _Changes:
    """Which units a write retires or marks, by the unit that it does so for."""

    def __init__(self, transaction: Transaction) -> None:
        self.retired: dict[str, list[str]] = defaultdict(list)
        self.marked: dict[str, list[str]] = defaultdict(list)
        for unit in transaction.changed():
            if unit.retired_by_unit is not None:
                self.retired[unit.retired_by_unit].append(unit.id)
            elif unit.superseded_by is not None:
                self.marked[unit.superseded_by].append(unit.id)


def _sentences(
    statement: Statement, changes: _Changes, unit: str, is_known: bool
) -> Iterator[PreviewedStatement]:
    """Yields the sentences of a statement, each as it was read; the whole of it, where only the rules read it."""
    names = [mention.name for mention in statement.mentions]
    for read in statement.readings or (_as_ruled(statement),):
        text = statement.text[read.start : read.end]
        yield PreviewedStatement(
            text=text,
            start=statement.start + read.start,
            end=statement.start + read.end,
            message=statement.messages[0],
            kind=read.kind,
            network=read.network,
            modality=read.modality,
            lasting=read.is_lasting,
            attribute=read.family,
            confidence=read.confidence,
            mentions=tuple(name for name in names if name.casefold() in text.casefold()),
            occurred=statement.occurred,
            replaces=tuple(changes.retired.get(unit, ())),
            outdates=tuple(changes.marked.get(unit, ())),
            known=is_known,
        )


def _as_ruled(statement: Statement) -> Reading:
    is_question = statement.modality is Modality.QUESTION
    return Reading(
        start=0,
        end=len(statement.text),
        kind=Kind.QUESTION if is_question else Kind.STATEMENT,
        network=statement.network,
        modality=statement.modality,
        is_lasting=False,
        family="",
        confidence=statement.confidence,
        salience=None,
    )
