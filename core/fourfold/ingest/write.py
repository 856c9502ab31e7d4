"""Puts statements into a bank: each is compared with what is known, linked, and staged for one atomic write.

The caller holds the lock of the bank's index from the making of a `DocumentWriter` to its `commit`, so that writes
to a bank are ordered. The index changes only after the store has acknowledged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fourfold.ingest.candidates import SEMANTIC_MOST, KnownStatements, Near
from fourfold.ingest.deduplicate import ComparedStatement
from fourfold.ingest.embed import Embedded, add_context_vector, unit_vectors
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.attributes import AttributedText, assertions, compare_attributes
from fourfold.language.enrichment import enriched
from fourfold.ports import Fields, Floats, Point, Where
from fourfold.schema.beliefs import belief_point, read_belief
from fourfold.schema.chunks import State, chunk_point
from fourfold.schema.records import UNIT, make_id
from fourfold.schema.units import (
    UnitVectors,
    is_retired,
    own_tokens,
    read_unit,
    unit_point,
)
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import formed
from fourfold.values.chunks import Chunk
from fourfold.values.units import (
    Interval,
    Link,
    Network,
    Operation,
    Retirement,
    RetirementCause,
    Source,
    Unit,
    Verdict,
)

_SEMANTIC_FLOOR = 0.7
"""Cosine from which on two units are linked; a guess, not measured."""
_TEMPORAL_HOURS = 24.0
"""Time constant, and reach, of the link to what was said before; a guess, not measured."""
_SESSION_DIGITS = 13
"""Of an id's 32 hex digits, those that name a session: 52 bits tell the sessions of one bank apart."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where statements come from and how they are marked. The document "" is the bank's running journal."""

    document: str = ""
    context: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class DocumentWriter:
    """One write to one bank, prepared under its lock. Nothing is changed before `commit`."""

    transaction: Transaction
    origin: Origin
    operations: list[Operation] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    """What the statements came to: new units, and those that were known."""
    undecided: list[tuple[str, str]] = field(default_factory=list)
    """(new unit, older unit) of which the rules could not tell whether one replaces the other."""
    _known: KnownStatements = field(init=False)
    _resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self._known = KnownStatements(self.transaction)
        self._resolver = Resolver(self.transaction.index)

    def note_known(self, messages: Sequence[str], rows_by_message: dict[str, int]) -> None:
        """Reports messages that the document already had as NOOPs; `rows_by_message` are the rows of their units."""
        rows = dict.fromkeys(rows_by_message[message] for message in messages if message in rows_by_message)
        for unit in self.transaction.read([self.transaction.index.unit_ids[row] for row in rows]):
            if unit.retired_at is None:
                self._report_known(unit, "this message of the document is retained already")
            else:
                became = f"replaced by {unit.retired_by_unit}" if unit.retired_by_unit else "archived"
                reason = f"retained already, and {became} since"
                self.operations.append(Operation(Verdict.NOOP, unit.id, reason))

    def forget_all_but(self, kept_messages: set[str]) -> None:
        """Takes all messages of the document but `kept_messages` from the evidence of units. Units left without
        any are retired."""
        where = Where(bank=self.transaction.index.bank, live=True, documents=(self.origin.document,))
        for point in self.transaction.services.store.scan(where, Fields(vectors=True)):
            unit = read_unit(point)
            of_document = {m for document, m in unit.source.evidence if document == self.origin.document}
            lost = of_document - kept_messages
            self._withdraw(point, unit, lost, RetirementCause.REPLACED, "gone from the document")

    def forget_units(self, ids: Sequence[str], messages: Sequence[str]) -> None:
        """Takes `messages` from the evidence of the units that stood in for a pending chunk: a model has read it
        by now, and what it made takes their place."""
        for point in self.transaction.points(ids):
            unit = read_unit(point)
            if unit.retired_at is None and unit.pending:
                self._withdraw(
                    point, unit, set(messages), RetirementCause.REEXTRACTED, "read by a language model now"
                )

    def put_chunk(self, chunk: Chunk, state: State) -> None:
        """Stages a chunk in that state."""
        self.transaction.put_record(
            chunk_point(self.transaction.index.bank, chunk, state, self.transaction.now)
        )

    def add_all(
        self, statements: Sequence[Statement], embedded: Sequence[Embedded], only_new: bool = False
    ) -> list[str]:
        """Compares and links the statements, in order; returns the unit that each came to. With `only_new` those
        of messages that the document has by now are left out: another retain may have been faster while these were
        embedded."""
        index, document = self.transaction.index, self.origin.document
        message_ids = {s.messages[0] for s in statements}
        known_messages = index.known_messages(document, message_ids) if only_new else {}
        pairs = [
            (s, e) for s, e in zip(statements, embedded, strict=True) if s.messages[0] not in known_messages
        ]
        self._known.expect(len(pairs))
        # One search for all of them: on a server each one costs a round trip.
        nearest = self._known.in_bank([e.embedding.vector for _, e in pairs])
        before = self._before() if pairs else None
        unit_ids = []
        for (statement, vectors), neighbours in zip(pairs, nearest, strict=True):
            before = self._add(statement, vectors, neighbours, before)
            unit_ids.append(before.made)
        return unit_ids

    def link_causes(self, statements: Sequence[Statement], units: Sequence[str]) -> None:
        """Links each unit to those of the statements that brought its own about."""
        for statement, unit_id in zip(statements, units, strict=True):
            causes = [units[cause] for cause in statement.causes if units[cause] != unit_id]
            for point in self.transaction.points([unit_id] if causes else []):
                unit = read_unit(point)
                linked = {(link.to, link.kind) for link in unit.links}
                causal_links = tuple(
                    Link(cause, "causal", 1.0) for cause in causes if (cause, "causal") not in linked
                )
                self.transaction.put_unit(point, replace(unit, links=(*unit.links, *causal_links)))

    def commit(self) -> None:
        """Writes everything as one batch; see `Transaction.commit`."""
        decided = [op for op in self.operations if op.verdict in (Verdict.UPDATE, Verdict.RETIRE)]
        self.transaction.reasons |= {op.unit: op.reason for op in decided}
        self.transaction.commit(self._resolver.changed)

    # one statement ----------------------------------------------------------------------------------------

    def _add(
        self, statement: Statement, vectors: Embedded, neighbours: Near, before: _PreviousStatement | None
    ) -> _PreviousStatement:
        names = enriched(
            "names", statement.text, (), self._resolver.resolve, statement.mentions, statement.at
        )
        compared = ComparedStatement(statement.text, statement.speaker, names, statement.occurred)
        session, follows = self._session(statement.at, statement.messages[0], before)
        follows = None if statement.alone else follows
        vector = add_context_vector(vectors.embedding.vector, follows.vector if follows else None)
        # A paraphrase or a repetition is no unit of its own, but one more source of the unit that says it.
        known_unit = self._known.same_as(compared, vectors, neighbours)
        if known_unit is None and statement.alone:
            known_unit = self._known.stated_before(compared)
        if known_unit is not None:
            self._add_evidence(*known_unit, statement.messages)
            if statement.alone:
                self._complete(known_unit[0], names, statement.occurred)
            last = follows.unit if follows else None
            return _PreviousStatement(session, statement.at, vectors.own, vector, last, known_unit[0])
        unit = self._unit(statement, names, session, self._links(statement.at, neighbours, vectors, follows))
        attributed = _attributed(unit)
        asserted = enriched("attributes", unit.text, (), assertions, attributed)
        attributes = list(dict.fromkeys(assertion.key for assertion in asserted))
        unit = self._succeed(unit, attributed, attributes)
        if self.transaction.services.language_model is not None:
            self._add_undecided(unit, vectors, neighbours)
        previous = (follows.vector, follows.tokens) if follows else None
        searched = unit_vectors(vectors, unit.speaker, unit.context, self.transaction.language, previous)
        self.transaction.put_unit(_point(unit, len(self.transaction.units), searched, attributes))
        self._known.add(unit, vectors, attributes)
        self.units[unit.id] = unit
        return _PreviousStatement(session, statement.at, vectors.own, vector, unit, unit.id)

    def _unit(
        self, statement: Statement, names: tuple[str, ...], session: str, links: tuple[Link, ...]
    ) -> Unit:
        """Returns a new unit that says `statement`; `names` are its entities. Its id follows from what is said
        where, so that a retain that is done again writes the same unit."""
        bank, now, origin = self.transaction.index.bank, self.transaction.now, self.origin
        content = (bank, UNIT, origin.document, *statement.messages, statement.key)
        identity = make_id(*content)
        if self.transaction.index.row(identity) is not None or identity in self.transaction.units:
            # The id is taken by a unit that was retired since: what is said again now is another unit.
            identity = make_id(*content, now.isoformat())
        return Unit(
            id=identity,
            bank=bank,
            text=statement.text,
            network=statement.network,
            source=Source(origin.document, statement.messages, statement.start, statement.end),
            mentioned_at=statement.at,
            recorded_at=now,
            speaker=statement.speaker,
            occurred=statement.occurred,
            confidence=statement.confidence,
            entities=names,
            tags=origin.tags,
            context=origin.context,
            session=session,
            links=links,
            modality=statement.modality,
            aspects=statement.aspects,
            pending=statement.pending,
            chunk=statement.chunk,
        )

    def _succeed(self, unit: Unit, attributed: AttributedText, attributes: Sequence[str]) -> Unit:
        """Retires or marks what `unit` takes the place of, and reports it; returns `unit`, linked to that. An
        unsure case only marks: to hide what still holds is worse than to keep it beside the newer (docs/adr/0007)."""
        replaced: list[str] = []
        reasons: list[str] = []
        for older in self._known.competing(unit, attributes):
            comparison = enriched(
                "attributes", unit.text, None, compare_attributes, attributed, _attributed(older)
            )
            if comparison is None:
                continue
            kind, reason = comparison
            if unit.mentioned_at < older.mentioned_at:  # it came late: what is known is newer
                unit = replace(unit, superseded_by=older.id)
                reasons.append(f"said before what is known: {reason}")
                continue
            point = self.transaction.points([older.id])[0]
            if kind == "replaces":
                retirement = Retirement.superseded_by(unit.id)
                self.transaction.put_unit(point, older.retired(self.transaction.now, retirement))
                self.operations.append(Operation(Verdict.RETIRE, older.id, reason))
                replaced.append(older.id)
            else:
                self.transaction.put_unit(point, replace(older, superseded_by=unit.id))
                self.undecided.append((unit.id, older.id))
            reasons.append(reason)
            unit = replace(
                unit, links=(*unit.links, Link(older.id, "supersedes", 1.0 if kind == "replaces" else 0.5))
            )
        verdict = Verdict.UPDATE if replaced else Verdict.ADD
        self.operations.append(Operation(verdict, unit.id, "; ".join(reasons) or "new to the bank"))
        return unit

    def _add_undecided(self, unit: Unit, vectors: Embedded, neighbours: Near) -> None:
        """Adds the units of which only a language model can tell whether they say the same as `unit`."""
        noted_ids = {older for newer, older in self.undecided if newer == unit.id}
        close = self._known.undecided(unit, vectors, neighbours)
        self.undecided += [(unit.id, candidate) for candidate in close if candidate not in noted_ids]

    def _session(
        self, at: datetime, message: str, before: _PreviousStatement | None
    ) -> tuple[str, _PreviousStatement | None]:
        """Returns the session that a message at `at` belongs to, and what it follows in it; None where it begins
        one."""
        gap = timedelta(hours=self.transaction.services.settings.session_gap_hours)
        if before is not None and abs(at - before.at) <= gap:
            return before.session, before
        return make_id(self.transaction.index.bank, "session", self.origin.document, message)[
            :_SESSION_DIGITS
        ], None

    def _links(
        self, at: datetime, neighbours: Near, vectors: Embedded, follows: _PreviousStatement | None
    ) -> tuple[Link, ...]:
        in_write = self._known.in_write(vectors, SEMANTIC_MOST, _SEMANTIC_FLOOR)
        in_bank = [(unit, cosine) for unit, cosine in neighbours if not self._is_gone(unit)]
        links = semantic_links([*in_bank, *in_write])
        neighbour = (
            temporal_link(follows.unit.id, at, follows.unit.mentioned_at)
            if follows and follows.unit
            else None
        )
        return (neighbour, *links) if neighbour else tuple(links)

    # what is known ----------------------------------------------------------------------------------------

    def _is_gone(self, unit: str) -> bool:
        """Returns whether this write retires a unit."""
        point = self.transaction.units.get(unit)
        return point is not None and is_retired(point)

    def _before(self) -> _PreviousStatement | None:
        """Returns the last unit of the document, whose session the first statement may continue; None where it has
        none."""
        if (last := self._known.last) is not None:
            unit, vectors = last
            vector = self.transaction.units[unit.id].vector
            assert vector is not None
            return _PreviousStatement(unit.session, unit.mentioned_at, vectors.own, vector, unit)
        index = self.transaction.index
        row = index.documents.last(self.origin.document)
        if row is None:
            return None
        point = self.transaction.points([index.unit_ids[row]])[0]
        unit = read_unit(point)
        assert point.vector is not None
        live_unit = unit if unit.retired_at is None else None
        return _PreviousStatement(unit.session, unit.mentioned_at, own_tokens(point), point.vector, live_unit)

    def _add_evidence(self, unit_id: str, reason: str, messages: Sequence[str]) -> None:
        point = self.transaction.points([unit_id])[0]
        unit = read_unit(point)
        sources = [(self.origin.document, message) for message in messages]
        new_sources = [pair for pair in sources if pair not in unit.source.evidence]
        if new_sources:
            unit = replace(unit, source=unit.source.said_by([*unit.source.evidence, *new_sources]))
            unit = self._amend_source(point, unit)
        self._report_known(unit, reason)

    def _complete(self, unit_id: str, names: Sequence[str], occurred: Interval | None) -> None:
        """Adds to a unit that is stated again the names it lacked, and the time if it has none."""
        point = self.transaction.points([unit_id])[0]
        unit = read_unit(point)
        fuller = replace(
            unit,
            entities=tuple(dict.fromkeys((*unit.entities, *names))),
            occurred=unit.occurred or occurred,
        )
        if fuller != unit:
            self.transaction.put_unit(point, fuller)
            self.units[unit_id] = fuller
            self.operations[-1] = Operation(Verdict.UPDATE, unit_id, "stated again, with more of it")

    def _withdraw(
        self, point: Point, unit: Unit, messages: set[str], cause: RetirementCause, reason: str
    ) -> None:
        """Takes messages of the document from a unit's evidence, and retires the unit if none is left."""
        document = self.origin.document
        evidence = [pair for pair in unit.source.evidence if pair[0] != document or pair[1] not in messages]
        if not evidence:
            self.transaction.put_unit(point, unit.retired(self.transaction.now, Retirement(cause)))
            self.operations.append(Operation(Verdict.RETIRE, unit.id, reason))
        elif len(evidence) < len(unit.source.evidence):
            self._amend_source(point, replace(unit, source=unit.source.said_by(evidence)))

    def _amend_source(self, point: Point, unit: Unit) -> Unit:
        """Stages `unit` with its sources as they are now; returns it. How often a judgement was said moves its
        confidence."""
        self.transaction.put_unit(point, unit)
        if unit.network is Network.BELIEF:
            belief = replace(read_belief(point), unit=unit).stated(self.transaction.now)
            self.transaction.put_belief(belief)
            return belief.unit
        return unit

    def _report_known(self, unit: Unit, reason: str) -> None:
        self.units[unit.id] = unit
        self.operations.append(Operation(Verdict.NOOP, unit.id, reason))


