"""The knowledge graph of the reference MCP memory server: JSON lines of entities with observations, and relations; or
what its tool `read_graph` answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import first_field
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.memories.tool_answer import unwrapped
from fourfold.transfer.importers.times import said_at
from fourfold.values.units import Fact

_KINDS = ("entity", "relation")


class McpMemory:
    """Reads the MCP memory server's graph: a fact for each observation and each relation."""

    name = "mcp-memory"
    reads = "the MCP memory server's JSONL"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record is an entity or a relation, or the file a graph of them that may be empty."""
        if isinstance(source.content, Mapping) and source.content.get("entities") == []:
            return isinstance(source.content.get("relations"), list)
        return any(
            isinstance(record, Mapping) and record.get("type") in _KINDS for record in _records(source)
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields one document with the facts of the whole graph."""
        facts: list[Fact] = []
        for number, record in enumerate(_records(source)):
            with source.report.guard(source.place(number)):
                facts += _facts(record, source.place(number), source)
        yield ImportedDocument("mcp-memory", facts=tuple(facts))


def _records(source: SourceFile) -> list[Any]:
    """Returns the entities and relations, also of one graph ("entities", "relations") and of a tool's answer."""
    records = source.records
    if (
        len(records) == 1
        and (records[0].get("type") if isinstance(records[0], Mapping) else "") not in _KINDS
    ):
        return _of_graph(records[0])
    return records


def _of_graph(answer: Any) -> list[dict[str, Any]]:
    record = unwrapped(answer)
    if not isinstance(record, Mapping):
        return []
    return [
        {"type": kind, **part}
        for kind, name in (("entity", "entities"), ("relation", "relations"))
        for part in _list(record.get(name))
        if isinstance(part, Mapping) and ("name" in part or "from" in part)
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _facts(record: Any, place: str, source: SourceFile) -> Iterator[Fact]:
    """Yields what a record states. An observation ("Speaks fluent Spanish") says of whom it is only where it lies, so
    the name is put before it; a relation is a sentence of its own."""
    match record["type"]:
        case "entity":
            name = _spaced(record["name"])
            observations = record.get("observations") or ()
            for observation in observations if isinstance(observations, list | tuple) else [observations]:
                with source.report.guard(place):
                    text, at = _observed(observation, place, source)
                    is_named = name.casefold() in text.casefold()
                    yield Fact(text if is_named else f"{name}: {text}", entities=(name,), at=at)
        case "relation":
            subject, target = _spaced(record["from"]), _spaced(record["to"])
            if not isinstance(record.get("relationType"), str):
                raise InputError("the relation has no type")
            yield Fact(f"{subject} {_spaced(record['relationType'])} {target}.", entities=(subject, target))
        case kind:
            raise InputError(f'"{kind}" is neither an entity nor a relation')


def _observed(observation: Any, place: str, source: SourceFile) -> tuple[str, Any]:
    """Returns the text of an observation, and its time, which some forks of the server keep."""
    if isinstance(observation, str):
        return observation, None
    text = (
        first_field(observation, "content", "text", "observation")
        if isinstance(observation, Mapping)
        else None
    )
    if not isinstance(text, str):
        raise InputError("an observation has no text")
    at = first_field(observation, "timestamp", "created_at", "createdAt")
    return text, said_at(at, place, source.report)


def _spaced(name: object) -> str:
    """Returns "John_Smith" and "works_at" as they are written elsewhere: with blanks. The server's own prompt has
    models write names with underscores, and "John Smith" in a conversation should be the same entity."""
    return " ".join(str(name).replace("_", " ").split())
