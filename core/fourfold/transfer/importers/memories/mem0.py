"""mem0: the memories that `get_all` and `search` return, as a list or an object with "results", those that `add`
made, and what its app OpenMemory exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.errors import InputError
from fourfold.transfer.importers.fields import first_field, normal_name
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import said_at
from fourfold.values.units import Fact

_MAX_USERS_SHOWN = 5
"""Users in an error message; a guess, not measured."""
_LISTS = ("results", "memories", "items")
_OPENMEMORY_FIELDS = frozenset({"state", "app_name", "app_id", "categories", "user_id", "metadata_"})
"""Fields of which OpenMemory's memories, whose text is their "content", have one and messages of a chat have none."""
_KNOWN_FIELDS = frozenset(
    "id memory content text hash metadata metadata_ created_at updated_at user_id agent_id app_id app_name run_id "
    "actor_id role score categories state event previous_memory immutable expiration_date deleted_at archived_at "
    "owner organization project input type lemmatized_memory structured_attributes internal_metadata vector "
    "embedding tags category".split()
)
"""Fields of a memory: what is taken of them, and what says nothing about its user."""


class Mem0:
    """Reads mem0's memories, each a fact."""

    name = "mem0"
    reads = "mem0's memories"

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is a record with a "memory", or one of OpenMemory's; of an object with "results", also
        whether that is empty."""
        if isinstance(source.content, Mapping) and source.content.get("results") == []:
            return True
        if isinstance(source.content, Mapping) and isinstance(source.content.get("memories"), list):
            return any(isinstance(memory, str) or _has_text(memory) for memory in source.content["memories"])
        return any(_is_memory(memory) for memory in _memories(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields one document with the memories of one user; raises `InputError` for those of several."""
        memories = _memories(source)
        owners = (
            first_field(memory, "user_id", "agent_id") for memory in memories if isinstance(memory, Mapping)
        )
        users = sorted({str(owner) for owner in owners if owner})
        if len(users) > 1:
            examples = ", ".join(users[:_MAX_USERS_SHOWN])
            raise InputError(
                f"{source.path} has memories of {len(users)} users ({examples}): one bank would mix them. "
                f"Write a file for each."
            )
        facts: list[Fact] = []
        for number, memory in enumerate(memories):
            place = source.place(number, "memory")
            with source.report.guard(place):
                facts += _facts(memory, place, source)
        if isinstance(source.content, Mapping):
            facts += _relations(source.content, source)
        yield ImportedDocument("mem0", facts=tuple(facts))


def _memories(source: SourceFile) -> list[Any]:
    if isinstance(source.content, Mapping):
        for name in _LISTS:
            if isinstance(source.content.get(name), list):
                return list(source.content[name])
    return source.records


def _has_text(record: Any) -> bool:
    return isinstance(record, Mapping) and isinstance(first_field(record, "memory", "content", "text"), str)


def _is_memory(record: Any) -> bool:
    if not isinstance(record, Mapping):
        return False
    if isinstance(record.get("memory"), str):
        return True
    return "content" in record and "role" not in record and not _OPENMEMORY_FIELDS.isdisjoint(record)


def _facts(memory: Any, place: str, source: SourceFile) -> list[Fact]:
    """Returns the fact of a memory; none for one that was deleted, whose text is what should be gone."""
    if isinstance(memory, str):
        return [Fact(memory)]
    text = first_field(memory, "memory", "content", "text")
    if not isinstance(text, str):
        raise InputError('it has no "memory"')
    if str(memory.get("event") or "").upper() == "DELETE" or memory.get("state") == "deleted":
        source.report.ignore("deleted facts")
        return []
    source.report.unknown(
        name for name in memory if normal_name(name) not in {normal_name(field) for field in _KNOWN_FIELDS}
    )
    # When it was put into these words: an update makes the text another one. OpenMemory's changes with its state.
    times = ("created_at", "createdAt") if "state" in memory else ("updated_at", "created_at", "createdAt")
    at = first_field(memory, *times)
    return [Fact(text, at=said_at(at, place, source.report))]


def _relations(content: Mapping[str, Any], source: SourceFile) -> Iterator[Fact]:
    """Yields the relations of its graph memory, which stand beside the memories, each a sentence."""
    relations = content.get("relations")
    for number, relation in enumerate(relations if isinstance(relations, list) else ()):
        with source.report.guard(f"relation {number + 1}"):
            ends = relation["source"], first_field(relation, "target", "destination")
            subject, target = (str(end).replace("_", " ") for end in ends)
            kind = str(relation["relationship"]).replace("_", " ")
            yield Fact(f"{subject} {kind} {target}.", entities=(subject, target))
