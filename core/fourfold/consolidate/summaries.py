"""Summarises entities, from facts alone, each sentence with the units that say it.

A language model writes a summary out of the former one and the new facts. Without a model a summary is an extract:
the statements most worth knowing that do not contradict each other (`extracts`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import anyio.to_thread
import numpy as np
from pydantic import BaseModel, Field

from fourfold import prompts
from fourfold.consolidate.assess import Yield
from fourfold.consolidate.extracts import SummaryExtractor
from fourfold.consolidate.subjects import NAMELESS, is_nameless_user, nameless_users_rows
from fourfold.errors import ModelOutputError
from fourfold.index.bank_index import BankIndex
from fourfold.ports import LanguageModel, Point, Where
from fourfold.schema.records import NEVER, tombstone
from fourfold.schema.summaries import facts_digest_of, is_summary, read_summary, summary_id, summary_point
from fourfold.schema.units import READ_UNIT, entities_of, read_unit, speaker_of
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.beliefs import USER
from fourfold.values.rendering import render_unit
from fourfold.values.summaries import Sentence, Summary
from fourfold.values.units import Modality, Network, Source, Unit, evidence_links

# The figures below are guesses, set by reading summaries of the development conversations; none was measured.
_LEAST_FACTS = 2
"""Facts about an entity from which it has a summary: of one, the fact is the summary."""
_MOST_FACTS = 160
"""Facts that a summary is made of, beside those that it rests on already: the latest, or for an extract, which
compares each with each, those that are most worth knowing."""
_MODEL_FACTS = 40
"""New facts that a language model is shown in one call."""
_MODEL_WORDS = 120
"""Words of a summary that a language model is asked for."""
_EXTRACTS_PER_WRITE = 8
"""Summaries that are made of one read and in one write, which holds the bank's lock: a retain waits for that. As many
as `assess` moves beliefs; a guess, not measured."""
_READ_AT_ONCE = 32
"""Units of one read from the store: after each, recalls and retains may come in between."""


class SummarySentence(BaseModel):
    """A sentence that a language model wrote, with the labels of the facts it rests on."""

    text: str
    facts: list[str] = Field(default_factory=list)


class WrittenSummary(BaseModel):
    """A summary that a language model wrote."""

    sentences: list[SummarySentence] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _StaleSummary:
    """An entity whose facts changed: the summary that the bank has, the facts to make a new one of (the latest, and
    those it rests on), and a digest of all of its facts ("" where they are too few)."""

    entity: str
    summary: Summary | None
    facts: Sequence[Unit]
    facts_digest: str


@dataclass(slots=True)
class SummaryWriter:
    """Refreshes the summaries of a bank. Use it for one round: units and stems are cached for the next entity,
    since one fact mentions several. `index` is the bank's, as it was when the round began: what was written since
    belongs to the next round, and `_put` looks again before it writes."""

    services: Services
    index: BankIndex
    yield_now: Yield
    _units: dict[str, Unit] = field(default_factory=dict)
    _extractor: SummaryExtractor = field(init=False)

    def __post_init__(self) -> None:
        budget = self.services.settings.summary_tokens
        self._extractor = SummaryExtractor(self.index.language, budget, self.yield_now)

    @property
    def bank(self) -> str:
        """The bank whose summaries these are."""
        return self.index.bank

    async def refresh(self, entity: str, model: LanguageModel) -> None:
        """Has `model` refresh the summary of `entity`, where its facts changed since it was made. Raises what
        `LanguageModel.ask` raises; the former summary stays then."""
        for stale in await anyio.to_thread.run_sync(self._read_stale, [entity]):
            sentences = await self._write(stale, model) if stale.facts else None
            await anyio.to_thread.run_sync(self._put, [(stale, sentences)])

    def refresh_extracts(self, entities: Sequence[str]) -> None:
        """Refreshes the summaries of `entities` whose facts changed, without a language model: an extract each."""
        for start in range(0, len(entities), _EXTRACTS_PER_WRITE):
            stale_summaries = self._read_stale(entities[start : start + _EXTRACTS_PER_WRITE])
            self._put([(stale, self._extract(stale)) for stale in stale_summaries])
            self.yield_now()

    def _extract(self, stale: _StaleSummary) -> tuple[Sentence, ...] | None:
        with self.index.lock:
            entity = self.index.entity(stale.entity)
            is_nameless = is_nameless_user(self.index, stale.entity)
        names = (entity.name, *entity.aliases) if entity else (stale.entity,)
        return self._extractor.extract(stale.facts, NAMELESS if is_nameless else names)

    def _read_stale(self, entities: Sequence[str]) -> list[_StaleSummary]:
        """Returns those of `entities` whose facts are not those that their summary was made of."""
        with self.index.lock:
            entities = list(
                dict.fromkeys(USER if is_nameless_user(self.index, each) else each for each in entities)
            )
            networks = _FACTS if self.services.language_model is not None else (*_FACTS, Network.BELIEF)
            fact_ids = {entity: _fact_ids(self.index, entity, networks) for entity in entities}
            digests = {entity: _facts_digest(self.index, ids) for entity, ids in fact_ids.items()}
        stored = self._stored_points(entities)
        stale_summaries = []
        for entity, ids in fact_ids.items():
            facts_digest = digests[entity]
            point = stored.get(entity)
            if (facts_digest_of(point) if point else "") != facts_digest:
                summary = read_summary(point) if point else None
                # What the summary rests on is read however old it is: else a model could not keep its sentences.
                used_ids = {*self._best_of(ids), *(summary.evidence if summary else ())}
                facts = self._read([fact_id for fact_id in ids if fact_id in used_ids])
                stale_summaries.append(_StaleSummary(entity, summary, facts, facts_digest))
        return stale_summaries

    def _best_of(self, ids: Sequence[str]) -> list[str]:
        if self.services.language_model is not None:
            return list(ids[-_MOST_FACTS:])
        with self.index.lock:
            rows = [row for row in map(self.index.row, ids) if row is not None]
            worth = self.index.columns["salience"][rows]
            best = [rows[place] for place in np.argsort(-worth, kind="stable")[:_MOST_FACTS].tolist()]
            newer = [row for each in best for row in self.index.successors(each)]
            return [self.index.unit_ids[row] for row in (*best, *newer)]

    def _stored_points(self, entities: Iterable[str]) -> dict[str, Point]:
        """Returns the summaries that the store has, by entity."""
        ids = {summary_id(self.bank, entity): entity for entity in entities}
        points = self.services.store.scan(Where(ids=tuple(ids)))
        return {ids[point.id]: point for point in points if is_summary(point)}

    def _read(self, ids: Sequence[str]) -> list[Unit]:
        """Returns the units of `ids` that are no questions, in that order."""
        uncached = [unit_id for unit_id in ids if unit_id not in self._units]
        for start in range(0, len(uncached), _READ_AT_ONCE):
            part = Where(ids=tuple(uncached[start : start + _READ_AT_ONCE]))
            self._units |= {p.id: read_unit(p) for p in self.services.store.scan(part, READ_UNIT)}
            self.yield_now()
        units = [self._units[unit_id] for unit_id in ids if unit_id in self._units]
        return [unit for unit in units if unit.modality is not Modality.QUESTION]

    def _put(self, refreshed: Sequence[tuple[_StaleSummary, tuple[Sentence, ...] | None]]) -> None:
        """Writes summaries, given by their sentences, or that an entity has none any more."""
        if not refreshed:
            return
        with self.services.indexes.locked(self.bank) as index:
            transaction = Transaction(
                self.services, index, self.services.clock.now(), "summarise", derived=True
            )
            for stale, sentences in refreshed:
                # The lock was free while the summary was made: what was forgotten meanwhile must not come back in it.
                if sentences and _all_current(index, sentences):
                    unit = _summary_unit(self.bank, stale.entity, sentences, transaction.now)
                    summary = Summary(unit, sentences, extract=self.services.language_model is None)
                    transaction.put_record(summary_point(summary, stale.facts_digest))
                elif not sentences and stale.summary is not None:
                    transaction.put_record(tombstone(self.bank, summary_id(self.bank, stale.entity)))
            transaction.commit({})

    # with a language model --------------------------------------------------------------------------------

    async def _write(self, stale: _StaleSummary, model: LanguageModel) -> tuple[Sentence, ...]:
        """Has the model update a summary by the facts that came since, `_MODEL_FACTS` in a call. Returns its
        sentences; those without a fact that the model was shown are left out."""
        facts, summary = stale.facts, stale.summary
        facts_by_id = {unit.id: unit for unit in facts}
        # A sentence that lost one of its facts is dropped whole: nobody can tell which of its words that fact was
        # for.
        old_sentences = summary.sentences if summary else ()
        sentences = tuple(s for s in old_sentences if facts_by_id.keys() >= set(s.evidence))
        used_ids = {unit_id for sentence in sentences for unit_id in sentence.evidence}
        since = summary.unit.recorded_at if summary else None
        new_facts = [
            fact for fact in facts if fact.id not in used_ids and (since is None or fact.recorded_at >= since)
        ]
        # A sentence that stays may rest on a fact of whose matter something newer was said: the model has to see that
        # mark, also where the newer fact is none about this entity.
        is_marked = any(facts_by_id[unit_id].superseded_by for unit_id in used_ids & facts_by_id.keys())
        for start in range(0, max(len(new_facts), int(is_marked)), _MODEL_FACTS):
            cited_ids = dict.fromkeys(unit_id for sentence in sentences for unit_id in sentence.evidence)
            part = [facts_by_id[unit_id] for unit_id in cited_ids] + new_facts[start : start + _MODEL_FACTS]
            labels = {unit.id: str(number) for number, unit in enumerate(part, 1)}
            so_far = [(", ".join(labels[unit_id] for unit_id in s.evidence), s.text) for s in sentences]
            labelled_facts = [(labels[unit.id], render_unit(unit)) for unit in part]
            request = prompts.summary(stale.entity, so_far, labelled_facts, _MODEL_WORDS)
            response = await model.ask(request, WrittenSummary)
            sentences = _cited_sentences(
                response.value, {label: unit_id for unit_id, label in labels.items()}
            )
            if not sentences:
                raise ModelOutputError(f"The summary of {stale.entity} names no fact that was shown.")
        return sentences


def _cited_sentences(written: WrittenSummary, ids_by_label: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Returns the sentences of a model's summary that rest on facts it was shown."""
    cited = []
    for sentence in written.sentences:
        text = " ".join(sentence.text.split())
        labels = [label.strip(" []#") for label in sentence.facts]
        evidence = dict.fromkeys(ids_by_label[label] for label in labels if label in ids_by_label)
        if text and evidence:
            cited.append(Sentence(text, tuple(evidence)))
    return tuple(cited)


