"""Summarises an entity without a language model: the statements about it that are most worth knowing.

What lasts comes first (who somebody is, what he does, has and likes; how a thing is set up), then plans, then the
last events. Small talk is none of it, and of two statements of one matter the newer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

import numpy as np

from fourfold.consolidate.assess import Yield
from fourfold.language.attributes import AttributedText, compare_attributes
from fourfold.language.dates import find_times
from fourfold.language.enrichment import enriched
from fourfold.language.languages import any_pattern, matches_any
from fourfold.language.pack import Language, compiled
from fourfold.language.spelling import as_spelt
from fourfold.language.text import asking, estimate_tokens, is_stage_direction, normalise, sentences, terms
from fourfold.models.products import product
from fourfold.ports import Floats
from fourfold.values.rendering import render_entry, render_statement, written_day
from fourfold.values.statements import UNREAD_SALIENCE, Family, Kind
from fourfold.values.summaries import Sentence
from fourfold.values.units import Modality, Network, Unit

_LONGEST_SENTENCE = 60
"""Words of a sentence of a summary at most: a longer one tells a story, and takes the room of several. A guess."""
_RECENCY_WEIGHT = 0.05
"""What the latest statement gains over the first, where one that is surely worth knowing has 1. A guess."""
_REDUNDANCY_WEIGHT = 1.0
"""What a statement loses that reads like one that was chosen. Of .5, .7, 1 and 1.5, by what summaries of six people
told of them (docs/adr/0024)."""
_LENGTH_POWER = 0.5
"""How much a word costs: worth is divided by this power of the number of words. Of 0 to .6, by the same."""
_LEAST_WORDS = 8
"""Words below which a statement is no cheaper."""
_SAME_WORDS = 0.95
"""Likeness from which a line says what another one says, in the same words. A guess."""
_SUPERSEDED_WEIGHT = 0.3
"""What a statement loses that something newer was said of: a current one of equal worth takes the room. A guess."""
_LEAST_SALIENCE = 0.15
"""Salience below which a statement is left out where others have more. A guess."""
_ENOUGH_SALIENCE, _ENOUGH_UNITS = 0.3, 6
"""The same where so many units reach it, for all but plans that have a time: up to .3 it cost no fact that summaries
of six people told, and of eleven lines of eight other talks that it took two were worth it (docs/adr/0024)."""
_LEAST_OF_AGENT = 0.4
"""The same of what the agent says: most of it explains, to whoever asked. A guess."""
_MEANT = (Modality.FACT, Modality.PLAN, Modality.WISH)
"""How a statement may be meant that is in a summary: no quotation, no question, nothing that only might be."""


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A sentence of a unit, what it is worth, and whether the entity says it itself."""

    unit: Unit
    text: str
    worth: float
    is_own: bool


@dataclass(frozen=True, slots=True)
class Quotation:
    """A statement as an extract shows it, and its `rank` among those that were chosen, the best first. `said_at` is
    when it was said, None where that does not matter; `is_own` says whether the entity says it itself."""

    unit: Unit
    statement: str
    said_at: datetime | None
    is_own: bool
    rank: int


