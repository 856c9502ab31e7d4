"""What a tool of an MCP server answered, as clients write it to a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fourfold.transfer.importers.fields import first_field

_MOST_WRAPPERS = 8
"""Objects around an answer that are opened. A guess, not measured: clients write three."""


def unwrapped(record: Any) -> Any:
    """Returns the object that an answer holds: under "structuredContent", "result", "graph" or "data", or as JSON in
    the text of its first part. What is no such answer is returned as it is."""
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(record, Mapping):
            return record
        inner = first_field(record, "structuredContent", "result", "graph", "data")
        content = record.get("content")
        if isinstance(inner, Mapping):
            record = inner
        elif isinstance(content, list) and content and isinstance(content[0], Mapping):
            try:
                record = json.loads(content[0]["text"])
            except (KeyError, TypeError, ValueError, RecursionError):
                return record
        else:
            return record
    return record
