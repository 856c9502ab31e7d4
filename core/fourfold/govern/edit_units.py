"""Units put right by hand: said otherwise, taken apart, made one. What was there is retired in favour of what takes
its place, so that an earlier moment still has it, and so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fourfold.errors import InputError, NotFoundError
from fourfold.ingest.embed import Embedded, embed_under_lock, unit_vectors
from fourfold.ingest.extract.rules import describe
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.redact import reject_if_redacted
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.attributes import AttributedText, assertions
from fourfold.language.enrichment import enriched
from fourfold.language.text import clean, normalise
from fourfold.ports import Point, Where
from fourfold.schema.beliefs import belief_point, is_belief, read_belief
from fourfold.schema.records import make_id
from fourfold.schema.units import read_unit, unit_point
from fourfold.services import Services
from fourfold.transaction.cascade import dependents
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import formed
from fourfold.values.changes import Change
from fourfold.values.chunks import Piece
from fourfold.values.units import LONGEST_TEXT, Link, Network, Unit


def replace_unit(services: Services, bank: str, unit: str, texts: Sequence[str], reason: str) -> Change:
    """Puts units with these `texts` in the place of one: the first takes over the links to it. Each keeps its source,
    time, speaker and tags; names and dates are read out of the new text. Raises `InputError`, `NotFoundError`."""
    with services.working_on(bank):
        return _replace(services, bank, unit, _checked(texts), reason)


def _replace(services: Services, bank: str, unit: str, cleaned_texts: Sequence[str], reason: str) -> Change:
    replaced = held(services, bank, unit)
    if [normalise(text) for text in cleaned_texts] == [normalise(replaced.text)]:
        raise InputError("The text is what the unit says already.")
    index = services.indexes.get(bank)
    with index.lock:
        language, known_names = index.language, dict(index.names.canonical_names())
        policy = RedactionPolicy(rules_in_force(services, index))
    for text in cleaned_texts:
        reject_if_redacted(text, policy)
    pieces = [
        Piece(text, "", replaced.speaker, "user", replaced.mentioned_at, 0, len(text))
        for text in cleaned_texts
    ]
    statements = [
        replace(statement, network=replaced.network, alone=True)
        for statement in describe(pieces, language, known_names.keys())
    ]
    with embed_under_lock(services, bank, statements, replaced.context, language) as (index, embedded):
        transaction = Transaction(
            services, index, services.clock.now(), "edit" if len(cleaned_texts) == 1 else "split", "", reason
        )
        (point,) = transaction.points([replaced.id])
        if read_unit(point).retired_at is not None:
            raise InputError(f"The unit {replaced.id} has been retired meanwhile.")
        resolver = Resolver(index)
        unit_ids = [
            _put(transaction, resolver, point, *each) for each in zip(statements, embedded, strict=True)
        ]
        transaction.put_unit(point, read_unit(point).superseded(transaction.now, unit_ids[0]))
        _move_evidence(transaction, replaced.id, unit_ids[0])
        change = transaction.commit(resolver.changed)
    assert change is not None
    return change


def merge_units(services: Services, bank: str, unit: str, into: str, reason: str) -> Change:
    """Makes two units that say the same one: `into` stays, and takes over the other's sources, tags and names."""
    absorbed, target = held(services, bank, unit), held(services, bank, into)
    if absorbed.id == target.id:
        raise InputError("Both are the same unit.")
    if absorbed.network is not target.network:
        raise InputError(
            f"One is of the network {absorbed.network}, the other {target.network}: they are not the same."
        )
    with services.indexes.locked(bank) as index:
        transaction = Transaction(services, index, services.clock.now(), "merge", "", reason)
        points = {point.id: point for point in transaction.points([absorbed.id, target.id])}
        absorbed, target = read_unit(points[absorbed.id]), read_unit(points[target.id])
        if absorbed.retired_at is not None or target.retired_at is not None:
            raise InputError("One of the units has been retired meanwhile.")
        evidence = list(dict.fromkeys([*target.source.evidence, *absorbed.source.evidence]))
        merged = replace(
            target.said_by(evidence, absorbed.source) if evidence else target,
            tags=tuple(dict.fromkeys((*target.tags, *absorbed.tags))),
            entities=tuple(dict.fromkeys((*target.entities, *absorbed.entities))),
            occurred=target.occurred or absorbed.occurred,
            links=(*target.links, Link(absorbed.id, "supersedes", 1.0)),
        )
        transaction.put_unit(points[target.id], merged)
        transaction.put_unit(points[absorbed.id], absorbed.superseded(transaction.now, target.id))
        _move_evidence(transaction, absorbed.id, target.id)
        change = transaction.commit({})
    assert change is not None
    return change


