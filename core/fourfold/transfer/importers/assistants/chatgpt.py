"""ChatGPT: the `conversations.json` of its data export, or one conversation of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourfold.transfer.importers.assistants.talk import attachments_of, talk_document, talks_of
from fourfold.transfer.importers.fields import first_field, role_of, text_of_parts
from fourfold.transfer.importers.importer import ImportedDocument, SourceFile
from fourfold.transfer.importers.times import said_at
from fourfold.values.units import Message

_SPOKEN = frozenset({None, "text", "multimodal_text", "audio_transcription"})
"""Kinds of content that somebody said. The others are custom instructions ("user_editable_context"), code that is
run, what tools answer, and the model's thinking."""
_RECIPIENTS = frozenset({None, "all", "bio"})
"""To whom what is said is said: to the user, or to ChatGPT's own memory. What goes to another tool is a call of
it."""


class ChatGPT:
    """Reads ChatGPT's conversations, a document each."""

    name = "chatgpt"
    reads = "ChatGPT's conversations"

    def matches(self, source: SourceFile) -> bool:
        """Says whether a conversation is a tree of nodes."""
        return any(isinstance(record, Mapping) and "mapping" in record for record in talks_of(source))

    def read(self, source: SourceFile) -> Iterator[ImportedDocument]:
        """Yields the conversations as they were shown last."""
        names: set[str] = set()
        for number, conversation in enumerate(talks_of(source)):
            place = source.place(number, "conversation")
            with source.report.guard(place):
                title = conversation.get("title")
                place = f'{place} "{title}"' if title else place
                messages = _messages(conversation, place, source)
                yield talk_document("chatgpt", conversation, messages, names, source)


def _messages(conversation: Mapping[str, Any], place: str, source: SourceFile) -> list[Message]:
    """Returns the messages of one branch in order. An answer that was asked for again, or a question that was edited,
    begins another branch of the tree; what the user saw in the end is the one that leads to `current_node`."""
    nodes = conversation["mapping"]
    messages: list[Message] = []
    for node_id in _branch(nodes, conversation.get("current_node")):
        where = f"{place}, message {node_id}"
        with source.report.guard(where):
            messages += _said(nodes[node_id].get("message"), node_id, where, source)
    return messages


def _branch(nodes: Mapping[str, Any], current_node: Any) -> list[str]:
    """Returns the ids of the nodes that lead to the last one, from the first on. Where they do not lead back to a
    root, those that are left come before them: a damaged tree must not cost what was said."""
    parents = {
        str(child): name
        for name, node in nodes.items()
        if isinstance(node, Mapping) and isinstance(node.get("children"), list)
        for child in node["children"]
    }
    parents |= {
        name: node["parent"]
        for name, node in nodes.items()
        if isinstance(node, Mapping) and isinstance(node.get("parent"), str)
    }
    branch: dict[str, None] = {}
    node_id = _last_node(nodes, parents, current_node)
    while node_id is not None and node_id in nodes and node_id not in branch:
        branch[node_id] = None
        node_id = parents.get(node_id)
    unreached_ids = [name for name in nodes if name not in branch] if node_id is not None else []
    return [*sorted(unreached_ids, key=lambda name: _time_of(nodes[name])), *reversed(branch)]


def _last_node(nodes: Mapping[str, Any], parents: Mapping[str, str], current_node: Any) -> str | None:
    """Returns the node that the conversation ends with: `current_node`, or where that is missing the newest one that
    no other has as its parent."""
    if isinstance(current_node, str) and current_node in nodes:
        return current_node
    with_children = set(parents.values())
    leaves = [name for name in nodes if name not in with_children] or list(nodes)
    # The last in the file among those of the same time, since nodes are written in the order in which they came.
    return max(enumerate(leaves), key=lambda leaf: (_time_of(nodes[leaf[1]]), leaf[0]), default=(0, None))[1]


def _time_of(node: Any) -> float:
    message = node.get("message") if isinstance(node, Mapping) else None
    seconds = message.get("create_time") if isinstance(message, Mapping) else None
    # As it is: an integer may be too large for a float, and is compared all the same.
    return seconds if isinstance(seconds, int | float) else 0.0


def _said(record: Any, node_id: str, place: str, source: SourceFile) -> list[Message]:
    """Returns what a person or the assistant said at a node, and the texts that were attached; nothing for what no
    one said (the root has no message, a system prompt and a tool's output are no part of the talk)."""
    if not record:
        return []
    role, metadata, content = (
        role_of(record["author"]["role"]),
        record.get("metadata") or {},
        record.get("content"),
    )
    if role not in ("user", "assistant") or record.get("recipient") not in _RECIPIENTS:
        return []
    if metadata.get("is_visually_hidden_from_conversation") or metadata.get("is_user_system_message"):
        return []
    at = said_at(record.get("create_time"), place, source.report)
    messages = attachments_of(metadata, role, at, node_id, source.report)
    if isinstance(content, Mapping) and content.get("content_type") not in _SPOKEN:
        return messages
    parts = first_field(content, "parts", "text", "result") if isinstance(content, Mapping) else content
    text = text_of_parts(parts).strip()
    if not text:
        pictures = [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
        if pictures:
            source.report.ignore("messages of pictures or sound alone")
        return messages
    return [Message(text, role=role, at=at, id=node_id), *messages]