@dataclass(slots=True)
class SummaryExtractor:
    """Makes extracts for one round: stems are kept for the next entity, since one statement names several. `budget`
    is in estimated tokens."""

    language: Language
    budget: int
    yield_now: Yield
    _stems: dict[str, list[str]] = field(default_factory=dict)

    def extract(self, units: Sequence[Unit], names: Sequence[str]) -> tuple[Sentence, ...] | None:
        """Returns a summary of the entity with these names out of what is said of it, `units` in the order of time;
        None where no statement is about it."""
        return tuple(map(_sentence, self.ranked(units, names))) or None

    def ranked(self, units: Sequence[Unit], names: Sequence[str]) -> list[Quotation]:
        """Returns what `extract` makes its sentences of, in order."""
        candidates = self._candidates(units, [normalise(name) for name in names])
        chosen = self._chosen(candidates) if candidates else []
        shown = {candidate.unit.id: candidate.unit for candidate in chosen}
        in_order = sorted(enumerate(chosen), key=lambda ranked: _place(ranked[1], shown))
        return [_quotation(each, rank) for rank, each in in_order]

    def _candidates(self, units: Sequence[Unit], names: Sequence[str]) -> list[_Candidate]:
        candidates: list[_Candidate] = []
        is_read = any(unit.salience is not None and unit.salience >= _LEAST_SALIENCE for unit in units)
        is_enough = sum((unit.salience or 0.0) >= _ENOUGH_SALIENCE for unit in units) >= _ENOUGH_UNITS
        now = max((unit.said_order for unit in units), default=None)
        newer_ids = {unit.superseded_by for unit in units}
        for number, unit in enumerate(units):
            self.yield_now()
            is_own = normalise(unit.speaker or "") in names
            about: list[str] = []
            # Where others were read, what was not is the rest of a long text: code, mostly.
            may_be_idle = is_read or _is_agents(unit)
            is_idle = may_be_idle and (unit.salience or 0.0) < _least_salience(unit, is_enough)
            is_told = _may_tell(unit) and not is_idle and not _is_over(unit, now)
            if is_told and _tells_of(unit, is_own):
                about = enriched("summary", unit.text, [], self._sentences_about, unit, names, is_own)
            # However short it is: without it, what it overtook would stand alone.
            if not about and unit.id in newer_ids:
                about = [unit.text]
            worth = UNREAD_SALIENCE if unit.salience is None else unit.salience
            worth += _RECENCY_WEIGHT * number / len(units) - _SUPERSEDED_WEIGHT * bool(unit.superseded_by)
            candidates += [_Candidate(self._dated(unit), text, worth, is_own) for text in about]
        return candidates

    def _sentences_about(self, unit: Unit, names: Sequence[str], is_own: bool) -> list[str]:
        """Returns the sentences of a unit that are about the entity with `names`.

        Of its own sentences those that are not addressed to somebody, or are about itself too, and what it asks for
        from now on; of other people's those that name it, other than by calling it.
        """
        about = []
        is_request = unit.kind is Kind.REQUEST
        for start, end in _told_spans(unit, names, is_own):
            text = unit.text[start:end]
            is_asking = asking(text) and not is_request
            if is_stage_direction(text) or is_asking or len(text.split()) > _LONGEST_SENTENCE:
                continue
            if not self._stemmed(_without_vocatives(text)):
                continue  # "Wow!" beside what it is said of
            if is_own:
                is_addressed = matches_any("second_person", text) and not is_request
                is_about = not is_addressed or (
                    matches_any("first_person", text) and not _is_of_listener(text, self.language)
                )
            else:
                is_about = _names_any(text, names)
            if is_about:
                about.append(text)
        return about

    def _dated(self, unit: Unit) -> Unit:
        """Returns a unit without its time where that stands behind the clause that is shown: it is of another matter
        ("I put in all I had, and she stays till Christmas")."""
        if unit.occurred is None or unit.telling is None:
            return unit
        times = enriched("times", unit.text, [], find_times, unit.text, unit.mentioned_at, self.language)
        is_behind = times and all(time.start >= unit.telling[1] for time in times)
        return replace(unit, occurred=None) if is_behind else unit

    def _stemmed(self, text: str) -> list[str]:
        if text not in self._stems:
            self._stems[text] = terms(text, self.language)
        return self._stems[text]

    def _chosen(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """Returns those that fit into the budget, by maximal marginal relevance (Carbonell and Goldstein 1998) over
        what a word costs, each behind what is newer of its matter."""
        vectors = _tf_idf([self._stemmed(candidate.text) for candidate in candidates])
        likeness = product(vectors, vectors.T)
        worths = np.array([candidate.worth for candidate in candidates], np.float32)
        sizes = np.array([max(_LEAST_WORDS, len(candidate.text.split())) for candidate in candidates])
        costs = sizes.astype(np.float32) ** _LENGTH_POWER
        redundancy = np.zeros(len(candidates), np.float32)
        is_open = np.ones(len(candidates), np.bool_)
        units = {candidate.unit.id: candidate.unit for candidate in candidates}
        chosen: dict[int, _Candidate] = {}
        room = self.budget
        while is_open.any():
            self.yield_now()
            scores = np.where(is_open, (worths - _REDUNDANCY_WEIGHT * redundancy) / costs, -np.inf)
            best = int(scores.argmax())
            is_open[best] = False
            if redundancy[best] > _SAME_WORDS:
                continue
            for place in _with_newer(best, candidates, units):
                candidate = candidates[place]
                cost = estimate_tokens(_sentence(_quotation(candidate, 0)).text)
                if place in chosen:
                    continue
                is_contradicted = enriched(
                    "summary", candidate.text, False, _contradicted, candidate, chosen.values()
                )
                if cost > room or is_contradicted:
                    break
                chosen[place] = candidate
                is_open[place] = False
                room -= cost
                redundancy = np.maximum(redundancy, likeness[place])
        return list(chosen.values())


def _told_spans(unit: Unit, names: Sequence[str], is_own: bool) -> list[tuple[int, int]]:
    """Returns where in a unit stands what it tells: of somebody else than its speaker, the whole sentence where only
    another clause of it names him."""
    spans = sentences(unit.text)
    if unit.telling is None:
        return spans
    if is_own or _names_any(unit.text[slice(*unit.telling)], names):
        return [unit.telling]
    begin, stop = unit.telling
    return [(start, end) for start, end in spans if start <= begin and stop <= end]


def _is_agents(unit: Unit) -> bool:
    return unit.network is Network.EXPERIENCE and unit.salience is not None


def _least_salience(unit: Unit, is_enough: bool) -> float:
    """Returns the salience below which a unit is left out; `is_enough` says that others fill a summary."""
    if _is_agents(unit):  # what an agent explains of something is nothing to know of it
        return _LEAST_OF_AGENT
    is_dated_plan = unit.modality is not Modality.FACT and unit.occurred is not None
    return _ENOUGH_SALIENCE if is_enough and not is_dated_plan else _LEAST_SALIENCE


def _may_tell(unit: Unit) -> bool:
    """Whether a unit is a statement, or what its speaker asks for from now on."""
    if unit.kind is Kind.REQUEST:
        return unit.lasting and unit.modality is Modality.FACT
    return unit.kind is Kind.STATEMENT and unit.modality in _MEANT


def _is_over(unit: Unit, now: datetime | None) -> bool:
    """Whether a unit is a plan whose time had passed when the latest was said: nobody knows what came of it."""
    if unit.modality is Modality.FACT or unit.occurred is None or unit.occurred.end is None:
        return False
    return now is not None and unit.occurred.end <= now


def _tells_of(unit: Unit, is_own: bool) -> bool:
    """Whether a unit states a fact, or what whoever is summarised likes or holds for good: what others think of
    somebody is not what he is."""
    return unit.network is not Network.BELIEF or (is_own and unit.lasting)


def _sentence(quotation: Quotation) -> Sentence:
    """Returns the sentence of a summary: without who says it, where that is the entity itself."""
    speaker = None if quotation.is_own else quotation.unit.speaker
    return Sentence(render_entry(quotation.said_at, speaker, quotation.statement), (quotation.unit.id,))


def _quotation(candidate: _Candidate, rank: int) -> Quotation:
    """Returns what was said, and when, where it happened once; of what lasts, how often it was said, and since
    when."""
    # What is a part of a sentence begins as a sentence does.
    text = candidate.text[:1].upper() + candidate.text[1:] if candidate.unit.telling else candidate.text
    occasions = candidate.unit.occasions
    # Without a speaker, who may not be shown; the occasions are counted here.
    source = replace(candidate.unit.source, times=())
    unit = replace(candidate.unit, text=text, network=Network.WORLD, speaker=None, source=source)
    statement, said_at = render_statement(unit), None
    # How a project stands is told again and again, and each time it stands otherwise.
    is_of_its_day = not unit.lasting or unit.attribute == Family.PROJECT
    if unit.lasting and len(occasions) > 1:
        statement += f" (said {len(occasions)} times since {written_day(occasions[0])})"
    elif is_of_its_day and unit.occurred is None and occasions:
        said_at = occasions[-1]
    return Quotation(candidate.unit, statement, said_at, candidate.is_own, rank)


def _place(candidate: _Candidate, units: Mapping[str, Unit]) -> tuple[int, float, int, float]:
    """Returns the key that sorts the lines of a summary: what lasts by its worth, then plans and then events by time,
    and what may no longer hold behind what is newer."""
    newer = _successors(candidate.unit, units)
    unit = newer[-1] if newer else candidate.unit
    if unit.modality is Modality.FACT and unit.lasting:
        return 0, -(unit.salience or 0.0), len(newer), -candidate.worth
    return 1 if unit.modality is not Modality.FACT else 2, unit.said_order.timestamp(), len(newer), 0.0


def _successors(unit: Unit, units: Mapping[str, Unit]) -> list[Unit]:
    """Returns those of `units` that probably hold in place of `unit`, each in place of the one before."""
    chain = [unit]
    while (newer := units.get(chain[-1].superseded_by or "")) is not None and newer not in chain:
        chain.append(newer)
    return chain[1:]


def _with_newer(place: int, candidates: Sequence[_Candidate], units: Mapping[str, Unit]) -> Iterator[int]:
    """Yields the places of what is newer of the matter of the candidate at `place`, the newest first, and that."""
    for newer in reversed(_successors(candidates[place].unit, units)):
        yield from (at for at, candidate in enumerate(candidates) if candidate.unit.id == newer.id)
    yield place


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


def _is_of_listener(text: str, language: Language) -> bool:
    """Whether the subject of a sentence is whom it is said to, or his: "Your husband is the oldest man I know", but
    not "You know I'm a nurse"."""
    text = as_spelt(text, language)
    listener = compiled(rf"\W*(?:{language.second_person or '(?!)'})").match(text)
    speaker = compiled(language.first_person or "(?!)").search(text)
    if listener is None or speaker is None:
        return listener is not None
    return len(text[listener.end() : speaker.start()].split()) > 1


def _contradicted(candidate: _Candidate, chosen: Iterable[_Candidate]) -> bool:
    """Whether one of the chosen statements gives the same attribute another value; what is marked says so itself."""
    unit = candidate.unit
    if unit.superseded_by:
        return False
    attributed = AttributedText(candidate.text, unit.speaker, unit.modality)
    others = (AttributedText(each.text, each.unit.speaker, each.unit.modality) for each in chosen)
    return any(compare_attributes(attributed, other) is not None for other in others)


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
