"""Forms beliefs, by hand or by reflection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.consolidate.list_beliefs import with_opinion
from fourfold.errors import InputError
from fourfold.ingest.bank_options import BankOptions, apply_options, language_to_fix
from fourfold.ingest.embed import Embedded, embed_under_lock, unit_vectors
from fourfold.ingest.extract.rules import describe
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.redact import reject_if_redacted
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.enrichment import enriched
from fourfold.language.text import clean
from fourfold.schema.beliefs import belief_id, belief_point, read_belief
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Assessment, Belief, Effect, formed
from fourfold.values.chunks import Piece
from fourfold.values.units import LONGEST_TEXT, Message, Network, Source, Unit, evidence_links


@dataclass(frozen=True, slots=True)
class NewBelief:
    """A belief to form: its statement, its confidence, the ids of the units it rests on, and the reason.

    Where the bank has it already, new evidence reinforces it; with `sets_confidence` it gets this confidence instead.
    """

    statement: str
    confidence: float
    evidence: tuple[str, ...]
    reason: str
    sets_confidence: bool = False


def form_beliefs(
    services: Services,
    bank: str,
    new_beliefs: Sequence[NewBelief],
    options: BankOptions,
    withheld: list[str] | None = None,
) -> list[Belief]:
    """Forms beliefs, or updates those that the bank has already, in one write, and returns them. A belief whose
    evidence was retired meanwhile is left out.

    A statement that the bank redacts, or that cannot be a belief (it is empty, or too long), is refused where it sets
    the confidence itself, since somebody gave it word for word; a model's conclusion is left out, and added, masked,
    to `withheld`: the answer that it came with is paid for.

    Raises `InputError` before anything is written: for an empty statement, a confidence outside [0, 1], evidence that
    is no current unit of the bank.
    """
    with services.working_on(bank):
        return _form(services, bank, new_beliefs, options, withheld)


def _form(
    services: Services,
    bank: str,
    new_beliefs: Sequence[NewBelief],
    options: BankOptions,
    withheld: list[str] | None,
) -> list[Belief]:
    now, language = services.clock.now(), services.indexes.get(bank).language
    with services.indexes.locked(bank) as index:
        known_names = dict(index.names.canonical_names())
        policy = RedactionPolicy(rules_in_force(services, index))
    new_beliefs = _admitted(new_beliefs, policy, withheld if withheld is not None else [])
    if not new_beliefs:
        return []
    texts = [belief.statement for belief in new_beliefs]
    pieces = [Piece(text, "", None, "user", now, 0, len(text)) for text in texts]
    statements = describe(pieces, language, known_names.keys())
    with embed_under_lock(services, bank, statements, "", language) as (index, embedded):
        former = _BeliefFormer(Transaction(services, index, now, "believe"), Resolver(index))
        messages = [Message(text) for text in texts]
        fixed_language = language_to_fix(services, index, options.language, messages)
        apply_options(former.transaction, fixed_language, options)
        beliefs = [
            former.form(belief, statement, vectors)
            for belief, statement, vectors in zip(new_beliefs, statements, embedded, strict=True)
        ]
        former.transaction.commit(former.resolver.changed)
    return [with_opinion(belief, language) for belief in beliefs if belief is not None]


def _admitted(
    new_beliefs: Sequence[NewBelief], policy: RedactionPolicy, withheld: list[str]
) -> list[NewBelief]:
    """Returns the beliefs that can be formed, checked, and their reasons masked; see `form_beliefs`."""
    admitted = []
    for new_belief in new_beliefs:
        try:
            belief = _checked(new_belief)
        except InputError:
            if new_belief.sets_confidence:
                raise
            withheld.append(policy.cover(new_belief.statement))
            continue
        masked_statement = policy.cover(belief.statement)
        if masked_statement == belief.statement:
            admitted.append(replace(belief, reason=policy.redact(belief.reason)))
        elif belief.sets_confidence:
            reject_if_redacted(belief.statement, policy)
        else:
            withheld.append(masked_statement)
    return admitted


def _checked(belief: NewBelief) -> NewBelief:
    """Returns `belief` with its text and evidence normalised; raises `InputError` for one that cannot be formed."""
    statement = clean(belief.statement)
    if not statement:
        raise InputError("A belief needs a statement: say in a sentence what is believed.")
    if len(statement) > LONGEST_TEXT:
        raise InputError(
            f"A belief's statement has at most {LONGEST_TEXT:,} characters: keep it to a sentence."
        )
    if not 0 <= belief.confidence <= 1:
        raise InputError(f"The confidence is {belief.confidence!r}: give a number from 0 to 1.")
    return replace(
        belief,
        statement=" ".join(statement.split()),
        confidence=round(float(belief.confidence), 4),
        evidence=tuple(dict.fromkeys(belief.evidence)),
    )


@dataclass(slots=True)
class _BeliefFormer:
    """Forms beliefs within one transaction; the caller holds the bank's lock."""

    transaction: Transaction
    resolver: Resolver

    def form(self, new_belief: NewBelief, statement: Statement, vectors: Embedded) -> Belief | None:
        """Forms or updates a belief, and returns it as it is after this write; None where all of its evidence was
        retired meanwhile."""
        evidence = self._read_evidence(new_belief.evidence, new_belief.sets_confidence)
        if new_belief.evidence and not evidence:
            return None
        new_belief = replace(new_belief, evidence=tuple(unit.id for unit in evidence))
        bank, now = self.transaction.index.bank, self.transaction.now
        identity = belief_id(bank, new_belief.statement)
        if identity in self.transaction.units or self.transaction.index.row(identity) is not None:
            belief = read_belief(self.transaction.points([identity])[0])
            if belief.unit.retired_at is None:
                return self._update(belief, new_belief, evidence)
            # The retired belief keeps its id and history: this is another one that reads the same.
            identity = belief_id(bank, new_belief.statement, now)
        unit = Unit(
            id=identity,
            bank=bank,
            text=new_belief.statement,
            network=Network.BELIEF,
            source=Source("", ()),
            mentioned_at=now,
            recorded_at=now,
            occurred=statement.occurred,
            confidence=new_belief.confidence,
            entities=self._entities(statement, evidence, now),
        )
        belief = formed(unit, new_belief.evidence, new_belief.reason)
        self._put(belief, vectors)
        return belief

    def _read_evidence(self, ids: Sequence[str], strict: bool) -> list[Unit]:
        """Returns the current units of `ids`; with `strict` raises `InputError` where some are missing. A user is
        told of a wrong id; a model's conclusion only loses what was forgotten while the model wrote it."""
        known_ids = [unit_id for unit_id in ids if self.transaction.index.row(unit_id) is not None]
        current = [unit for unit in self.transaction.read(known_ids) if unit.retired_at is None]
        missing = set(ids) - {unit.id for unit in current}
        if missing and strict:
            raise InputError(
                f"Evidence is named by ids of units of this bank that hold now; these are none: "
                f"{', '.join(sorted(map(str, missing)))}."
            )
        return current

    def _entities(self, statement: Statement, evidence: Sequence[Unit], now: datetime) -> tuple[str, ...]:
        """Returns the names of the entities in a statement; where it names none ("They are unreliable."), those
        that all of its evidence mentions."""
        names = enriched("names", statement.text, (), self.resolver.resolve, statement.mentions, now)
        if names or not evidence:
            return names
        common = set.intersection(*(set(unit.entities) for unit in evidence))
        return tuple(name for name in evidence[0].entities if name in common)

    def _update(self, belief: Belief, new_belief: NewBelief, evidence: Sequence[Unit]) -> Belief:
        """Returns a belief of the bank, reinforced by what is new of the evidence, or with the confidence it is
        given."""
        now = self.transaction.now
        new_evidence = [unit for unit in evidence if unit.id not in belief.evidence]
        if new_belief.sets_confidence:
            before, after = belief.confidence, new_belief.confidence
            ids = tuple(unit.id for unit in new_evidence)
            change = Assessment(now, now, Effect.FORMED, before, after, new_belief.reason, ids)
            if new_evidence or before != after:
                links = (*belief.unit.links, *evidence_links(ids))
                unit = replace(belief.unit, confidence=after, links=links)
                belief = Belief(unit, (*belief.history, change))
        else:
            for unit in new_evidence:
                belief = belief.assessed(Effect.REINFORCE, unit, new_belief.reason, now)
        self.transaction.put_belief(belief)
        return belief

    def _put(self, belief: Belief, vectors: Embedded) -> None:
        searched = unit_vectors(vectors, None, "", self.transaction.language)
        self.transaction.put_unit(belief_point(belief, len(self.transaction.units), searched))
