"""Claude: what its data export has beside the conversations, `memories.json` (what Claude keeps in mind of the user
and of each project) and `projects.json` (instructions and documents of projects)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fourfold.transfer.importers.fields import first_field
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.texts.plain_text import passages_of
from fourfold.transfer.importers.times import time_or_none

_MEMORIES = ("conversations_memory", "project_memories")
_PROJECT = ("prompt_template", "docs")
_BOLD_LINE = re.compile(r"^\*\*([^*\n]{1,80}?):?\*\*[ \t]*$", re.MULTILINE)
"""A heading as Claude writes it in its memory: a line in bold."""
_KNOWN_FIELDS = frozenset(
    "uuid name description is_private is_starter_project prompt_template created_at updated_at creator docs "
    "archived_at subtype account_uuid is_harmony_project".split()
)


class ClaudeMemories:
    """Reads what Claude keeps in mind: a document of the user, and one of each project."""

    name = "claude-memories"
    reads = "Claude's memories"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record has a memory as Claude's have."""
        return any(
            isinstance(record, Mapping) and not set(_MEMORIES).isdisjoint(record) for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the memories. The export does not say when they were written."""
        projects = _project_names(source)
        for number, record in enumerate(source.records):
            place = source.place(number)
            with source.report.guard(place):
                at = time_or_none(record.get("updated_at"), place, source.report)
                source.report.unknown(
                    name for name in record if name not in (*_MEMORIES, "account_uuid", "updated_at")
                )
                suffix = f"/{number + 1}" if number else ""
                yield from _document(f"claude/memory{suffix}", "", record.get("conversations_memory"), at)
                for project_id, text in (record.get("project_memories") or {}).items():
                    title = projects.get(project_id, "")
                    yield from _document(f"claude/memory/{project_id}", title, text, at)


class ClaudeProjects:
    """Reads Claude's projects: a document of each one's instructions, and one of each file in it."""

    name = "claude-projects"
    reads = "Claude's projects"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a record is a project."""
        return any(
            isinstance(record, Mapping) and "uuid" in record and set(_PROJECT) <= set(record)
            for record in source.records
        )

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the projects in the order of the file."""
        for number, project in enumerate(source.records):
            place = source.place(number, "project")
            with source.report.guard(place):
                name, title = f"claude/project/{project['uuid']}", str(project.get("name") or "")
                source.report.unknown(name for name in project if name not in _KNOWN_FIELDS)
                at = time_or_none(first_field(project, "updated_at", "created_at"), place, source.report)
                yield from _document(name, title, project.get("description"), at)
                heading = " > ".join(filter(None, (title, "Instructions")))
                yield from _document(f"{name}/instructions", heading, project.get("prompt_template"), at)
                for index, file in enumerate(project.get("docs") or ()):
                    where = f"{place}, document {index + 1}"
                    with source.report.guard(where):
                        yield from _file(name, file, where, source)


def _file(
    project_name: str, file: Mapping[str, Any], place: str, source: SourceFile
) -> Iterator[ImportedDocument]:
    """Yields a file of a project, called by its name; one whose text is not in the export is counted."""
    label = str(first_field(file, "filename", "file_name", "name") or file["uuid"])
    text = file.get("content")
    if not isinstance(text, str) or not text.strip():
        source.report.ignore("documents without a text", place=f"{place} ({label})")
        return
    at = time_or_none(file.get("created_at"), place, source.report)
    # Two files of one name are two: each has an id of its own.
    yield from _document(f"{project_name}/{label}/{file.get('uuid') or ''}".rstrip("/"), label, text, at)


def _document(name: str, title: str, text: Any, at: datetime | None) -> Iterator[ImportedDocument]:
    if isinstance(text, str) and text.strip():
        yield ImportedDocument(name, passages_of(_BOLD_LINE.sub(r"## \1", text), title, at))


def _project_names(source: SourceFile) -> dict[str, str]:
    """Returns how the projects are called by their ids, as `projects.json` of the same export has it."""
    try:
        projects = json.loads(source.neighbour("projects.json") or "[]")
    except (ValueError, RecursionError):
        return {}
    return {
        str(project["uuid"]): str(project.get("name") or "")
        for project in (projects if isinstance(projects, list) else ())
        if isinstance(project, Mapping) and "uuid" in project
    }
