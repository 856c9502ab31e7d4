"""Erasing: units are gone for good, with their texts, their chunks and what follows from them alone; the rest is
rewritten without them, the log as well. All of it is one rewriting of the store, and nothing of it can be undone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fourfold.errors import NotFoundError
from fourfold.govern.erasure_scope import ErasureScope
from fourfold.govern.forget import Selection, selected
from fourfold.govern.reembed_units import renewed
from fourfold.index.bank_index import BankIndex
from fourfold.language.text import normalise
from fourfold.ports import Point, Where
from fourfold.schema.banks import entity_id, entity_point
from fourfold.schema.beliefs import is_belief, read_belief, with_history
from fourfold.schema.changelog import Record, record_point, records
from fourfold.schema.chunks import CHUNKS, chunk_point, has_text, read_chunk_point, state_of
from fourfold.schema.consolidation_state import progress_point, read_progress
from fourfold.schema.core_profile import core_point, read_core
from fourfold.schema.entries import is_entry, value_of
from fourfold.schema.recall_counts import use_point, uses_of
from fourfold.schema.records import (
    CHUNK,
    CORE,
    ENTITY,
    GONE_ENTRY,
    KIND_ONLY,
    PROGRESS,
    SUMMARY,
    UNIT,
    USE,
    cursor_point,
    kind_of,
    stamped,
)
from fourfold.schema.summaries import read_summary, summary_point
from fourfold.schema.units import (
    RETIREMENT_ONLY,
    SPOKEN_ONLY,
    read_retirement,
    read_unit,
    speaker_of,
    text_of,
    with_unit,
)
from fourfold.services import Services
from fourfold.transaction.cascade import dependents
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import Belief
from fourfold.values.changes import ForgetResult, Receipt
from fourfold.values.units import Entity, Network, Operation, Retirement, RetirementCause, Unit, Verdict

_ENTRY = "entry"
"""What a receipt calls the entries of all kinds."""
_FOLLOWERS = 8
"""Units said after an erased one whose vectors are made anew: what it left in the next is a 2nd of it, then a 4th."""


def erase(services: Services, bank: str, selection: Selection, reason: str) -> ForgetResult:
    """Erases what `selection` names, and says so in a receipt, which the bank's history keeps. Raises `NotFoundError`
    for what the bank never knew."""
    try:
        with services.indexes.locked(bank) as index:
            erasing = _Erasing(Transaction(services, index, services.clock.now(), "erase", "", reason))
            return erasing.run(selection)
    finally:
        services.indexes.drop(bank)


def erase_bank(services: Services, bank: str) -> Receipt:
    """Erases all of a bank; raises `NotFoundError` where there is none."""
    try:
        with services.indexes.locked(bank) as index:
            if index.profile is None:
                raise NotFoundError(f'There is no bank "{bank}".')
            kinds = {p.id: kind_of(p) for p in services.store.scan(Where(bank=bank), KIND_ONLY)}
            guarantee = services.store.rewrite((), list(kinds))
    finally:
        services.indexes.drop(bank)
        services.token_accounts.forget(bank)
        services.recall_counts.pop(bank)
    units = [point_id for point_id, kind in kinds.items() if kind == UNIT]
    return _receipt(units, services.clock.now(), Counter(kinds.values()), (), guarantee)


@dataclass(slots=True)
class _Erasing:
    """One erasure; the caller holds the lock of the bank's graph. `transaction` says who, when and why, and is not
    committed."""

    transaction: Transaction
    gone: dict[str, Unit] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    """What is put in place of what there is, by id."""
    dropped: dict[str, str] = field(default_factory=dict)
    """By id, the kind of what goes besides the units."""
    nameless: set[str] = field(default_factory=set)
    """Entities that go, or are called otherwise."""
    names: set[str] = field(default_factory=set)
    """Names and aliases that nobody says any more."""
    elsewhere: list[str] = field(default_factory=list)
    """Units that were said elsewhere too, and stay."""
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def index(self) -> BankIndex:
        """The graph of the bank, as it is until now."""
        return self.transaction.index

    def run(self, selection: Selection) -> ForgetResult:
        """Works out what goes and what the rest is without it, and has the store do it."""
        document_exists = self._choose(selection)
        if not self.gone and not document_exists:
            missing = (
                f'document "{selection.document}"' if selection.document is not None else "unit like that"
            )
            raise NotFoundError(f'The bank "{self.index.bank}" has no {missing}.')
        beliefs = self._judge_beliefs()
        traces = ErasureScope.of(self.gone, (unit.text for unit in self.gone.values()))
        self._let_go_of_texts(selection.document, traces)
        self._amend_rest()
        self._name_entities()
        self._renew_followers()
        self._rewrite_derived(traces)
        self._rewrite_log(ErasureScope.of([*self.gone, *self.dropped], [*traces.texts, *sorted(self.names)]))
        surviving = dict.fromkeys(
            [*(unit for unit in self.elsewhere if unit not in self.gone), *self._alike()]
        )
        return ForgetResult((), tuple(beliefs), self._carry_out(tuple(surviving)))

    # what goes

    def _choose(self, selection: Selection) -> bool:
        """The units to go; what is said elsewhere too only loses a source. Whether there is a document of that name
        at all."""
        services, document = self.transaction.services, selection.document
        selected_units = [(point, read_unit(point)) for point in selected(services, self.index, selection)]
        for point, unit in selected_units:
            other_evidence = (
                [] if document is None else [pair for pair in unit.source.evidence if pair[0] != document]
            )
            if other_evidence:
                self.elsewhere.append(unit.id)
                self._said_by(point, unit, other_evidence)
            else:
                self.gone[unit.id] = unit
        self._add_versions(unit for _, unit in selected_units)
        if document is None:
            return False
        where = Where(bank=self.index.bank, documents=(document,))
        return any(True for _ in services.store.scan(where, KIND_ONLY))

    def _said_by(self, point: Point, unit: Unit, evidence: list[tuple[str, str]]) -> None:
        """A unit that keeps these sources. How often a judgement was said moves its confidence."""
        unit = replace(unit, source=unit.source.said_by(evidence))
        if unit.network is Network.BELIEF:
            self._believe(point, replace(read_belief(point), unit=unit).stated(self.transaction.now))
        else:
            self._amend(point, unit, "source")

    def _add_versions(self, units: Iterable[Unit]) -> None:
        """Adds what a unit was edited from: older words for the same source."""
        todo = [unit for unit in units if unit.id in self.gone]
        while todo:
            unit = todo.pop()
            older = [link.to for link in unit.links if link.kind == "supersedes" and link.to not in self.gone]
            for before in self.transaction.read(older):
                if before.retired_by_unit == unit.id and set(before.source.evidence) & set(
                    unit.source.evidence
                ):
                    self.gone[before.id] = before
                    todo.append(before)

    def _judge_beliefs(self) -> list[Belief]:
        """Beliefs as if what goes had never been; those of it alone go as well. Those that stay."""
        changed: dict[str, Belief] = {}
        newly_erased = list(self.gone)
        while newly_erased:
            points = self.transaction.points(
                [i for i in dependents(self.index, newly_erased) if i not in self.gone]
            )
            newly_erased = []
            for point in (p for p in points if is_belief(p)):
                current = self.points.get(point.id, point)
                belief = read_belief(current)
                remaining = belief.erased(set(self.gone))
                if remaining is None:
                    self.gone[point.id] = belief.unit
                    self.points.pop(point.id, None)
                    changed.pop(point.id, None)
                    newly_erased.append(point.id)
                elif remaining.history != belief.history:
                    self._believe(current, remaining)
                    changed[point.id] = remaining
        return list(changed.values())

    def _let_go_of_texts(self, document: str | None, traces: ErasureScope) -> None:
        """The chunks and the entries that hold what goes: of a document all, else those that do."""
        store, bank = self.transaction.services.store, self.index.bank
        documents = {document_name for unit in self.gone.values() for document_name in unit.source.documents}
        evidence = {pair for unit in self.gone.values() for pair in unit.source.evidence}
        for name in sorted(documents if document is None else documents | {document}):
            for point in store.scan(Where(bank=bank, documents=(name,))):
                kind = kind_of(point)
                if name == document and (kind in CHUNKS or is_entry(point) or kind == GONE_ENTRY):
                    self.dropped[point.id] = CHUNK if kind in CHUNKS else _ENTRY
                elif kind in CHUNKS and has_text(point):
                    self._shorten(point, evidence)
                elif is_entry(point) and traces.says(value_of(point)):
                    self.dropped[point.id] = _ENTRY

    def _shorten(self, point: Point, evidence: set[tuple[str, str]]) -> None:
        """A chunk without the pieces of messages that go, and without what was said before it."""
        chunk = read_chunk_point(point)
        pieces = tuple(piece for piece in chunk.pieces if (chunk.document, piece.message) not in evidence)
        if not pieces:
            self.dropped[point.id] = CHUNK
        elif len(pieces) < len(chunk.pieces) or chunk.before:
            units = tuple(unit for unit in chunk.units if unit not in self.gone)
            shortened = replace(chunk, pieces=pieces, before=(), units=units, failed="")
            self._put(chunk_point(self.index.bank, shortened, state_of(point), self.transaction.now), CHUNK)

    # what stays

    def _amend_rest(self) -> None:
        """Takes what names a gone unit out of the others."""
        index = self.index
        rows = [row for row in map(index.row, self.gone) if row is not None]
        linked = {neighbour for row in rows for neighbour in index.linked_units(row)}
        affected = {
            index.unit_ids[row] for row in (*linked, *index.supersession.superseded_by(self.gone))
        } | self._replaced_by_gone()
        erased = Retirement(RetirementCause.ERASED)
        for stored in self.transaction.points(sorted(affected - self.gone.keys())):
            point = self.points.get(stored.id, stored)
            unit = read_unit(point)
            amended = replace(
                unit,
                links=tuple(link for link in unit.links if link.to not in self.gone),
                retirement=erased if unit.retired_by_unit in self.gone else unit.retirement,
                superseded_by=None if unit.superseded_by in self.gone else unit.superseded_by,
            )
            if amended != unit:
                self._amend(point, amended, UNIT)

    def _replaced_by_gone(self) -> set[str]:
        """The units that were retired in favour of one that goes."""
        replaced = tuple(self.index.unit_ids[row] for row in sorted(self.index.supersession.replaced))
        points = (
            self.transaction.services.store.scan(Where(ids=replaced), RETIREMENT_ONLY) if replaced else ()
        )
        retired = ((point.id, read_retirement(point)) for point in points)
        return {unit for unit, retirement in retired if retirement and retirement.by_unit in self.gone}

    def _name_entities(self) -> None:
        """Entities that nothing mentions any more go; others lose the names that only what goes has said."""
        index = self.index
        lost = _spoken((unit.speaker, unit.text) for unit in self.gone.values())
        for name in sorted({name for unit in self.gone.values() for name in unit.entities}):
            entity = index.entity(name)
            if entity is None:
                continue
            rows = index.units_mentioning(name)
            mentioning = [index.unit_ids[row] for row in rows if index.unit_ids[row] not in self.gone]
            remaining_text = _spoken(self._told(mentioning))
            forms = {form: f" {normalise(form)} " for form in (name, *entity.aliases)}
            spoken_forms = [
                form
                for form, padded_form in forms.items()
                if mentioning and (padded_form in remaining_text or padded_form not in lost)
            ]
            self.names |= forms.keys() - set(spoken_forms)
            if not spoken_forms:
                spoken_forms = [name] if mentioning else []  # nothing else is known to call it by
            self._call(entity, spoken_forms, mentioning)

    def _told(self, ids: Sequence[str]) -> Iterator[tuple[str | None, str]]:
        points = self.transaction.services.store.scan(Where(ids=tuple(ids)), SPOKEN_ONLY) if ids else ()
        return ((speaker_of(point), text_of(point)) for point in points)

    def _call(self, entity: Entity, forms: Sequence[str], mentioning: Sequence[str]) -> None:
        """Has an entity go by these forms alone, the first of them its name; by none, it goes. `left` mention it."""
        bank = self.index.bank
        if tuple(forms) == (entity.name, *entity.aliases):
            return
        if tuple(forms[:1]) != (entity.name,):
            self.dropped[entity.id] = ENTITY
            self.nameless.add(entity.name)
        if not forms:
            return
        called = replace(entity, id=entity_id(bank, forms[0]), name=forms[0], aliases=tuple(forms[1:]))
        self._put(entity_point(bank, called), ENTITY)
        for stored in self.transaction.points(mentioning) if called.name != entity.name else ():
            point = self.points.get(stored.id, stored)
            unit = read_unit(point)
            names = tuple(called.name if mention == entity.name else mention for mention in unit.entities)
            self._amend(point, replace(unit, entities=names), UNIT)

    def _alike(self) -> list[str]:
        """Units that say what a gone one said in the same words, and stay."""
        rows = {row for unit in self.gone.values() for row in self.index.with_text(unit.text)}
        return [self.index.unit_ids[row] for row in sorted(rows) if self.index.unit_ids[row] not in self.gone]

    def _renew_followers(self) -> None:
        """What was said right after a gone unit carries something of it in its vectors: they are made anew."""
        chains = []
        for unit in self.gone:
            row = self.index.row(unit)
            chain: list[str] = []
            while (
                row is not None
                and (row := int(self.index.columns[row]["next"])) >= 0
                and len(chain) < _FOLLOWERS
            ):
                if self.index.unit_ids[row] in self.gone:
                    break
                chain.append(self.index.unit_ids[row])
            chains.append(chain)
        ids = list(dict.fromkeys(unit_id for chain in chains for unit_id in chain))
        stored = {p.id: self.points.get(p.id, p) for p in self.transaction.points(ids)}
        for chain in chains:
            for point in renewed(
                self.transaction.services.embedder,
                [stored[unit_id] for unit_id in chain],
                self.transaction.language,
            ):
                self._put(point, "vectors")

    def _rewrite_derived(self, traces: ErasureScope) -> None:
        """Summaries, the core profile, and what is noted of consolidation."""
        store, bank = self.transaction.services.store, self.index.bank
        for point in store.scan(Where(bank=bank, kind=SUMMARY)):
            summary = read_summary(point)
            lost = summary.entity in self.nameless
            sentences = tuple(
                item for item in summary.sentences if not traces.bears_on([item.text, *item.evidence])
            )
            if lost or not sentences:
                self.dropped[point.id] = SUMMARY
            elif len(sentences) < len(summary.sentences):
                self._put(summary_point(summary.of(sentences, self.transaction.now), ""), SUMMARY)
        core = read_core(store, bank)
        lines = tuple(line for line in core.lines if not traces.bears_on([line.text, *line.evidence]))
        pinned = tuple(item for item in core.pinned if item not in self.gone and item not in self.dropped)
        if core.at is not None:
            self._put(core_point(bank, replace(core, lines=lines, pinned=pinned)), CORE)
        for point in store.scan(Where(bank=bank, kind=USE)):
            uses = {unit: use for unit, use in uses_of(point).items() if unit not in self.gone}
            if len(uses) < len(uses_of(point)):
                self._put(use_point(point.id, bank, uses), USE)
        progress = read_progress(store, bank)
        if progress.failed:
            self._put(progress_point(bank, replace(progress, failed={})), PROGRESS)

    def _rewrite_log(self, traces: ErasureScope) -> None:
        """The records without a trace of it. What they told of something by an earlier state is put in again as it
        is: its earlier bytes go with that."""
        final = {i for i, p in self.points.items() if kind_of(p) != UNIT}
        again: set[str] = set()
        for record in records(self.transaction.services.store, self.index.bank):
            rewritten = traces.without(record, final)
            if rewritten != record:
                self._put(record_point(rewritten), "record")
                again |= {
                    point_id
                    for point_id in record.before
                    if rewritten.before.get(point_id) != record.before[point_id]
                }
        for point in self.transaction.points(
            [point_id for point_id in again if point_id not in self.gone and point_id not in self.dropped]
        ):
            self.points.setdefault(point.id, point)

    # how

    def _amend(self, point: Point, unit: Unit, what: str) -> None:
        """`unit` in place of what `point` says, its vectors as they are."""
        self._put(with_unit(point, unit), what)

    def _believe(self, point: Point, belief: Belief) -> None:
        """`belief` in place of what `point` says."""
        amended = with_history(point, belief)
        self._amend(amended, belief.unit, "belief")

    def _put(self, point: Point, what: str) -> None:
        if point.id not in self.points:
            self.counts[f"{what} rewritten"] += 1
        self.points[point.id] = point

    def _carry_out(self, surviving: tuple[str, ...]) -> Receipt:
        transaction, bank = self.transaction, self.index.bank
        writer = transaction.services.store.writer
        removed = [*self.gone, *(point_id for point_id in self.dropped if point_id not in self.gone)]
        order = sum(self.index.revisions.values()) + 1
        operations = tuple(Operation(Verdict.RETIRE, unit, "") for unit in sorted(self.gone))
        record = Record(
            transaction.record_id,
            bank,
            "erase",
            transaction.now,
            order,
            transaction.services.actor,
            transaction.reason,
            operations=operations,
        )
        put = [point for point_id, point in self.points.items() if point_id not in removed]
        put += [record_point(record), cursor_point(bank, writer, transaction.revision)]
        guarantee = transaction.services.store.rewrite(
            [stamped(p, writer, transaction.revision) for p in put], removed
        )
        counts = Counter({UNIT: len(self.gone)}) + Counter(self.dropped.values()) + self.counts
        return _receipt(self.gone, transaction.now, counts, surviving, guarantee)


def _receipt(
    units: Iterable[str], at: datetime, counts: Mapping[str, int], surviving: tuple[str, ...], guarantee: str
) -> Receipt:
    listed = tuple(sorted(units))
    return Receipt(
        listed, at, dict(counts), hashlib.sha256("\n".join(listed).encode()).hexdigest(), surviving, guarantee
    )


def _spoken(utterances: Iterable[tuple[str | None, str]]) -> str:
    """What speakers say, their names included, as one text whose words stand between blanks."""
    return "".join(f" {normalise(f'{speaker or str()} {text}')} " for speaker, text in utterances)
