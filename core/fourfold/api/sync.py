"""`Memory` and `Bank`: the asynchronous ones, for code that does not await. Works inside a running event loop
too, since the work is done on a loop of its own, in another thread."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar, overload

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import BaseModel

from fourfold.api.bank import AsyncBank
from fourfold.api.memory import AsyncMemory
from fourfold.api.reads import AnyBank
from fourfold.errors import StoreError
from fourfold.ingest.embed import Progress
from fourfold.ports import Clock, Embedder, LanguageModel, Reranker, Store
from fourfold.recall.fuse import Weights
from fourfold.settings import Settings
from fourfold.token_usage import Tokens
from fourfold.values.beliefs import Belief
from fourfold.values.changes import Change, Event, ForgetResult, PrunePolicy, PruneResult, Receipt
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import BankStatus, CoreProfile, Disposition, Reflection
from fourfold.values.units import (
    BankInfo,
    Entity,
    Entry,
    Fact,
    Interval,
    Message,
    Network,
    Recall,
    RetainResult,
    Summary,
    Unit,
)

T = TypeVar("T")


class _Portal:
    """An event loop in a daemon thread of its own, so that a memory left open never keeps a process alive."""

    def __init__(self) -> None:
        ready: Future[BlockingPortal] = Future()
        thread = threading.Thread(target=anyio.run, args=(_serve, ready), name="fourfold", daemon=True)
        thread.start()
        self._portal, self._thread, self._lock = ready.result(), thread, threading.Lock()
        self.stopped = False

    def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs `work` on the loop and waits for it."""
        if self.stopped:
            raise StoreError("The memory is closed. Open it again with Memory.open.")
        ended = threading.Event()

        async def tracked() -> T:
            try:
                return await work()
            finally:
                ended.set()

        future = self._portal.start_task_soon(tracked)
        try:
            return future.result()
        except BaseException:  # Ctrl-C in here: what is at work must not go on behind the caller's back
            future.cancel()
            ended.wait()
            raise

    def stop(self) -> None:
        """Ends the loop; calling it twice is fine."""
        with self._lock:
            if not self.stopped:
                self.stopped = True
                self._portal.start_task_soon(self._portal.stop)
                self._thread.join()


