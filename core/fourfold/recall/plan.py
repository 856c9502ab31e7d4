"""What a question asks for: its vectors and terms, and the entities, speakers and dates it names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.index.entity_index import EntityIndex
from fourfold.language.dates import TimeMention, find_times
from fourfold.language.enrichment import enriched
from fourfold.language.languages import PatternField, matches_any
from fourfold.language.person_names import CLEAR, likeness
from fourfold.language.spelling import as_spelt, with_possessives
from fourfold.language.succession.claims import matter_key
from fourfold.language.succession.reading import matters_asked
from fourfold.language.text import SparseVector, Word, clean, index_terms, query_vector, term_id, words
from fourfold.models.vectors import embed_checked
from fourfold.ports import Embedder, Embedding, Floats
from fourfold.schema.records import UNKNOWN_TIME
from fourfold.values.units import Interval, Network

LONGEST_QUESTION = 4000
"""Characters of a question that are read. A guess, not measured."""
_MOST_TOKENS = 32
"""Token rows of a question, those of the rarest words. A guess, not measured."""
_MOST_TERMS = 24
"""Terms of a question that a unit is measured against, the rarest: one that asks for several things at length is not
answered by one unit. A guess, not measured."""
_IDF_POWER = 1.5
"""How much more a rare word of the question counts: docs/adr/0003."""
_NUMBER_PIECES = 2
"""Pieces of a word with digits up to which it counts as read: a year has two, and at one R@10 falls from .838 to .837
(`benchmarks/recall.py`, LoCoMo)."""
_ASKED: tuple[PatternField, ...] = (
    "asks_when",
    "asks_count",
    "asks_name",
    "asks_before",
    "asks_first",
    "asks_last",
)
"""What the wording of a question shows that it asks for."""
_LONGEST_DAY = timedelta(days=7)
"""The longest time that is asked for as such, whatever was in it. Longer ones, and those with their year beside
other words (`Plan.days_as_such`), lost evidence that was told later (LoCoMo: .833 at 10 for .838)."""
_MOST_WORDS_OF_A_NAME = 5
"""Words of the longest name that is looked for. A guess, not measured."""
_MOST_YEARS = 12
"""Years that a date without a year may stand for. A guess, not measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A question, understood. `term_weight` is the IDF of its rarest terms; `tokens` are the rows to look for in late
    interaction, scaled so that their weights sum to 1; `legible` is the share of the question that the embedder can
    read; `speaker` is the label of the one speaker whom the question is about, else -1; `of_matter` are the keys
    under which that speaker's statements on the matter of life stand that it asks for."""

    text: str
    vector: Floats
    terms: SparseVector
    term_weight: float
    tokens: Floats
    legible: float
    entities: tuple[str, ...]
    speaker: int
    of_matter: tuple[str, ...]
    intervals: tuple[Interval, ...]
    days: tuple[Interval, ...]
    """Those of them that are a week at most: "on Monday", "on 23 November", "on 14 August 2026"."""
    days_as_such: tuple[Interval, ...]
    """Those of these whose year is not written, or beside which nothing is named ("What did I do on 14 August
    2026?")."""
    asks_when: bool
    asks_count: bool
    asks_name: bool
    asks_before: bool
    asks_first: bool
    asks_last: bool


