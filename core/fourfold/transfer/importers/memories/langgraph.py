"""LangGraph: the items of a store as JSON, as `Item.dict()` writes them or a table of its Postgres store has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import first_field
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import said_at
from fourfold.values.units import Fact

_TEXT_FIELDS = ("content", "text", "memory", "data", "fact", "value")
"""Fields by which memories in LangGraph's stores, LangMem's among them, have their text."""


class LangGraph:
    """Reads the items of a LangGraph store: a document a namespace, a fact an item."""

    name = "langgraph"
    reads = "the items of a LangGraph store"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record is an item: a value under a key in a namespace."""
        return any(_is_item(record) for record in _items(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the namespaces in the order in which they come."""
        facts: dict[str, list[Fact]] = {}
        for number, item in enumerate(_items(source)):
            place = source.place(number, "item")
            with source.report.guard(place):
                namespace = first_field(item, "namespace", "prefix")
                labels = (
                    namespace.split(".")
                    if isinstance(namespace, str)
                    else [str(label) for label in namespace]
                )
                at = said_at(first_field(item, "updated_at", "created_at"), place, source.report)
                facts.setdefault("/".join(labels), []).append(Fact(_text_of(item["value"]), at=at))
        for name, of_namespace in facts.items():
            yield ImportedDocument(f"langgraph/{name}", facts=tuple(of_namespace))


def _items(source: SourceFile) -> list[Any]:
    if isinstance(source.content, Mapping) and isinstance(source.content.get("items"), list):
        return list(source.content["items"])
    return source.records


def _is_item(record: Any) -> bool:
    return (
        isinstance(record, Mapping)
        and {"key", "value"} <= set(record)
        and ("namespace" in record or "prefix" in record)
    )


def _text_of(value: Any) -> str:
    """Returns what an item says: its text, or where it has fields of its own, these with their names."""
    match value:
        case str() if value.strip():
            return value
        case Mapping():
            text = first_field(value, *_TEXT_FIELDS)
            if isinstance(text, Mapping):
                return _text_of(text)
            if isinstance(text, str) and text.strip():
                return text
            fields = [f"{name.replace('_', ' ')}: {leaf}" for name, leaf in _leaves(value, "")]
            if fields:
                return ", ".join(fields)
    raise InputError("its value says nothing")


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str | int | float]]:
    match value:
        case Mapping():
            for key, inner in value.items():
                yield from _leaves(inner, str(key))
        case list():
            for inner in value:
                yield from _leaves(inner, name)
        case str() | int() | float() if value != "":
            yield name, value