@dataclass(frozen=True, slots=True)
class _PreviousStatement:
    """What was said just before: in which session, when, its own tokens, its vector with what it carries on, the last
    new unit of the session, and the unit it was made or found to be."""

    session: str
    at: datetime
    tokens: Floats
    vector: Floats
    unit: Unit | None
    made: str = ""


def _point(unit: Unit, order: int, vectors: UnitVectors, attributes: Sequence[str]) -> Point:
    """Returns a new unit as a record; one of the network of beliefs has a history that begins with its being said."""
    if unit.network is Network.BELIEF:
        return belief_point(formed(unit, (unit.id,), "said so"), order, vectors, attributes)
    return unit_point(unit, order, vectors, attributes)


def _attributed(unit: Unit) -> AttributedText:
    """Returns what is looked at for the attributes that a unit gives a value."""
    return AttributedText(unit.text, unit.speaker, unit.modality)


def temporal_link(to: str, said_at: datetime, previous_at: datetime) -> Link | None:
    """Returns the link to the neighbour in the session, of weight exp(-dt / 24 h); None beyond 24 hours."""
    hours = abs((said_at - previous_at).total_seconds()) / 3600
    if hours > _TEMPORAL_HOURS:
        return None
    return Link(to, "temporal", math.exp(-hours / _TEMPORAL_HOURS))


def semantic_links(nearest: Iterable[tuple[str, float]]) -> list[Link]:
    """Returns links to the `SEMANTIC_MOST` most similar units whose cosine reaches `_SEMANTIC_FLOOR`."""
    strong = sorted((pair for pair in nearest if pair[1] >= _SEMANTIC_FLOOR), key=lambda pair: -pair[1])
    # Rounding may put a cosine a little above 1, and a weight is a share.
    return [Link(unit, "semantic", min(1.0, cosine)) for unit, cosine in strong[:SEMANTIC_MOST]]
