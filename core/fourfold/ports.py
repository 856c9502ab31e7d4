"""The seams: what Fourfold asks of models (to embed, to answer, to rerank, to find names), a store and a clock.

Each is a `Protocol`: a class with these attributes and methods is one, and inherits from nothing. An object can be
passed to `Memory.open(embedder=..., llm=..., reranker=..., ner=..., clock=...)`; a package that declares an entry
point (`fourfold.plugins`) gives it a short name beside ours. Our own are in `fourfold.models` and `fourfold.storage`,
and none of their libraries' types or exceptions crosses these lines: an adapter maps them to `fourfold.errors`.

An embedder in full, though one that knows texts by their length alone:

>>> import numpy as np
>>> from fourfold.ports import Embedder, Embedding
>>> class LengthEmbedder:
...     name, dimension, token_dimension, centroids = "length-2", 2, 0, None
...
...     def embed(self, texts):
...         rows = np.array([(1.0, len(text)) for text in texts], np.float32)
...         return [Embedding(row / np.linalg.norm(row), np.zeros((0, 0), np.float32)) for row in rows]
>>> isinstance(LengthEmbedder(), Embedder)
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
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
# The shape of an answer is a pydantic model: its JSON schema binds the language model, and its validation is ours.
OutputT = TypeVar("OutputT", bound=BaseModel)

Progress = Callable[[int, int], None]
"""Is called with (done, total) as long work goes on; each operation's docstring says of what. The call comes from the
thread that works, which may hold the bank: it must not use the memory itself, and gets an `InputError` if it does."""


@dataclass(frozen=True, slots=True)
class TokenScores:
    """What the packaged heads make of each token of a text (`fourfold.models.packaged.statement_heads`): `rows` is
    (n, columns of the heads), and `offsets` the n places `[start, end)`, in characters of the text."""

    rows: Floats
    offsets: tuple[tuple[int, int], ...]

    def within(self, start: int, end: int) -> Floats:
        """Returns the rows of the tokens that begin in `[start, end)`."""
        return self.rows[[row for row, (at, _) in enumerate(self.offsets) if start <= at < end]]


@dataclass(frozen=True, slots=True)
class Embedding:
    """The vectors of one text.

    `vector` is (dimension,) with a Euclidean length of 1: similarity is its dot product with another. `tokens` is
    (n, token_dimension), rows of length about 1, and `offsets` the n places `[start, end)`, in characters of the
    text, that the rows stand for. Rows that stand for no text (a model's own marks) are left out. Both are empty
    where the model has no token vectors: `tokens` is (0, 0) then. `scores` comes from the packaged model alone, which
    reads a text for statements in the pass that embeds it; None from any other.
    """

    vector: Floats
    tokens: Floats
    offsets: tuple[tuple[int, int], ...] = ()
    scores: TokenScores | None = None


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors: of each statement that is retained, and of each question.

    The four attributes are read when a memory is opened, and must not change after that. A wrapper passes on all of
    them. Whatever takes long, such as loading weights, belongs into the first call of `embed`, or of `dimension`
    where only the model knows it. Entry points: the group `fourfold.embedders`.
    """

    @property
    def name(self) -> str:
        """Identifies the model and all that changes its vectors (version, precision, pooling): the store remembers
        it, and refuses an embedder of another name, since their vectors cannot be compared."""
        ...

    @property
    def dimension(self) -> int:
        """The length of `Embedding.vector`."""
        ...

    @property
    def token_dimension(self) -> int:
        """The length of a row of `Embedding.tokens`; 0 without token vectors, which leaves late interaction out."""
        ...

    @property
    def centroids(self) -> Floats | None:
        """(k, token_dimension), k up to 65,536 (their numbers have 16 bits): what token vectors are rounded to, so
        that late interaction can be estimated over a whole bank. None leaves late interaction to the units that
        other channels find."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Returns one embedding a text, in order; an empty list for no texts.

        A retain gives up to 64 texts at once, each with its date and speaker before it ("(8 May 2023) Ana: ..."); a
        recall gives its question alone. A text longer than the model takes is cut off. Called from worker threads,
        several at once. Raises `ModelError` where the model fails, which ends the retain or recall with nothing
        written, and `ConfigurationError` for a wrong key or a model that there is not. Fourfold makes no other
        attempt: an adapter of a remote model tries again by itself.
        """
        ...


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message to a language model. Those of the system come first and are the same from call to call, so that
    providers may cache them."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A question to a language model: the messages, and the class whose JSON schema the answer follows."""

    messages: tuple[PromptMessage, ...]
    response_model: type[BaseModel]


@dataclass(frozen=True, slots=True)
class ModelResponse(Generic[OutputT]):
    """A language model's answer: the value, of the class asked for, and the tokens that the call took."""

    value: OutputT
    tokens: Tokens


@runtime_checkable
class LanguageModel(Protocol):
    """Answers in a given shape: reads statements out of texts, judges changes, writes summaries and reflections.

    A backend makes one attempt a call, and says by the error whether another may help: waiting, trying again and
    counting tokens is done around it (`fourfold.models.retrying`, `fourfold.token_accounts`). Entry points: the group
    `fourfold.language_models`.
    """

    @property
    def name(self) -> str:
        """Says in results and accounts which model it is ("anthropic:claude-haiku-5-5")."""
        ...

    async def ask(self, turns: Sequence[PromptMessage], shape: type[OutputT]) -> ModelResponse[OutputT]:
        """Returns the answer to `turns`, as a value of `shape`.

        Bind the answer to `shape.model_json_schema()` where the API can; `fourfold.models.structured` has what to
        tell a model that cannot be bound, and reads its answer. Awaited on the memory's event loop (a `Memory` has
        one in a thread of its own, an `AsyncMemory` the caller's), up to `llm_concurrency` times at once, and
        cancelled where the caller gives up: blocking work belongs into a thread. No lock of ours is held meanwhile.

        Raises `ModelTimeoutError` and `ModelBusyError` (another attempt may work), `ModelOutputError` (one more
        may), `ModelLengthError` (less text at a time may), `ModelRefusedError`, and `ConfigurationError` (wrong
        key, no such model). A `ModelError` for an answer that is paid for says so in its `tokens`.
        """
        ...

    async def close(self) -> None:
        """Releases what was opened on the running event loop. The model may be asked again after that."""
        ...


OnText = Callable[[str], None]
"""Is called with the pieces of a text, in order, as they are written; on the event loop, so it must return soon."""


# A protocol of its own, and `BatchModel` too: a backend that cannot do it need not say so, and wrappers ask
# `isinstance`.
@runtime_checkable
class StreamingModel(LanguageModel, Protocol):
    """A language model that passes its answer on while it writes it. Optional: any other is asked by `ask`."""

    async def stream(
        self, turns: Sequence[PromptMessage], shape: type[OutputT], on_text: OnText
    ) -> ModelResponse[OutputT]:
        """Returns the answer as `ask` does, and calls `on_text` with the pieces of its JSON as they come."""
        ...


@runtime_checkable
class BatchModel(LanguageModel, Protocol):
    """A language model that also answers many questions at once, later and cheaper. Optional, for
    `Bank.retain(batch=True)`."""

    poll: float
    """Seconds between the first two requests for a batch's results; the waits grow up to a hundred times that."""

    async def submit(self, requests: Mapping[str, Sequence[PromptMessage]], shape: type[OutputT]) -> str:
        """Submits questions, each under an id of up to 64 letters, digits, "-" and "_" (the strictest API's limit),
        and returns the name of the batch. The name is written down: another process may collect the batch. Raises
        as `ask`."""
        ...

    async def collect(
        self, batch: str, shape: type[OutputT]
    ) -> Mapping[str, ModelResponse[OutputT] | ModelError] | None:
        """Returns the answer, or the error, to each question of a batch by its id; None as long as the batch is in
        progress. Raises as `ask`."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Says how well texts answer a question (a cross-encoder), as the last step of a recall. Entry points: the group
    `fourfold.rerankers`."""

    @property
    def name(self) -> str:
        """Says in traces and errors which model it is."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Returns one score a text, in order; larger is better. Scores are compared within one call alone, so any
        scale will do.

        The texts are the best units of a recall, 32 at most, each as it would stand in a prompt. Called once a
        recall, from worker threads, several at once. Raises `ModelError`, which ends the recall.
        """
        ...


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """A name in a text: it stands at `[start, end)`, in characters. `kind` is what it names: "person", "place",
    "organisation", "work" (a book, a film, a song), "product", "event", or "" for something else."""

    start: int
    end: int
    kind: str = ""


@runtime_checkable
class EntityRecognizer(Protocol):
    """Finds the names in texts (named-entity recognition), in place of the packaged heads. Entry points: the group
    `fourfold.entity_recognizers`."""

    @property
    def name(self) -> str:
        """Says in errors which model it is."""
        ...

    def recognize(self, texts: Sequence[str]) -> list[list[NamedEntity]]:
        """Returns the names in each text, in order; those in one text do not overlap.

        The texts are whole messages, of any length and language. Called once a retain, from worker threads, several
        at once. A `FourfoldError` that it raises ends the retain. Where it raises anything else, the packaged heads'
        names stand, and the failure is counted (`Bank.status`).
        """
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Returns the present moment, with a time zone. Called from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """One record of a store. `id` is a UUID in 32 hex digits, `payload` is JSON. A point without vectors is found by
    `scan` alone. `terms` are a document's BM25 weights, `tokens` (n, token_dimension)."""

    id: str
    payload: Mapping[str, Any]
    vector: Floats | None = None
    terms: SparseVector | None = None
    tokens: Floats | None = None


# A value and no expression of an engine's: both engines translate it (`storage.filters`), and caches compare it.
@dataclass(frozen=True, slots=True)
class Where:
    """A filter of points: all conditions that are given must hold. Instants are epoch seconds.

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
    """What `Store.scan` reads of each point: the payload (of it, `only` these fields), all vectors, or `terms`
    alone."""

    vectors: bool = False
    terms: bool = False
    only: tuple[str, ...] | None = None


PAYLOAD = Fields()


# Here and not among `errors`: no caller of the library sees it, `govern.reembed` begins again.
class CopyDroppedError(StoreError):
    """The copy of a store was dropped while it was written to, since something was erased. Begin another one."""


class Cache(Protocol):
    """Keeps bytes that can be made again, by name. It may lose them at any time, and never raises. What `get` returns
    may be damaged: the reader checks it."""

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
    """Keeps points. Every method is called from worker threads, several at once, and returns only when its work is
    durable. Failures raise `StoreError` with what to do about them, bugs of the adapter's own pass as they are.

    `fourfold.testing.check_store` runs the whole contract over an implementation.
    """

    writer: str
    """Names this process among all that write to the store: revisions are counted by writer, so no two may share
    it."""

    cache: Cache | None
    """Keeps what is derived from the store from one opening to the next; None for a store that keeps nothing."""

    def write(self, points: Sequence[Point]) -> None:
        """Inserts or replaces all points, whole or not at all; on return they are durable and found."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Removes these points, as far as they are there; their bytes go with the next `rewrite` at the latest."""
        ...

    def rewrite(self, points: Sequence[Point], removed: Sequence[str]) -> str:
        """Puts `points` in place of what is stored under their ids and removes the points `removed`, in both cases
        with the bytes of what was there, those in a copy that was begun (`copy_for`) included; all of it or
        nothing, whenever the process ends. Returns in words what is true of the bytes then, for the receipt of an
        erasure."""
        ...

    def held(self, bank: str) -> AbstractContextManager[None]:
        """Returns a context in which no other process writes to `bank`: one that does is waited for, and `StoreError`
        is raised where that takes too long. Threads of this process may hold it beside each other, and one of them
        several times. Reading needs none."""
        ...

    def copy_for(self, vectors: tuple[str, int, int]) -> Store:
        """Opens the copy beside the store that is to take its place with the vectors of another embedder (its name
        and its two dimensions). Begins an empty one where there is none; one for yet another embedder is dropped.
        The copy outlives the process. `rewrite` drops it, so that nothing erased is left in it: calls of it raise
        `CopyDroppedError` from then on."""
        ...

    def adopt_copy(self) -> None:
        """Puts the copy in the place of the store, for this object and for whoever opens the store from now on; what
        the store was before is removed. Killed at any moment, it is the one or the other as a whole. Raises
        `StoreError` where no copy was begun."""
        ...

    def find_bytes(self, text: str) -> list[str]:
        """Returns the names of the store's own files that have the text in their bytes; an empty list for a store
        without files within reach."""
        ...

    def search(self, queries: Sequence[Query]) -> list[list[tuple[str, float]]]:
        """Returns for each query the (id, score) pairs of at most `limit` points, best first."""
        ...

    def scan(self, where: Where, fields: Fields = PAYLOAD) -> Iterator[Point]:
        """Yields every point that `where` admits, in no order."""
        ...

    def counts(self, where: Where, by: Literal["bank", "held_in"] = "bank") -> Mapping[str, int]:
        """Returns how many points `where` admits by their value of a field; points without the field do not count."""
        ...

    def cursors(self, bank: str) -> Mapping[str, int]:
        """Returns, by writer, the latest revision that anyone has written to `bank` (payloads of kind "cursor")."""
        ...

    def close(self) -> None:
        """Releases the store. Calling it twice is fine."""
        ...
