"""Puts statements into a bank: each is reconciled with what is known, linked, and staged for one atomic write.

The caller holds the lock of the bank's graph from the making of a `Writing` to its `commit`, so that writes to a
bank are ordered. The graph changes only after the store has acknowledged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from fourfold.model import Link, Operation, Source, Unit, Verdict
from fourfold.ports import Fields, Floats, Point, Query, Where
from fourfold.retain.batch import Batch
from fourfold.retain.chunk import Chunk
from fourfold.retain.embed import Embedded, term_vector
from fourfold.retain.journal import State, chunk_point
from fourfold.retain.link import SEMANTIC_FLOOR, SEMANTIC_MOST, semantic_links, temporal_link
from fourfold.retain.reconcile import Claim, same_statement
from fourfold.retain.resolve import Resolver
from fourfold.retain.statement import Statement
from fourfold.retain.supersede import Stated, assertions, standing
from fourfold.stores.records import NEVER, PREVIOUS_WEIGHT, make_id, read_unit, unit_payload

_CARRIED = np.float32(0.5)
"""How much of the vector before it in the session goes into a unit's (docs/adr/0003)."""
_MOST_RIVALS = 50


@dataclass(frozen=True, slots=True)
class Origin:
    """Where statements come from and how they are marked. The document "" is the bank's running journal."""

    document: str = ""
    context: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class Writing:
    """One write to one bank, prepared under its lock. Nothing is changed before `commit`."""

    batch: Batch
    origin: Origin
    operations: list[Operation] = field(default_factory=list)
    touched: dict[str, Unit] = field(default_factory=dict)
    unclear: list[tuple[str, str]] = field(default_factory=list)
    """(new unit, older unit) of which the rules could not say whether one replaces the other."""
    _added: list[tuple[Unit, Embedded]] = field(default_factory=list)
    _matrix: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _asserted: dict[str, list[str]] = field(default_factory=dict)
    _resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self._resolver = Resolver(self.batch.graph)

    def note_known(self, messages: Sequence[str], known: dict[str, int]) -> None:
        """Messages that the document already had are NOOPs."""
        rows = dict.fromkeys(known[message] for message in messages if message in known)
        for unit in self.batch.read([self.batch.graph.ids[row] for row in rows]):
            if unit.retired_at is None:
                self._keep(unit, "this message of the document is retained already")
            else:
                reason = f"retained already, and replaced by {unit.retired_by} since"
                self.operations.append(Operation(Verdict.NOOP, unit.id, reason))

    def forget_all_but(self, kept: set[str]) -> None:
        """Takes all other messages of the document from the evidence of units; those left with none are retired."""
        where = Where(bank=self.batch.graph.bank, live=True, documents=(self.origin.document,))
        for point in self.batch.engine.store.scan(where, Fields(vectors=True)):
            unit = read_unit(point)
            gone = {
                message for document, message in unit.source.evidence if document == self.origin.document
            } - kept
            self._withdraw(point, unit, gone, "replace", "gone from the document")

    def forget_units(self, ids: Sequence[str], messages: Sequence[str]) -> None:
        """Takes `messages` from the evidence of the units a pending chunk had: a model has read it by now."""
        for point in self.batch.points(ids):
            unit = read_unit(point)
            if unit.retired_at is None and unit.pending:
                self._withdraw(point, unit, set(messages), "extraction", "read by a language model now")

    def put_chunk(self, chunk: Chunk, state: State) -> None:
        """Notes a chunk."""
        self.batch.others[chunk.id] = chunk_point(self.batch.graph.bank, chunk, state, self.batch.now)

    def add_all(
        self, statements: Sequence[Statement], embedded: Sequence[Embedded], only_new: bool = False
    ) -> list[str]:
        """Reconciles and links the statements, in order; the unit of each. With `only_new` those of messages that the
        document has by now are left out."""
        graph, document = self.batch.graph, self.origin.document
        said = {s.messages[0] for s in statements}
        known = graph.known(document, said) if only_new else {}
        pairs = [(s, e) for s, e in zip(statements, embedded, strict=True) if s.messages[0] not in known]
        self._matrix = _enlarged(self._matrix, len(pairs), self.batch.engine.embedder.dimension)
        nearest = self._nearest([e.embedding.vector for _, e in pairs])
        before = self._before() if pairs else None
        made = []
        for (statement, vectors), neighbours in zip(pairs, nearest, strict=True):
            before = self._add(statement, vectors, neighbours, before)
            made.append(before.made)
        return made

    def link_causes(self, statements: Sequence[Statement], units: Sequence[str]) -> None:
        """Links the units of a chunk's statements as the statements say what caused what."""
        for statement, made in zip(statements, units, strict=True):
            causes = [units[cause] for cause in statement.causes if units[cause] != made]
            for point in self.batch.points([made] if causes else []):
                unit = read_unit(point)
                there = {(link.to, link.kind) for link in unit.links}
                new = tuple(Link(cause, "causal", 1.0) for cause in causes if (cause, "causal") not in there)
                self.batch.amend(point, replace(unit, links=(*unit.links, *new)))

    def commit(self) -> None:
        """Writes everything as one batch, then brings the graph up to date."""
        self.batch.commit(self._resolver.changed)

    # one statement ----------------------------------------------------------------------------------------

    def _add(
        self, statement: Statement, vectors: Embedded, near: list[tuple[str, float]], before: _Before | None
    ) -> _Before:
        names = self._resolver.resolve(statement.mentions, statement.at)
        claim = Claim(statement.text, statement.speaker, names, statement.occurred)
        session, follows = self._session(statement.at, statement.messages[0], before)
        vector = _carried_on(vectors.embedding.vector, follows)
        known = self._known_as(claim, vectors, near)
        if known is not None:
            self._add_evidence(*known, statement.messages)
            last = follows.unit if follows else None
            return _Before(session, statement.at, vectors.own, vector, last, known[0])
        unit = self._unit(statement, names, session, self._links(statement.at, near, vectors, follows))
        stated = _stated(unit)
        attributes = list(dict.fromkeys(one.key for one in assertions(stated)))
        unit = self._succeed(unit, stated, attributes)
        if self.batch.engine.model is not None:
            self._ask_about(unit, near, vectors)
        tokens = _with_previous(vectors.embedding.tokens, follows.tokens if follows else None)
        self.batch.units[unit.id] = Point(
            unit.id,
            {
                **unit_payload(unit, len(self.batch.units)),
                "attributes": attributes,
                "own": [vectors.own_from, len(vectors.embedding.tokens)],
                "codes": list(vectors.codes),
            },
            vector=vector,
            terms=term_vector(vectors.stems, unit.speaker, unit.context, self.batch.spoken),
            tokens=tokens,
        )
        for attribute in attributes:
            self._asserted.setdefault(attribute, []).append(unit.id)
        self._matrix[len(self._added)] = vectors.embedding.vector
        self._added.append((unit, vectors))
        self.touched[unit.id] = unit
        return _Before(session, statement.at, vectors.own, vector, unit, unit.id)

    def _unit(
        self, statement: Statement, names: tuple[str, ...], session: str, links: tuple[Link, ...]
    ) -> Unit:
        bank, now, origin = self.batch.graph.bank, self.batch.now, self.origin
        named = (bank, "unit", origin.document, *statement.messages, statement.key)
        identity = make_id(*named)
        if self.batch.graph.row(identity) is not None or identity in self.batch.units:
            identity = make_id(*named, now.isoformat())  # it is there, retired: this is another one
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

    def _succeed(self, unit: Unit, stated: Stated, attributes: Sequence[str]) -> Unit:
        """Retires or marks what `unit` takes the place of, and notes what was done; `unit`, linked to that."""
        replaced: list[str] = []
        reasons: list[str] = []
        for older in self._rivals(unit, attributes):
            found = standing(stated, _stated(older))
            if found is None:
                continue
            kind, reason = found
            if unit.mentioned_at < older.mentioned_at:  # told late: what is known is newer
                unit = replace(unit, superseded_by=older.id)
                reasons.append(f"said before what is known: {reason}")
                continue
            point = self.batch.points([older.id])[0]
            if kind == "replaces":
                self.batch.amend(point, replace(older, retired_at=self.batch.now, retired_by=unit.id))
                self.operations.append(Operation(Verdict.RETIRE, older.id, reason))
                replaced.append(older.id)
            else:
                self.batch.amend(point, replace(older, superseded_by=unit.id))
                self.unclear.append((unit.id, older.id))
            reasons.append(reason)
            unit = replace(
                unit, links=(*unit.links, Link(older.id, "supersedes", 1.0 if kind == "replaces" else 0.5))
            )
        verdict = Verdict.UPDATE if replaced else Verdict.ADD
        self.operations.append(Operation(verdict, unit.id, "; ".join(reasons) or "new to the bank"))
        return unit

    def _ask_about(self, unit: Unit, near: Sequence[tuple[str, float]], vectors: Embedded) -> None:
        """Notes what is so near to `unit`, and about the same, that only a reader can say whether it says the
        same."""
        here = {self._added[i][0].id: c for i, c in self._nearest_here(vectors, 3, _UNCLEAR).items()}
        close = [other for other, cosine in [*near, *here.items()] if cosine >= _UNCLEAR and other != unit.id]
        noted = {old for new, old in self.unclear if new == unit.id}
        for other in self.batch.read([one for one in dict.fromkeys(close) if one not in noted]):
            shared = set(unit.entities) & set(other.entities) - {unit.speaker}
            if shared and other.retired_at is None and _kind(unit) == _kind(other):
                self.unclear.append((unit.id, other.id))

    def _rivals(self, unit: Unit, attributes: Sequence[str]) -> list[Unit]:
        """The units that hold now and give one of the attributes a value."""
        graph = self.batch.graph
        ids: list[str] = []
        for attribute in attributes:
            ids += [graph.ids[row] for row in graph.asserting(attribute)[-_MOST_RIVALS:]]
            ids += self._asserted.get(attribute, ())
        found = self.batch.read(list(dict.fromkeys(ids)))
        return [older for older in found if older.retired_at is None and older.id != unit.id]

    def _session(self, at: datetime, message: str, before: _Before | None) -> tuple[str, _Before | None]:
        """The session a message at `at` belongs to, and what it follows in it."""
        gap = timedelta(hours=self.batch.engine.settings.session_gap_hours)
        if before is not None and abs(at - before.at) <= gap:
            return before.session, before
        return make_id(self.batch.graph.bank, "session", self.origin.document, message)[:13], None

    def _links(
        self, at: datetime, near: list[tuple[str, float]], vectors: Embedded, follows: _Before | None
    ) -> tuple[Link, ...]:
        here = self._nearest_here(vectors, SEMANTIC_MOST, SEMANTIC_FLOOR)
        there = [(unit, cosine) for unit, cosine in near if not self._is_gone(unit)]
        links = semantic_links([*there, *((self._added[i][0].id, cosine) for i, cosine in here.items())])
        neighbour = (
            temporal_link(follows.unit.id, at, follows.unit.mentioned_at)
            if follows and follows.unit
            else None
        )
        return (neighbour, *links) if neighbour else tuple(links)

    # what is known ----------------------------------------------------------------------------------------

    def _nearest(self, vectors: Sequence[Floats]) -> list[list[tuple[str, float]]]:
        where = Where(bank=self.batch.graph.bank, live=True)
        if not len(self.batch.graph) or not vectors:
            return [[] for _ in vectors]
        return self.batch.engine.store.search([Query(where, SEMANTIC_MOST, vector=v) for v in vectors])

    def _is_gone(self, unit: str) -> bool:
        """Whether this write retires a unit."""
        point = self.batch.units.get(unit)
        return point is not None and point.payload["retired"] != NEVER

    def _before(self) -> _Before | None:
        """The last unit of the document, whose session the first statement may continue."""
        if self._added:
            unit, vectors = self._added[-1]
            vector = self.batch.units[unit.id].vector
            assert vector is not None
            return _Before(unit.session, unit.mentioned_at, vectors.own, vector, unit)
        graph = self.batch.graph
        row = graph.last(self.origin.document)
        if row is None:
            return None
        point = self.batch.points([graph.ids[row]])[0]
        unit = read_unit(point)
        assert point.vector is not None
        last = unit if unit.retired_at is None else None
        return _Before(unit.session, unit.mentioned_at, _own(point), point.vector, last)

    def _known_as(
        self, claim: Claim, vectors: Embedded, near: list[tuple[str, float]]
    ) -> tuple[str, str] | None:
        """The unit that already says what `claim` says, and why that is so."""
        for i in self._nearest_here(vectors, 3, _LIKELY):
            unit, other = self._added[i]
            if self._superseded(unit.id):
                continue
            reason = same_statement(
                claim, _claim(unit), lambda: vectors.own, partial(getattr, other, "own"), self.batch.spoken
            )
            if reason:
                return unit.id, reason
        graph = self.batch.graph
        likely = (graph.row(unit) for unit, cosine in near if cosine >= _LIKELY)
        rows = [*graph.same_words(claim.text), *(row for row in likely if row is not None)]
        for unit in self.batch.read(self._held_of(rows, claim.speaker)):
            if unit.retired_at is not None or unit.superseded_by is not None:
                continue
            reason = same_statement(
                claim,
                _claim(unit),
                lambda: vectors.own,
                partial(self._own_tokens, unit.id),
                self.batch.spoken,
            )
            if reason:
                return unit.id, reason
        return None

    def _nearest_here(self, vectors: Embedded, most: int, floor: float) -> dict[int, float]:
        """The statements of this very retain that are nearest, with their cosines."""
        if not self._added:
            return {}
        cosines = self._matrix[: len(self._added)] @ vectors.embedding.vector
        best = np.argsort(-cosines)[:most]
        return {int(i): float(cosines[i]) for i in best if cosines[i] >= floor}

    def _held_of(self, rows: Sequence[int], speaker: str | None) -> list[str]:
        """The ids of those rows that hold and were said by `speaker`."""
        graph = self.batch.graph
        records, label = graph.rows, graph.label(speaker or "")
        return [
            graph.ids[row]
            for row in dict.fromkeys(rows)
            if records[row]["speaker"] == label and records[row]["retired"] == NEVER
        ]

    def _superseded(self, unit: str) -> bool:
        """Whether this write has retired or marked a unit that it added."""
        payload = self.batch.units[unit].payload
        return payload["retired"] != NEVER or payload["superseded_by"] is not None

    def _own_tokens(self, unit_id: str) -> Floats:
        (point,) = self.batch.points([unit_id])
        return _own(point)

    def _add_evidence(self, unit_id: str, reason: str, messages: Sequence[str]) -> None:
        point = self.batch.points([unit_id])[0]
        unit = read_unit(point)
        said = [(self.origin.document, message) for message in messages]
        new = [pair for pair in said if pair not in unit.source.evidence]
        if new:
            unit = replace(unit, source=unit.source.said_by([*unit.source.evidence, *new]))
            self.batch.amend(point, unit)
        self._keep(unit, reason)

    def _withdraw(self, point: Point, unit: Unit, messages: set[str], by: str, reason: str) -> None:
        """Takes messages of the document from a unit's evidence, and retires it if none is left."""
        document = self.origin.document
        evidence = [pair for pair in unit.source.evidence if pair[0] != document or pair[1] not in messages]
        if not evidence:
            self.batch.amend(point, replace(unit, retired_at=self.batch.now, retired_by=by))
            self.operations.append(Operation(Verdict.RETIRE, unit.id, reason))
        elif len(evidence) < len(unit.source.evidence):
            self.batch.amend(point, replace(unit, source=unit.source.said_by(evidence)))

    def _keep(self, unit: Unit, reason: str) -> None:
        self.touched[unit.id] = unit
        self.operations.append(Operation(Verdict.NOOP, unit.id, reason))


