"""Puts statements into a bank: each is compared with what is known, linked, and staged for one atomic write.

The caller holds the lock of the bank's index from the making of a `DocumentWriter` to its `commit`, so that writes
to a bank are ordered. The index changes only after the store has acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from fourfold.index.columns import passage_rows
from fourfold.ingest.compare.candidates import SEMANTIC_MOST, KnownStatements, Near
from fourfold.ingest.compare.deduplicate import ComparedStatement
from fourfold.ingest.compare.ended import end_unit, has_ended, is_noted_end
from fourfold.ingest.compare.restated import RestatedBeliefs
from fourfold.ingest.compare.successors import Successors
from fourfold.ingest.embed import Embedded, add_context_vector, unit_vectors
from fourfold.ingest.extract.statement import Mention, Statement, is_plainly_said
from fourfold.ingest.links import SEMANTIC_FLOOR, semantic_links, temporal_link
from fourfold.ingest.long_work import with_progress
from fourfold.ingest.previous_statement import PreviousStatement, context_of
from fourfold.ingest.resolve_entities import Resolver
from fourfold.language.enrichment import enriched
from fourfold.ports import Fields, Point, Progress, Where
from fourfold.schema.beliefs import belief_point, read_belief
from fourfold.schema.chunks import State, chunk_point
from fourfold.schema.records import UNIT, make_id
from fourfold.schema.units import UnitVectors, is_retired, own_tokens, read_unit, unit_point
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import formed
from fourfold.values.chunks import Chunk, within
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

_LABEL_DIGITS = 13
"""Of an id's 32 hex digits, those that name a session or a passage: 52 bits tell those of one bank apart."""


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
    units: dict[str, Unit] = field(default_factory=dict)
    """What the statements came to: new units, and those that were known."""
    _known: KnownStatements = field(init=False)
    _successors: Successors = field(init=False)
    _resolver: Resolver = field(init=False)
    _restated: RestatedBeliefs = field(init=False)
    _last: PreviousStatement | None = None

    def __post_init__(self) -> None:
        self._known = KnownStatements(self.transaction)
        self._resolver = Resolver(self.transaction.index)
        self._successors = Successors(self.transaction, self._known, self._resolver.entity)
        self._restated = RestatedBeliefs(self.transaction)

    @property
    def operations(self) -> list[Operation]:
        """What was done, and why, in order."""
        return self._successors.operations

    @property
    def undecided(self) -> list[tuple[str, str]]:
        """(new unit, older unit) of which the rules could not tell whether one replaces the other."""
        return self._successors.undecided

    def note_known(self, messages: Sequence[str]) -> None:
        """Reports the units of messages that the document already had as NOOPs."""
        index, document = self.transaction.index, self.origin.document
        rows = dict.fromkeys(row for message in messages for row in index.known_units(document, message))
        for unit in self.transaction.read([index.unit_ids[row] for row in rows]):
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
        self,
        statements: Sequence[Statement],
        embedded: Sequence[Embedded],
        only_new: bool = False,
        progress: Progress | None = None,
    ) -> list[str]:
        """Compares and links the statements, in order; returns the unit that each came to. With `only_new` those
        of messages that the document has by now are left out: another retain may have been faster while these were
        embedded. `progress` is called with (done, total) statements."""
        index, document = self.transaction.index, self.origin.document
        message_ids = {s.messages[0] for s in statements}
        known_messages = index.known_messages(document, message_ids) if only_new else {}
        pairs = [
            (s, e)
            for s, e in zip(statements, embedded, strict=True)
            if s.messages[0] not in known_messages and not is_noted_end(s, index, document)
        ]
        self._known.expect([vectors for _, vectors in pairs])
        # One search for all of them: on a server each one costs a round trip.
        nearest = self._known.in_bank([e.embedding.vector for _, e in pairs])
        self._successors.prepare([e for _, e in pairs], nearest)
        self._restated.prepare([statement for statement, _ in pairs])
        # Who speaks is called by that name: "Mel", which somebody said before Melanie did, is short for it.
        for speaker in dict.fromkeys(statement.speaker for statement, _ in pairs if statement.speaker):
            enriched("names", speaker, (), self._resolver.resolve, [Mention(speaker)], None)
        before = self._before() if pairs else None
        unit_ids = []
        compared = zip(pairs, nearest, strict=True)
        for (statement, vectors), neighbours in with_progress(compared, len(pairs), progress):
            before = self._add(statement, vectors, neighbours, before)
            unit_ids.append(before.made)
        self.units |= {unit.id: unit for unit in self._successors.look_closer()}
        self._last = before or self._last
        return unit_ids

    def take_place_of(self, replaced: Sequence[str], unit_id: str) -> None:
        """Retires units because their caller says that the unit `unit_id` takes their place."""
        for point in self.transaction.points([each for each in replaced if each != unit_id]):
            older = read_unit(point)
            if older.retired_at is not None:  # the rules found it too, or another retain was faster
                continue
            self.transaction.put_unit(point, older.superseded(self.transaction.now, unit_id))
            (newer,) = self.transaction.points([unit_id])
            unit = read_unit(newer)
            self.transaction.put_unit(
                newer, replace(unit, links=(*unit.links, Link(older.id, "supersedes", 1.0)))
            )
            self.operations.append(Operation(Verdict.RETIRE, older.id, "replaced, as its caller said"))

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
        self, statement: Statement, vectors: Embedded, neighbours: Near, before: PreviousStatement | None
    ) -> PreviousStatement:
        names = enriched(
            "names", statement.text, (), self._resolver.resolve, statement.mentions, statement.at
        )
        content = (statement.text, statement.speaker, names, statement.occurred, statement.at)
        compared = ComparedStatement(*content)
        session, follows = self._session(statement, before)
        follows = None if statement.alone else follows
        passage = self._passage(statement)
        context, tokens = context_of(follows, passage, vectors)
        vector = add_context_vector(vectors.embedding.vector, context and context[0])
        # A paraphrase or a repetition is no unit of its own, but one more source of the unit that says it.
        asked = None if follows is None else follows.made
        known_unit = self._known.same_as(compared, vectors, neighbours, asked)
        if known_unit is None and statement.alone:
            known_unit = self._known.stated_before(compared)
        if known_unit is not None:
            self._add_evidence(*known_unit, statement)
            if statement.alone:
                self._complete(known_unit[0], names, statement.occurred)
            self._end(known_unit[0], statement)
            last = follows.unit if follows else None
            return PreviousStatement(
                session, statement.at, tokens, vector, last, passage, context, known_unit[0]
            )
        unit = self._unit(statement, names, session, self._links(statement.at, neighbours, vectors, follows))
        unit = replace(unit, passage=passage)
        searched = unit_vectors(vectors, unit.speaker, unit.context, self.transaction.language, context)
        # Where it has ended it is compared with nothing: what holds must not seem to be older than what does not.
        attributes: list[str] = []
        if not has_ended(statement, self.transaction.now):
            may_retire = partial(is_plainly_said, statement, self.transaction.language)
            unit, attributes = self._settled(unit, vectors, neighbours, may_retire)
        self.transaction.put_new_unit(_point(unit, len(self.transaction.units), searched, attributes), unit)
        self.operations.extend(self._restated.settle(unit, statement))
        (unit,) = self.transaction.read([unit.id])  # what is gainsaid already is less sure
        self.units[unit.id] = unit
        self._end(unit.id, statement)
        live_unit = self.units[unit.id] if self.units[unit.id].retired_at is None else None
        return PreviousStatement(session, statement.at, tokens, vector, live_unit, passage, context, unit.id)

    def _settled(
        self, unit: Unit, vectors: Embedded, neighbours: Near, may_retire: Callable[[], bool]
    ) -> tuple[Unit, list[str]]:
        """Compares a new unit with what it may come after, and returns what `Successors.settle` does."""
        unit, attributes = self._successors.settle(unit, vectors, neighbours, may_retire=may_retire)
        if self.transaction.services.language_model is not None:
            self._add_undecided(unit, vectors, neighbours)
        self._known.add(unit, vectors, attributes)
        return unit, attributes

    def _passage(self, statement: Statement) -> str:
        """Returns the name of the passage that a statement is a part of; "" where it is all of it."""
        if not statement.passage:
            return ""
        start = str(statement.start - statement.passage_start)
        content = (self.transaction.index.bank, "passage", self.origin.document, statement.messages[0], start)
        return make_id(*content)[:_LABEL_DIGITS]

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
            source=self._source(statement),
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
            kind=statement.kind,
            lasting=statement.is_lasting,
            attribute=statement.family,
            salience=statement.salience,
            telling=statement.telling,
        )

    def _source(self, statement: Statement) -> Source:
        messages = statement.messages
        times = (statement.at,) * len(messages)
        return Source(self.origin.document, messages, statement.start, statement.end, times=times)

    def _add_undecided(self, unit: Unit, vectors: Embedded, neighbours: Near) -> None:
        """Adds the units of which only a language model can tell whether they say the same as `unit`."""
        noted_ids = {older for newer, older in self.undecided if newer == unit.id}
        close = self._known.undecided(unit, vectors, neighbours)
        self.undecided.extend((unit.id, candidate) for candidate in close if candidate not in noted_ids)

    def _session(
        self, statement: Statement, before: PreviousStatement | None
    ) -> tuple[str, PreviousStatement | None]:
        """Returns the session that a statement belongs to, and what it follows in it; None where it begins one."""
        gap = timedelta(hours=self.transaction.services.settings.session_gap_hours)
        # A fact of an unknown time follows nothing: a list of facts is in no order of time, as a chat is.
        in_order = statement.at is not None or not statement.alone
        if before is not None and in_order and within(gap, statement.at, before.at):
            return before.session, before
        content = (self.transaction.index.bank, "session", self.origin.document, statement.messages[0])
        return make_id(*content)[:_LABEL_DIGITS], None

    def _links(
        self, at: datetime | None, neighbours: Near, vectors: Embedded, follows: PreviousStatement | None
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
        """Returns whether this write retires a unit."""
        point = self.transaction.units.get(unit)
        return point is not None and is_retired(point)

    def _before(self) -> PreviousStatement | None:
        """Returns the last unit of the document, whose session the first statement may continue; None where it has
        none."""
        if self._last is not None:
            return self._last
        index = self.transaction.index
        row = index.documents.last(self.origin.document)
        if row is None:
            return None
        # What follows a passage follows all of it.
        points = self.transaction.points([index.unit_ids[each] for each in passage_rows(index.columns, row)])
        unit = read_unit(points[-1])
        if unit.mentioned_at is None and not self.origin.document:
            return None  # what the journal was given at one time and another stands in no order if it has no times
        vector = points[-1].vector
        assert vector is not None
        tokens = np.concatenate([own_tokens(point) for point in points])
        live_unit = unit if unit.retired_at is None else None
        return PreviousStatement(
            unit.session, unit.mentioned_at, tokens, vector, live_unit, unit.passage, made=unit.id
        )

    def _add_evidence(self, unit_id: str, reason: str, statement: Statement) -> None:
        """Notes one more occasion on which a unit was said."""
        point = self.transaction.points([unit_id])[0]
        unit = read_unit(point)
        source = self._source(statement)
        new_sources = [pair for pair in source.evidence if pair not in unit.source.evidence]
        if new_sources:
            # What had no time is dated now, and "yesterday" in it is some day.
            occurred = unit.occurred or (statement.occurred if unit.mentioned_at is None else None)
            unit = unit.said_by([*unit.source.evidence, *new_sources], source)
            unit = self._amend_source(point, replace(unit, occurred=occurred))
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

    def _end(self, unit_id: str, statement: Statement) -> None:
        """Retires a unit of which `statement` says that it holds no longer."""
        if not has_ended(statement, self.transaction.now):
            return
        ended_unit = end_unit(self.transaction, unit_id, statement, self.origin.document)
        if ended_unit is not None and ended_unit.retirement is not None:
            self.units[unit_id] = ended_unit
            self.operations.append(Operation(Verdict.RETIRE, unit_id, ended_unit.retirement.reason))

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
            self._amend_source(point, unit.said_by(evidence))

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


def _point(unit: Unit, order: int, vectors: UnitVectors, attributes: Sequence[str]) -> Point:
    """Returns a new unit as a record; one of the network of beliefs has a history that begins with its being said."""
    if unit.network is Network.BELIEF:
        return belief_point(formed(unit, (unit.id,), "said so"), order, vectors, attributes)
    return unit_point(unit, order, vectors, attributes)
