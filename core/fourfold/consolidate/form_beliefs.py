"""Beliefs of a bank: formed by hand or by reflection, and listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fourfold.errors import InputError
from fourfold.ingest.bank_options import BankOptions, apply_options, language_to_fix
from fourfold.ingest.embed import Embedded, embed_under_lock, unit_vectors
from fourfold.ingest.extract.rules import extract
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.redact import reject_if_redacted
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.text import clean, normalise
from fourfold.ports import Where
from fourfold.schema.beliefs import belief_point, read_belief
from fourfold.schema.records import make_id
from fourfold.services import Services
from fourfold.transaction.redaction import RedactionPolicy, rules_in_force
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Assessment, Belief, Effect, formed
from fourfold.values.chunks import Piece
from fourfold.values.units import Message, Network, Source, Unit, evidence_links

LONGEST_STATEMENT = 2000


@dataclass(frozen=True, slots=True)
class NewBelief:
    """A belief to be: what, how sure, the units it rests on, why, and whether it sets the confidence of one that is
    there already (else new evidence reinforces that)."""

    statement: str
    confidence: float
    evidence: tuple[str, ...]
    reason: str
    sets: bool = False


def form(
    services: Services,
    bank: str,
    convictions: Sequence[NewBelief],
    options: BankOptions,
    withheld: list[str] | None = None,
) -> list[Belief]:
    """Forms these beliefs, or brings those that are there already up to date, in one write.

    One that says what the bank holds back is refused where it sets the confidence itself, since somebody gave it word
    for word; a conclusion is left out, and added, masked, to `withheld`.

    Raises `InputError` before anything is written: no statement, a confidence outside [0, 1], evidence that is no
    unit of the bank that holds now.
    """
    convictions = [_checked(one) for one in convictions]
    now, language = services.clock.now(), services.indexes.get(bank).language
    with services.indexes.locked(bank) as index:
        known = dict(index.names.all())
        policy = RedactionPolicy(rules_in_force(services, index))
    convictions = _admitted(convictions, policy, withheld if withheld is not None else [])
    if not convictions:
        return []
    pieces = [Piece(one.statement, "", None, "user", now, 0, len(one.statement)) for one in convictions]
    statements = extract(pieces, language, known.keys())
    with embed_under_lock(services, bank, statements, "", language) as (index, embedded):
        forming = _Forming(Transaction(services, index, now, "believe"), Resolver(index))
        said = [Message(one.statement) for one in convictions]
        apply_options(forming.transaction, language_to_fix(services, index, options.language, said), options)
        taken = (forming.take(*each) for each in zip(convictions, statements, embedded, strict=True))
        made = [belief for belief in taken if belief is not None]
        forming.transaction.commit(forming.resolver.changed)
    return made


def _admitted(
    convictions: Sequence[NewBelief], policy: RedactionPolicy, withheld: list[str]
) -> list[NewBelief]:
    """Returns those that no rule holds back, their reasons masked; see `form`."""
    admitted = []
    for conviction in convictions:
        masked = policy.cover(conviction.statement)
        if masked == conviction.statement:
            admitted.append(replace(conviction, reason=policy.redact(conviction.reason)))
        elif conviction.sets:
            reject_if_redacted(conviction.statement, policy)
        else:
            withheld.append(masked)
    return admitted


def beliefs(
    services: Services, bank: str, about: str | None, min_confidence: float, retired: bool
) -> list[Belief]:
    """The beliefs of a bank, the surest first; see `Bank.beliefs`."""
    where = Where(bank=bank, kind="unit", live=not retired, networks=(Network.BELIEF.value,))
    found = [read_belief(point) for point in services.store.scan(where)]
    if about is not None:
        name = _entity(services, bank, about)
        found = [belief for belief in found if name in belief.unit.entities]
    sure = [belief for belief in found if belief.confidence >= min_confidence]
    return sorted(sure, key=lambda belief: (-belief.confidence, belief.unit.recorded_at, belief.unit.id))


def _entity(services: Services, bank: str, name: str) -> str:
    index = services.indexes.get(bank)
    with index.lock:
        return index.require_entity(name).name


def _checked(conviction: NewBelief) -> NewBelief:
    if not isinstance(conviction.statement, str) or not (plain := clean(conviction.statement)):
        raise InputError("A belief needs a statement: say in a sentence what is believed.")
    if len(plain) > LONGEST_STATEMENT:
        raise InputError(
            f"A belief's statement has at most {LONGEST_STATEMENT:,} characters: keep it to a sentence."
        )
    if not isinstance(conviction.confidence, (int, float)) or not 0 <= conviction.confidence <= 1:
        raise InputError(f"The confidence is {conviction.confidence!r}: give a number from 0 to 1.")
    return replace(
        conviction,
        statement=" ".join(plain.split()),
        confidence=round(float(conviction.confidence), 4),
        evidence=tuple(dict.fromkeys(conviction.evidence)),
    )


@dataclass(slots=True)
class _Forming:
    """One write that forms beliefs; the caller holds the lock of the bank's graph."""

    transaction: Transaction
    resolver: Resolver

    def take(self, conviction: NewBelief, statement: Statement, vectors: Embedded) -> Belief | None:
        """The belief, as it is after this write; None for a conclusion of which all evidence is gone by now."""
        evidence = self._evidence(conviction.evidence, conviction.sets)
        if conviction.evidence and not evidence:
            return None
        conviction = replace(conviction, evidence=tuple(unit.id for unit in evidence))
        bank, now = self.transaction.index.bank, self.transaction.now
        identity = make_id(bank, "belief", normalise(conviction.statement))
        if identity in self.transaction.units or self.transaction.index.row(identity) is not None:
            belief = read_belief(self.transaction.points([identity])[0])
            if belief.unit.retired_at is None:
                return self._again(belief, conviction, evidence)
            identity = make_id(bank, "belief", normalise(conviction.statement), now.isoformat())
        unit = Unit(
            id=identity,
            bank=bank,
            text=conviction.statement,
            network=Network.BELIEF,
            source=Source("", ()),
            mentioned_at=now,
            recorded_at=now,
            occurred=statement.occurred,
            confidence=conviction.confidence,
            entities=self._entities(statement, evidence, now),
        )
        belief = formed(unit, conviction.evidence, conviction.reason)
        self._put(belief, vectors)
        return belief

    def _evidence(self, ids: Sequence[str], strict: bool) -> list[Unit]:
        found = self.transaction.read([i for i in ids if self.transaction.index.row(i) is not None])
        held = [unit for unit in found if unit.retired_at is None]
        missing = set(ids) - {unit.id for unit in held}
        if missing and strict:
            raise InputError(
                f"Evidence is named by ids of units of this bank that hold now; these are none: "
                f"{', '.join(sorted(map(str, missing)))}."
            )
        return held

    def _entities(self, statement: Statement, evidence: Sequence[Unit], now: datetime) -> tuple[str, ...]:
        """Whom and what it names; where it names nothing known, what all its evidence has in common."""
        names = self.resolver.resolve(statement.mentions, now)
        if names or not evidence:
            return names
        common = set.intersection(*(set(unit.entities) for unit in evidence))
        return tuple(name for name in evidence[0].entities if name in common)

    def _again(self, belief: Belief, conviction: NewBelief, evidence: Sequence[Unit]) -> Belief:
        """A belief that is there, with what is new of its evidence, or with the confidence that it is given."""
        now, new = self.transaction.now, [unit for unit in evidence if unit.id not in belief.evidence]
        if conviction.sets:
            before, after = belief.confidence, conviction.confidence
            ids = tuple(unit.id for unit in new)
            change = Assessment(now, now, Effect.FORMED, before, after, conviction.reason, ids)
            if new or before != after:
                links = (*belief.unit.links, *evidence_links(ids))
                unit = replace(belief.unit, confidence=after, links=links)
                belief = Belief(unit, (*belief.history, change))
        else:
            for unit in new:
                belief = belief.assessed(Effect.REINFORCE, unit, conviction.reason, now)
        self.transaction.put_belief(belief)
        return belief

    def _put(self, belief: Belief, vectors: Embedded) -> None:
        searched = unit_vectors(vectors, None, "", self.transaction.language)
        self.transaction.put_unit(belief_point(belief, len(self.transaction.units), searched))
