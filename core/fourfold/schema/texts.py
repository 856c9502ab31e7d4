"""Where in a record's payload free text lies: what redaction has to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Payload = Mapping[str, Any]

_TEXT_FIELDS = ("text", "context", "speaker", "name", "mission", "reason", "shown")
"""Fields that hold one text."""
_LIST_FIELDS = ("entities", "aliases", "aspects")
"""Fields that hold a list of texts."""
_ROW_FIELDS: Mapping[str, tuple[int, ...]] = {
    "history": (5,),  # the reason of an assessment
    "sentences": (0,),  # of a summary
    "lines": (1,),  # of a core profile
    "pieces": (0, 2),  # the text and the speaker of a part of a chunk
    "operations": (2,),  # the reason of what was done
}
"""Fields that hold a list of rows, and the columns of a row that are texts: the others are ids and times."""


def map_texts(payload: Payload, change: Callable[[str], str]) -> dict[str, Any]:
    """Returns `payload` with `change` applied to every text in it: of units, entities, chunks, summaries, core
    profiles, entries, banks and the change log. Ids, times, tags and names of documents stay."""
    return {name: map_field(name, value, change) for name, value in payload.items()}


def map_field(name: str, value: Any, change: Callable[[str], str]) -> Any:
    """Returns the value of the field `name` with `change` applied to the texts in it."""
    if name in _TEXT_FIELDS and isinstance(value, str):
        return change(value)
    if name == "value":
        return map_json(value, change)
    if name in _ROW_FIELDS and isinstance(value, Sequence):
        return [_map_row(row, _ROW_FIELDS[name], change) for row in value]
    if name in _LIST_FIELDS or (name == "before" and isinstance(value, list)):
        return [change(text) if isinstance(text, str) else text for text in value]
    if name == "before" and isinstance(value, Mapping):  # of the change log: by record, what its fields were
        return {
            record: {field: _map_step(field, step, change) for field, step in steps.items()}
            for record, steps in value.items()
        }
    return value


def map_json(value: Any, change: Callable[[str], str]) -> Any:
    """Returns a JSON value with `change` applied to every string in it but the keys of objects."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_json(member, change) for key, member in value.items()}
    if isinstance(value, list):
        return [map_json(member, change) for member in value]
    return value


def texts_of(payload: Payload) -> set[str]:
    """Returns every text in `payload`."""
    texts: set[str] = set()

    def collect(text: str) -> str:
        texts.add(text)
        return text

    map_texts(payload, collect)
    return texts


def _map_row(row: Any, columns: tuple[int, ...], change: Callable[[str], str]) -> list[Any]:
    return [
        change(cell) if column in columns and isinstance(cell, str) else cell
        for column, cell in enumerate(row)
    ]


def _map_step(field: str, step: Sequence[Any], change: Callable[[str], str]) -> list[Any]:
    """Returns one step back of the change log (see `changelog.Difference`), its texts changed."""
    match list(step):
        case ["was", value]:
            return ["was", map_field(field, value, change)]
        case ["keys", members] if field == "value":
            return ["keys", map_json(members, change)]
        case unchanged:
            return unchanged