def plan(question: str, embedder: Embedder, index: BankIndex, now: datetime) -> Plan:
    """Plans `question` (its first `LONGEST_QUESTION` characters) against what the bank knows."""
    text = clean(question[: 2 * LONGEST_QUESTION])[:LONGEST_QUESTION]
    with index.lock:
        text = enriched("question", text, text, _as_spelt, text, index)
        years = _years(index)
    embedding = embed_checked(embedder, [text])[0]
    times = enriched("times", text, [], find_times, text, now, index.language, years)
    question_words = enriched("words", text, [], words, text, index.language)
    dateless_words = _without_days(question_words, text, times)
    terms = query_vector(enriched("words", text, [], index_terms, text, dateless_words, index.language))
    with index.lock:
        terms = _weighed(terms, index)
        term_weight = sum(sorted(map(index.idf, terms.indices.tolist()), reverse=True)[:_MOST_TERMS])
        entities = enriched("names", text, (), _entities, question_words, index.names)
        weights = _weights(embedding, question_words, index)
        legible = _legible(embedding, question_words, index)
        speaker = enriched("question", text, -1, _speaker, text, entities, index)
        of_matter = enriched("question", text, (), _of_matter, text, entities, speaker, index)
    asked = {field: enriched("question", text, False, matches_any, field, text) for field in _ASKED}
    return Plan(
        text=text,
        vector=embedding.vector,
        terms=terms,
        term_weight=term_weight,
        tokens=_weighted(embedding.tokens, weights),
        legible=legible,
        entities=entities,
        speaker=speaker,
        of_matter=of_matter,
        intervals=tuple(dict.fromkeys(time.interval for time in times)),
        days=tuple(dict.fromkeys(time.interval for time in times if is_day(time.interval))),
        days_as_such=tuple(dict.fromkeys(_days_as_such(question_words, text, times))),
        asks_when=asked["asks_when"],
        asks_count=asked["asks_count"],
        asks_name=asked["asks_name"],
        asks_before=asked["asks_before"],
        asks_first=asked["asks_first"],
        asks_last=asked["asks_last"],
    )


def is_day(interval: Interval) -> bool:
    """Tells whether a time that a question names is asked for as such: a day, a week at most."""
    start, end = interval.start, interval.end
    return start is not None and end is not None and end - start <= _LONGEST_DAY


def _days_as_such(question_words: list[Word], text: str, times: list[TimeMention]) -> Iterator[Interval]:
    names_nothing_else = all(
        not word.stem or any(time.start <= word.start < time.end for time in times) for word in question_words
    )
    for time in times:
        is_yearless = re.search(r"\d{4}", text[time.start : time.end]) is None
        if is_day(time.interval) and (names_nothing_else or is_yearless):
            yield time.interval


def _without_days(question_words: list[Word], text: str, times: list[TimeMention]) -> list[Word]:
    """Returns the words with those that name a day or a week by when it is asked ("on Monday", "last week") as stop
    words: in what was said on other days they mean other days."""
    relative = [
        time for time in times if is_day(time.interval) and not re.search(r"\d", text[time.start : time.end])
    ]
    return [
        replace(word, stem="") if any(t.start <= word.start < t.end for t in relative) else word
        for word in question_words
    ]


def _entities(question_words: list[Word], entities: EntityIndex) -> tuple[str, ...]:
    """Returns the entities whose name or alias stands in the question, longest match first; for a capitalised word
    that is nobody's name, the one whose name is clearly like it ("John" where the bank knows a Jon)."""
    names = entities.canonical_names()
    folded = [re.sub(r"['’]s?$", "", word.text.casefold()) for word in question_words]
    hits: dict[str, None] = {}
    at = 0
    while at < len(folded):
        length, entity = _longest_name(folded[at : at + _MOST_WORDS_OF_A_NAME], names)
        if entity is None and question_words[at].stem and question_words[at].text[0].isupper():
            entity = _alike(question_words[at].text, entities)
        if entity is not None:
            hits[entity] = None
        at += length
    return tuple(hits)


def _longest_name(folded: list[str], names: Mapping[str, str]) -> tuple[int, str | None]:
    """Returns the most of the first words that are a name, and whose it is; 1 and None where none are."""
    for length in range(len(folded), 0, -1):
        entity = names.get(" ".join(folded[:length]))
        if entity is not None:
            return length, entity
    return 1, None


def _as_spelt(text: str, index: BankIndex) -> str:
    """Returns a question with the apostrophes that it lacks ("whats anas job")."""
    return with_possessives(
        as_spelt(text, index.language), index.names.canonical_names().keys(), index.language
    )


def _speaker(text: str, entities: tuple[str, ...], index: BankIndex) -> int:
    """Returns the label of the one speaker whom a question names, or else of who asks it, if they speak of themselves
    ("Where do I live?"): the user, who has no name, or is the only one whose words the bank holds; -1 where it is
    nobody, or several."""
    named = {index.code(name) for name in entities} - {-1}
    if named:
        return next(iter(named)) if len(named) == 1 else -1
    if not matches_any("first_person", text):
        return -1
    return max(index.code(""), _only_speaker(index))


def _only_speaker(index: BankIndex) -> int:
    """Returns the label of whoever says all that the agent does not; -1 where several do."""
    records = index.columns
    speakers = records["speaker"][records["network"] != index.code(Network.EXPERIENCE.value)]
    return int(speakers[0]) if len(speakers) and (speakers == speakers[0]).all() else -1


