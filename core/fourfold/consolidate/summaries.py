"""Summarises entities, from facts alone, each sentence with the units that say it.

A language model writes a summary out of the former one and the new facts. Without a model a summary is an extract:
the most central and most recent sentences that do not contradict each other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

import anyio.to_thread
import numpy as np
from pydantic import BaseModel, Field

from fourfold import prompts
from fourfold.consolidate.assess import Yield
from fourfold.errors import ModelOutputError
from fourfold.index.bank_index import BankIndex
from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.enrichment import enriched
from fourfold.language.languages import any_pattern, matches_any
from fourfold.language.text import asking, normalise, sentences, terms
from fourfold.models.products import product
from fourfold.ports import Floats, LanguageModel, Point, Where
from fourfold.schema.records import NEVER, tombstone
from fourfold.schema.summaries import facts_digest_of, is_summary, read_summary, summary_id, summary_point
from fourfold.schema.units import READ_UNIT, entities_of, read_unit
from fourfold.services import Services
from fourfold.transaction.transaction import Transaction
from fourfold.values.rendering import render_unit
from fourfold.values.units import Modality, Network, Sentence, Source, Summary, Unit, evidence_links

# The figures below are guesses, set by reading summaries of the development conversations; none was measured.
_LEAST_FACTS = 2
"""Facts about an entity from which it has a summary: of one, the fact is the summary."""
_MOST_FACTS = 160
"""Latest facts, or sentences of them, that a summary is made of: an extract compares each with each."""
_MOST_SENTENCES = 5
"""Sentences of an extract."""
_LEAST_STEMS = 3
"""Content words that a sentence of an extract has at least: fewer say nothing by themselves ("It was great!")."""
_LONGEST_SENTENCE = 60
"""Words of a sentence of an extract at most."""
_RECENCY_WEIGHT = 0.2
"""What the latest sentence gains over the first, where the most central one has 1."""
_REDUNDANCY_WEIGHT = 0.7
"""What a sentence loses that reads like one that was chosen (lambda of maximal marginal relevance is 1 less it)."""
_SUPERSEDED_WEIGHT = 0.3
"""What a sentence loses that something newer was said of: a current one of equal worth takes the room."""
_MODEL_FACTS = 40
"""New facts that a language model is shown in one call."""
_MODEL_WORDS = 120
"""Words of a summary that a language model is asked for."""
_EXTRACTS_PER_WRITE = 8
"""Summaries that are made of one read and in one write, which holds the bank's lock: a retain waits for that. As many
as `assess` moves beliefs; a guess, not measured."""
_READ_AT_ONCE = 32
"""Units of one read from the store: after each, recalls and retains may come in between."""

_STAGE_DIRECTION = re.compile(r"^[\[(*]")
_SPECIFIC = re.compile(r"\d|(?<=[\w,] )[A-ZÀ-Þ][\w'’-]{2,}")


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
    _stems: dict[str, list[str]] = field(default_factory=dict)

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

    def _read_stale(self, entities: Sequence[str]) -> list[_StaleSummary]:
        """Returns those of `entities` whose facts are not those that their summary was made of."""
        with self.index.lock:
            fact_ids = {entity: _fact_ids(self.index, entity) for entity in entities}
            digests = {entity: _facts_digest(self.index, ids) for entity, ids in fact_ids.items()}
        stored = self._stored_points(entities)
        stale_summaries = []
        for entity, ids in fact_ids.items():
            facts_digest = digests[entity]
            point = stored.get(entity)
            if (facts_digest_of(point) if point else "") != facts_digest:
                summary = read_summary(point) if point else None
                # What the summary rests on is read however old it is: else a model could not keep its sentences.
                used_ids = {*ids[-_MOST_FACTS:], *(summary.evidence if summary else ())}
                facts = self._read([fact_id for fact_id in ids if fact_id in used_ids])
                stale_summaries.append(_StaleSummary(entity, summary, facts, facts_digest))
        return stale_summaries

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

    # without one ------------------------------------------------------------------------------------------

    def _extract(self, stale: _StaleSummary) -> tuple[Sentence, ...] | None:
        """Returns the most central and most recent sentences about the entity, in the order they were said, but what
        may have changed behind what is newer; None where no sentence is about it."""
        with self.index.lock:
            entity = self.index.entity(stale.entity)
        all_names = (entity.name, *entity.aliases) if entity else (stale.entity,)
        names = [normalise(name) for name in all_names]
        candidates: list[tuple[Unit, str]] = []
        newer_ids = {unit.superseded_by for unit in stale.facts}
        for unit in stale.facts:
            self.yield_now()
            about: list[str] = []
            if unit.modality is Modality.FACT:
                about = enriched("summary", unit.text, [], self._sentences_about, unit, names)
            # However short, and though it be a plan: without it, what it overtook would stand alone.
            if not about and unit.id in newer_ids:
                about = [unit.text]
            candidates += [(unit, text) for text in about]
        candidates = candidates[-_MOST_FACTS:]
        if not candidates:
            return None
        informativeness = [
            enriched("summary", text, 0.0, _informativeness, unit, text, names) for unit, text in candidates
        ]
        ranking = _rank_by_centrality([self._stemmed(text) for _, text in candidates], informativeness)
        chosen: list[tuple[Unit, str]] = []
        for place in _newer_first(ranking, [unit for unit, _ in candidates]):
            unit, text = candidates[place]
            if len(chosen) == _MOST_SENTENCES:
                break
            # What is marked says so itself: it contradicts nothing.
            if unit.superseded_by or not enriched("summary", text, False, _contradicted, unit, text, chosen):
                chosen.append((unit, text))
        chosen_units = {unit.id: unit for unit, _ in chosen}
        chosen.sort(key=lambda pair: _place_in_time(pair[0], chosen_units))
        return tuple(Sentence(render_unit(replace(unit, text=text)), (unit.id,)) for unit, text in chosen)

    def _sentences_about(self, unit: Unit, names: Sequence[str]) -> list[str]:
        """Returns the sentences of a unit that are about the entity with `names`.

        Of its own sentences those that are not addressed to somebody, or are about itself too; of other people's
        those that name it, other than by calling it.
        """
        about, is_own = [], normalise(unit.speaker or "") in names
        for start, end in sentences(unit.text):
            text = unit.text[start:end]
            if _STAGE_DIRECTION.match(text) or asking(text) or len(text.split()) > _LONGEST_SENTENCE:
                continue
            if len(self._stemmed(_without_vocatives(text))) < _LEAST_STEMS:
                continue
            if is_own:
                is_about = not matches_any("second_person", text) or matches_any("first_person", text)
            else:
                is_about = _names_any(text, names)
            if is_about:
                about.append(text)
        return about

    def _stemmed(self, text: str) -> list[str]:
        if text not in self._stems:
            self._stems[text] = terms(text, self.index.language)
        return self._stems[text]


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


def _names_any(text: str, names: Sequence[str]) -> bool:
    """Whether a sentence says something of one of `names`, other than calling it ("Ana, look at this!")."""
    words = f" {normalise(_without_vocatives(text))} "
    return any(f" {name} " in words or f" {name} s " in words for name in names)


@cache
def _vocative() -> re.Pattern[str]:
    """Returns the pattern of a call of somebody by name, with what may stand before it ("hey Ana,")."""
    interjections = any_pattern("interjections")
    return re.compile(rf"(?:^|(?<=,))\s*(?:(?i:{interjections})[ ,]+)*[A-ZÀ-Þ][\w'’-]+(?=\s*[,!.?…]|$)")


def _without_vocatives(text: str) -> str:
    return _vocative().sub(" ", text)


def _informativeness(unit: Unit, text: str, names: Sequence[str]) -> float:
    """Returns how much a sentence seems to tell: more where it is about its speaker, has a name, a number or a
    time, less where it is addressed to somebody. The weights are guesses, set by reading summaries."""
    is_about_speaker = normalise(unit.speaker or "") in names and matches_any("first_person", text)
    is_addressed = matches_any("second_person", text)
    is_specific = _SPECIFIC.search(_vocative().sub("", text)) is not None
    has_time = unit.occurred is not None
    about = 0.3 * is_about_speaker - 0.4 * is_addressed + 0.3 * is_specific + 0.2 * has_time
    return about - _SUPERSEDED_WEIGHT * (unit.superseded_by is not None)


def touched_entities(changed: Iterable[Point]) -> list[str]:
    """Returns the names of the entities that the units `changed` mention, sorted."""
    return sorted({entity for point in changed for entity in entities_of(point)})


def _fact_ids(index: BankIndex, entity: str) -> list[str]:
    """Returns the ids of the current facts about an entity in the order they were said; none where they are too few
    for a summary."""
    networks = {index.code(network.value) for network in (Network.WORLD, Network.EXPERIENCE)}
    columns = index.columns
    rows = index.units_mentioning(entity)
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


def _successors(unit: Unit, units: Mapping[str, Unit]) -> list[Unit]:
    """Returns those of `units` that probably hold in place of `unit`, each in place of the one before."""
    chain = [unit]
    while (newer := units.get(chain[-1].superseded_by or "")) is not None and newer not in chain:
        chain.append(newer)
    return chain[1:]


def _newer_first(ranking: Iterable[int], ranked_units: Sequence[Unit]) -> list[int]:
    """Returns the places of `ranking`, those of a unit that may no longer hold behind those of what is newer, which
    is taken in where it was not ranked."""
    units = {unit.id: unit for unit in ranked_units}
    places: dict[str, list[int]] = {}
    for place, unit in enumerate(ranked_units):
        places.setdefault(unit.id, []).append(place)
    ordered: dict[int, None] = {}
    for place in ranking:
        for newer in reversed(_successors(ranked_units[place], units)):
            ordered |= dict.fromkeys(places[newer.id])
        ordered[place] = None
    return list(ordered)


def _place_in_time(unit: Unit, units: Mapping[str, Unit]) -> tuple[datetime, int]:
    """Returns the key that sorts `units` by time, and a unit that may no longer hold behind what is newer."""
    newer = _successors(unit, units)
    return (newer[-1] if newer else unit).said_order, len(newer)


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


def _contradicted(unit: Unit, text: str, chosen: Sequence[tuple[Unit, str]]) -> bool:
    """Whether one of the chosen sentences gives the same attribute another value."""
    attributed = AttributedText(text, unit.speaker, unit.modality)
    return any(
        compare_attributes(attributed, AttributedText(chosen_text, source.speaker, source.modality))
        is not None
        for source, chosen_text in chosen
    )


def _rank_by_centrality(texts: Sequence[Sequence[str]], informativeness: Sequence[float]) -> list[int]:
    """Returns the places of the best texts, best first. A text is given by its stems; texts come in order of time.

    A text is good that is similar to many others, recent, and informative, and that is not similar to one ranked
    before it (maximal marginal relevance, Carbonell and Goldstein 1998).
    """
    vectors = _tf_idf(texts)
    similarity = product(vectors, vectors.T)
    np.fill_diagonal(similarity, 0.0)
    centrality = similarity.mean(axis=1)
    relevance = centrality / (centrality.max() or 1.0)
    relevance = relevance + _RECENCY_WEIGHT * np.linspace(0, 1, len(texts)) + informativeness
    ranking: list[int] = []
    redundancy = np.zeros(len(texts))
    # Three times as many as are used: some of them will contradict a better one.
    for _ in range(min(len(texts), 3 * _MOST_SENTENCES)):
        scores = relevance - _REDUNDANCY_WEIGHT * redundancy
        scores[ranking] = -np.inf
        best = int(np.argmax(scores))
        ranking.append(best)
        redundancy = np.maximum(redundancy, similarity[best])
    return ranking


def _tf_idf(texts: Sequence[Sequence[str]]) -> Floats:
    """Returns TF-IDF vectors of length 1, (texts, distinct stems)."""
    all_stems = dict.fromkeys(stem for stems in texts for stem in stems)
    columns: Mapping[str, int] = {stem: column for column, stem in enumerate(all_stems)}
    counts = np.zeros((len(texts), len(columns)), dtype=np.float32)
    for row, stems in enumerate(texts):
        for stem in stems:
            counts[row, columns[stem]] += 1
    weighted = counts * np.log(1 + len(texts) / (counts > 0).sum(axis=0))
    lengths: Floats = np.linalg.norm(weighted, axis=1, keepdims=True)
    rows: Floats = weighted / np.maximum(lengths, 1e-9)
    return rows
