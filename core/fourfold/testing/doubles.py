"""Stand-ins for the parts a memory is made of: a clock, an embedder and a language model, the same on every run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

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
        """Returns the moment at which the clock stands."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Moves the clock on."""
        self.moment += by


class HashEmbedder:
    """An embedder without a model: each stem has a random direction of its own, and the vector of a text is the mean
    of its stems'. Texts that share words are near, and no others. The same on every machine."""

    name = "hash-64/32"
    dimension = 64
    token_dimension = 32
    centroids = None

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, with one token row a word."""
        return [self._embed(text) for text in texts]

    def _embed(self, text: str) -> Embedding:
        text_words = words(text, ENGLISH)
        # 64 random directions are nearly at right angles (a cosine of 0 +- 1/8), so few words are near by chance.
        rows = [_direction(word.stem or word.text.lower(), self.dimension) for word in text_words]
        mean = np.sum(rows, axis=0) if rows else np.ones(self.dimension)
        mean = mean / (np.linalg.norm(mean) or 1.0)
        tokens = np.stack(rows)[:, : self.token_dimension] if rows else np.zeros((0, self.token_dimension))
        tokens = tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-9)
        return Embedding(
            mean.astype(np.float32),
            tokens.astype(np.float32),
            tuple((word.start, word.end) for word in text_words),
        )


@lru_cache(maxsize=10_000)
def _direction(word: str, dimension: int) -> Floats:
    """Returns a random vector (dimension,) that depends on `word` alone."""
    # Seeded by a checksum, since Python salts `hash` anew in each process; from NumPy's legacy generator, whose
    # stream is frozen, where that of `default_rng` may change with a version.
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    direction: Floats = np.random.RandomState(seed).standard_normal(dimension).astype(np.float32)
    return direction


class ScriptedModel:
    """A language model that answers from a script.

    `answer` is called with the messages and the name of the class that the answer is to be, and returns the answer as
    JSON values, or an exception, which is raised. `asked` lists the messages of each call, in order. One word counts
    as one token.
    """

    name = "scripted"

    def __init__(self, answer: Callable[[Sequence[PromptMessage], str], object]) -> None:
        self._answer = answer
        self.asked: list[Sequence[PromptMessage]] = []

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """Returns the scripted answer, validated."""
        self.asked.append(turns)
        answer = self._answer(turns, shape.__name__)
        if isinstance(answer, Exception):
            raise answer
        input_tokens = sum(len(turn.text.split()) for turn in turns)
        return ModelResponse(shape.model_validate(answer), Tokens(1, input_tokens, len(str(answer).split())))

    async def close(self) -> None:
        """Does nothing: no connection is open."""
