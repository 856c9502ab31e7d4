"""Keeps JSON values under namespaces and keys, as apps keep them in a store, and finds them by what they say.

A namespace is a bank (`bank_name`), an item a document of it: what an item says is recalled like all else there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from fourfold.api.bank import AsyncBank
from fourfold.api.memory import AsyncMemory
from fourfold.errors import ConflictError, NotFoundError
from fourfold.integrations.json_filters import matches
from fourfold.ports import Progress
from fourfold.values.bank_names import bank_name, labels_of
from fourfold.values.units import Entry, Message

_KIND = "item"
"""The kind of entry that an item is."""
_DOCUMENTS = "store/"
"""What begins the name of an item's document, so that it cannot be one that the app names in `retain`."""
_MAX_FIELD_WORDS = 3
"""Words up to which a text says little without the name of its field ("city: Porto"). A guess, not measured."""
_NO_LIMIT = 1_000_000
"""Asks a LangGraph store for all there is: it has no word for that, and returns 10 otherwise."""
Namespace = tuple[str, ...]
JSONObject = Mapping[str, Any]
"""An item's value, or a filter, as the app has it."""


class SourceItem(Protocol):
    """An item of another store."""

    @property
    def namespace(self) -> Namespace: ...

    @property
    def key(self) -> str: ...

    @property
    def value(self) -> JSONObject: ...


class ItemSource(Protocol):
    """What `copy_from` asks of another store, as LangGraph's `BaseStore` has it."""

    async def alist_namespaces(self, *, limit: int) -> Sequence[Namespace]: ...

    async def asearch(self, namespace_prefix: Namespace, /, *, limit: int) -> Sequence[SourceItem]: ...


@dataclass(frozen=True)
class Item:
    """A value as it was put. `score` says how well it fits a query, where its text was recalled for it."""

    namespace: Namespace
    key: str
    value: JSONObject
    created_at: datetime
    updated_at: datetime
    score: float | None = None


class KeyValueItems:
    """The items of a memory. Methods raise the `FourfoldError` of what cannot be kept or read."""

    def __init__(self, memory: AsyncMemory) -> None:
        self._memory = memory

    async def put(
        self,
        namespace: Namespace,
        key: str,
        value: JSONObject,
        texts: Iterable[str] | None = None,
        ttl: timedelta | None = None,
    ) -> None:
        """Puts a JSON object, in place of what was there. `texts` are what it says (default: all that is in it;
        it may be nothing); with `ttl` it is gone that long after it was put or last touched."""
        expires = None if ttl is None else self._now() + ttl
        stored = {"value": dict(value), "ttl": None if ttl is None else ttl.total_seconds()}
        # A tag for each namespace above: a prefix is then found by an index, without reading every bank.
        tags = tuple(bank_name(*namespace[:depth]) for depth in range(1, len(namespace) + 1))
        item_texts = _texts(value) if texts is None else texts
        messages = [Message(text) for text in item_texts if text.strip()]
        item = Entry(_KIND, key, stored, expires, tags)
        await self._bank(namespace).entries.put([item], messages, document=_DOCUMENTS + key, replace=True)

    async def delete(self, namespace: Namespace, key: str) -> None:
        """Forgets an item and what it says; one that is not there is fine."""
        try:
            await self._bank(namespace).forget(document=_DOCUMENTS + key, reason="deleted")
        except NotFoundError:
            return

    async def get(self, namespace: Namespace, key: str, *, touch: bool = False) -> Item | None:
        """Returns the item of that key; None if there is none. `touch`: from now on it lives for its time again."""
        bank = self._bank(namespace)
        entry = await bank.entries.get(_KIND, key)
        return None if entry is None else await self._item(bank, entry, None, touch)

    async def search(
        self,
        prefix: Namespace,
        query: str | None = None,
        where: JSONObject | None = None,
        limit: int = 10,
        offset: int = 0,
        *,
        touch: bool = False,
    ) -> list[Item]:
        """Returns items of the namespaces that begin with `prefix`, in the order in which they were put. With a
        `query` those whose texts are recalled come first, best first. `where` names fields and the conditions that
        they must meet (see `json_filters.matches`)."""
        names = await self._banks(prefix)
        banks = [self._memory.bank(name) for name in names]
        matching = [
            (bank, entry, score)
            for bank in banks
            for entry, score in await _search(bank, query, where, offset + limit)
        ]
        if query:  # across namespaces; sorting is stable, so what was not recalled stays in its order
            matching.sort(key=lambda match: (match[2] is not None, match[2] or 0.0), reverse=True)
        page = matching[offset : offset + limit]
        return [await self._item(bank, entry, score, touch) for bank, entry, score in page]

    async def namespaces(self, prefix: Namespace = ()) -> list[Namespace]:
        """Returns the namespaces with items that begin with `prefix`, sorted."""
        return sorted(labels_of(name) for name in await self._banks(prefix))

    async def copy_from(self, source: ItemSource, progress: Progress | None = None) -> int:
        """Copies all items of a store that lists namespaces and searches as LangGraph's stores do (`BaseStore`);
        returns how many. Doing it again changes nothing. `progress` is called with (done, total) namespaces."""
        namespaces = await source.alist_namespaces(limit=_NO_LIMIT)
        count = 0
        for number, namespace in enumerate(namespaces, 1):
            for item in await source.asearch(tuple(namespace), limit=_NO_LIMIT):
                # A search finds what lies below the namespace too; that has a turn of its own.
                if tuple(item.namespace) == tuple(namespace):
                    existing = await self.get(tuple(namespace), item.key)
                    # What is there already is not embedded again: a copy that was cut off goes on.
                    if existing is None or existing.value != item.value:
                        await self.put(tuple(namespace), item.key, item.value)
                    count += 1
            if progress is not None:
                progress(number, len(namespaces))
        return count

    async def sweep(self) -> int:
        """Forgets what has expired, and what it says, in all namespaces; returns how many items that were."""
        banks = await self._memory.banks_with_entries(_KIND, expired=True)
        return sum([len(await self._memory.bank(name).entries.expire(_KIND)) for name in banks])

    async def _item(self, bank: AsyncBank, entry: Entry, score: float | None, touch: bool) -> Item:
        if touch and entry.value["ttl"] is not None:
            entry = await self._extend(bank, entry)
        assert entry.created_at is not None
        assert entry.updated_at is not None
        namespace = labels_of(bank.name)
        value = entry.value["value"]
        return Item(namespace, entry.key, value, entry.created_at, entry.updated_at, score)

    async def _extend(self, bank: AsyncBank, entry: Entry) -> Entry:
        """Has an item live for its time again, from now on."""
        renewed = replace(entry, expires_at=self._now() + timedelta(seconds=entry.value["ttl"]))
        try:
            await bank.entries.put([renewed], document=entry.document)
        except ConflictError:  # it was put anew meanwhile, and lives on for that
            return entry
        return renewed

    async def _banks(self, prefix: Namespace) -> list[str]:
        return await self._memory.banks_with_entries(_KIND, tag=bank_name(*prefix) if prefix else None)

    def _bank(self, namespace: Namespace) -> AsyncBank:
        return self._memory.bank(bank_name(*namespace))

    def _now(self) -> datetime:
        return self._memory.clock.now()


