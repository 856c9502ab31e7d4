"""Graphiti and Zep: what a search of their graph returns, lists of its edges, nodes or episodes, and what the tools
of Graphiti's MCP server and its REST service answer.

An edge is a fact with the time from which it holds (`valid_at`) and up to which it did (`invalid_at`; `expired_at` is
when the graph learned that). An episode is what was said, a node's summary what a model made of the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fourfold.errors import InputError
from fourfold.language.languages import ENGLISH, detect
from fourfold.language.pack import Language
from fourfold.language.succession.claims import Mark
from fourfold.language.succession.reading import read_claims
from fourfold.transfer.importers.fields import normal_name, parse_role, role_of
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.memories.tool_answer import unwrapped
from fourfold.transfer.importers.times import said_at, time_or_none
from fourfold.values.units import Fact, Interval, Message, known_time

_FACTS = ("edges", "facts", "relevant_facts")
_EPISODES = ("episodes", "messages")
_EDGE_FIELDS = frozenset({"sourcenodeuuid", "targetnodeuuid", "validat", "invalidat", "expiredat"})
"""Fields of which an edge has one, as `normal_name` has them, and no other record with a "fact" does."""
_EPISODE_FIELDS = frozenset({"entityedges", "sourcedescription", "episodemetadata", "processed", "roletype"})
"""The same of an episode, which has a "uuid" as well: messages of other chats have some of these."""
_KNOWN_FIELDS = frozenset(
    """uuid groupid graphid userid name fact sourcenodeuuid targetnodeuuid sourcenodename targetnodename
    sourcenodelabels targetnodelabels createdat validat invalidat expiredat referencetime episodes attributes score
    relevance rating factembedding content source sourcedescription entityedges episodemetadata metadata processed
    role roletype threadid sessionid documentid labels summary nameembedding timestamp tokencount updatedat""".split()
)
"""Fields that are read, and what says nothing about anybody."""
_TURN = re.compile(r"([^\s:][^:\n]{0,60}?)(?:\s*\((\w+)\))?:\s+(?=\S)")
"""Who speaks in an episode that is a message: "Ana: Hello", "Ana (user): Hello"."""
_SAME_MOMENT = timedelta(seconds=1)
"""Between when something was said and from when it holds: up to there the graph only knew that it holds by then. A
guess, not measured."""


@dataclass
class _Group:
    """What a file has of one partition of the graph."""

    facts: list[Fact] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class Graphiti:
    """Reads the facts and episodes of a graph: a document a group."""

    name = "graphiti"
    reads = "edges and episodes of Graphiti and Zep"

    def matches(self, source: SourceFile) -> bool:
        """Says whether there is an edge, an episode of a graph, or a node with a summary."""
        return any(_kind(record) for record, _ in _records(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the groups in the order in which they come."""
        records = [(_fields(record), _kind(record) or kind, place) for record, kind, place in _placed(source)]
        names = {fields.get("uuid"): str(fields["name"]) for fields, kind, _ in records if kind == "node"}
        has_facts = any(kind == "edge" for _, kind, _ in records)
        texts = [str(fields.get("fact") or "") for fields, _, _ in records]
        reader = _EdgeReader(source, names, detect(texts) or ENGLISH)
        groups: dict[str, _Group] = {}
        for fields, kind, place in records:
            with source.report.guard(place):
                group = groups.setdefault(str(_first(fields, "groupid", "graphid") or ""), _Group())
                source.report.unknown(name for name in fields if name not in _KNOWN_FIELDS)
                if kind == "edge":
                    group.facts.append(reader.fact(fields, place))
                elif kind == "episode":
                    group.messages += _messages(fields, place, source)
                elif kind == "node" and not has_facts:
                    group.facts += _summary(fields, place, source)
                elif kind == "node" and fields.get("summary"):
                    # They repeat the facts, those that ended as well, without their times.
                    source.report.ignore("summaries of nodes")
                elif kind == "text":
                    group.facts.append(Fact(fields["fact"]))
                elif kind is None:
                    raise InputError("it is no edge, node or episode")
        for name, group in groups.items():
            document = f"graphiti/{name}" if name else "graphiti"
            yield ImportedDocument(document, tuple(group.messages), tuple(group.facts))


def _records(source: SourceFile) -> Iterator[tuple[Any, str]]:
    """Yields the records of a file, and which list each stands in; "" for those of a file that is a list itself."""
    content = unwrapped(source.content)
    if isinstance(content, list):
        yield from ((record, "") for record in content)
    elif isinstance(content, Mapping) and not _kind(content):
        for name in (*_FACTS, "nodes", *_EPISODES):
            listed = content.get(name)
            yield from ((record, name) for record in (listed if isinstance(listed, list) else ()))
    else:
        yield content, ""


def _placed(source: SourceFile) -> Iterator[tuple[Any, str | None, str]]:
    """Yields each record with the kind that its list gives it, and its place in the file."""
    counts: dict[str, int] = {}
    for record, name in _records(source):
        number = counts[name] = counts.get(name, -1) + 1
        place = f"{name} {number + 1}" if name else source.place(number)
        if name in _FACTS and isinstance(record, str):  # Zep's older memory has them so
            yield {"fact": record}, "text", place
        else:
            yield record, "episode" if name in _EPISODES else None, place