def held(services: Services, bank: str, unit_id: str) -> Unit:
    """The unit of that id (or that begins so) that holds now; raises `NotFoundError`."""
    index = services.indexes.get(bank)
    with index.lock:
        full_id = index.find(unit_id)
    units = [read_unit(point) for point in services.store.scan(Where(ids=(full_id,)))] if full_id else []
    if not units or units[0].retired_at is not None:
        raise NotFoundError(f'The bank "{bank}" has no unit {unit_id} that holds now.')
    return units[0]


def _checked(texts: Sequence[str]) -> list[str]:
    if not texts:
        raise InputError("Give the texts as a list of one or more strings.")
    cleaned_texts = [" ".join(clean(text).split()) for text in texts]
    if not all(0 < len(text) <= LONGEST_TEXT for text in cleaned_texts):
        raise InputError(
            f"A text has 1 to {LONGEST_TEXT:,} characters; to take a unit away, use forget(unit=...)."
        )
    if len({normalise(text) for text in cleaned_texts}) < len(cleaned_texts):
        raise InputError("Two of the texts say the same.")
    return cleaned_texts


def _put(
    transaction: Transaction, resolver: Resolver, point: Point, statement: Statement, vectors: Embedded
) -> str:
    """Stages a unit in place of `old`; its id."""
    before = read_unit(point)
    unit = replace(
        before,
        id=make_id(before.bank, "edit", before.id, normalise(statement.text), transaction.now.isoformat()),
        text=statement.text,
        recorded_at=transaction.now,
        occurred=statement.occurred or (before.occurred if transaction.operation == "edit" else None),
        entities=enriched(
            "names", statement.text, (), resolver.resolve, statement.mentions, before.mentioned_at
        ),
        links=(
            *(link for link in before.links if link.kind != "supersedes"),
            Link(before.id, "supersedes", 1.0),
        ),
        modality=statement.modality,
        source=replace(before.source, start=0, end=0),
        superseded_by=None,
        pending=False,
    )
    stated = AttributedText(unit.text, unit.speaker, unit.modality)
    asserted = enriched("attributes", stated.text, (), assertions, stated)
    attributes = list(dict.fromkeys(item.key for item in asserted))
    order, searched = (
        len(transaction.units),
        unit_vectors(vectors, unit.speaker, unit.context, transaction.language),
    )
    if unit.network is Network.BELIEF:
        evidence = [item if item != before.id else unit.id for item in read_belief(point).evidence]
        belief = formed(unit, evidence, transaction.reason or "edited")
        transaction.put_unit(belief_point(belief, order, searched, attributes))
    else:
        transaction.put_unit(unit_point(unit, order, searched, attributes))
    return unit.id


def _move_evidence(transaction: Transaction, retired_id: str, target_id: str) -> None:
    """Beliefs that rest on `gone` rest on `kept`."""
    for point in transaction.points(dependents(transaction.index, [retired_id])):
        belief = read_belief(point) if is_belief(point) else None
        if belief is not None and belief.unit.retired_at is None and retired_id in belief.evidence:
            transaction.put_belief(belief.resting(retired_id, target_id))