_LIKELY = 0.7
_UNCLEAR = 0.88


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said just before: in which session, when, its own tokens, its vector with what it carries on, the last
    new unit of the session, and the unit it was made or found to be."""

    session: str
    at: datetime
    tokens: Floats
    vector: Floats
    unit: Unit | None
    made: str = ""


def _stated(unit: Unit) -> Stated:
    return Stated(unit.text, unit.speaker, unit.modality)


def _kind(unit: Unit) -> tuple[str | None, str, str]:
    """Who says it, in which network, and how it is meant."""
    return unit.speaker, unit.network, unit.modality


def _enlarged(matrix: Floats, more: int, dimension: int) -> Floats:
    """`matrix`, with room for `more` rows."""
    return np.concatenate([matrix.reshape(-1, dimension), np.zeros((more, dimension), np.float32)])


def _claim(unit: Unit) -> Claim:
    return Claim(unit.text, unit.speaker, unit.entities, unit.occurred)


def _own(point: Point) -> Floats:
    """The token vectors of a unit's own text, out of all that are stored for it."""
    start, end = point.payload["own"]
    return np.zeros((0, 1), np.float32) if point.tokens is None else point.tokens[start:end]


def _carried_on(vector: Floats, follows: _Before | None) -> Floats:
    """A statement's vector together with the one before it, in which the one before that is: length 1."""
    if follows is None:
        return vector
    joined = vector + _CARRIED * follows.vector
    scaled: Floats = (joined / (np.linalg.norm(joined) or 1.0)).astype(np.float32)
    return scaled


def _with_previous(tokens: Floats, previous: Floats | None) -> Floats:
    if previous is None or not len(previous) or not len(tokens):
        return tokens
    joined: Floats = np.concatenate([tokens, previous * np.float32(PREVIOUS_WEIGHT)])
    return joined
