"""mem0: the list of memories that `get_all` returns, or the object with "results" that newer versions return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import parse_time
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.values.units import Fact

_MAX_USERS_SHOWN = 5
"""Users in an error message; a guess, not measured."""


class Mem0:
    """Reads mem0's memories, each a fact."""

    name = "mem0"
    reads = "mem0's memories"

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is a record with a "memory"; of an object with "results", also whether that is empty."""
        memories = _memories(source)
        if not memories:
            return isinstance(source.content, Mapping) and isinstance(source.content.get("results"), list)
        return any(isinstance(memory, Mapping) and "memory" in memory for memory in memories)

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields one document with the memories of one user; raises `InputError` for those of several."""
        memories = _memories(source)
        users = sorted(
            {str(memory.get("user_id") or memory.get("agent_id") or "") for memory in memories} - {""}
        )
        if len(users) > 1:
            examples = ", ".join(users[:_MAX_USERS_SHOWN])
            raise InputError(
                f"{source.path} has memories of {len(users)} users ({examples}): one bank would mix them. "
                f"Write a file for each."
            )
        facts = []
        for number, memory in enumerate(memories):
            where = f"{source.path}, memory {memory.get('id') or number}"
            if memory.get("memory"):
                facts.append(Fact(memory["memory"], at=parse_time(memory.get("created_at"), where)))
        yield ImportedDocument("mem0", facts=tuple(facts))


def _memories(source: SourceFile) -> list[Any]:
    if isinstance(source.content, Mapping) and "results" in source.content:
        results = source.content["results"]
        return results if isinstance(results, list) else []
    return source.records