def _kind(record: Any) -> str | None:
    """Returns what a record is by its fields; None where these do not tell."""
    if not isinstance(record, Mapping):
        return None
    fields = _fields(record)
    if isinstance(fields.get("fact"), str):
        return None if _EDGE_FIELDS.isdisjoint(fields) else "edge"
    if isinstance(fields.get("content"), str):
        return "episode" if "uuid" in fields and not _EPISODE_FIELDS.isdisjoint(fields) else None
    is_node = {"name", "summary", "uuid"} <= fields.keys() and not {"labels", "groupid"}.isdisjoint(fields)
    return "node" if is_node else None


def _fields(record: Any) -> dict[str, Any]:
    """Returns the fields of a record as `normal_name` has their names: the Python and TypeScript clients write them
    in two ways. Neo4j's export (APOC) has them under "properties", and the nodes of an edge at its "start" and
    "end"."""
    if not isinstance(record, Mapping):
        return {}
    properties = record.get("properties")
    if isinstance(properties, Mapping):
        return _fields(properties) | {
            f"{side}nodename": end["properties"]["name"]
            for side, end in (("source", record.get("start")), ("target", record.get("end")))
            if isinstance(end, Mapping)
            and isinstance(end.get("properties"), Mapping)
            and "name" in end["properties"]
        }
    return {normal_name(name): value for name, value in record.items() if value is not None}


def _first(fields: Mapping[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if name in fields), None)


@dataclass(frozen=True)
class _EdgeReader:
    """Makes facts of edges; `names` are those of the nodes that the file has."""

    source: SourceFile
    names: Mapping[Any, str]
    language: Language

    def fact(self, fields: Mapping[str, Any], place: str) -> Fact:
        """Returns what an edge states."""
        text, report = fields["fact"], self.source.report
        if not isinstance(text, str):
            raise InputError("its fact is no text")
        start, end, expired = (
            time_or_none(fields.get(name), place, report) for name in ("validat", "invalidat", "expiredat")
        )
        at = said_at(_first(fields, "referencetime", "createdat", "timestamp"), place, report)
        is_told_as_past = any(claim.has(Mark.EVENT) for claim in read_claims(text, self.language))
        return Fact(
            text,
            entities=tuple(self._ends(fields)),
            occurred=_occurred(start, end, known_time(at), is_told_as_past),
            at=at or start,
            # "Ana worked in Rome" is true after she left as well.
            ended_at=None if is_told_as_past else end or expired,
        )

    def _ends(self, fields: Mapping[str, Any]) -> Iterator[str]:
        for side in ("source", "target"):
            name = fields.get(f"{side}nodename") or self.names.get(fields.get(f"{side}nodeuuid"))
            if name:
                yield str(name)


def _occurred(
    start: datetime | None, end: datetime | None, at: datetime | None, is_past: bool
) -> Interval | None:
    """Returns the time that a fact tells of. One that is told as past is of the day it became true, if nothing says
    how long it went on."""
    if start is not None and at is not None and abs(start - at) < _SAME_MOMENT and end is None:
        return None
    if start is not None and end is not None and end < start:
        end = None
    if start is not None and end is None and is_past:
        day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return Interval(day, day + timedelta(days=1))
    return None if start is None and end is None else Interval(start, end)


def _summary(fields: Mapping[str, Any], place: str, source: SourceFile) -> Iterator[Fact]:
    name, summary = str(fields["name"]), str(fields.get("summary") or "").strip()
    if summary:
        at = said_at(_first(fields, "updatedat", "createdat"), place, source.report)
        is_named = name.casefold() in summary.casefold()
        yield Fact(summary if is_named else f"{name}: {summary}", entities=(name,), at=at)


def _messages(fields: Mapping[str, Any], place: str, source: SourceFile) -> Iterator[Message]:
    """Yields what was said in an episode: a message, or all turns of one that has several."""
    content = fields["content"]
    if not isinstance(content, str):
        raise InputError("its content is no text")
    at = said_at(_first(fields, "referencetime", "validat", "createdat", "timestamp"), place, source.report)
    role, side = fields.get("role"), fields.get("roletype")
    episode_id = str(fields["uuid"]) if "uuid" in fields else None
    if role is not None or side is not None:
        speaker = None if role is None or role_of(role) else str(role)
        known_side = side or (role if role_of(role) else None)
        yield Message(content, speaker, parse_role(known_side, place), at, episode_id)
    elif fields.get("source") == "message":
        for number, turn in enumerate(_turns(content)):
            yield replace(turn, at=at, id=episode_id and f"{episode_id}-{number}")
    else:
        yield Message(content, at=at, id=episode_id)


def _turns(content: str) -> Iterator[Message]:
    """Yields the turns of a text whose lines begin with who speaks; a line without that goes on."""
    turns = [Message("")]
    for line in content.splitlines():
        label = _TURN.match(line)
        if label is None:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{line}".strip())
            continue
        name, side = label[1], label[2]
        role = role_of(side) or role_of(name) or "user"
        turns.append(Message(line[label.end() :], None if role_of(name) else name, role))
    return (turn for turn in turns if turn.text)
