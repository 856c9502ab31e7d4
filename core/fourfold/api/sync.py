"""`Memory`, `Bank` and `BankEntries`: the asynchronous ones, for code that does not await. They work
inside a running event loop too. Written by scripts/generate_sync.py: change the asynchronous classes, and run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from fourfold.api.bank import AsyncBank
from fourfold.api.entries import AsyncBankEntries
from fourfold.api.facade import BankFacade, Facade, MemoryFacade, Portal
from fourfold.api.reads import AnyBank
from fourfold.ports import (
    Embedder,
    LanguageModel,
    ModelRequest,
    Progress,
)
from fourfold.token_usage import Tokens
from fourfold.values.beliefs import Belief
from fourfold.values.changes import (
    DIARY,
    Change,
    Event,
    ForgetResult,
    PrunePolicy,
    PruneResult,
    Receipt,
    TimelineKind,
)
from fourfold.values.preview import Preview
from fourfold.values.redaction import RedactionRule
from fourfold.values.reflection import BankStatus, CoreProfile, Disposition, Reflection
from fourfold.values.results import BankInfo, Recall, RetainResult
from fourfold.values.summaries import Summary
from fourfold.values.units import (
    Entity,
    Entry,
    Fact,
    Interval,
    Message,
    Network,
    SaidAt,
    Unit,
)


class Memory(MemoryFacade):
    """A memory: one store holding many banks. Open it with `Memory.open(...)`, best in a `with`."""

    def bank(
        self,
        name: str,
        *,
        language: str | None = None,
        mission: str | None = None,
        disposition: Disposition | None = None,
        llm: LanguageModel | None = None,
        actor: str = "",
        redact: Iterable[str | RedactionRule] | None = None,
    ) -> Bank:
        """See `AsyncMemory.bank`."""
        return Bank(
            self._async.bank(
                name,
                language=language,
                mission=mission,
                disposition=disposition,
                llm=llm,
                actor=actor,
                redact=redact,
            ),
            self._portal,
        )

    def warm_up(self, bank: str | None = None) -> None:
        """See `AsyncMemory.warm_up`."""
        self._portal.call(lambda: self._async.warm_up(bank))

    def banks(self, names: Collection[str] | None = None) -> list[BankInfo]:
        """See `AsyncMemory.banks`."""
        return self._portal.call(lambda: self._async.banks(names))

    def erase(self, bank: str) -> Receipt:
        """See `AsyncMemory.erase`."""
        return self._portal.call(lambda: self._async.erase(bank))

    def banks_with_entries(self, kind: str, *, tag: str | None = None, expired: bool = False) -> list[str]:
        """See `AsyncMemory.banks_with_entries`."""
        return self._portal.call(lambda: self._async.banks_with_entries(kind, tag=tag, expired=expired))

    def load(
        self,
        path: str | Path,
        *,
        bank: str | None = None,
        decrypt: str | Path | None = None,
        signed_by: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Bank:
        """See `AsyncMemory.load`."""
        return Bank(
            self._portal.call(
                lambda: self._async.load(
                    path, bank=bank, decrypt=decrypt, signed_by=signed_by, progress=progress
                )
            ),
            self._portal,
        )

    def reembed(self, embedder: str | Embedder, *, progress: Progress | None = None) -> int:
        """See `AsyncMemory.reembed`."""
        return self._portal.call(lambda: self._async.reembed(embedder, progress=progress))

    def find_text(self, text: str) -> list[str]:
        """See `AsyncMemory.find_text`."""
        return self._portal.call(lambda: self._async.find_text(text))


class Bank(BankFacade):
    """One agent's or user's memory; see `AsyncBank`."""

    def __init__(self, bank: AsyncBank, portal: Portal) -> None:
        super().__init__(bank, portal)
        self.entries = BankEntries(bank.entries, portal)

    def retain(
        self,
        messages: str | Iterable[Message],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
        replace: bool = False,
        replaces: str | Unit | Sequence[str | Unit] = (),
        batch: bool = False,
        progress: Progress | None = None,
    ) -> RetainResult:
        """See `AsyncBank.retain`."""
        return self._portal.call(
            lambda: self._async.retain(
                messages,
                at=at,
                document=document,
                context=context,
                tags=tags,
                replace=replace,
                replaces=replaces,
                batch=batch,
                progress=progress,
            )
        )

    def preview(
        self, messages: str | Iterable[Message], *, at: SaidAt | None = None, context: str = ""
    ) -> Preview:
        """See `AsyncBank.preview`."""
        return self._portal.call(lambda: self._async.preview(messages, at=at, context=context))

    def extraction_request(self, text: str, *, context: str = "") -> ModelRequest | None:
        """See `AsyncBank.extraction_request`."""
        return self._async.extraction_request(text, context=context)

    def retain_facts(
        self,
        facts: Iterable[Fact],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
        replaces: str | Unit | Sequence[str | Unit] = (),
    ) -> RetainResult:
        """See `AsyncBank.retain_facts`."""
        return self._portal.call(
            lambda: self._async.retain_facts(
                facts, at=at, document=document, context=context, tags=tags, replaces=replaces
            )
        )

    def retain_later(
        self,
        messages: str | Iterable[Message],
        *,
        at: SaidAt | None = None,
        document: str = "",
        context: str = "",
        tags: Sequence[str] = (),
    ) -> Future[RetainResult]:
        """See `AsyncBank.retain_later`."""
        return self._async.retain_later(messages, at=at, document=document, context=context, tags=tags)

    def flush(self, timeout: float | None = 1.0) -> bool:
        """See `AsyncBank.flush`."""
        return self._portal.call(lambda: self._async.flush(timeout))

    def resume(self, *, progress: Progress | None = None) -> RetainResult:
        """See `AsyncBank.resume`."""
        return self._portal.call(lambda: self._async.resume(progress=progress))

    def set_language(self, language: str) -> None:
        """See `AsyncBank.set_language`."""
        self._portal.call(lambda: self._async.set_language(language))

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
        return self._portal.call(
            lambda: self._async.recall(
                question,
                budget=budget,
                limit=limit,
                networks=networks,
                tags=tags,
                during=during,
                as_of=as_of,
                explain=explain,
            )
        )

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
        return self._portal.call(
            lambda: self._async.reflect(
                question,
                budget=budget,
                steps=steps,
                tags=tags,
                as_of=as_of,
                response_model=response_model,
                believe=believe,
                on_text=on_text,
            )
        )

    def believe(
        self,
        statement: str,
        *,
        confidence: float = 0.7,
        evidence: Sequence[Unit | str] = (),
        reason: str = "",
    ) -> Belief:
        """See `AsyncBank.believe`."""
        return self._portal.call(
            lambda: self._async.believe(statement, confidence=confidence, evidence=evidence, reason=reason)
        )

    def status(self) -> BankStatus:
        """See `AsyncBank.status`."""
        return self._portal.call(self._async.status)

    def consolidate(self) -> BankStatus:
        """See `AsyncBank.consolidate`."""
        return self._portal.call(self._async.consolidate)

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
            lambda: self._async.forget(
                document=document,
                unit=unit,
                entity=entity,
                tags=tags,
                before=before,
                erase=erase,
                reason=reason,
            )
        )

    def fork(self, name: str, *, progress: Progress | None = None) -> Bank:
        """See `AsyncBank.fork`."""
        return Bank(self._portal.call(lambda: self._async.fork(name, progress=progress)), self._portal)

    def restore(self, name: str, *, as_of: datetime, progress: Progress | None = None) -> Bank:
        """See `AsyncBank.restore`."""
        return Bank(
            self._portal.call(lambda: self._async.restore(name, as_of=as_of, progress=progress)), self._portal
        )

    def edit(self, unit: Unit | str, text: str, *, reason: str = "") -> Change:
        """See `AsyncBank.edit`."""
        return self._portal.call(lambda: self._async.edit(unit, text, reason=reason))

    def merge_entities(self, name: str, *, into: str, reason: str = "") -> Change:
        """See `AsyncBank.merge_entities`."""
        return self._portal.call(lambda: self._async.merge_entities(name, into=into, reason=reason))

    def merge_units(self, unit: Unit | str, *, into: Unit | str, reason: str = "") -> Change:
        """See `AsyncBank.merge_units`."""
        return self._portal.call(lambda: self._async.merge_units(unit, into=into, reason=reason))

    def absorb(self, bank: AnyBank, *, progress: Progress | None = None) -> RetainResult:
        """See `AsyncBank.absorb`."""
        return self._portal.call(lambda: self._async.absorb(bank, progress=progress))

    def split_entity(self, alias: str, *, of: str, reason: str = "") -> Change:
        """See `AsyncBank.split_entity`."""
        return self._portal.call(lambda: self._async.split_entity(alias, of=of, reason=reason))

    def split_unit(self, unit: Unit | str, *, into: Sequence[str], reason: str = "") -> Change:
        """See `AsyncBank.split_unit`."""
        return self._portal.call(lambda: self._async.split_unit(unit, into=into, reason=reason))

    def rename(self, name: str, *, to: str, reason: str = "") -> Change:
        """See `AsyncBank.rename`."""
        return self._portal.call(lambda: self._async.rename(name, to=to, reason=reason))

    def pin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """See `AsyncBank.pin`."""
        return self._portal.call(lambda: self._async.pin(what, reason=reason))

    def unpin(self, what: Unit | str, *, reason: str = "") -> Change | None:
        """See `AsyncBank.unpin`."""
        return self._portal.call(lambda: self._async.unpin(what, reason=reason))

    def prune(
        self, policy: PrunePolicy | None = None, *, dry_run: bool = False, reason: str = ""
    ) -> PruneResult:
        """See `AsyncBank.prune`."""
        return self._portal.call(lambda: self._async.prune(policy, dry_run=dry_run, reason=reason))

    def export(
        self,
        path: str | Path,
        *,
        vectors: bool = True,
        encrypt: str | Path | None = None,
        sign: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """See `AsyncBank.export`."""
        return self._portal.call(
            lambda: self._async.export(path, vectors=vectors, encrypt=encrypt, sign=sign, progress=progress)
        )

    def history(self, unit: Unit | str | None = None, *, limit: int | None = None) -> list[Change]:
        """See `AsyncBank.history`."""
        return self._portal.call(lambda: self._async.history(unit, limit=limit))

    def undo(self, change: Change | str, *, reason: str = "") -> Change:
        """See `AsyncBank.undo`."""
        return self._portal.call(lambda: self._async.undo(change, reason=reason))

    def entities(self) -> list[Entity]:
        """See `AsyncBank.entities`."""
        return self._portal.call(self._async.entities)

    def entity(self, name: str) -> Entity:
        """See `AsyncBank.entity`."""
        return self._portal.call(lambda: self._async.entity(name))

    def unit(self, unit_id: str) -> Unit:
        """See `AsyncBank.unit`."""
        return self._portal.call(lambda: self._async.unit(unit_id))

    def units(self, *, document: str | None = None, retired: bool = False) -> list[Unit]:
        """See `AsyncBank.units`."""
        return self._portal.call(lambda: self._async.units(document=document, retired=retired))

    def timeline(
        self,
        *,
        what: TimelineKind | Collection[TimelineKind] = DIARY,
        entity: str | None = None,
        during: Interval | tuple[datetime | None, datetime | None] | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """See `AsyncBank.timeline`."""
        return self._portal.call(
            lambda: self._async.timeline(what=what, entity=entity, during=during, limit=limit)
        )

    def beliefs(
        self,
        about: str | None = None,
        *,
        holder: str | None = None,
        min_confidence: float = 0.0,
        retired: bool = False,
    ) -> list[Belief]:
        """See `AsyncBank.beliefs`."""
        return self._portal.call(
            lambda: self._async.beliefs(about, holder=holder, min_confidence=min_confidence, retired=retired)
        )

    def summary(self, entity: str) -> Summary:
        """See `AsyncBank.summary`."""
        return self._portal.call(lambda: self._async.summary(entity))

    def core(self, budget: int = 400) -> CoreProfile:
        """See `AsyncBank.core`."""
        return self._portal.call(lambda: self._async.core(budget))


class BankEntries(Facade):
    """The JSON values that a bank keeps word for word; see `AsyncBankEntries`."""

    def __init__(self, entries: AsyncBankEntries, portal: Portal) -> None:
        self._async = entries
        self._portal = portal

    def put(
        self,
        entries: Iterable[Entry],
        messages: str | Iterable[Message] = (),
        *,
        document: str,
        at: SaidAt | None = None,
        tags: Sequence[str] = (),
        replace: bool = False,
    ) -> RetainResult:
        """See `AsyncBankEntries.put`."""
        return self._portal.call(
            lambda: self._async.put(entries, messages, document=document, at=at, tags=tags, replace=replace)
        )

    def delete(self, kind: str, keys: Collection[str]) -> int:
        """See `AsyncBankEntries.delete`."""
        return self._portal.call(lambda: self._async.delete(kind, keys))

    def get(self, kind: str, key: str) -> Entry | None:
        """See `AsyncBankEntries.get`."""
        return self._portal.call(lambda: self._async.get(kind, key))

    def expire(self, kind: str) -> Sequence[str]:
        """See `AsyncBankEntries.expire`."""
        return self._portal.call(lambda: self._async.expire(kind))

    def list(
        self, kind: str, *, document: str | None = None, keys: Collection[str] | None = None
    ) -> list[Entry]:
        """See `AsyncBankEntries.list`."""
        return self._portal.call(lambda: self._async.list(kind, document=document, keys=keys))
