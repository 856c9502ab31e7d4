"""Checks of what is passed to the public methods; each returns the value, or raises `InputError`."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from fourfold.errors import InputError
from fourfold.values.units import Network, Unit

_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_MAX_NAME = 500
"""Characters of the name of a document or a tag. A guess: it is in each payload, and in an index of the engine."""

_DEEPEST_JSON = 100
"""Lists and objects within one another in a JSON value. The embedded engine reads a record back down to 127 levels,
and a record of the change log has the value some levels deeper than its entry."""
_JSON_INTEGERS = range(-(2**63), 2**63)
"""What both engines bring back as an integer: beyond 64 bits the embedded one makes floats of them, and those of a
server are signed."""


def id_of(unit: Unit | str) -> str:
    """Returns the id of a unit that is given as a `Unit` or by its id."""
    return unit.id if isinstance(unit, Unit) else unit


def parse_unit_id(unit_id: str) -> str:
    """Returns an id as it is stored, in 32 hex digits; raises `ValueError` for what is none."""
    return uuid.UUID(unit_id).hex


def has_control(name: str) -> bool:
    """Returns whether a control character, or half of a character, is in `name`."""
    return _CONTROL.search(name) is not None


def check_name(name: str, what: str) -> str:
    """Returns the name, if it can be one of a document or a tag, which `what` says."""
    if not isinstance(name, str) or len(name) > _MAX_NAME or has_control(name):
        raise InputError(
            f"The {what} must be a string of at most {_MAX_NAME} characters without control characters."
        )
    return name


def check_path(path: str | Path) -> Path:
    """Returns the path, if it can be one of a file: a blank one would be the whole current directory."""
    if not isinstance(path, str | os.PathLike) or not str(path).strip() or has_control(str(path)):
        raise InputError(f"The path is {str(path)!r}: give that of a file, a folder or an archive.")
    return Path(path)


def check_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Returns the tags, each once."""
    # A string is a sequence of strings too, and would become a tag a letter.
    if isinstance(tags, str):
        raise InputError(f'tags is the string "{tags}": pass a list, for instance ["{tags}"].')
    return tuple(dict.fromkeys(check_name(tag, "tag") for tag in tags))


def check_networks(networks: Sequence[Network | str]) -> tuple[Network, ...]:
    """Returns the networks of these names."""
    if isinstance(networks, str):
        raise InputError(f'networks is the string "{networks}": pass a list, for instance ["{networks}"].')
    try:
        return tuple(Network(name) for name in networks)
    except ValueError as error:
        network_names = ", ".join(n.value for n in Network)
        raise InputError(f"{error}: the networks are {network_names}.") from error


def check_json(value: Any, what: str) -> Any:
    """Returns a JSON value (lists, objects, texts, numbers, None), if a store brings it back as it is; `what` names
    it in the error."""
    # Level by level and not by recursion, which a deep value would end.
    level = [value]
    for _ in range(_DEEPEST_JSON + 1):
        for item in level:
            if isinstance(item, int) and item not in _JSON_INTEGERS:
                raise InputError(f"{what} has an integer of more than 64 bits: give it as a string.")
        level = [child for item in level for child in _children(item)]
        if not level:
            return value
    raise InputError(
        f"{what} is nested more than {_DEEPEST_JSON} levels deep: give its inner part as a string."
    )


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