def _of_matter(text: str, entities: tuple[str, ...], speaker: int, index: BankIndex) -> tuple[str, ...]:
    """Returns the keys of what the speaker of a label says of the matters that a question asks for."""
    if speaker < 0:
        return ()
    matters = sorted(matters_asked(text, index.language))
    is_nameless = speaker == index.code("")
    names = (name for name in (*entities, *index.names) if index.code(name) == speaker)
    name = next(names, None) if matters and not is_nameless else None
    return tuple(matter_key(matter, name) for matter in matters)


def _alike(name: str, entities: EntityIndex) -> str | None:
    """Returns the one entity that has a name clearly like `name`; None where several have, or none."""
    alike = [
        entity
        for entity in entities.alike(name)
        if max(likeness(name, form) for form in entities.forms(entity)) >= CLEAR
    ]
    return alike[0] if len(alike) == 1 else None


def _weighed(terms: SparseVector, index: BankIndex) -> SparseVector:
    """Returns the terms of a question with weights such that an engine, which multiplies them by the IDF of the bank
    as it is, comes to `BankIndex.idf`."""
    scales = [index.idf(term) / index.idf(term, 0) for term in terms.indices.tolist()]
    return SparseVector(terms.indices, terms.values * np.array(scales, np.float32))


def _weights(embedding: Embedding, question_words: list[Word], index: BankIndex) -> Floats:
    """Returns one weight a token row: its word's IDF in the bank to the power 1.5, 0 for stop words."""
    weights = np.zeros(len(embedding.offsets), dtype=np.float32)
    at = 0
    for row, (start, _) in enumerate(embedding.offsets):
        while at < len(question_words) and question_words[at].end <= start:
            at += 1
        if at < len(question_words) and question_words[at].start <= start:
            stem = question_words[at].stem
            weights[row] = index.idf(term_id(stem)) ** _IDF_POWER if stem else 0.0
    return weights


def _legible(embedding: Embedding, question_words: list[Word], index: BankIndex) -> float:
    """Returns the share of the question, its words weighed by IDF, that the embedder can read: of whose letters it
    has token vectors, and which it does not spell (Japanese in syllables, Korean in strokes, a number in digits). 1
    for an embedder without token vectors."""
    starts = [start for start, _ in embedding.offsets]
    covered = {at for start, end in embedding.offsets for at in range(start, end)}
    legible = total = 0.0
    for word in question_words:
        if word.stem:
            idf = index.idf(term_id(word.stem))
            total += idf
            length, pieces = (
                word.end - word.start,
                bisect_left(starts, word.end) - bisect_left(starts, word.start),
            )
            most = _NUMBER_PIECES if any(map(str.isdigit, word.text)) else max(1, length - 1)
            if pieces <= most:
                legible += idf * sum(at in covered for at in range(word.start, word.end)) / length
    return legible / total if total and embedding.tokens.shape[1] else 1.0


def _weighted(tokens: Floats, weights: Floats) -> Floats:
    if not len(weights) or not weights.any():
        weights = np.ones(len(tokens), dtype=np.float32)
    # The shares sum to 1, so that a late-interaction score is a mean similarity, comparable between questions and
    # with the relevance floor (docs/adr/0005).
    heaviest = np.sort(np.argsort(-weights)[: min(_MOST_TOKENS, np.count_nonzero(weights))])
    shares = (weights[heaviest] / weights[heaviest].sum()).astype(np.float32)
    scaled: Floats = tokens[heaviest] * shares[:, None]
    return scaled


def _years(index: BankIndex) -> range:
    """Returns the years that the bank's messages span, the latest `_MOST_YEARS` of them."""
    said_at = index.columns["mentioned"]
    said_at = said_at[said_at != UNKNOWN_TIME]
    if not len(said_at):
        return range(0)
    # Not by datetime: the last microseconds of 9999 are, as a float, those of a year that it does not have.
    ends = np.array([said_at.min(), said_at.max()]).astype("datetime64[s]").astype("datetime64[Y]")
    first_year, last_year = (1970 + int(year) for year in ends.astype(int))
    return range(max(first_year, last_year - _MOST_YEARS + 1), last_year + 1)