async def _serve(ready: Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        ready.set_result(portal)
        await portal.sleep_until_stopped()


class _Facade:
    """Stands before something asynchronous, and works on `_portal`."""

    _portal: _Portal

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self  # frameworks copy what holds one

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A memory is open in one process: pass on where it is and the bank's name, and open it there."
        )

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs `work` on the memory's event loop and waits for it: for code of a framework's plugin that is written
        once, for `awaited`. After the memory is closed it runs too; what it asks of the memory raises there."""
        if self._portal.stopped:
            with start_blocking_portal() as portal:
                return portal.call(work)
        return self._portal.call(work)


class Memory(_Facade):
    """A memory: one store holding many banks. Open it with `Memory.open(...)`, best in a `with`."""

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
        """See `AsyncMemory`."""
        memory = AsyncMemory(
            store, embedder, settings, llm=llm, reranker=reranker, clock=clock, weights=weights
        )
        self._adopt(memory, _Portal())

    def _adopt(self, memory: AsyncMemory, portal: _Portal) -> None:
        self._async, self._portal = memory, portal
        atexit.register(self.close)

    @classmethod
    def open(
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
        """See `AsyncMemory.open`."""
        portal = _Portal()
        options = {"api_key": api_key, "embedder": embedder, "llm": llm, "reranker": reranker, "clock": clock}
        opening = partial(AsyncMemory.open, location, settings=settings, **options)  # type: ignore[arg-type]
        try:
            opened = portal.call(opening)
        except BaseException:
            portal.stop()
            raise
        memory = cls.__new__(cls)
        memory._adopt(opened, portal)
        return memory

    @property
    def awaited(self) -> AsyncMemory:
        """The same memory, for code that awaits; on any event loop."""
        return self._async

    def bank(
        self,
        name: str,
        *,
        language: str | None = None,
        mission: str | None = None,
        disposition: Disposition | None = None,
        llm: LanguageModel | None = None,
        by: str = "",
        hold_back: Iterable[str | RedactionRule] | None = None,
    ) -> Bank:
        """See `AsyncMemory.bank`."""
        bank = self._async.bank(
            name,
            language=language,
            mission=mission,
            disposition=disposition,
            llm=llm,
            by=by,
            hold_back=hold_back,
        )
        return Bank(bank, self._portal)

    def banks(self, names: Collection[str] | None = None) -> list[BankInfo]:
        """See `AsyncMemory.banks`."""
        return self._portal.call(partial(self._async.banks, names))

    def banks_keeping(self, kind: str, *, tag: str | None = None, expired: bool = False) -> list[str]:
        """See `AsyncMemory.banks_keeping`."""
        return self._portal.call(partial(self._async.banks_keeping, kind, tag=tag, expired=expired))

    def reembed(self, embedder: str | Embedder, *, progress: Progress | None = None) -> int:
        """See `AsyncMemory.reembed`."""
        return self._portal.call(partial(self._async.reembed, embedder, progress=progress))

    def erase(self, bank: str) -> Receipt:
        """See `AsyncMemory.erase`."""
        return self._portal.call(partial(self._async.erase, bank))

    def load(self, path: str | Path, *, bank: str | None = None, progress: Progress | None = None) -> Bank:
        """See `AsyncMemory.load`."""
        loaded = self._portal.call(partial(self._async.load, path, bank=bank, progress=progress))
        return Bank(loaded, self._portal)

    def traces(self, text: str) -> list[str]:
        """See `AsyncMemory.traces`."""
        return self._portal.call(partial(self._async.traces, text))

    def close(self) -> None:
        """See `AsyncMemory.close`."""
        if not self._portal.stopped:
            self._portal.call(self._async.close)
            self._portal.stop()
            atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Bank(_Facade):
    """One agent's or user's memory; see `AsyncBank`."""

    def __init__(self, bank: AsyncBank, portal: _Portal) -> None:
        self._async, self._portal, self.name = bank, portal, bank.name

    @property
    def awaited(self) -> AsyncBank:
        """The same bank, for code that awaits; on any event loop."""
        return self._async

    def retain(
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
    ) -> RetainResult:
        """See `AsyncBank.retain`."""
        options = {
            "at": at,
            "document": document,
            "context": context,
            "tags": tags,
            "replace": replace,
            "batch": batch,
            "progress": progress,
        }
        return self._portal.call(partial(self._async.retain, messages, **options))  # type: ignore[arg-type]

    def retain_facts(
        self,
        facts: Iterable[Fact],
        *,
        at: datetime | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
    ) -> RetainResult:
        """See `AsyncBank.retain_facts`."""
        options = {"at": at, "document": document, "context": context, "tags": tags}
        return self._portal.call(partial(self._async.retain_facts, facts, **options))  # type: ignore[arg-type]

    def retain_later(
        self,
        messages: str | Iterable[Message],
        *,
        at: datetime | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
    ) -> Future[RetainResult]:
        """See `AsyncBank.retain_later`."""
        return self._async.retain_later(messages, at=at, document=document, context=context, tags=tags)

    def keep(
        self,
        entries: Iterable[Entry],
        messages: str | Iterable[Message] = (),
        *,
        document: str,
        at: datetime | None = None,
        tags: Sequence[str] = (),
        replace: bool = False,
    ) -> RetainResult:
        """See `AsyncBank.keep`."""
        options = {"document": document, "at": at, "tags": tags, "replace": replace}
        return self._portal.call(partial(self._async.keep, entries, messages, **options))  # type: ignore[arg-type]

    def drop(self, kind: str, keys: Collection[str]) -> int:
        """See `AsyncBank.drop`."""
        return self._portal.call(partial(self._async.drop, kind, keys))

    def caught_up(self, within: float | None = 1.0) -> bool:
        """See `AsyncBank.caught_up`."""
        return self._portal.call(partial(self._async.caught_up, within))

    def expire(self, kind: str) -> list[str]:
        """See `AsyncBank.expire`."""
        return self._portal.call(partial(self._async.expire, kind))

    def resume(self, *, progress: Progress | None = None) -> RetainResult:
        """See `AsyncBank.resume`."""
        return self._portal.call(partial(self._async.resume, progress=progress))

    def set_language(self, language: str) -> None:
        """See `AsyncBank.set_language`."""
        return self._portal.call(partial(self._async.set_language, language))

    def usage(self) -> Tokens:
        """See `AsyncBank.usage`."""
        return self._portal.call(self._async.usage)

    def recall(
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
        """See `AsyncBank.recall`."""
        options = {
            "budget": budget,
            "limit": limit,
            "networks": networks,
            "tags": tags,
            "during": during,
            "as_of": as_of,
            "explain": explain,
        }
        return self._portal.call(partial(self._async.recall, question, **options))  # type: ignore[arg-type]

    def reflect(
        self,
        question: str,
        *,
        budget: int | None = None,
        steps: int = 4,
        tags: Sequence[str] | None = None,
        as_of: datetime | None = None,
        response_model: type[BaseModel] | None = None,
        believe: bool = True,
        on_text: Callable[[str], None] | None = None,
    ) -> Reflection:
        """See `AsyncBank.reflect`."""
        options = {
            "budget": budget,
            "steps": steps,
            "tags": tags,
            "as_of": as_of,
            "response_model": response_model,
            "believe": believe,
            "on_text": on_text,
        }
        return self._portal.call(partial(self._async.reflect, question, **options))  # type: ignore[arg-type]

    def believe(
        self,
        statement: str,
        *,
        confidence: float = 0.7,
        evidence: Sequence[Unit | str] = (),
        reason: str = "",
    ) -> Belief:
        """See `AsyncBank.believe`."""
        options = {"confidence": confidence, "evidence": evidence, "reason": reason}
        return self._portal.call(partial(self._async.believe, statement, **options))  # type: ignore[arg-type]

    def beliefs(
        self, about: str | None = None, *, min_confidence: float = 0.0, retired: bool = False
    ) -> list[Belief]:
        """See `AsyncBank.beliefs`."""
        return self._portal.call(
            partial(self._async.beliefs, about, min_confidence=min_confidence, retired=retired)
        )

    def summary(self, entity: str) -> Summary:
        """See `AsyncBank.summary`."""
        return self._portal.call(partial(self._async.summary, entity))

    def core(self, budget: int = 400) -> CoreProfile:
        """See `AsyncBank.core`."""
        return self._portal.call(partial(self._async.core, budget))

    def status(self) -> BankStatus:
        """See `AsyncBank.status`."""
        return self._portal.call(self._async.status)

    def settle(self) -> BankStatus:
        """See `AsyncBank.settle`."""
        return self._portal.call(self._async.settle)

    def forget(
        self,
        *,
        document: str | None = None,
        unit: Unit | str | None = None,
        entity: str | None = None,
        tags: Sequence[str] | None = None,
        before: datetime | None = None,
        erase: bool = False,
        reason: str = "",
    ) -> ForgetResult:
        """See `AsyncBank.forget`."""
        return self._portal.call(
            partial(
                self._async.forget,
                document=document,
                unit=unit,
                entity=entity,
                tags=tags,
                before=before,
                erase=erase,
                reason=reason,
            )
        )

    def entities(self) -> list[Entity]:
        """See `AsyncBank.entities`."""
        return self._portal.call(self._async.entities)

    def entity(self, name: str) -> Entity:
        """See `AsyncBank.entity`."""
        return self._portal.call(partial(self._async.entity, name))

    def edit(self, unit: Unit | str, text: str, *, reason: str = "") -> Change:
        """See `AsyncBank.edit`."""
        return self._portal.call(partial(self._async.edit, unit, text, reason=reason))

    @overload
    def merge(self, what: Unit | str, *, into: Unit | str, reason: str = "") -> Change: ...
    @overload
    def merge(self, what: AnyBank, *, progress: Progress | None = None) -> RetainResult: ...
    def merge(
        self,
        what: Unit | str | AnyBank,
        *,
        into: Unit | str | None = None,
        reason: str = "",
        progress: Progress | None = None,
    ) -> Change | RetainResult:
        """See `AsyncBank.merge`."""
        work: Any = partial(self._async.merge, what, into=into, reason=reason, progress=progress)
        done: Change | RetainResult = self._portal.call(work)
        return done

    def fork(self, name: str, *, progress: Progress | None = None) -> Bank:
        """See `AsyncBank.fork`."""
        return Bank(self._portal.call(partial(self._async.fork, name, progress=progress)), self._portal)

    def restore(self, name: str, *, as_of: datetime, progress: Progress | None = None) -> Bank:
        """See `AsyncBank.restore`."""
        restored = self._portal.call(partial(self._async.restore, name, as_of=as_of, progress=progress))
        return Bank(restored, self._portal)

    def export(self, path: str | Path, *, vectors: bool = True, progress: Progress | None = None) -> Path:
        """See `AsyncBank.export`."""
        return self._portal.call(partial(self._async.export, path, vectors=vectors, progress=progress))

    def split(
        self,
        what: Unit | str,
        *,
        of: str | None = None,
        into: Sequence[str] | None = None,
        reason: str = "",
    ) -> Change:
        """See `AsyncBank.split`."""
        return self._portal.call(partial(self._async.split, what, of=of, into=into, reason=reason))

    def rename(self, name: str, *, to: str, reason: str = "") -> Change:
        """See `AsyncBank.rename`."""
        return self._portal.call(partial(self._async.rename, name, to=to, reason=reason))

    def pin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """See `AsyncBank.pin`."""
        return self._portal.call(partial(self._async.pin, what, reason=reason))

    def unpin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """See `AsyncBank.unpin`."""
        return self._portal.call(partial(self._async.unpin, what, reason=reason))

    def prune(
        self, policy: PrunePolicy | None = None, *, dry_run: bool = False, reason: str = ""
    ) -> PruneResult:
        """See `AsyncBank.prune`."""
        return self._portal.call(partial(self._async.prune, policy, dry_run=dry_run, reason=reason))

    def history(self, unit: Unit | str | None = None, *, limit: int | None = None) -> list[Change]:
        """See `AsyncBank.history`."""
        return self._portal.call(partial(self._async.history, unit, limit=limit))

    def undo(self, change: Change | str, *, reason: str = "") -> Change:
        """See `AsyncBank.undo`."""
        return self._portal.call(partial(self._async.undo, change, reason=reason))

    def unit(self, unit_id: str) -> Unit:
        """See `AsyncBank.unit`."""
        return self._portal.call(partial(self._async.unit, unit_id))

    def timeline(
        self,
        *,
        entity: str | None = None,
        during: Interval | tuple[datetime | None, datetime | None] | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """See `AsyncBank.timeline`."""
        return self._portal.call(partial(self._async.timeline, entity=entity, during=during, limit=limit))

    def units(self, *, document: str | None = None, retired: bool = False) -> list[Unit]:
        """See `AsyncBank.units`."""
        return self._portal.call(partial(self._async.units, document=document, retired=retired))

    def entries(
        self, kind: str, *, document: str | None = None, keys: Collection[str] | None = None
    ) -> list[Entry]:
        """See `AsyncBank.entries`."""
        return self._portal.call(partial(self._async.entries, kind, document=document, keys=keys))

    def entry(self, kind: str, key: str) -> Entry | None:
        """See `AsyncBank.entry`."""
        return self._portal.call(partial(self._async.entry, kind, key))
