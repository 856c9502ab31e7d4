"""Embeds statements with what situates them, and keeps the token rows that a question could look for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fourfold.engine import Engine
from fourfold.models.centroids import nearest_centroids
from fourfold.ports import Embedding, Floats
from fourfold.retain.extract import Statement
from fourfold.text import words
from fourfold.when import written_day

Progress = Callable[[int, int], None]
"""Called with (done, total) texts."""

_EMBED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Embedded:
    """A statement's vectors: of the text as it is embedded, which token rows are of the text alone, and the centroids
    nearest to those."""

    embedding: Embedding
    own_from: int
    codes: tuple[int, ...]
    seconds: float

    @property
    def own(self) -> Floats:
        """The token rows of the text alone."""
        return self.embedding.tokens[self.own_from :]


def embed_statements(
    engine: Engine, statements: Sequence[Statement], context: str, progress: Progress | None
) -> list[Embedded]:
    """The vectors of each statement, in order; `progress` hears of every `_EMBED_AT_ONCE` texts."""
    found: list[Embedded] = []
    for first in range(0, len(statements), _EMBED_AT_ONCE):
        batch = statements[first : first + _EMBED_AT_ONCE]
        prefixes = [situate(s, context) for s in batch]
        began = time.perf_counter()
        embeddings = engine.embedder.embed([p + s.piece.text for p, s in zip(prefixes, batch, strict=True)])
        share = (time.perf_counter() - began) / len(batch)
        for prefix, statement, embedding in zip(prefixes, batch, embeddings, strict=True):
            kept = _content_rows(prefix + statement.piece.text, embedding)
            before = sum(embedding.offsets[row][1] <= len(prefix) for row in kept)
            tokens = embedding.tokens[kept]
            codes = _codes(tokens[before:], engine.centroids)
            found.append(Embedded(replace(embedding, tokens=tokens), before, codes, share))
        if progress is not None:
            progress(len(found), len(statements))
    return found


def _codes(own: Floats, centroids: Floats | None) -> tuple[int, ...]:
    """The centroids of a text's own tokens, each once."""
    if centroids is None or not len(own):
        return ()
    return tuple(np.unique(nearest_centroids(own, centroids)).tolist())


def _content_rows(text: str, embedding: Embedding) -> list[int]:
    """The token rows worth keeping: those of words that a question could look for."""
    stopped = [(word.start, word.end) for word in words(text) if not word.stem]
    starts = {at for start, end in stopped for at in range(start, end)}
    return [row for row, (start, _) in enumerate(embedding.offsets) if start not in starts]


def situate(statement: Statement, context: str) -> str:
    """What is embedded before a text: "(8 May 2023, context) Speaker: "."""
    piece = statement.piece
    date = written_day(piece.at)
    inside = f"{date}, {context}" if context else date
    return f"({inside}) {piece.speaker}: " if piece.speaker else f"({inside}) "
