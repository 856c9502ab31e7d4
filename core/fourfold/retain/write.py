"""A retain from end to end: read, extract, embed, reconcile, link, and one atomic write.

Reading, extracting and embedding need no lock; the rest holds the lock of the bank's graph, so that writes to
a bank are ordered. The graph changes only after the store has acknowledged.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from fourfold.engine import Engine
from fourfold.errors import InputError
from fourfold.model import Link, Message, Operation, Retained, Source, Unit, Usage, Verdict
from fourfold.ports import Fields, Floats, Point, Query, Store, Where
from fourfold.retain.chunk import read_messages, split_message
from fourfold.retain.embed import Embedded, Progress, embed_statements
from fourfold.retain.extract import Statement, extract
from fourfold.retain.link import SEMANTIC_FLOOR, SEMANTIC_MOST, semantic_links, temporal_link
from fourfold.retain.reconcile import Claim, same_statement
from fourfold.retain.resolve import Resolver
from fourfold.stores.graph import BankGraph
from fourfold.stores.records import (
    NEVER,
    PREVIOUS_WEIGHT,
    bank_point,
    cursor_point,
    entity_point,
    make_id,
    read_unit,
    stamped,
    unit_payload,
)
from fourfold.text import document_vector, terms

_CARRIED = np.float32(0.5)
"""How much of the vector before it in the session goes into a unit's (docs/adr/0003)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to retain, and where. `document` "" is the bank's running journal; `replace` retires what the
    document held and these messages do not."""

    bank: str
    messages: str | Sequence[Message]
    at: datetime | None = None
    document: str = ""
    context: str = ""
    tags: tuple[str, ...] = ()
    replace: bool = False


def retain(engine: Engine, request: Request, progress: Progress | None = None) -> Retained:
    """Retains `request`; when it returns, everything it reports is durable and recalled at once.

    Raises `InputError` before anything is written, `ModelError` or `StoreError` with nothing written.
    """
    began = time.perf_counter()
    now = engine.clock.now()
    messages = read_messages(request.messages, request.at, now)
    if not messages and not request.replace:
        raise InputError("There is nothing to retain: the text is empty.")
    graph = engine.graphs.get(request.bank)
    with graph.lock:
        known = graph.known(request.document, [str(m.id) for m in messages])
    if request.replace:
        edited = _edited(engine.store, request, messages)
        known = {message: row for message, row in known.items() if message not in edited}
    new = [m for m in messages if m.id not in known]
    pieces = [piece for m in new for piece in split_message(m, engine.settings.unit_words)]
    statements = extract(pieces, graph.names().keys())
    embedded = embed_statements(engine.embedder, statements, request.context, progress)
    with graph.lock:
        writing = _Writing(engine, request, engine.graphs.get(request.bank), now)
        writing.note_known(messages, known)
        if request.replace:
            writing.forget_all_but(set(known) & {m.id for m in messages if m.id})
        writing.add_all(statements, embedded)
        writing.commit()
    usage = Usage(
        texts=len(statements),
        tokens=sum(len(e.embedding.offsets) for e in embedded),
        embed_seconds=sum(e.seconds for e in embedded),
        total_seconds=time.perf_counter() - began,
    )
    return Retained(tuple(writing.touched.values()), tuple(writing.operations), usage)


def _edited(store: Store, request: Request, messages: Sequence[Message]) -> set[str]:
    """The messages of a document that units quote and that now have other words."""
    texts = {m.id: m.text for m in messages}
    where = Where(bank=request.bank, live=True, documents=(request.document,))
    units = [read_unit(point) for point in store.scan(where)]
    quoted = ((u, *u.source.evidence[0]) for u in units)
    return {
        message
        for unit, document, message in quoted
        if document == request.document
        and message in texts
        and texts[message][unit.source.start : unit.source.end] != unit.text
    }


@dataclass(slots=True)
class _Writing:
    """One write to one bank, prepared under its lock. Nothing is changed before `commit`."""

    engine: Engine
    request: Request
    graph: BankGraph
    now: datetime
    operations: list[Operation] = field(default_factory=list)
    touched: dict[str, Unit] = field(default_factory=dict)
    _points: dict[str, Point] = field(default_factory=dict)
    _added: list[tuple[Unit, Embedded]] = field(default_factory=list)
    _matrix: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _resolver: Resolver = field(init=False)

    def __post_init__(self) -> None:
        self._resolver = Resolver(self.graph)

    def note_known(self, messages: Sequence[Message], known: dict[str, int]) -> None:
        """Messages that the document already had are NOOPs."""
        rows = dict.fromkeys(known[m.id] for m in messages if m.id in known)
        ids = [self.graph.ids[row] for row in rows]
        for unit in self._read(ids):
            self._keep(unit, "this message of the document is retained already")

    def forget_all_but(self, kept: set[str]) -> None:
        """Takes all other messages of the document from the evidence of units; those left with none are retired."""
        document = self.request.document
        where = Where(bank=self.request.bank, live=True, documents=(document,))
        for point in self.engine.store.scan(where, Fields(vectors=True)):
            unit = read_unit(point)
            evidence = [pair for pair in unit.source.evidence if pair[0] != document or pair[1] in kept]
            if not evidence:
                self._amend(point, replace(unit, retired_at=self.now, retired_by="replace"))
                self.operations.append(Operation(Verdict.RETIRE, unit.id, "gone from the document"))
            elif len(evidence) < len(unit.source.evidence):
                self._amend(point, replace(unit, source=unit.source.said_by(evidence)))

    def add_all(self, statements: Sequence[Statement], embedded: Sequence[Embedded]) -> None:
        """Reconciles and links the statements, in order."""
        said = {s.piece.message for s in statements}
        known = {} if self.request.replace else self.graph.known(self.request.document, said)
        pairs = [(s, e) for s, e in zip(statements, embedded, strict=True) if s.piece.message not in known]
        self._matrix = np.zeros((len(pairs), self.engine.embedder.dimension), np.float32)
        nearest = self._nearest([e.embedding.vector for _, e in pairs])
        before = self._before() if pairs else None
        for (statement, vectors), neighbours in zip(pairs, nearest, strict=True):
            before = self._add(statement, vectors, neighbours, before)

    def commit(self) -> None:
        """Writes everything as one batch, then brings the graph up to date."""
        if not self._points:
            return
        bank, writer = self.request.bank, self.engine.store.writer
        revision = self.graph.seen.get(writer, 0) + 1
        points = list(self._points.values())
        points += [entity_point(bank, e) for e in self._resolver.changed.values()]
        if not self.graph.seen:
            points.append(bank_point(bank, self.now))
        points.append(cursor_point(bank, writer, revision))
        self.engine.store.write([stamped(p, writer, revision) for p in points])
        for entity in self._resolver.changed.values():
            self.graph.add_entity(entity)
        for point in self._points.values():
            self.graph.add(point)
        self.graph.seen[writer] = revision

    # one statement ----------------------------------------------------------------------------------------

    def _add(
        self, statement: Statement, vectors: Embedded, near: list[tuple[str, float]], before: _Before | None
    ) -> _Before:
        piece = statement.piece
        names = self._resolver.resolve(statement.names, piece.at)
        claim = Claim(piece.text, piece.speaker, names, statement.occurred)
        session, follows = self._session(piece.at, piece.message, before)
        vector = _carried_on(vectors.embedding.vector, follows)
        known = self._known_as(claim, vectors, near)
        if known is not None:
            self._add_evidence(*known, piece.message)
            return _Before(session, piece.at, vectors.own, vector, follows.unit if follows else None)
        unit = self._unit(statement, names, session, self._links(piece.at, near, vectors, follows))
        tokens = _with_previous(vectors.embedding.tokens, follows.tokens if follows else None)
        self._points[unit.id] = Point(
            unit.id,
            {
                **unit_payload(unit, len(self._points)),
                "own": [vectors.own_from, len(vectors.embedding.tokens)],
                "codes": list(vectors.codes),
            },
            vector=vector,
            terms=document_vector([*vectors.stems, *terms(f"{unit.speaker or ''} {unit.context}")]),
            tokens=tokens,
        )
        self._matrix[len(self._added)] = vectors.embedding.vector
        self._added.append((unit, vectors))
        self.touched[unit.id] = unit
        self.operations.append(Operation(Verdict.ADD, unit.id, "new to the bank"))
        return _Before(session, piece.at, vectors.own, vector, unit)

    def _unit(
        self, statement: Statement, names: tuple[str, ...], session: str, links: tuple[Link, ...]
    ) -> Unit:
        piece, request = statement.piece, self.request
        named = (request.bank, "unit", request.document, piece.message, str(piece.start))
        identity = make_id(*named)
        if self.graph.row(identity) is not None:  # it is there, retired: this is another one
            identity = make_id(*named, self.now.isoformat())
        return Unit(
            id=identity,
            bank=request.bank,
            text=piece.text,
            network=statement.network,
            source=Source(request.document, (piece.message,), piece.start, piece.end),
            mentioned_at=piece.at,
            recorded_at=self.now,
            speaker=piece.speaker,
            occurred=statement.occurred,
            confidence=statement.confidence,
            entities=names,
            tags=request.tags,
            context=request.context,
            session=session,
            links=links,
        )

    def _session(self, at: datetime, message: str, before: _Before | None) -> tuple[str, _Before | None]:
        """The session a message at `at` belongs to, and what it follows in it."""
        gap = timedelta(hours=self.engine.settings.session_gap_hours)
        if before is not None and abs(at - before.at) <= gap:
            return before.session, before
        return make_id(self.request.bank, "session", self.request.document, message)[:13], None

    def _links(
        self, at: datetime, near: list[tuple[str, float]], vectors: Embedded, follows: _Before | None
    ) -> tuple[Link, ...]:
        here = self._nearest_here(vectors, SEMANTIC_MOST, SEMANTIC_FLOOR)
        links = semantic_links([*near, *((self._added[i][0].id, cosine) for i, cosine in here.items())])
        neighbour = (
            temporal_link(follows.unit.id, at, follows.unit.mentioned_at)
            if follows and follows.unit
            else None
        )
        return (neighbour, *links) if neighbour else tuple(links)

    # what is known ----------------------------------------------------------------------------------------

    def _nearest(self, vectors: Sequence[Floats]) -> list[list[tuple[str, float]]]:
        where = Where(bank=self.request.bank, live=True)
        if not len(self.graph):
            return [[] for _ in vectors]
        return self.engine.store.search([Query(where, SEMANTIC_MOST, vector=v) for v in vectors])

    def _before(self) -> _Before | None:
        """The last unit of the document, whose session the first statement may continue."""
        row = self.graph.last(self.request.document)
        if row is None:
            return None
        point = next(iter(self.engine.store.scan(Where(ids=(self.graph.ids[row],)), Fields(vectors=True))))
        unit = read_unit(point)
        assert point.vector is not None
        return _Before(unit.session, unit.mentioned_at, _own(point), point.vector, unit)

    def _known_as(
        self, claim: Claim, vectors: Embedded, near: list[tuple[str, float]]
    ) -> tuple[str, str] | None:
        """The unit that already says what `claim` says, and why that is so."""
        for i in self._nearest_here(vectors, 3, _LIKELY):
            unit, other = self._added[i]
            reason = same_statement(claim, _claim(unit), lambda: vectors.own, partial(getattr, other, "own"))
            if reason:
                return unit.id, reason
        likely = (self.graph.row(unit) for unit, cosine in near if cosine >= _LIKELY)
        rows = [*self.graph.same_words(claim.text), *(row for row in likely if row is not None)]
        for unit in self._read(self._held_of(rows, claim.speaker)):
            reason = same_statement(
                claim, _claim(unit), lambda: vectors.own, partial(self._own_tokens, unit.id)
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
        records, label = self.graph.rows, self.graph.label(speaker or "")
        return [
            self.graph.ids[row]
            for row in dict.fromkeys(rows)
            if records[row]["speaker"] == label and records[row]["retired"] == NEVER
        ]

    def _own_tokens(self, unit_id: str) -> Floats:
        (point,) = self._points_of([unit_id])
        return _own(point)

    def _points_of(self, ids: Sequence[str]) -> list[Point]:
        wanted = tuple(dict.fromkeys(i for i in ids if i not in self._points))
        held = [self._points[i] for i in ids if i in self._points]
        if not wanted:
            return held
        return held + list(self.engine.store.scan(Where(ids=wanted), Fields(vectors=True)))

    def _read(self, ids: Sequence[str]) -> list[Unit]:
        """The units as this write would leave them, in the order of `ids`."""
        stored = tuple(i for i in ids if i not in self._points)
        found = {p.id: p for p in self.engine.store.scan(Where(ids=stored))} if stored else {}
        return [read_unit(p) for i in ids if (p := self._points.get(i) or found.get(i)) is not None]

    def _add_evidence(self, unit_id: str, reason: str, message: str) -> None:
        point = next(iter(self._points_of([unit_id])))
        unit = read_unit(point)
        said = (self.request.document, message)
        if said not in unit.source.evidence:
            unit = replace(unit, source=unit.source.said_by([*unit.source.evidence, said]))
            self._amend(point, unit)
        self._keep(unit, reason)

    def _amend(self, point: Point, unit: Unit) -> None:
        payload = {**point.payload, **unit_payload(unit, point.payload["order"])}
        self._points[unit.id] = replace(point, payload=payload)

    def _keep(self, unit: Unit, reason: str) -> None:
        self.touched[unit.id] = unit
        self.operations.append(Operation(Verdict.NOOP, unit.id, reason))


_LIKELY = 0.7


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said just before: in which session, when, its own tokens, its vector with what it carries on, and the
    last new unit of the session."""

    session: str
    at: datetime
    tokens: Floats
    vector: Floats
    unit: Unit | None


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