async def _search(
    bank: AsyncBank, query: str | None, where: JSONObject | None, limit: int
) -> list[tuple[Entry, float | None]]:
    """Returns at most `limit` entries: those that are recalled, best first, then the others, in order."""
    scores = await _scores(bank, query) if query else {}
    entries = {entry.key: entry for entry in await bank.entries.list(_KIND, keys=scores)} if scores else {}
    ranked = [(entries[key], score) for key, score in scores.items() if key in entries]
    matching: list[tuple[Entry, float | None]] = [
        (entry, score) for entry, score in ranked if _meets(entry, where)
    ]
    if len(matching) < limit:
        not_recalled = [entry for entry in await bank.entries.list(_KIND) if entry.key not in scores]
        matching += [(entry, None) for entry in not_recalled if _meets(entry, where)]
    return matching[:limit]


async def _scores(bank: AsyncBank, query: str) -> dict[str, float]:
    """Returns the keys of the items whose texts are recalled, with the score of the best of them, best first."""
    scores: dict[str, float] = {}
    for hit in (await bank.recall(query, budget=None)).hits:
        for document in hit.unit.source.documents:
            if document.startswith(_DOCUMENTS):
                scores.setdefault(document.removeprefix(_DOCUMENTS), float(hit.score))
    return scores


def _meets(entry: Entry, where: JSONObject | None) -> bool:
    return not where or matches(entry.value["value"], where)


def _texts(value: JSONObject) -> list[str]:
    """Returns what a value says: its longer texts each by itself, and in one text the short ones with the names of
    their fields."""
    leaves = [(name.replace("_", " "), str(leaf)) for name, leaf in _leaves(value)]
    sentences = [text for _, text in leaves if len(text.split()) > _MAX_FIELD_WORDS]
    fields = [f"{name}: {text}" for name, text in leaves if 0 < len(text.split()) <= _MAX_FIELD_WORDS]
    return [*sentences, "\n".join(fields)]


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str | float]]:
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from _leaves(inner, str(key))
        case list() | tuple():
            for inner in value:
                yield from _leaves(inner, name)
        case str() | int() | float():
            yield name, value
