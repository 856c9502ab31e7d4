"""The head of a Markdown note between two lines of "---" or "+++": names and values, in the simple part of YAML and
TOML that notes have. Knows nothing of what they mean."""

from __future__ import annotations

import re

_FENCED = re.compile(
    r"\ufeff?(?P<fence>---|\+\+\+)[ \t]*\n(?P<head>.*?)(?:\n|^)(?:(?P=fence)|\.\.\.)[ \t]*(?:\n|$)",
    re.DOTALL | re.MULTILINE,
)
_FIELD = re.compile(r"(?P<name>[^\W\d][\w .-]{0,60}?)\s*(?::(?:\s+|$)|=\s*)(?P<value>.*)$")
_ITEM = re.compile(r"\s*-\s+(?P<value>.+)$")
_COMMENT = re.compile(r"\s+#.*$")


def split_front_matter(text: str) -> tuple[dict[str, str | list[str]], str]:
    """Returns the fields of a note's head, by their names in small letters, and the text after it. A text without a
    head has no fields."""
    match = _FENCED.match(text)
    if match is None:
        return {}, text
    fields: dict[str, str | list[str]] = {}
    name = ""
    for line in match["head"].split("\n"):
        field, item = _FIELD.match(line), _ITEM.match(line)
        if item and name:
            before = fields.get(name)
            fields[name] = [*(before if isinstance(before, list) else []), _unquoted(item["value"])]
        elif field and not line[0].isspace():
            name = field["name"].strip().casefold()
            fields[name] = _value(field["value"] or "")
    return ({}, text) if not fields else (fields, text[match.end() :])


def _value(text: str) -> str | list[str]:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(item) for item in text[1:-1].split(",") if item.strip()]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return _COMMENT.sub("", text)