def touched_entities(changed: Iterable[Point]) -> list[str]:
    """Returns the names of the entities that the units `changed` mention, sorted; of what has no speaker, the user
    behind them."""
    users = [USER] if any(speaker_of(point) is None for point in changed) else []
    return users + sorted({entity for point in changed for entity in entities_of(point)})


_FACTS = (Network.WORLD, Network.EXPERIENCE)
"""Networks that a language model summarises. An extract has what somebody likes, too: it tells who he is."""


def _fact_ids(index: BankIndex, entity: str, networks_of_facts: Sequence[Network]) -> list[str]:
    """Returns the ids of the current units of these networks about an entity in the order they were said; none where
    they are too few for a summary."""
    networks = {index.code(network.value) for network in networks_of_facts}
    columns = index.columns
    is_nameless = is_nameless_user(index, entity)
    rows = nameless_users_rows(index).tolist() if is_nameless else index.units_mentioning(entity)
    facts = [row for row in rows if columns[row]["retired"] == NEVER and columns[row]["network"] in networks]
    facts.sort(key=lambda row: (float(columns[row]["mentioned"]), row))
    return [index.unit_ids[row] for row in facts] if len(facts) >= _LEAST_FACTS else []


def _facts_digest(index: BankIndex, ids: Sequence[str]) -> str:
    """Returns a digest of facts and of what is newer than them, since they are written with that mark; "" of none."""
    if not ids:
        return ""
    newer = [
        f"<{index.unit_ids[successor]}"
        for row in map(index.row, ids)
        for successor in (index.successors(row) if row is not None else ())
    ]
    return hashlib.sha256("".join([*ids, *newer]).encode()).hexdigest()[:16]


def _all_current(index: BankIndex, sentences: Sequence[Sentence]) -> bool:
    """Whether no unit that the sentences rest on was retired."""
    rows = [index.row(unit_id) for sentence in sentences for unit_id in sentence.evidence]
    return all(row is not None and index.columns[row]["retired"] == NEVER for row in rows)


def _summary_unit(bank: str, entity: str, sentences: Sequence[Sentence], now: datetime) -> Unit:
    evidence = dict.fromkeys(unit_id for sentence in sentences for unit_id in sentence.evidence)
    return Unit(
        id=summary_id(bank, entity),
        bank=bank,
        text="\n".join(sentence.text for sentence in sentences),
        network=Network.SUMMARY,
        source=Source("", ()),
        mentioned_at=now,
        recorded_at=now,
        entities=(entity,),
        links=evidence_links(evidence),
    )
