"""Stand-ins for the parts a memory is made of: a clock, an embedder and a language model, the same on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from fourfold.language.languages import ENGLISH
from fourfold.language.text import words
from fourfold.ports import Embedding, Floats, ModelResponse, OutputT, PromptMessage
from fourfold.token_usage import Tokens


class FrozenClock:
    """A clock that stands still until `advance` is called."""

    def __init__(self, moment: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Moves it on."""
        self.moment += by


class HashEmbedder:
    """An embedder without a model: each stem has a random direction of its own, a text is their mean. Texts that
    share words are near; nothing else is. The same on every machine."""

    name = "hash-64/32"
    dimension = 64
    token_dimension = 32
    centroids = None

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """One embedding a text, one token row a word."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Embedding:
        found = words(text, ENGLISH)
        rows = [_direction(word.stem or word.text.lower(), self.dimension) for word in found]
        mean = np.sum(rows, axis=0) if rows else np.ones(self.dimension)
        mean = mean / (np.linalg.norm(mean) or 1.0)
        tokens = np.stack(rows)[:, : self.token_dimension] if rows else np.zeros((0, self.token_dimension))
        tokens = tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-9)
        return Embedding(
            mean.astype(np.float32),
            tokens.astype(np.float32),
            tuple((word.start, word.end) for word in found),
        )


@lru_cache(maxsize=10_000)
def _direction(word: str, dimension: int) -> Floats:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    drawn: Floats = np.random.RandomState(seed).standard_normal(dimension).astype(np.float32)
    return drawn


class ScriptedModel:
    """A language model that answers from a script: what `answer` makes of the turns and the name of the shape
    wanted, as JSON values; an exception it returns is raised. `asked` keeps what it was asked. One word is one
    token."""

    name = "scripted"

    def __init__(self, answer: Callable[[Sequence[PromptMessage], str], Any]) -> None:
        self._answer = answer
        self.asked: list[Sequence[PromptMessage]] = []

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """The scripted answer, validated."""
        self.asked.append(turns)
        said = self._answer(turns, shape.__name__)
        if isinstance(said, Exception):
            raise said
        read = sum(len(turn.text.split()) for turn in turns)
        return ModelResponse(shape.model_validate(said), Tokens(1, read, len(str(said).split())))

    async def close(self) -> None:
        """Nothing to release."""
