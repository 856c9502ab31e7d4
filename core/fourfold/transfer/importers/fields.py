"""Fields as files write them: roles, names of fields, texts made of parts. All importers read them by these
functions, so that the same thing means the same in every format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from fourfold.errors import InputError
from fourfold.values.units import Role

_ROLES: dict[str, Role] = {
    "user": "user",
    "human": "user",
    "you": "user",
    "me": "user",
    "prompt": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "claude": "assistant",
    "response": "assistant",
    "system": "system",
    "developer": "system",
    "tool": "tool",
    "function": "tool",
}
"""What products, and people who copy a talk out of one, call the sides of it. "developer" is OpenAI's name of system
messages, "model" Gemini's of the assistant, "gpt" ShareGPT's, "prompt" and
"response" those of programs that save a page."""
_SPOKEN_PARTS = frozenset(
    {
        "text",
        "input_text",
        "output_text",
        "voice_note",
        "audio_transcription",
        "transcript",
        "plain",
        "markdown",
    }
)
"""Kinds of parts whose text was said or written by the sender: of OpenAI's and Anthropic's APIs, of ChatGPT's and
Claude's exports. The text of any other kind is a tool's, or the model's thinking."""


def role_of(value: Any) -> Role | None:
    """Returns whose words a name of a side means, None for a name that is none ("Ana")."""
    return _ROLES.get(value.strip().casefold()) if isinstance(value, str) else None


def parse_role(value: Any, where: str) -> Role:
    """Returns whose words a message is, by the names that products give that; "user" where `value` is None. Raises
    `InputError` that begins with `where` for a name that is not known: taking it for the user's would put words into
    the user's mouth."""
    if value is None:
        return "user"
    role = role_of(value)
    if role is None:
        raise InputError(f'{where}: role "{value}" is not one of {", ".join(_ROLES)}.')
    return role


def first_field(record: Mapping[str, Any], *names: str) -> Any:
    """Returns the first of the fields `names` that is there and not null; None where there is none."""
    return next((record[name] for name in names if record.get(name) is not None), None)


@lru_cache(maxsize=4096)
def normal_name(name: object) -> str:
    """Returns the name of a field as programs differ in writing it: "createdAt", "Created-At" and "created_at" are
    "createdat"."""
    return re.sub(r"[\W_]+", "", str(name)).casefold()


def text_of_parts(value: Any) -> str:
    """Returns the text of a message that is a string, a part, or a list of both; parts that are no speech (pictures,
    calls of tools, thinking) are left out."""
    match value:
        case str():
            return value
        case Mapping():
            kind = value.get("type", value.get("content_type", value.get("block_type")))
            # A part without a kind is LangChain's or a program's own, and has nothing but its text.
            if kind is not None and kind not in _SPOKEN_PARTS:
                return ""
            return text_of_parts(first_field(value, "text", "content", "value", "transcript"))
        case list():
            return "\n".join(filter(None, map(text_of_parts, value)))
        case _:
            return ""


def attached_texts(attachments: Any) -> list[tuple[str, str]]:
    """Returns the name and the text of each attachment whose text is in the file."""
    texts = []
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, Mapping):
            text = first_field(
                attachment, "extracted_content", "extracted_text", "text_content", "content", "text"
            )
            if isinstance(text, str) and text.strip():
                texts.append((attachment_name(attachment), text.strip()))
    return texts


def attachment_name(attachment: Mapping[str, Any]) -> str:
    """Returns the name of an attached file; "attachment" where it has none."""
    return str(first_field(attachment, "file_name", "fileName", "filename", "name", "title") or "attachment")


def listed(names: Iterable[str]) -> str:
    """Returns names as a sentence has them: "Priya, Tom and Ana"."""
    *before, last = list(names) or [""]
    return f"{', '.join(before)} and {last}" if before else last
