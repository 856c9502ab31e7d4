"""`AsyncMemory` and `AsyncBank`: the public operations, composed from retain, recall and a store.

Work on the store and the models runs in threads, so an event loop is never held up. One memory may be used
from several threads and several event loops at once.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import anyio.to_thread

from fourfold import recall as recalling
from fourfold import retain as retaining
from fourfold.engine import Engine
from fourfold.errors import InputError, NotFoundError
from fourfold.language import Language
from fourfold.language import language as spoken
from fourfold.ledger import Ledgers
from fourfold.model import BankInfo, Change, Entity, Interval, Message, Network, Recall, Retained, Unit
from fourfold.models import load_models
from fourfold.ports import Clock, Embedder, LanguageModel, Reranker, Store, Where
from fourfold.recall.fuse import Weights
from fourfold.retain.embed import Progress
from fourfold.settings import Settings, load_settings
from fourfold.stores import StoreAddress, open_store
from fourfold.stores.graphs import Graphs
from fourfold.stores.manifest import Manifest
from fourfold.stores.records import Profile, read_profile, read_unit
from fourfold.tokens import Tokens

T = TypeVar("T")
_BANK = re.compile(r"[^\s\x00-\x1f/\\](?:[^\x00-\x1f/\\]{0,198}[^\s\x00-\x1f/\\])?")


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class AsyncMemory:
    """A memory: one store holding many banks. Open it with `await AsyncMemory.open(...)`."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        settings: Settings | None = None,
        *,
        llm: LanguageModel | None = None,
        reranker: Reranker | None = None,
        clock: Clock | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Composes a memory of parts; `open` is the usual way. `weights` tune recall's fusion."""
        self.settings = settings or load_settings()
        self.weights = weights or Weights()
        self.engine = Engine(
            store=store,
            graphs=Graphs(store, self.settings.graph_units),
            embedder=embedder,
            clock=clock or SystemClock(),
            settings=self.settings,
            ledgers=Ledgers(store),
            model=llm,
            reranker=reranker,
        )

    @classmethod
    async def open(
        cls,
        location: str | None = None,
        *,
        api_key: str | None = None,
        embedder: str | Embedder | None = None,
        llm: str | LanguageModel | None = None,
        reranker: str | Reranker | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> Self:
        """Opens the memory at `location`: a directory (default: in the user's data directory), ":memory:", or
        the URL of a Qdrant server with its `api_key`.

        `embedder`, `llm` and `reranker` are short names ("minilm", "anthropic:claude-haiku-5-5",
        "fastembed:Xenova/ms-marco-MiniLM-L-6-v2") or objects; see `fourfold.models.load`. What is not given comes
        from `settings`, then from `FOURFOLD_*` in the environment. Raises `ConfigurationError`, `StoreLockedError`,
        `StoreVersionError`, `StoreError`; the store is unchanged then.
        """
        settings = settings or load_settings()
        if api_key is not None:
            settings = settings.model_copy(update={"api_key": api_key})
        models = await _in_thread(load_models, settings, embedder, llm, reranker)
        vectors = models.embedder
        manifest = Manifest(vectors.name, vectors.dimension, vectors.token_dimension)
        address = StoreAddress(str(location or settings.location), manifest)
        store = await _in_thread(open_store, address, settings)
        return cls(store, vectors, settings, llm=models.llm, reranker=models.reranker, clock=clock)

    def bank(self, name: str, *, language: str | None = None) -> AsyncBank:
        """The bank called `name`; it comes into being with its first retain.

        `language` (ISO 639-1: "de") is the one a new bank is kept in; without it, that of what is retained first. It
        decides on the stemmer, the stop words and the date words; see `fourfold.language`.

        Raises `InputError` for a language that is not known, and unless the name has 1 to 200 characters, no slash,
        no control character, and no blank at either end.
        """
        if not isinstance(name, str) or not _BANK.fullmatch(name):
            raise InputError(
                f"{name!r} cannot name a bank: use 1 to 200 characters without slashes and control characters."
            )
        return AsyncBank(self, name, None if language is None else spoken(language))

    async def banks(self) -> list[BankInfo]:
        """All banks, by name."""

        def read() -> list[BankInfo]:
            profiles = [read_profile(p.payload) for p in self.engine.store.scan(Where(kind="bank"))]
            return sorted(map(self._info, profiles), key=lambda info: info.name)

        return await _in_thread(read)

    def _info(self, profile: Profile) -> BankInfo:
        graph = self.engine.graphs.get(profile.bank)
        code = profile.language.code if profile.language else None
        with graph.lock:
            units = int(graph.held(None).sum())
            return BankInfo(profile.bank, units, profile.created_at, code, graph.documents.pending())

    async def close(self) -> None:
        """Flushes and closes the store, and the language model's connections. Calling it twice is fine."""
        if self.engine.model is not None:
            await self.engine.model.close()
        await _in_thread(self.engine.store.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class AsyncBank:
    """One agent's or user's memory. Nothing is ever recalled across banks."""

    def __init__(self, memory: AsyncMemory, name: str, language: Language | None = None) -> None:
        self.memory, self.name, self._language = memory, name, language

    async def retain(
        self,
        messages: str | Iterable[Message],
        *,
        at: datetime | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
        replace: bool = False,
        batch: bool = False,
        progress: Progress | None = None,
    ) -> Retained:
        """Retains a text or messages; when it returns, they are durable and recalled at once.

        `at` (aware) is when it was said, for messages without a time of their own; default: now. `document`
        names what the messages belong to: retaining it again adds only the messages it did not have, and with
        `replace=True` retires what is gone from it. `context` says in a few words what this is ("team
        standup") and is searched too. `tags` filter recalls. `progress` is called with (done, total).

        The whole call is one atomic write. Raises `InputError`, `ModelError` or `StoreError` with nothing
        written.

        With a language model (`Memory.open(llm=...)`) the text is written first, in chunks marked pending, and then
        each chunk's statements as the model reads it: those of a long text can be recalled as they come. `progress`
        counts chunks. A chunk that the model fails to read is kept as it was said, and read at the next retain or by
        `resume`; `Retained.pending` counts those. Cancelling loses nothing: `resume` goes on. Raises
        `ConfigurationError` (key, model) and `TokenLimitError` after everything was kept.
        """
        request = retaining.Request(
            self.name,
            messages,
            at,
            _named(document, "document"),
            context,
            _tags(tags),
            replace,
            batch,
            self._language,
        )
        return await retaining.retain(self.memory.engine, request, progress)

    async def resume(self, *, progress: Progress | None = None) -> Retained:
        """Has the language model read what it could not read when it was retained; see `retain`.

        Calling it when nothing is pending is fine.
        """
        return await retaining.resume(self.memory.engine, self.name, progress)

    async def set_language(self, language: str) -> None:
        """Keeps the bank in `language` (ISO 639-1) from now on; what is in it is found by that language's words.

        Every unit is written anew, and nothing else to the bank meanwhile. Raises `InputError`.
        """
        self._language = spoken(language)
        await _in_thread(retaining.set_language, self.memory.engine, self.name, self._language)

    async def usage(self) -> Tokens:
        """What language models have read and written for this bank so far."""
        ledger = await _in_thread(self.memory.engine.ledgers.get, self.name)
        return ledger.spent

    async def recall(
        self,
        question: str,
        *,
        budget: int | None = 2048,
        limit: int | None = None,
        networks: Sequence[Network | str] | None = None,
        tags: Sequence[str] | None = None,
        during: Interval | tuple[datetime | None, datetime | None] | None = None,
        as_of: datetime | None = None,
        explain: bool = False,
    ) -> Recall:
        """Recalls what bears on `question`, best first.

        `budget` bounds the tokens of the hits together (estimated), `limit` their number; None is no bound (without
        either, four times the setting `candidates` come back at most: 640).
        `networks` and `tags` (any of them) narrow the search, `during` to units whose time meets the interval,
        `as_of` (aware) answers as the bank would have at that moment. `explain` adds each hit's path and
        factors. An empty or unknown bank has no hits. Raises `InputError`, `ModelError`, `StoreError`.
        """
        interval = Interval(*during) if isinstance(during, tuple) else during
        request = recalling.Request(
            bank=self.name,
            question=question,
            budget=budget,
            limit=limit,
            networks=None if networks is None else _networks(networks),
            tags=None if tags is None else _tags(tags),
            during=interval,
            as_of=as_of,
            explain=explain,
        )
        return await _in_thread(recalling.recall, self.memory.engine, request, self.memory.weights)

    async def entities(self) -> list[Entity]:
        """The people, places, things and terms the bank knows, most mentioned first."""

        def read() -> list[Entity]:
            graph = self.memory.engine.graphs.get(self.name)
            with graph.lock:
                return graph.entities()

        return await _in_thread(read)

    async def entity(self, name: str) -> Entity:
        """The entity of that name or alias, case ignored; raises `NotFoundError`."""

        def read() -> Entity | None:
            graph = self.memory.engine.graphs.get(self.name)
            with graph.lock:
                return graph.entity(name)

        found = await _in_thread(read)
        if found is None:
            raise NotFoundError(f'The bank "{self.name}" knows no entity called "{name}".')
        return found

    async def merge(self, name: str, *, into: str, reason: str = "") -> Change:
        """Makes two entities one: `into` keeps its name, `name` becomes an alias, and units that mention it mention
        `into`.

        Raises `NotFoundError` for a name the bank does not know, `InputError` where they are one already.
        """
        return await _in_thread(retaining.curate.merge, self.memory.engine, self.name, name, into, reason)

    async def split(self, name: str, *, of: str, reason: str = "") -> Change:
        """Makes `name`, an alias of the entity `of`, an entity of its own; units that say that name, and no other
        form of the old one's, mention it from then on. Raises `NotFoundError`, and `InputError` for what is no
        alias."""
        return await _in_thread(retaining.curate.split, self.memory.engine, self.name, name, of, reason)

    async def changes(self) -> list[Change]:
        """What was merged and split by hand, the latest first."""
        return await _in_thread(retaining.curate.changes, self.memory.engine, self.name)

    async def undo(self, change: Change | str) -> Change:
        """Takes a merge or a split back. Raises `NotFoundError`, and `InputError` where it is undone already or a
        later change of the same entities stands in the way."""
        wanted = change if isinstance(change, str) else change.id
        return await _in_thread(retaining.curate.undo, self.memory.engine, self.name, wanted)

    async def unit(self, unit_id: str) -> Unit:
        """The unit of that id, retired ones included; raises `NotFoundError`."""

        def read() -> list[Unit]:
            with contextlib.suppress(ValueError):
                where = Where(bank=self.name, kind="unit", ids=(_uuid(unit_id),))
                return [read_unit(p) for p in self.memory.engine.store.scan(where)]
            return []

        found = await _in_thread(read)
        if not found:
            raise NotFoundError(f'The bank "{self.name}" has no unit {unit_id}.')
        return found[0]

    async def units(self, *, document: str | None = None, retired: bool = False) -> list[Unit]:
        """The units that hold now, in the order they were said; of one document, with those `retired`."""

        def read() -> Iterator[Unit]:
            where = Where(
                bank=self.name,
                kind="unit",
                live=not retired,
                documents=None if document is None else (document,),
            )
            points = sorted(
                self.memory.engine.store.scan(where),
                key=lambda p: (p.payload["recorded"], p.payload["order"]),
            )
            return map(read_unit, points)

        units = list(await _in_thread(read))
        return sorted(units, key=lambda unit: unit.mentioned_at)


async def _in_thread(work: Callable[..., T], *args: object) -> T:
    return await anyio.to_thread.run_sync(partial(work, *args))


def _uuid(unit_id: str) -> str:
    import uuid

    return uuid.UUID(unit_id).hex


def _named(name: str, what: str) -> str:
    if not isinstance(name, str) or len(name) > 500 or any(ord(c) < 32 for c in name):
        raise InputError(f"The {what} must be a string of at most 500 characters without control characters.")
    return name


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    if isinstance(tags, str):
        raise InputError(f'tags is the string "{tags}": pass a list, for instance ["{tags}"].')
    return tuple(dict.fromkeys(_named(tag, "tag") for tag in tags))


def _networks(networks: Sequence[Network | str]) -> tuple[Network, ...]:
    if isinstance(networks, str):
        raise InputError(f'networks is the string "{networks}": pass a list, for instance ["{networks}"].')
    try:
        return tuple(Network(name) for name in networks)
    except ValueError as error:
        known = ", ".join(n.value for n in Network)
        raise InputError(f"{error}: the networks are {known}.") from error
