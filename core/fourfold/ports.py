"""The seams: what Fourfold asks of an embedding model, a language model, a reranker, a store and a clock. Batch
first, a few methods each.

Adapters live in `models/` and `stores/`; none of their own types crosses these lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from fourfold.errors import ModelError, StoreError
from fourfold.language.text import SparseVector
from fourfold.token_usage import Tokens

Floats = NDArray[np.float32]
OutputT = TypeVar("OutputT", bound=BaseModel)

Progress = Callable[[int, int], None]
"""Is called with (done, total) as long work goes on; each operation's docstring says of what."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """What a model makes of one text.

    `vector` is (dimension,) with length 1. `tokens` is (n, token_dimension), rows of length about 1, and
    `offsets` the n places `[start, end)` in the text that the rows stand for; rows for no text at all (the
    model's own marks) are left out. Both are empty where the model has no token vectors.
    """

    vector: Floats
    tokens: Floats
    offsets: tuple[tuple[int, int], ...] = ()


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors.

    `name` identifies the model and everything that changes its vectors: a store remembers it and refuses
    another. `token_dimension` is 0 where the model has no token vectors; late interaction is off then.

    `centroids`, (k, token_dimension) with k up to 65,536, is what token vectors are rounded to, so that late
    interaction can be estimated over a whole bank; None leaves it to what other channels find. A wrapper passes on
    all four.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def token_dimension(self) -> int: ...

    @property
    def centroids(self) -> Floats | None: ...

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order. Raises `ModelError`. Must be safe to call from several threads."""
        ...


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message to a language model. The system's comes first and is the same from call to call, so that providers
    may cache it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a language model is asked: the messages, and the class whose JSON schema its answer follows."""

    messages: tuple[PromptMessage, ...]
    response_model: type[BaseModel]


@dataclass(frozen=True, slots=True)
class ModelResponse(Generic[OutputT]):
    """A language model's answer: the value, in the shape asked for, and what it took."""

    value: OutputT
    tokens: Tokens


@runtime_checkable
class LanguageModel(Protocol):
    """Answers in a given shape.

    `name` says which model it is ("anthropic:claude-haiku-5-5"). A backend makes one attempt a call: waiting and
    trying again is `fourfold.models.retrying`'s.
    """

    @property
    def name(self) -> str: ...

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """Returns the answer to `turns`, as a value of `shape`.

        Raises `ModelTimeoutError` and `ModelBusyError` (another attempt may work), `ModelLengthError` (less at a time
        may), `ModelOutputError`, `ModelRefusedError`, and `ConfigurationError` (wrong key, no such model). A
        `ModelError` for an answer that is paid for says so in its `tokens`.
        """
        ...

    async def close(self) -> None:
        """Releases what was opened on the running event loop. It may be asked again after that."""
        ...


OnText = Callable[[str], None]
"""Is told a text piece by piece, as it is written."""


@runtime_checkable
class StreamingModel(LanguageModel, Protocol):
    """A language model that lets its answer be heard while it writes it."""

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """As `ask`; `heard` is told the JSON of the answer as it comes."""
        ...


@runtime_checkable
class BatchModel(LanguageModel, Protocol):
    """A language model that also answers many questions at once, later and cheaper."""

    poll: float
    """Seconds to wait before asking for a batch's results the first time."""

    async def submit(self, requests: Mapping[str, Sequence[PromptMessage]], shape: type[OutputT]) -> str:
        """Hands questions in, by an id of up to 64 letters, digits, "-" and "_"; the name of the batch. Raises as
        `ask`."""
        ...

    async def collect(
        self, batch: str, shape: type[OutputT]
    ) -> Mapping[str, ModelResponse[OutputT] | ModelError] | None:
        """Returns what became of each question of a batch; None as long as it is being worked on. Raises as `ask`."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Says how well texts answer a question (a cross-encoder)."""

    @property
    def name(self) -> str: ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Returns one score a text, in order; more is better. Raises `ModelError`. Must be safe to call from several
        threads."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Returns the present moment, aware."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """One record of a store. `id` is a UUID in 32 hex digits, `payload` is JSON. Without vectors it is never found
    by a search."""

    id: str
    payload: Mapping[str, Any]
    vector: Floats | None = None
    terms: SparseVector | None = None
    tokens: Floats | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Which points: all conditions that are given must hold. Instants are epoch seconds.

    `live` keeps the units that hold now in `bank`. `occurred` keeps those whose `occurred` (or, if unknown,
    `mentioned_at`) meets `[start, end)`. `after` is (writer, revision): what that writer wrote later. `since` keeps
    what was recorded later.
    """

    bank: str | None = None
    kind: str | None = None
    live: bool = False
    ids: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None
    occurred: tuple[float, float] | None = None
    after: tuple[str, int] | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One search: a dense vector (cosine), terms (BM25 with the IDF of the points in `corpus`; None: of the units
    that hold now in the bank `where` names), or tokens (n, token_dimension; the sum over rows of the largest dot
    product, MaxSim). Exactly one is given."""

    where: Where
    limit: int
    vector: Floats | None = None
    terms: SparseVector | None = None
    tokens: Floats | None = None
    corpus: Where | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What `Store.scan` brings along: the payload (of it, `only` these fields), and vectors if asked."""

    vectors: bool = False
    terms: bool = False
    only: tuple[str, ...] | None = None


PAYLOAD = Fields()


class CopyDroppedError(StoreError):
    """The copy of a store was dropped while somebody wrote to it: something was erased."""


class Cache(Protocol):
    """Keeps bytes that can be made again, by name. It may lose them at any time, and never raises. What `get` gives
    may be damaged: who reads it checks."""

    def get(self, name: str) -> bytes | None:
        """Returns what was put last under `name`; None without."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keeps `data`, whole or not at all."""
        ...

    def drop(self, name: str) -> None:
        """Removes what was put under `name`."""
        ...


@runtime_checkable
class Store(Protocol):
    """Keeps points. Every method may be called from several threads; failures raise `StoreError`."""

    writer: str
    """Names this process among all that write to the store, for revisions."""

    cache: Cache | None
    """Where what is derived from the store is kept from one opening to the next; None where nothing is."""

    def write(self, points: Sequence[Point]) -> None:
        """Inserts or replaces all points, whole or not at all; on return they are durable and found."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Removes these points, as far as they are there; their bytes go with the next `rewrite` at the latest."""
        ...

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Puts `points` in place of what there is under their ids, removes `removed`, and with both the bytes of what
        was there, a copy that was begun (`copy_for`) included; all of it or nothing, whenever the process ends.
        Returns what is true of the bytes then, in words."""
        ...

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens the copy beside the store that is to take its place with the vectors of another embedder (its name
        and its two dimensions). Begins an empty one where there is none, or one for yet another embedder, which goes.
        The copy outlives the process. `rewrite` drops it, so that nothing erased is left in it: whoever is at it
        gets `CopyDroppedError` from then on."""
        ...

    def adopt_copy(self) -> None:
        """Puts the copy in the place of the store, for this object and for whoever opens the store from now on; what
        the store was before is removed. Killed at any moment, it is the one or the other as a whole."""
        ...

    def find_bytes(self, text: str) -> list[str]:
        """Where the text is found among the bytes of the store's own files; nothing where it has none."""
        ...

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Returns (id, score) for each query, best first."""
        ...

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields every point that `where` admits, in no order."""
        ...

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Returns how many points `where` admits, by what they have in an indexed field."""
        ...

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns, by writer, the latest revision that anyone has written to `bank` (payloads of kind "cursor")."""
        ...

    def close(self) -> None:
        """Releases the store. Calling it twice is fine."""
        ...
