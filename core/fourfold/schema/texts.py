"""Where in a record's payload free text lies: what redaction has to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fourfold.ports import Point

_VALUE = "value"
"""The field of an entry's JSON value."""
_TEXT_FIELDS = ("text", "context", "speaker", "name", "mission", "reason", "shown")
"""Fields that hold one text."""
_LIST_FIELDS = ("entities", "aliases", "aspects")
"""Fields that hold a list of texts."""
_ROW_FIELDS: Mapping[str, tuple[int, ...]] = {
    "history": (5,),  # the reason of an assessment
    "sentences": (0,),  # of a summary
    "lines": (1, 3),  # the text and the speaker of a line of a core profile
    "pieces": (0, 2),  # the text and the speaker of a part of a chunk
    "operations": (2,),  # the reason of what was done
}
"""Fields that hold a list of rows, and the columns of a row that are texts: the others are ids and times."""
_EMBEDDED_FIELDS = ("text", "context", "speaker", "entities", "name", "aliases")
"""Fields of units and entities that vectors, terms or ids are made of."""


def map_texts(point: Point, change: Callable[[str], str]) -> Point:
    """Returns the record with `change` applied to every text in it: of units, entities, chunks, summaries, core
    profiles, entries, banks and the change log. Ids, times, tags and names of documents stay. A record in which
    nothing changes is returned as it is."""
    payload = {name: _map_field(name, value, change) for name, value in point.payload.items()}
    return point if payload == point.payload else replace(point, payload=payload)


def embedded_texts(point: Point) -> list[object]:
    """Returns the values of a unit's or an entity's record that vectors, terms or ids are made of: where one of them
    changes, these would still tell the earlier one."""
    return [point.payload.get(name) for name in _EMBEDDED_FIELDS]


def _map_field(name: str, value: Any, change: Callable[[str], str]) -> Any:
    """Returns the value of the field `name` with `change` applied to the texts in it."""
    if name in _TEXT_FIELDS and isinstance(value, str):
        return change(value)
    if name == _VALUE:
        return map_json(value, change)
    if name in _ROW_FIELDS and isinstance(value, Sequence):
        return [_map_row(row, _ROW_FIELDS[name], change) for row in value]
    if name in _LIST_FIELDS or (name == "before" and isinstance(value, list)):  # of a chunk
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


def texts_of(point: Point) -> set[str]:
    """Returns every text in a record."""
    texts: set[str] = set()

    def collect(text: str) -> str:
        texts.add(text)
        return text

    # The fields that hold texts are walked in one place: what is collected is what would be changed.
    map_texts(point, collect)
    return texts


def texts_in_json(value: object) -> set[str]:
    """Returns every string in a JSON value but the keys of objects."""
    return texts_of(Point("", {_VALUE: value}))


def strings_of(point: Point) -> Iterator[str]:
    """Yields every string in a record, ids, times and names of fields included."""
    return leaves(point.payload)


def leaves(value: object) -> Iterator[str]:
    """Yields every string in a JSON value, the keys of objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield name
            yield from leaves(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from leaves(child)


def _map_row(row: Any, columns: tuple[int, ...], change: Callable[[str], str]) -> list[Any]:
    return [
        change(cell) if column in columns and isinstance(cell, str) else cell
        for column, cell in enumerate(row)
    ]


def _map_step(field: str, step: Sequence[Any], change: Callable[[str], str]) -> list[Any]:
    """Returns one step back of the change log (see `changelog.Difference`), its texts changed."""
    match list(step):
        case ["was", value]:
            return ["was", _map_field(field, value, change)]
        case ["keys", members] if field == _VALUE:
            return ["keys", map_json(members, change)]
        case unchanged:
            return unchanged
