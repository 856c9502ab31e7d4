"""The knowledge graph of the reference MCP memory server: JSON lines of entities with observations, and relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Fact


class McpMemory:
    """Reads the MCP memory server's graph: a fact for each observation and each relation."""

    name = "mcp-memory"
    reads = "the MCP memory server's JSONL"

    def matches(self, source: SourceFile) -> bool:
        """Says whether the first record is an entity or a relation."""
        first_record = source.records[0] if source.records else None
        return isinstance(first_record, Mapping) and first_record.get("type") in ("entity", "relation")

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields one document with the facts of the whole graph."""
        facts = (fact for record in source.records for fact in _facts(record))
        yield ImportedDocument("mcp-memory", facts=tuple(facts))


def _facts(record: Mapping[str, Any]) -> Iterator[Fact]:
    """Yields what a record states. An observation ("Speaks fluent Spanish") says of whom it is only where it lies, so
    the name is put before it; a relation is a sentence of its own."""
    if record["type"] == "entity":
        name = _spaced(record["name"])
        for observation in record.get("observations", ()):
            text = observation if isinstance(observation, str) else observation["content"]
            is_named = name.casefold() in text.casefold()
            yield Fact(text if is_named else f"{name}: {text}", entities=(name,))
    elif record["type"] == "relation":
        source, target = _spaced(record["from"]), _spaced(record["to"])
        yield Fact(f"{source} {_spaced(record['relationType'])} {target}.", entities=(source, target))


def _spaced(name: object) -> str:
    """Returns "John_Smith" and "works_at" as they are written elsewhere: with blanks. The server's own prompt has
    models write names with underscores, and "John Smith" in a conversation should be the same entity."""
    return " ".join(str(name).replace("_", " ").split())
