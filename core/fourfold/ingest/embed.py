"""Embeds statements with what situates them, and keeps the token rows that a question could look for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from fourfold.index.bank_index import BankIndex
from fourfold.ingest.extract.statement import Statement
from fourfold.ingest.long_work import until_cancelled
from fourfold.language.enrichment import enriched
from fourfold.language.pack import Language
from fourfold.language.text import SparseVector, document_vector, index_terms, terms, words
from fourfold.models.packaged.centroids import nearest_centroids
from fourfold.models.packaged.minilm import packaged_reader
from fourfold.models.packaged.statement_heads import load_heads
from fourfold.models.vectors import embed_checked
from fourfold.ports import Embedder, Embedding, Floats, Progress, TokenScores
from fourfold.schema.units import PREVIOUS_WEIGHT, UnitVectors
from fourfold.services import Services
from fourfold.values.rendering import written_day

EMBED_BATCH_SIZE = 64
"""Texts given to the embedder at once; a guess, not measured. Progress is told in these steps."""
_CONTEXT_WEIGHT = np.float32(0.5)
"""How much of the vector of the statement before it in the session goes into a unit's (docs/adr/0003)."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is searched of a statement: its vectors, as it is embedded; which token rows are of the text alone; the
    centroids nearest to those; and the terms of the text. `scores` is what the packaged heads make of its tokens, by
    their places in its own text; None where no model read it for them."""

    embedding: Embedding
    own_from: int
    codes: tuple[int, ...]
    terms: tuple[str, ...]
    seconds: float
    scores: TokenScores | None = None

    @property
    def own(self) -> Floats:
        """The token rows of the text alone."""
        return self.embedding.tokens[self.own_from :]


def embed_statements(
    embedder: Embedder,
    statements: Sequence[Statement],
    context: str,
    language: Language,
    progress: Progress | None = None,
) -> list[Embedded]:
    """Returns what is searched of each statement, in order; `progress` is called after every `EMBED_BATCH_SIZE`
    texts."""
    embedded: list[Embedded] = []
    # Without token vectors a statement has no vector of its own but that of its own text.
    passages = (
        _passages(statements)
        if embedder.token_dimension
        else [[replace(s, passage="", passage_start=0)] for s in statements]
    )
    for start in until_cancelled(range(0, len(passages), EMBED_BATCH_SIZE)):
        batch = passages[start : start + EMBED_BATCH_SIZE]
        prefixes = [embedding_text(passage[0], context) for passage in batch]
        texts = [
            prefix + (passage[0].passage or passage[0].text)
            for prefix, passage in zip(prefixes, batch, strict=True)
        ]
        began = time.perf_counter()
        embeddings = with_scores(embed_checked(embedder, texts), texts, language)
        share = (time.perf_counter() - began) / sum(map(len, batch))
        described = [
            each
            for text, prefix, embedding, passage in zip(texts, prefixes, embeddings, batch, strict=True)
            for each in _described(text, len(prefix), passage, embedding, language, share)
        ]
        embedded += _coded(described, embedder.centroids)
        if progress is not None:
            progress(len(embedded), len(statements))
    return embedded


def with_scores(embeddings: list[Embedding], texts: Sequence[str], language: Language) -> list[Embedding]:
    """Returns the embeddings with what the packaged heads make of the texts: these are read by the packaged model
    where they were embedded by another."""
    unread = all(embedding.scores is None for embedding in embeddings)
    if not unread or load_heads().of_language(language.code) is None:
        return embeddings
    read = enriched("statements", "\n".join(texts), None, packaged_reader().embed, texts)
    if read is None:
        return embeddings
    return [replace(e, scores=by.scores) for e, by in zip(embeddings, read, strict=True)]


def _passages(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Returns the statements by the text that they are embedded with."""
    passages: list[list[Statement]] = []
    for statement in statements:
        if passages and _continues(statement, passages[-1][-1]):
            passages[-1].append(statement)
        else:
            passages.append([statement])
    return passages


def _continues(statement: Statement, previous: Statement) -> bool:
    """Tells whether a statement is of the passage of the one before it."""
    return (
        bool(statement.passage)
        and statement.passage == previous.passage
        and statement.messages[:1] == previous.messages[:1]
        and statement.passage_start > previous.passage_start
    )


@contextmanager
def embed_under_lock(
    services: Services,
    bank: str,
    statements: Sequence[Statement],
    context: str,
    language: Language,
    progress: Progress | None = None,
) -> Iterator[tuple[BankIndex, list[Embedded]]]:
    """Embeds `statements`, which takes long and holds up nobody, and then holds the bank to have them written. They
    are embedded once more in the rare case that the memory was given another embedder in between."""
    while True:
        embedder = services.embedder
        embedded = embed_statements(embedder, statements, context, language, progress)
        with services.indexes.locked(bank) as index:
            if services.embedder is embedder:  # it is changed under the lock of every bank alone
                yield index, embedded
                return


