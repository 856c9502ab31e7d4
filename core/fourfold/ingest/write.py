"""Puts statements into a bank: each is reconciled with what is known, linked, and staged for one atomic write.

The caller holds the lock of the bank's graph from the making of a `DocumentWriter` to its `commit`, so that writes
to a bank are ordered. The graph changes only after the store has acknowledged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fourfold.ingest.candidates import KnownStatements, Near
from fourfold.ingest.deduplicate import ComparedStatement
from fourfold.ingest.embed import Embedded, add_context_vector, unit_vectors
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.link import SEMANTIC_FLOOR, SEMANTIC_MOST, semantic_links, temporal_link
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.attributes import AttributedText, assertions, compare_attributes
from fourfold.ports import Fields, Floats, Point, Where
from fourfold.schema.beliefs import belief_point, read_belief
from fourfold.schema.chunks import State, chunk_point
from fourfold.schema.records import NEVER, make_id
from fourfold.schema.units import (
    UnitVectors,
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
    touched: dict[str, Unit] = field(default_factory=dict)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    """(new unit, older unit) of which the rules could not say whether one replaces the other."""
    _known: KnownStatements = field(init=False)
    _resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self._known = KnownStatements(self.transaction)
        self._resolver = Resolver(self.transaction.index)

    def note_known(self, messages: Sequence[str], rows_by_message: dict[str, int]) -> None:
        """Messages that the document already had are NOOPs."""
        rows = dict.fromkeys(rows_by_message[message] for message in messages if message in rows_by_message)
        for unit in self.transaction.read([self.transaction.index.unit_ids[row] for row in rows]):
            if unit.retired_at is None:
                self._keep(unit, "this message of the document is retained already")
            else:
                became = f"replaced by {unit.retired_by_unit}" if unit.retired_by_unit else "archived"
                reason = f"retained already, and {became} since"
                self.operations.append(Operation(Verdict.NOOP, unit.id, reason))

    def forget_all_but(self, kept_messages: set[str]) -> None:
        """Takes all other messages of the document from the evidence of units; those left with none are retired."""
        where = Where(bank=self.transaction.index.bank, live=True, documents=(self.origin.document,))
        for point in self.transaction.services.store.scan(where, Fields(vectors=True)):
            unit = read_unit(point)
            lost = {
                message for document, message in unit.source.evidence if document == self.origin.document
            } - kept_messages
            self._withdraw(point, unit, lost, RetirementCause.REPLACED, "gone from the document")

    def forget_units(self, ids: Sequence[str], messages: Sequence[str]) -> None:
        """Takes `messages` from the evidence of the units a pending chunk had: a model has read it by now."""
        for point in self.transaction.points(ids):
            unit = read_unit(point)
            if unit.retired_at is None and unit.pending:
                self._withdraw(
                    point, unit, set(messages), RetirementCause.REEXTRACTED, "read by a language model now"
                )

    def put_chunk(self, chunk: Chunk, state: State) -> None:
        """Notes a chunk."""
        self.transaction.put_record(
            chunk_point(self.transaction.index.bank, chunk, state, self.transaction.now)
        )

    def add_all(
        self, statements: Sequence[Statement], embedded: Sequence[Embedded], only_new: bool = False
    ) -> list[str]:
        """Reconciles and links the statements, in order; the unit of each. With `only_new` those of messages that the
        document has by now are left out."""
        index, document = self.transaction.index, self.origin.document
        message_ids = {s.messages[0] for s in statements}
        known_messages = index.known_messages(document, message_ids) if only_new else {}
        pairs = [
            (s, e) for s, e in zip(statements, embedded, strict=True) if s.messages[0] not in known_messages
        ]
        self._known.expect(len(pairs))
        nearest = self._known.in_bank([e.embedding.vector for _, e in pairs])
        before = self._before() if pairs else None
        unit_ids = []
        for (statement, vectors), neighbours in zip(pairs, nearest, strict=True):
            before = self._add(statement, vectors, neighbours, before)
            unit_ids.append(before.made)
        return unit_ids

    def link_causes(self, statements: Sequence[Statement], units: Sequence[str]) -> None:
        """Links the units of a chunk's statements as the statements say what caused what."""
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
        """Writes everything as one batch, then brings the graph up to date. What rested on units that are gone loses
        that."""
        decided = [op for op in self.operations if op.verdict in (Verdict.UPDATE, Verdict.RETIRE)]
        self.transaction.reasons |= {op.unit: op.reason for op in decided}
        self.transaction.commit(self._resolver.changed)

    # one statement ----------------------------------------------------------------------------------------

    def _add(
        self, statement: Statement, vectors: Embedded, neighbours: Near, before: _PreviousStatement | None
    ) -> _PreviousStatement:
        names = self._resolver.resolve(statement.mentions, statement.at)
        compared = ComparedStatement(statement.text, statement.speaker, names, statement.occurred)
        session, follows = self._session(statement.at, statement.messages[0], before)
        follows = None if statement.alone else follows
        vector = add_context_vector(vectors.embedding.vector, follows.vector if follows else None)
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
        stated = _stated(unit)
        attributes = list(dict.fromkeys(one.key for one in assertions(stated)))
        unit = self._succeed(unit, stated, attributes)
        if self.transaction.services.language_model is not None:
            self._ask_about(unit, vectors, neighbours)
        previous = (follows.vector, follows.tokens) if follows else None
        searched = unit_vectors(vectors, unit.speaker, unit.context, self.transaction.language, previous)
        self.transaction.put_unit(_point(unit, len(self.transaction.units), searched, attributes))
        self._known.add(unit, vectors, attributes)
        self.touched[unit.id] = unit
        return _PreviousStatement(session, statement.at, vectors.own, vector, unit, unit.id)

    def _unit(
        self, statement: Statement, names: tuple[str, ...], session: str, links: tuple[Link, ...]
    ) -> Unit:
        bank, now, origin = self.transaction.index.bank, self.transaction.now, self.origin
        content = (bank, "unit", origin.document, *statement.messages, statement.key)
        identity = make_id(*content)
        if self.transaction.index.row(identity) is not None or identity in self.transaction.units:
            identity = make_id(*content, now.isoformat())  # it is there, retired: this is another one
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
        """Retires or marks what `unit` takes the place of, and notes what was done; `unit`, linked to that."""
        replaced: list[str] = []
        reasons: list[str] = []
        for older in self._known.rivals(unit, attributes):
            comparison = compare_attributes(attributed, _stated(older))
            if comparison is None:
                continue
            kind, reason = comparison
            if unit.mentioned_at < older.mentioned_at:  # told late: what is known is newer
                unit = replace(unit, superseded_by=older.id)
                reasons.append(f"said before what is known: {reason}")
                continue
            point = self.transaction.points([older.id])[0]
            if kind == "replaces":
                self.transaction.put_unit(
                    point,
                    replace(
                        older, retired_at=self.transaction.now, retirement=Retirement.superseded_by(unit.id)
                    ),
                )
                self.operations.append(Operation(Verdict.RETIRE, older.id, reason))
                replaced.append(older.id)
            else:
                self.transaction.put_unit(point, replace(older, superseded_by=unit.id))
                self.unclear.append((unit.id, older.id))
            reasons.append(reason)
            unit = replace(
                unit, links=(*unit.links, Link(older.id, "supersedes", 1.0 if kind == "replaces" else 0.5))
            )
        verdict = Verdict.UPDATE if replaced else Verdict.ADD
        self.operations.append(Operation(verdict, unit.id, "; ".join(reasons) or "new to the bank"))
        return unit

    def _ask_about(self, unit: Unit, vectors: Embedded, neighbours: Near) -> None:
        """Notes what only a reader can say of whether it says the same as `unit`."""
        noted_ids = {older for newer, older in self.unclear if newer == unit.id}
        close = self._known.unclear(unit, vectors, neighbours)
        self.unclear += [(unit.id, candidate) for candidate in close if candidate not in noted_ids]

    def _session(
        self, at: datetime, message: str, before: _PreviousStatement | None
    ) -> tuple[str, _PreviousStatement | None]:
        """The session a message at `at` belongs to, and what it follows in it."""
        gap = timedelta(hours=self.transaction.services.settings.session_gap_hours)
        if before is not None and abs(at - before.at) <= gap:
            return before.session, before
        return make_id(self.transaction.index.bank, "session", self.origin.document, message)[:13], None

    def _links(
        self, at: datetime, neighbours: Near, vectors: Embedded, follows: _PreviousStatement | None
    ) -> tuple[Link, ...]:
        in_write = self._known.in_write(vectors, SEMANTIC_MOST, SEMANTIC_FLOOR)
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
        """Whether this write retires a unit."""
        point = self.transaction.units.get(unit)
        return point is not None and point.payload["retired"] != NEVER

    def _before(self) -> _PreviousStatement | None:
        """The last unit of the document, whose session the first statement may continue."""
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
        self._keep(unit, reason)

    def _complete(self, unit_id: str, names: Sequence[str], occurred: Interval | None) -> None:
        """Gives a unit that is stated again the names, and the time if it has none, that it lacked."""
        point = self.transaction.points([unit_id])[0]
        unit = read_unit(point)
        fuller = replace(
            unit,
            entities=tuple(dict.fromkeys((*unit.entities, *names))),
            occurred=unit.occurred or occurred,
        )
        if fuller != unit:
            self.transaction.put_unit(point, fuller)
            self.touched[unit_id] = fuller
            self.operations[-1] = Operation(Verdict.UPDATE, unit_id, "stated again, with more of it")

    def _withdraw(
        self, point: Point, unit: Unit, messages: set[str], cause: RetirementCause, reason: str
    ) -> None:
        """Takes messages of the document from a unit's evidence, and retires it if none is left."""
        document = self.origin.document
        evidence = [pair for pair in unit.source.evidence if pair[0] != document or pair[1] not in messages]
        if not evidence:
            self.transaction.put_unit(
                point, replace(unit, retired_at=self.transaction.now, retirement=Retirement(cause))
            )
            self.operations.append(Operation(Verdict.RETIRE, unit.id, reason))
        elif len(evidence) < len(unit.source.evidence):
            self._amend_source(point, replace(unit, source=unit.source.said_by(evidence)))

    def _amend_source(self, point: Point, unit: Unit) -> Unit:
        """Puts down who says `unit` now. How often a judgement was said moves its confidence."""
        self.transaction.put_unit(point, unit)
        if unit.network is Network.BELIEF:
            belief = replace(read_belief(point), unit=unit).stated(self.transaction.now)
            self.transaction.put_belief(belief)
            return belief.unit
        return unit

    def _keep(self, unit: Unit, reason: str) -> None:
        self.touched[unit.id] = unit
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


def _stated(unit: Unit) -> AttributedText:
    return AttributedText(unit.text, unit.speaker, unit.modality)