def _described(
    text: str,
    start: int,
    passage: Sequence[Statement],
    embedding: Embedding,
    language: Language,
    seconds: float,
) -> Iterator[Embedded]:
    """Yields what is searched of each statement of a passage, whose `text` was embedded at once, behind a prefix of
    `start` characters: token vectors then know their passage ("late chunking", Günther et al. 2024). Kept are the
    token rows of words that a question could look for: stop words would match any question."""
    word_list = enriched("words", text, [], words, text, language)
    stopped = {at for word in word_list if not word.stem for at in range(word.start, word.end)}
    prefix = [row for row, (at, end) in enumerate(embedding.offsets) if end <= start and at not in stopped]
    for statement in passage:
        begin = start + statement.passage_start
        end = begin + len(statement.text)
        own_words = [word for word in word_list if begin <= word.start < end]
        own = [row for row, (at, _) in enumerate(embedding.offsets) if begin <= at < end]
        if any(word.stem for word in own_words):  # "Who are you?" is found by its stop words or not at all
            own = [row for row in own if embedding.offsets[row][0] not in stopped]
        yield Embedded(
            embedding=replace(embedding, tokens=embedding.tokens[[*prefix, *own]]),
            own_from=len(prefix),
            codes=(),
            terms=tuple(enriched("words", text, [], index_terms, text, own_words, language)),
            seconds=seconds,
            scores=_own_scores(embedding.scores, begin, end),
        )


def _own_scores(scores: TokenScores | None, begin: int, end: int) -> TokenScores | None:
    """Returns those of the tokens in `[begin, end)`, by their places from there on."""
    if scores is None:
        return None
    own = [row for row, (at, _) in enumerate(scores.offsets) if begin <= at < end]
    offsets = tuple((scores.offsets[row][0] - begin, scores.offsets[row][1] - begin) for row in own)
    return TokenScores(scores.rows[own], offsets)


def _coded(described: Sequence[Embedded], centroids: Floats | None) -> list[Embedded]:
    """Adds the centroids nearest to the tokens of each statement's own text, each once. All statements go through
    at once: one matrix product."""
    if centroids is None:
        return list(described)
    numbers = nearest_centroids(np.concatenate([e.own for e in described]), centroids)
    ends = np.cumsum([len(e.own) for e in described])
    parts = np.split(numbers, ends[:-1])
    return [
        replace(e, codes=tuple(np.unique(part).tolist())) for e, part in zip(described, parts, strict=True)
    ]


def unit_vectors(
    embedded: Embedded,
    speaker: str | None,
    context: str,
    language: Language,
    previous: tuple[Floats, Floats] | None = None,
) -> UnitVectors:
    """Returns what is searched of a unit with this text, speaker and context. `previous` are the vector and the own
    token rows of the unit before it in its session; None where it follows nothing."""
    tokens = embedded.embedding.tokens
    return UnitVectors(
        vector=add_context_vector(embedded.embedding.vector, previous and previous[0]),
        terms=term_vector(embedded.terms, speaker, context, language),
        tokens=with_previous(tokens, previous and previous[1]),
        own_tokens=(embedded.own_from, len(tokens)),
        centroids=embedded.codes,
    )


def term_vector(
    text_terms: Sequence[str], speaker: str | None, context: str, language: Language
) -> SparseVector:
    """Returns the terms by which the keyword channel finds a text with these terms, its speaker and its context."""
    origin = f"{speaker or ''} {context}"
    return document_vector([*text_terms, *enriched("words", origin, (), _origin_terms, origin, language)])


@lru_cache(maxsize=256)  # a conversation has few speakers
def _origin_terms(origin: str, language: Language) -> tuple[str, ...]:
    return tuple(terms(origin, language))


def embedding_text(statement: Statement, context: str) -> str:
    """Returns what is embedded before a text: "(8 May 2023, context) Speaker: ", as far as it is known."""
    date = "" if statement.at is None else written_day(statement.at)
    inside = ", ".join(filter(None, (date, context)))
    speaker = f"{statement.speaker}: " if statement.speaker else ""
    return f"({inside}) {speaker}" if inside else speaker


def add_context_vector(vector: Floats, before: Floats | None) -> Floats:
    """Adds half of the vector of the statement before it, which has half of the one before that in it, and
    renormalises to length 1. A reply ("Yes, in May.") is found by what it replies to."""
    if before is None:
        return vector
    combined = vector + _CONTEXT_WEIGHT * before
    scaled: Floats = (combined / (np.linalg.norm(combined) or 1.0)).astype(np.float32)
    return scaled


def with_previous(tokens: Floats, previous: Floats | None) -> Floats:
    """Returns a statement's token rows followed by those of the one before it at a lower weight (docs/adr/0003)."""
    if previous is None or not len(previous) or not len(tokens):
        return tokens
    rows: Floats = np.concatenate([tokens, previous * np.float32(PREVIOUS_WEIGHT)])
    return rows
